// Which headings and labels open which phase; the words are data in phase-words*.ts, and a site can add its own.
import type {Phase} from '../domain/runbook.ts';
import {englishPhases, headingsOnly} from './phase-words.ts';
import {otherPhases} from './phase-words-other.ts';

export type PhaseTable = Readonly<Partial<Record<Phase, readonly string[]>>>;

/** `Symptoms/Trigger:` → `symptoms/trigger`: numbering, emoji and closing punctuation go. */
const normaliseTitle = (title: string): string =>
  title
    .normalize('NFC')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/^\s*(?:(?:step|phase|part)\s+)?\d+(?:\.\d+)*\s*[.):–—-]*\s+/u, '')
    .replace(/[^\p{L}\p{N}/&]+/gu, ' ')
    .trim();

const order: readonly Phase[] = [
  'trigger',
  'impact',
  'preconditions',
  'dont',
  'safety',
  'diagnose',
  'safe-actions',
  'rollback',
  'exit-criteria',
  'verify',
  'escalate',
  'procedure',
  'reference',
];

/** A table made ready for looking up: whole words by hash, patterns with `*` one after the other. */
class Words {
  private readonly whole = new Map<string, Phase>();
  private readonly patterns: {readonly phase: Phase; readonly parts: readonly string[]}[] = [];

  constructor(tables: readonly PhaseTable[], normalise: boolean) {
    for (const table of tables)
      for (const phase of order)
        for (const each of table[phase] ?? []) {
          if (each.includes('*')) this.patterns.push({phase, parts: each.split('*')});
          else {
            const word = normalise ? spoken(each) : each;
            if (word !== '' && !this.whole.has(word)) this.whole.set(word, phase);
          }
        }
  }

  find(words: string): Phase | undefined {
    return this.whole.get(words) ?? this.patterns.find(({parts}) => fits(words, parts))?.phase;
  }
}

function fits(words: string, parts: readonly string[]): boolean {
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  if (!words.startsWith(head) || !words.slice(head.length).endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = words.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return words.length - tail.length > at || parts.length > 2;
}

const spoken = (title: string): string => normaliseTitle(title).replace(/\s*&\s*/g, ' and ');

const builtIn = new Words([englishPhases, ...otherPhases], false);
const nothing: PhaseTable = {};
/** One prepared table for each site's words, and what was asked of it: headings repeat in every file. */
const prepared = new WeakMap<
  PhaseTable,
  {readonly words: Words; readonly known: Map<string, Phase | 'none'>}
>();
const maxKnown = 5000;

/** The phase that a heading or label opens, if any; `extra` (the site's own words) goes before the table. */
export function matchPhase(title: string, extra: PhaseTable = nothing): Phase | undefined {
  if (title.length > 80) return undefined;
  let site = prepared.get(extra);
  if (site === undefined) {
    site = {words: new Words([extra], true), known: new Map()};
    prepared.set(extra, site);
  }
  const known = site.known.get(title);
  if (known !== undefined) return known === 'none' ? undefined : known;
  const found = search(title, site.words);
  if (site.known.size >= maxKnown) site.known.clear();
  site.known.set(title, found ?? 'none');
  return found;
}

function search(title: string, site: Words): Phase | undefined {
  const words = spoken(title);
  if (words === '') return undefined;
  const whole = site.find(words) ?? builtIn.find(words);
  if (whole !== undefined) return whole;
  const parts = words.split(/\s*\/\s*|\s+(?:and|or|und|oder|et|ou|y|o|e)\s+/).filter(part => part !== '');
  if (parts.length < 2) return undefined;
  const found = parts.map(part => site.find(part) ?? builtIn.find(part));
  return found.every(phase => phase !== undefined) ? found[0] : undefined;
}

/** The phase that a label (`Verify:`) opens; words that are too small for a label open none. */
export function matchLabel(label: string, extra: PhaseTable = nothing): Phase | undefined {
  const phase = matchPhase(label, extra);
  return phase === undefined || headingsOnly.has(spoken(label)) ? undefined : phase;
}

/** How list items and paragraphs of a phase are read. */
export const phaseRole: Readonly<Record<Phase, 'act' | 'forbid' | 'read'>> = {
  trigger: 'read',
  impact: 'read',
  preconditions: 'act',
  safety: 'forbid',
  diagnose: 'act',
  procedure: 'act',
  verify: 'act',
  dont: 'forbid',
  'safe-actions': 'act',
  rollback: 'act',
  'exit-criteria': 'act',
  escalate: 'read',
  reference: 'read',
};
