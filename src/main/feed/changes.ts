// Ledger entries → the recent changes of one service: states of its checks, alerts, maintenance, runs.
import type {Entry, Json, StoredEntry} from '../../domain/entry.ts';
import {covers} from '../../domain/scope.ts';
import {show} from '../../domain/show.ts';
import {instantOf} from '../../domain/time.ts';
import {verdicts, type Verdict} from '../../domain/verdict.ts';
import type {Ledger} from '../../ports.ts';
import type {ChangeRow} from '../../state/model.ts';

export interface ChangedService {
  readonly id: string;
  readonly labels: readonly string[];
}

/** Entries that name the service, and those that only name what another entry says of it. */
const named = ['check.change', 'heal.outcome', 'run.start', 'alert.open'] as const;
const pointing = [
  'alert.ack',
  'alert.close',
  'alert.silence',
  'maintenance.set',
  'maintenance.end',
  'run.finish',
] as const;

const mostRows = 60;
const mostPointing = 300;
/** Further back nobody calls it recent, and a large log is not read through for a screen. */
const mostEntries = 50_000;

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const texts = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.flatMap(one => (typeof one === 'string' ? [one] : [])) : [];

/** The newest entries about the service, newest first. */
export async function changesOf(ledger: Ledger, service: ChangedService): Promise<readonly ChangeRow[]> {
  const {size} = await ledger.head();
  const from = Math.max(0, size - mostEntries);
  const [naming, others] = await Promise.all([
    ledger.read({
      kinds: named,
      holding: [`"service":${JSON.stringify(service.id)}`],
      from,
      reverse: true,
      limit: mostRows,
    }),
    ledger.read({kinds: pointing, from, reverse: true, limit: mostPointing}),
  ]);
  const own = about([...naming, ...others], service).slice(0, mostRows);
  return Promise.all(own.map(async entry => rowOf(entry, ledger)));
}

/** Those about the service, newest first. */
function about(entries: readonly StoredEntry[], {id, labels}: ChangedService): readonly StoredEntry[] {
  const ours = new Set<string>();
  const isOnIt = (on: readonly string[]): boolean =>
    covers(on, {service: id, labels}) || on.some(one => one.startsWith(`${id}/`));
  const mark = (name: string): true => {
    ours.add(name);
    return true;
  };
  const isAbout = ({kind, body, run}: Entry): boolean => {
    switch (kind) {
      case 'alert.close':
      case 'alert.ack':
        return ours.has(text(body['alert']));
      case 'maintenance.end':
        return ours.has(text(body['window']));
      case 'run.finish':
        return run !== undefined && ours.has(run);
      case 'alert.silence': {
        const name = text(body['silence']);
        if (text(body['how']) === 'lift') return ours.has(name);
        return isOnIt(texts(body['on'])) && mark(name);
      }
      case 'maintenance.set':
        return isOnIt(texts(body['on'])) && mark(text(body['window']));
      default:
        if (text(body['service']) !== id) return false;
        if (kind === 'run.start' && run !== undefined) mark(run);
        return kind !== 'alert.open' || mark(text(body['alert']));
    }
  };
  return entries
    .toSorted((a, b) => a.seq - b.seq)
    .filter(({entry}) => isAbout(entry))
    .reverse();
}

/** What was said stands beside the entry; one that was erased says so. */
async function messageOf({seq, entry}: StoredEntry, ledger: Pick<Ledger, 'disclosure'>): Promise<string> {
  const {message} = entry.body;
  if (message === undefined || typeof message === 'string') return message ?? '';
  const bytes = await ledger.disclosure(seq, '/body/message').catch(() => undefined);
  return bytes === undefined ? '(erased)' : new TextDecoder().decode(bytes);
}

const isVerdict = (word: string): word is Verdict => verdicts.some(one => one === word);

async function rowOf(stored: StoredEntry, ledger: Pick<Ledger, 'disclosure'>): Promise<ChangeRow> {
  const {seq, entry} = stored;
  const row = (what: string, words: readonly string[], verdict?: Verdict): ChangeRow => ({
    seq,
    atMs: instantOf(entry.ts) ?? 0,
    verdict,
    what: show(what),
    text: show(words.filter(Boolean).join('  ')),
  });
  const {kind, body, actor} = entry;
  switch (kind) {
    case 'check.change': {
      const verdict = text(body['verdict']);
      const flaps = body['flapping'] === true ? 'flapping' : '';
      return row(
        text(body['check']),
        [text(body['state']), flaps, await messageOf(stored, ledger)],
        isVerdict(verdict) ? verdict : undefined,
      );
    }
    case 'heal.outcome':
      return row(text(body['check']), ['put right', text(body['verdict']), await messageOf(stored, ledger)]);
    case 'alert.open':
      return row('alert', ['opened', text(body['severity']), text(body['title'])]);
    case 'alert.close':
      return row('alert', ['closed', text(body['why'])]);
    case 'alert.ack':
      return row('alert', [`acknowledged by ${actor.operator}`]);
    case 'alert.silence':
      return text(body['how']) === 'lift'
        ? row('silence', [`lifted by ${actor.operator}`])
        : row('silence', [`by ${actor.operator}`, `until ${text(body['until'])}`]);
    case 'maintenance.set':
      return row('maintenance', [`by ${actor.operator}`, `${text(body['from'])} to ${text(body['until'])}`]);
    case 'maintenance.end':
      return row('maintenance', [text(body['why'])]);
    case 'run.start':
      return row('run', [`${text(body['title'])} by ${actor.operator}`, text(body['mode'])]);
    case 'run.finish':
      return row('run', [text(body['result']), `by ${actor.operator}`]);
    default:
      return row(kind, [actor.operator]);
  }
}
