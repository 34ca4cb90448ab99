// The record of one run: its pinned runbook, with what happened written under each step. Derived from entries alone.
import type {StoredEntry} from '../domain/entry.ts';
import {lookOfBytes, lookOfCommand, lookOfText, type Look} from './block.ts';
import {isCommitment, isFields, member, numberIn, pointerTo, textIn} from './json.ts';
import {markOf, sentenceOf} from './sentence.ts';
import {count, duration, inline, shown} from './text.ts';

/** What lies beside an entry: the value, or that it is gone (and the entry that says so, when one does). */
export type Kept = {readonly bytes: Uint8Array} | {readonly gone: true; readonly by?: number};

/** A block goes after this line of the source (0: before the first), indented by so many spaces. */
export interface RecordPlace {
  readonly after: number;
  readonly indent: number;
}

export interface RunRecord {
  /** Every entry of the run, oldest first. */
  readonly entries: readonly StoredEntry[];
  /** By `seq` and pointer, such as `12/body/output`. */
  readonly kept: ReadonlyMap<string, Kept>;
  /** The pinned text of the runbook. */
  readonly source: string;
  readonly head: RecordPlace;
  readonly steps: ReadonlyMap<string, RecordPlace>;
  readonly log: {
    readonly origin: string;
    /** Entries and root (hex) of the newest checkpoint. */
    readonly size: number;
    readonly root: string;
  };
}

/**
 * Markdown. What is added stands in HTML blocks without blank lines, in which nothing is Markdown and from which
 * escaped text cannot break out; so the page parses again as a runbook of the same steps.
 */
export function runRecord(record: RunRecord): string {
  const {entries, source, head, steps} = record;
  const lines = source.split('\n');
  const blocks: {readonly place: RecordPlace; readonly lines: readonly string[]}[] = [
    {place: head, lines: headLines(record)},
  ];
  for (const [id, place] of steps) {
    const own = entries.filter(({entry}) => entry.step !== undefined && baseOf(entry.step) === id);
    if (own.length > 0) blocks.push({place, lines: own.flatMap(each => entryLines(each, record, id))});
  }
  // Deeper ones first where several end on one line, so that none cuts another off from its step.
  const last = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  const after = new Map<number, typeof blocks>();
  for (const block of blocks) {
    const line = Math.min(block.place.after, last);
    after.set(
      line,
      [...(after.get(line) ?? []), block].toSorted((a, b) => b.place.indent - a.place.indent),
    );
  }
  const out: string[] = [];
  for (let i = 0; i <= last; i += 1) {
    if (i > 0) out.push(lines[i - 1] ?? '');
    for (const {place, lines: body} of after.get(i) ?? [])
      out.push(...(out.length === 0 || out.at(-1) === '' ? [] : ['']), ...quoted(body, place.indent), '');
    // The blank line behind a block is the source's own where it has one.
    if (after.has(i) && lines[i]?.trim() === '') out.pop();
  }
  return `${[...out, '', ...quoted(logLines(record), 0)].join('\n')}\n`;
}

/** `restart~2`, `restart.verify` and `restart` are all about `restart`. */
const baseOf = (item: string): string => item.replace(/~\d+$/, '').replace(/\.(?:pre|verify|until)$/, '');

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A blank line would end the block, and what follows would be Markdown. */
const filled = (line: string): string => (line.trim() === '' ? '&#32;' : line);

const quoted = (lines: readonly string[], indent: number): string[] =>
  ['<blockquote>', ...lines.map(filled), '</blockquote>'].map(line => `${' '.repeat(indent)}${line}`);

const code = (text: string): string => `<code>${escaped(text)}</code>`;
const bold = (text: string): string => `<b>${escaped(text)}</b>`;
const time = (ts: string): string => ts.slice(0, 19).replace('T', ' ');

/** A value as lines: short ones behind their label, long ones folded. */
function lookLines(label: string, look: Look): string[] {
  if ('line' in look) return [`${escaped(label)}: ${code(look.line)}<br>`];
  const {head, first, left, last} = look.block;
  const cut = left === 0 ? [] : [`(${count(left, 'line')} left out)`];
  const body = [...first, ...cut, ...last].map(line => filled(escaped(line)));
  return [
    `<details><summary>${escaped(label)}: ${escaped(head)}</summary>`,
    '<pre>',
    ...body,
    '</pre>',
    '</details>',
  ];
}

function headLines(record: RunRecord): string[] {
  const {entries, log} = record;
  const [start] = entries;
  const end = entries.at(-1);
  if (start === undefined || end === undefined) return [];
  const {run = '', body, ts, actor} = start.entry;
  const finish = entries.find(({entry}) => entry.kind === 'run.finish');
  const result = textIn(finish?.entry.body, 'result');
  const rehearsal = textIn(body, 'mode') === 'rehearsal';
  const operators = [...new Set(entries.map(({entry}) => entry.actor.operator))];
  const covered =
    log.size > end.seq
      ? `root of the first ${log.size} entries ${code(log.root)}`
      : 'no checkpoint covers its end yet';
  const counts = ['done', 'skipped', 'notReached'].flatMap(key => {
    const number = numberIn(finish?.entry.body, key);
    return number === undefined ? [] : [`${number} ${key === 'notReached' ? 'not reached' : key}`];
  });
  const ms = numberIn(finish?.entry.body, 'durationMs');
  return [
    `<b>Record of ${rehearsal ? 'a rehearsal' : 'a run'}</b> ${code(run)}: ${result === undefined ? '<b>still open</b>' : bold(result)}<br>`,
    `${code(textIn(body, 'procedureTitle') ?? '')} on ${code(textIn(body, 'service') ?? '')} (${escaped(textIn(body, 'environment') ?? '')}, site ${code(textIn(body, 'site') ?? '')})<br>`,
    `begun ${time(ts)} UTC by ${bold(actor.operator)}${finish === undefined ? `, as of ${time(end.entry.ts)} UTC` : `, ended ${time(finish.entry.ts)} UTC`}${ms === undefined ? '' : ` after ${duration(ms)}`}${operators.length > 1 ? `; operators: ${operators.map(bold).join(', ')}` : ''}<br>`,
    ...(counts.length === 0 ? [] : [`steps: ${counts.join(', ')}<br>`]),
    `runbook ${code(textIn(body, 'file') ?? '')}, SHA-256 ${code(textIn(body, 'sha256') ?? '')}<br>`,
    `ledger ${code(log.origin)}, entries ${start.seq} to ${end.seq}; ${covered}<br>`,
    ...(finish === undefined ? [] : detailLines(finish, record)),
    ...valueLines(record),
  ];
}

