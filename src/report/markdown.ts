// report.md: whatever comes from the log stands in code spans and fences, where Markdown means nothing.
import type {Block} from './block.ts';
import type {Detail} from './details.ts';
import * as page from './page.ts';
import {markOfWord, type Marked, type Part} from './sentence.ts';
import {count} from './text.ts';
import type {RunTotal, Totals} from './totals.ts';

/** Length of the longest run of backticks. */
function longestTicks(texts: readonly string[]): number {
  let longest = 0;
  for (const text of texts) for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** A code span: more backticks than any run inside; a space at both ends when it begins or ends with a backtick or space. */
export function code(text: string): string {
  const ticks = '`'.repeat(longestTicks([text]) + 1);
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** A fence of at least three backticks, all of it indented by two spaces, so that it belongs to the item above it. */
function fenced(lines: readonly string[]): string {
  const ticks = '`'.repeat(Math.max(3, longestTicks(lines) + 1));
  return [`${ticks}text`, ...lines, ticks].map(line => `  ${line}\n`).join('');
}

const blocked = ({first, left, last}: Block): string =>
  `\n${fenced(first)}` + (left > 0 ? `\n  (${count(left, 'line')} left out)\n\n${fenced(last)}` : '') + '\n';

const marked = ({glyph, word}: Marked): string => `${glyph} **${word}**`;

const parted = (parts: readonly Part[]): string =>
  parts.map(part => ('text' in part ? part.text : code(part.value))).join('');

/** Labels are ours or a key of the body; a key of odd characters stands in a code span. */
const labelled = (label: string): string => (/^[A-Za-z0-9 ]+$/.test(label) ? label : code(label));

function detailed({label, look}: Detail): string {
  if ('line' in look) return `- ${labelled(label)}: ${code(look.line)}\n`;
  return `- ${labelled(label)} (${look.block.head}):\n${blocked(look.block)}`;
}

const fact = ({label, value, mark}: page.Fact): string =>
  `- ${label}: ${mark === undefined ? code(value) : marked(mark)}\n`;

export const head = (facts: readonly page.Fact[]): string =>
  `# Ledger report\n\n${facts.map(fact).join('')}\n${page.caution.map(text => `${text}\n\n`).join('')}`;

export const runsHead = (some: boolean): string => `## Runs\n\n${some ? '' : `${page.noRuns}\n\n`}`;

export function runOf(run: RunTotal): string {
  const facts = page.runFacts(run, markOfWord).map(each => {
    const at = each.entries === undefined ? '' : ` (${each.entries.map(seq => `#${seq}`).join(' to ')})`;
    return fact(each).replace(/\n$/, `${at}\n`);
  });
  return `### Run ${run.number}: ${code(run.id)}\n\n${facts.join('')}\n`;
}

export const timelineHead = (some: boolean): string =>
  `## Timeline\n\n${some ? '' : `${page.noTimeline}\n\n`}`;

export const dayOf = (day: string): string => `### ${day}\n\n`;

export function entryOf(view: page.EntryView): string {
  const {seq, time, operator, via, run, mark, sentence, details, bare} = view;
  const who = `${code(operator)} via ${code(via)}${run === undefined ? '' : ` · run ${run.number}`}`;
  const lead = mark === undefined ? '' : `${marked(mark)} · `;
  const title = `**#${seq}** ${time} · ${who}\n\n${lead}${parted(sentence.parts)}\n\n`;
  if (bare) return `${title}- ${page.bareNote}\n\n`;
  const main = details.filter(({minor}) => !minor).map(detailed);
  const small = details.flatMap(({minor, label, look}) =>
    minor && 'line' in look ? [`${labelled(label)} ${code(look.line)}`] : [],
  );
  const rest = small.length === 0 ? '' : `- ${small.join(' · ')}\n`;
  return main.length === 0 && rest === '' ? title : `${title}${main.join('')}${rest}\n`;
}

export function totalsOf(totals: Totals): string {
  const tables = page.totalTables(totals).map(({heading, rows}) => {
    const items = rows.map(([name, number]) => `- ${code(name)}: ${number}\n`).join('');
    return `### ${heading}\n\n${items === '' ? '- none\n' : items}`;
  });
  return `## Totals\n\n${tables.join('\n')}`;
}
