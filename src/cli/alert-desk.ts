// What a person does about alerts: takes them, silences them, announces work. The same for commands and the console.
import type {CommandContext} from '../define.ts';
import {openAlerts, silencesNow, type Alert, type AlertBook} from '../domain/alert.ts';
import type {NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {isOverAt, spanOf} from '../domain/maintenance.ts';
import {covers} from '../domain/scope.ts';
import type {Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {allRecorded, recorded} from '../evidence/recorded.ts';
import type {Ledger} from '../ports.ts';
import {bookIn, scopesTyped} from './alert-scope.ts';

export interface Silenced {
  readonly silence: string;
  readonly on: readonly string[];
  readonly until: string;
  readonly untilResolved: boolean;
  readonly seq: number;
}

export interface Announced {
  readonly window: string;
  readonly on: readonly string[];
  readonly from: string;
  readonly until: string;
  /** Later than `from` where that was over already: what lies before was not announced. */
  readonly countsFrom: string;
  readonly seq: number;
}

export interface Ended {
  readonly window: string;
  readonly why: 'ended' | 'cancelled';
}

/** Scopes are `SERVICE`, `SERVICE/CHECK`, `label:NAME` or `*`; each method throws UNKNOWN_NAME, USAGE or LEDGER_*. */
export interface AlertDesk {
  /** Takes what is open under the scopes; what somebody took before stays theirs. */
  ack(what: {readonly on: readonly string[]; readonly note?: string | undefined}): Promise<{
    readonly taken: readonly Alert[];
    readonly before: readonly Alert[];
  }>;
  silence(what: {
    readonly on: readonly string[];
    readonly forMs: number;
    readonly reason: string;
    readonly untilResolved?: boolean;
  }): Promise<Silenced>;
  /** Ends these silences; every one in force, when none is named. Gives which. */
  lift(silences: readonly string[]): Promise<readonly string[]>;
  announce(what: {
    readonly on: readonly string[];
    readonly fromMs?: number | undefined;
    readonly forMs: number;
    readonly reason: string;
  }): Promise<Announced>;
  /** Ends windows that have begun, and takes back those to come. */
  endMaintenance(windows: readonly string[]): Promise<readonly Ended[]>;
}

interface AlertDeskRequest {
  readonly site: Pick<Site, 'services'>;
  readonly ledger: Ledger;
  readonly clock: CommandContext['clock'];
  readonly random: CommandContext['random'];
  /** What is known already, where the alerts run in this process; otherwise the ledger is read. */
  readonly book?: () => AlertBook;
}

function alertDesk({site, ledger, clock, random, book}: AlertDeskRequest): AlertDesk {
  const bookNow = async (): Promise<AlertBook> => book?.() ?? (await bookIn(ledger));
  const freshName = (word: string): string => `${word}-${Buffer.from(random.bytes(4)).toString('hex')}`;
  const writeAll = async ([first, ...rest]: readonly NewEntry[]): Promise<void> => {
    if (first !== undefined) allRecorded(await ledger.append({entries: [first, ...rest]}));
  };
  const write = async (entry: NewEntry): Promise<number> =>
    recorded(await ledger.append({entries: [entry]})).seq;

  return {
    async ack({on: names, note}) {
      const on = scopesTyped(names, site);
      const meant = openAlerts(await bookNow()).filter(alert => covers(on, alert));
      const taken = meant.filter(({acked}) => acked === undefined);
      const disclosed = note === undefined ? {} : {disclosed: [{ptr: '/body/text', value: note}]};
      await writeAll(taken.map(({alert}) => ({kind: 'alert.ack', body: {alert}, ...disclosed})));
      return {taken, before: meant.filter(({acked}) => acked !== undefined)};
    },
    async silence({on: names, forMs, reason, untilResolved = false}) {
      const on = scopesTyped(names, site);
      const silence = freshName('silence');
      const untilMs = clock.nowMs() + forMs;
      const until = timestamp(untilMs);
      const only = untilResolved ? {untilResolved} : {};
      const seq = await write({
        kind: 'alert.silence',
        body: {silence, how: 'set', on: [...on], untilMs, until, ...only},
        disclosed: [{ptr: '/body/reason', value: reason}],
      });
      return {silence, on, until, untilResolved, seq};
    },
    async lift(silences) {
      const known = silencesNow(await bookNow(), clock.nowMs()).map(({silence}) => silence);
      const unknown = silences.find(id => !known.includes(id));
      if (unknown !== undefined) {
        const hint = known.length === 0 ? 'Nothing is silenced.' : `Silenced: ${known.join(', ')}.`;
        throw new QdError('UNKNOWN_NAME', `There is no silence ${unknown} in force.`, {hint});
      }
      const lifted = silences.length === 0 ? known : [...new Set(silences)];
      await writeAll(lifted.map(silence => ({kind: 'alert.silence', body: {silence, how: 'lift'}})));
      return lifted;
    },
    async announce({on: names, fromMs, forMs, reason}) {
      const on = scopesTyped(names, site);
      const nowMs = clock.nowMs();
      const beginMs = fromMs ?? nowMs;
      const untilMs = beginMs + forMs;
      if (untilMs <= nowMs)
        throw new QdError(
          'USAGE',
          'That is over already: maintenance is announced, and not declared afterwards.',
          {hint: 'What happened is told in a note. What counts begins when it is recorded.'},
        );
      const window = freshName('maintenance');
      const times = {from: timestamp(beginMs), until: timestamp(untilMs)};
      const seq = await write({
        kind: 'maintenance.set',
        body: {window, on: [...on], fromMs: beginMs, untilMs, ...times},
        disclosed: [{ptr: '/body/reason', value: reason}],
      });
      return {window, on, ...times, countsFrom: timestamp(Math.max(beginMs, nowMs)), seq};
    },
    async endMaintenance(windows) {
      const nowMs = clock.nowMs();
      const open = (await bookNow()).windows.filter(window => !isOverAt(window, nowMs));
      const ended = [...new Set(windows)].map((id): Ended => {
        const found = open.find(({window}) => window === id);
        if (found !== undefined)
          return {window: id, why: spanOf(found).fromMs <= nowMs ? 'ended' : 'cancelled'};
        const hint =
          open.length === 0
            ? 'None is open or to come. Windows of the site file end with a change of that file.'
            : `There are: ${open.map(({window}) => window).join(', ')}.`;
        throw new QdError('UNKNOWN_NAME', `There is no maintenance ${id} that is open or to come.`, {hint});
      });
      await writeAll(ended.map(({window, why}) => ({kind: 'maintenance.end', body: {window, why}})));
      return ended;
    },
  };
}

/** For a command, and for the console: that hands over the book of its own alerts, and the ledger is not read again. */
export const deskOf = async (
  context: CommandContext,
  ledger: Ledger,
  book?: () => AlertBook,
): Promise<AlertDesk> => {
  const {clock, random} = context;
  return alertDesk({
    site: await context.site(),
    ledger,
    clock,
    random,
    ...(book === undefined ? {} : {book}),
  });
};