/** The variables of the run, each with its last value. */
function valueLines(record: RunRecord): string[] {
  const values = new Map<string, string>();
  for (const {seq, entry} of record.entries) {
    if (entry.kind !== 'step.value') continue;
    const name = textIn(entry.body, 'name') ?? '';
    const kept = record.kept.get(`${seq}/body/value`);
    const said = kept !== undefined && 'bytes' in kept ? lineOf(kept.bytes) : goneText(kept);
    values.set(name, `${code(name)} = ${said} (${escaped(textIn(entry.body, 'from') ?? '')})<br>`);
  }
  return [...values.values()];
}

const lineOf = (bytes: Uint8Array): string => code(inline(new TextDecoder().decode(bytes), 400).text);

const goneText = (kept: Kept | undefined): string =>
  kept !== undefined && 'gone' in kept && kept.by !== undefined
    ? `<i>erased, see entry ${kept.by}</i>`
    : '<i>erased</i>';

/** One entry: when, who, what, and what was said or printed. */
function entryLines(stored: StoredEntry, record: RunRecord, base: string): string[] {
  const {entry, seq} = stored;
  const mark = markOf({...entry});
  const {parts} = sentenceOf({...entry});
  const sentence = parts.map(part => ('text' in part ? escaped(part.text) : code(part.value))).join('');
  const which =
    entry.step === undefined || entry.step === base ? '' : ` [${escaped(inline(entry.step, 80).text)}]`;
  const lead = mark === undefined ? '' : `${mark.glyph} ${bold(mark.word)} `;
  return [
    `#${seq} ${time(entry.ts)} ${bold(entry.actor.operator)}${which}: ${lead}${sentence}<br>`,
    ...detailLines(stored, record),
  ];
}

/** Members that matter to a reader; everything else is in the ledger. */
const told = ['reason', 'note', 'text', 'matched', 'value', 'output'];

function detailLines({seq, entry: {body}}: StoredEntry, {kept}: RunRecord): string[] {
  const lines: string[] = [];
  const argv = member(body, 'argv');
  if (Array.isArray(argv)) lines.push(...lookLines('command', lookOfCommand(argv.map(String))));
  const request = member(body, 'request');
  if (isFields(request)) {
    const what = `${textIn(request, 'method') ?? ''} ${textIn(request, 'url') ?? ''}`;
    lines.push(...lookLines('request', lookOfText(what)));
  }
  if (member(body, 'typed') === true) lines.push('the name was typed<br>');
  for (const key of told) {
    const found = member(body, key);
    if (!isCommitment(found)) continue;
    const value = kept.get(`${seq}${pointerTo('/body', key)}`);
    if (value === undefined || 'gone' in value) {
      lines.push(`${key}: ${goneText(value)}<br>`);
      continue;
    }
    const size = numberIn(found, 'size');
    const cut = size !== undefined && value.bytes.length < size ? `, cut: ${count(size, 'byte')} in all` : '';
    lines.push(...lookLines(key, lookOfBytes(value.bytes, cut)));
  }
  const results = member(body, 'results');
  for (const each of Array.isArray(results) ? results : []) {
    const [service = '', check = '', verdict = '', message = ''] = [
      'service',
      'check',
      'verdict',
      'message',
    ].map(key => textIn(each, key) ?? '');
    lines.push(`${code(`${service}/${check}`)} ${bold(verdict)}: ${code(inline(message).text)}<br>`);
  }
  const survivors = member(body, 'survivors');
  for (const each of Array.isArray(survivors) ? survivors : [])
    lines.push(
      `still alive: ${numberIn(each, 'pid') ?? 0} ${code(inline(textIn(each, 'command') ?? '').text)}<br>`,
    );
  return lines;
}

/** Everything in its order, one line each: also what belongs to no step of this file. */
function logLines({entries}: RunRecord): string[] {
  const rows = entries.map(({seq, entry}) => {
    const mark = markOf({...entry});
    const sentence = sentenceOf({...entry})
      .parts.map(part => ('text' in part ? part.text : part.value))
      .join('');
    const lead = mark === undefined ? '' : `${mark.glyph} ${mark.word}  `;
    return escaped(`#${seq}  ${time(entry.ts)}  ${shown(entry.actor.operator)}  ${lead}${sentence}`);
  });
  return ['<b>Everything in its order</b> (times in UTC)', '<pre>', ...rows, '</pre>'];
}
