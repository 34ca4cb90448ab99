// Views derived from the state: order, filter, counts. Pure.
import type {SloView} from './duty.ts';
import type {AppState, RunbookView, RunSummary, RunView, ServiceHistory, ServiceView} from './model.ts';
import {worseFirst} from '../domain/verdict.ts';
import type {Verdict} from '../domain/verdict.ts';

/** Where the letters of `needle` end when they are taken in order from `start`; -1 = they are not all there. */
function runsTo(needle: string, hay: string, start: number): number {
  let at = start - 1;
  for (const letter of needle) {
    at = hay.indexOf(letter, at + 1);
    if (at === -1) return -1;
  }
  return at;
}

/** How well `text` answers to the letters of `wanted`, in order: the less the better; undefined = not at all. */
export function fuzzy(wanted: string, text: string): number | undefined {
  const needle = wanted.toLowerCase().replaceAll(' ', '');
  const hay = text.toLowerCase();
  const whole = hay.indexOf(wanted.trim().toLowerCase());
  if (whole !== -1) return whole;
  let best: number | undefined;
  for (
    let start = hay.indexOf(needle[0] ?? '');
    start !== -1;
    start = hay.indexOf(needle[0] ?? '', start + 1)
  ) {
    const end = runsTo(needle, hay, start);
    if (end === -1) break;
    const isWord = start === 0 || hay[start - 1] === ' ';
    const score = 1_000 + (end - start) * 4 - (isWord ? 20 : 0);
    if (best === undefined || score < best) best = score;
  }
  return best;
}

const matches = (filter: string, ...texts: readonly string[]): boolean => {
  const needle = filter.trim().toLowerCase();
  return needle === '' || texts.some(text => text.toLowerCase().includes(needle));
};

/** The verdict as it may be shown: what was not looked at lately is unknown, whatever it was. */
export const honestVerdict = (at: {readonly verdict: Verdict; readonly stale: boolean}): Verdict =>
  at.stale && at.verdict === 'pass' ? 'unknown' : at.verdict;

/** Worst first, then by name; those that match the filter. */
export const serviceOrder = (app: AppState, filter: string): readonly ServiceView[] =>
  app.services
    .filter(({id, title, owner}) => matches(filter, id, title, owner ?? ''))
    .sort(
      (a, b) => worseFirst(honestVerdict(a), honestVerdict(b)) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );

const fields = ['tag', 'service', 'severity', 'owner'] as const;

/** Whether a runbook answers to one word: `tag:x`, `service:x`, `severity:x`, `owner:x`, or anything that it says. */
function answersTo(book: RunbookView, word: string): boolean {
  const {id, title, tags, services, severity, owner} = book;
  const values = {tag: tags, service: services, severity: [severity ?? ''], owner: [owner ?? '']};
  const field = fields.find(name => word.startsWith(`${name}:`));
  if (field !== undefined) {
    const wanted = word.slice(field.length + 1);
    return values[field].some(value => value.toLowerCase().startsWith(wanted));
  }
  return matches(word, id, title, ...tags, ...services) || book.lines.some(({text}) => matches(word, text));
}

const isNamed = (book: RunbookView, words: readonly string[]): boolean =>
  words.every(word => matches(word, book.id, book.title, ...book.tags, ...book.services));

/** Those that hold every word of the filter, also in their text; those that are called so come first. */
export function runbookOrder(app: AppState, filter: string): readonly RunbookView[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return app.runbooks;
  return app.runbooks
    .filter(book => words.every(word => answersTo(book, word)))
    .sort((a, b) => Number(isNamed(b, words)) - Number(isNamed(a, words)));
}

/** Open runs first, then the newest. */
export const runOrder = (app: AppState, filter: string): readonly RunSummary[] =>
  app.runs
    .filter(({short, title, service, state}) => matches(filter, short, title, service, state))
    .sort((a, b) => Number(b.open) - Number(a.open) || b.startedMs - a.startedMs);

export interface Counts {
  readonly total: number;
  readonly fail: number;
  readonly unknown: number;
  readonly warn: number;
}

export function countServices(app: AppState): Counts {
  const worst = app.services.map(honestVerdict);
  const count = (verdict: Verdict): number => worst.filter(one => one === verdict).length;
  return {total: worst.length, fail: count('fail'), unknown: count('unknown'), warn: count('warn')};
}

export const serviceOf = (app: AppState, id: string | undefined): ServiceView | undefined =>
  app.services.find(service => service.id === id);

/** What was loaded of that service; undefined while it is another's. */
export const historyOf = (app: AppState, id: string | undefined): ServiceHistory | undefined =>
  app.history?.service === id ? app.history : undefined;

/** What the service promises; undefined: nothing, or it was not measured yet. */
export const sloOf = (app: AppState, id: string | undefined): SloView | undefined =>
  app.slos?.find(({service}) => service === id);

export const runbookOf = (app: AppState, id: string | undefined): RunbookView | undefined =>
  app.runbooks.find(runbook => runbook.id === id);

/** The services that suggest this runbook, else all of them. */
export function servicesFor(app: AppState, runbook: string): readonly ServiceView[] {
  const suggesting = app.services.filter(service => service.runbooks.some(({id}) => id === runbook));
  return suggesting.length > 0 ? suggesting : app.services;
}

/** A step of ours is under way right now (not merely waiting for an answer). */
export const isBusy = (run: RunView | undefined): boolean =>
  run !== undefined && !run.watching && run.ask.at === 'busy';

/** A run of ours is open: something is left to decide. */
export const isOpen = (run: RunView | undefined): run is RunView =>
  run !== undefined && !run.watching && run.ask.at !== 'over';

/** The newest run that nobody has finished. */
export const openRunOf = (app: AppState): RunSummary | undefined =>
  app.runs.filter(({open}) => open).sort((a, b) => b.startedMs - a.startedMs)[0];
