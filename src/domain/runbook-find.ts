// Which runbook to reach for: the ones for an alert, and full-text search with `tag:`, `service:` … filters. Pure.
import type {Procedure, Runbook, Step} from './runbook.ts';

/** What is known of a service that is not well. */
export interface Alert {
  /** Id of the service. */
  readonly service: string;
  /** What the site names for it: `id` or `id#procedure`, the best first. */
  readonly suggested?: readonly string[];
  /** Labels of the service. */
  readonly tags: readonly string[];
  /** Id of the failing check; `service/check` is taken as well. */
  readonly check?: string;
  /** Names of the failing parts of that check, such as `db`. */
  readonly parts?: readonly string[];
  readonly runbooks: readonly Runbook[];
}

export interface RunbookFound {
  readonly runbook: Runbook;
  /** The procedure that fits; undefined when the file as a whole does. */
  readonly procedure: Procedure | undefined;
  /** Why it is offered, the strongest reason first: `the site names it`, `looks at api/ready` … */
  readonly why: readonly string[];
  readonly score: number;
}

const weights = {named: 100, looks: 60, service: 40, tag: 25, label: 15, word: 10} as const;

/** Runbooks for an alert, the best first. One that is for other services only, and looks at none of this, is left out. */
export function runbooksFor(alert: Alert): readonly RunbookFound[] {
  return alert.runbooks
    .flatMap(runbook => judged(runbook, alert) ?? [])
    .sort((a, b) => b.score - a.score || (a.runbook.title < b.runbook.title ? -1 : 1));
}

function judged(runbook: Runbook, alert: Alert): RunbookFound | undefined {
  const {service, suggested = [], tags} = alert;
  const {meta} = runbook;
  const check = alert.check?.slice(alert.check.lastIndexOf('/') + 1);
  const why: string[] = [];
  let score = 0;
  const add = (points: number, reason: string): void => {
    score += points;
    why.push(reason);
  };
  const position = suggested.findIndex(name => name.split('#')[0] === runbook.id);
  const part = position === -1 ? undefined : suggested[position]?.split('#')[1];
  if (position !== -1) add(weights.named - position, 'the site names it');
  const looking =
    check === undefined ? [] : runbook.procedures.filter(one => looksAt(one, {service, check, meta}));
  if (looking.length > 0) add(weights.looks, `looks at ${service}/${check ?? ''}`);
  if (meta.services.includes(service)) add(weights.service, `for ${service}`);
  else if (meta.services.length > 0 && score === 0) return undefined;
  const about = [check, ...(alert.parts ?? [])].filter(word => word !== undefined).map(lower);
  for (const tag of meta.tags.map(lower)) {
    if (about.includes(tag)) add(weights.tag, `tag ${tag}`);
    else if (tags.map(lower).includes(tag)) add(weights.label, `tag ${tag}`);
  }
  const spoken = runbook.procedures.filter(one => about.some(word => speaksOf(one, word)));
  if (spoken.length > 0)
    add(
      weights.word,
      `its symptoms name ${about.find(word => spoken.some(one => speaksOf(one, word))) ?? ''}`,
    );
  if (score === 0) return undefined;
  const named = runbook.procedures.find(({id}) => id === part);
  const [only, ...others] = looking.length > 0 ? looking : spoken;
  const fits = named ?? (others.length === 0 && runbook.procedures.length > 1 ? only : undefined);
  return {runbook, procedure: fits, why, score};
}

const lower = (text: string): string => text.toLowerCase();

const looked = ['check', 'pre', 'verify', 'until'] as const;

/** Whether a step of it looks at the check, by its full name or, in a runbook for this service, by its short one. */
function looksAt(
  {phases}: Procedure,
  {service, check, meta}: {service: string; check: string; meta: Runbook['meta']},
): boolean {
  const isOwn = meta.services.length === 0 || meta.services.includes(service);
  const looks = ({attributes, children}: Step): boolean =>
    looked.some(key => {
      const name = attributes[key];
      return name === `${service}/${check}` || (isOwn && name === check);
    }) || children.some(looks);
  return phases.some(({steps}) => steps.some(looks));
}

/** Whether the title or the symptoms hold the word as a word. */
function speaksOf({title, phases}: Procedure, word: string): boolean {
  const said = [
    title,
    ...phases
      .filter(({phase}) => phase === 'trigger')
      .flatMap(({prose, steps}) => [...prose, ...steps.map(step => step.title)]),
  ];
  return said.some(text => wordsOf(text).has(word));
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(lower(text).split(/[^\p{L}\p{N}_-]+/u));

export interface SearchHit {
  readonly runbook: Runbook;
  readonly score: number;
  /** Lines of the source that hold a word, 1-based, at most three. */
  readonly lines: readonly {readonly line: number; readonly text: string}[];
}

const fields = ['tag', 'service', 'severity', 'owner', 'phase'] as const;

/**
 * Runbooks that hold every word of `text`, the best first: title before tags before text. `tag:x`, `service:x`,
 * `severity:x`, `owner:x` and `phase:x` must match a field; a phrase stands in double quotes. Empty text finds all.
 */
export function searchRunbooks(text: string, runbooks: readonly Runbook[]): readonly SearchHit[] {
  const terms = [...text.matchAll(/"([^"]+)"?|(\S+)/g)]
    .map(([, phrase, word]) => lower(phrase ?? word ?? ''))
    .filter(term => term.trim() !== '');
  return runbooks
    .flatMap(runbook => hitOf(runbook, terms) ?? [])
    .sort((a, b) => b.score - a.score || (a.runbook.title < b.runbook.title ? -1 : 1));
}

interface Indexed {
  readonly lines: readonly string[];
  readonly lowered: readonly string[];
  readonly whole: string;
}

/** Lower-cased text of each runbook; a search runs at every key press. */
const index = new WeakMap<Runbook, Indexed>();

function indexed(runbook: Runbook): Indexed {
  const known = index.get(runbook);
  if (known !== undefined) return known;
  const lines = runbook.source.split('\n');
  const lowered = lines.map(lower);
  const made = {lines, lowered, whole: lowered.join('\n')};
  index.set(runbook, made);
  return made;
}

function hitOf(runbook: Runbook, terms: readonly string[]): SearchHit | undefined {
  const {lines, lowered, whole} = indexed(runbook);
  let score = 0;
  const words: string[] = [];
  for (const term of terms) {
    const field = fields.find(name => term.startsWith(`${name}:`));
    const points =
      field === undefined
        ? wordScore(runbook, term, whole)
        : fieldScore(runbook, field, term.slice(field.length + 1));
    if (points === 0) return undefined;
    if (field === undefined) words.push(term);
    score += points;
  }
  const found: {line: number; text: string}[] = [];
  for (let i = 0; i < lines.length && found.length < 3; i++) {
    const low = lowered[i] ?? '';
    if (words.some(word => low.includes(word))) found.push({line: i + 1, text: (lines[i] ?? '').trim()});
  }
  return {runbook, score, lines: found};
}

function wordScore({id, title, procedures, meta}: Runbook, term: string, whole: string): number {
  if (lower(title).includes(term) || lower(id) === term) return 100;
  if ([...meta.tags, ...meta.services].some(one => lower(one) === term)) return 60;
  if (procedures.some(one => lower(one.title).includes(term))) return 40;
  return whole.includes(term) ? 10 : 0;
}

function fieldScore({meta, procedures}: Runbook, field: (typeof fields)[number], wanted: string): number {
  const values: Record<(typeof fields)[number], readonly string[]> = {
    tag: meta.tags,
    service: meta.services,
    severity: meta.severity === undefined ? [] : [meta.severity],
    owner: meta.owner === undefined ? [] : [meta.owner],
    phase: procedures.flatMap(({phases}) => phases.map(({phase}) => phase)),
  };
  return values[field].some(value => lower(value) === wanted) ? 30 : 0;
}
