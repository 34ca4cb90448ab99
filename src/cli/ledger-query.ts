// `ledger query`: the entries that answer a question, newest first (R21).
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {EntryQuery, StoredEntry} from '../domain/entry.ts';
import {exit, QdError} from '../domain/error.ts';
import {entryKinds} from '../domain/kinds.ts';
import {runStart} from '../domain/kinds-run.ts';
import {didYouMean} from '../domain/nearest.ts';
import {say} from '../domain/show.ts';
import type {Ledger} from '../ports.ts';
import {timestampOf} from './given-time.ts';
import {entryJson, entryLine, runNamed} from './ledger-lines.ts';

const usual = 50;
/** So many entries are looked at before the command looks whether it was asked to stop. */
const stride = 20_000;
/** So many are read at once. */
const page = 1000;

/** `case.add`, or `case.*` for all of a group. */
function kindsOf(names: readonly string[]): readonly string[] {
  const known = Object.keys(entryKinds);
  return names.flatMap(name => {
    const found = name.endsWith('.*')
      ? known.filter(kind => kind.startsWith(name.slice(0, -1)))
      : known.filter(kind => kind === name);
    if (found.length > 0) return found;
    throw new QdError('USAGE', `There is no kind "${name}".${didYouMean(name, known)}`, {
      hint: 'Kinds are listed in docs/generated/entry-kinds.md; ledger.* and the like mean a whole group.',
    });
  });
}

/** How a field of text stands in a canonical line. */
const field = (name: string, value: string): string => `${JSON.stringify(name)}:${JSON.stringify(value)}`;

async function runsOfService(ledger: Ledger, service: string): Promise<readonly string[]> {
  const starts = await ledger.read({kinds: ['run.start'], holding: [field('service', service)]});
  return starts.flatMap(({entry: {run, body}}) =>
    run !== undefined && runStart.safeParse(body).data?.service === service ? [run] : [],
  );
}

interface Asked {
  readonly query: EntryQuery;
  /** Looks at fields where the query could only look at text. */
  readonly fits: (row: StoredEntry) => boolean;
}

/** Goes back through the log in strides, and stops at the limit. */
async function* newestFirst(
  ledger: Ledger,
  {query, fits}: Asked,
  {limit, signal}: {readonly limit: number; readonly signal: AbortSignal},
): AsyncIterable<StoredEntry> {
  let {size: to} = await ledger.head();
  let left = limit;
  while (to > 0 && left > 0) {
    signal.throwIfAborted();
    const from = Math.max(0, to - stride);
    const most = Math.min(left + 1, page);
    const rows = await ledger.read({...query, from, to, limit: most, reverse: true});
    for (const row of rows) {
      if (left === 0 || !fits(row)) continue;
      left -= 1;
      yield row;
    }
    to = rows.length < most ? from : (rows.at(-1)?.seq ?? from);
  }
}

export const ledgerQuery = defineCommand({
  name: 'ledger query',
  summary: 'entries by kind, run, service, operator, time or request id, newest first',
  options: [
    {
      flags: '--kind <kind>',
      summary: 'such as case.add, or case.* for a group; may be repeated',
      repeats: true,
    },
    {flags: '--run <id>', summary: 'a run, or any unique end of its id'},
    {flags: '--service <service>', summary: 'entries about a service, and of its runs'},
    {flags: '--by <operator>', summary: 'what somebody did'},
    {
      flags: '--since <time>',
      summary: 'from then on: 2026-01-02T03:04:05Z, 2026-01-02, or how long ago, such as 2h',
    },
    {flags: '--until <time>', summary: 'before then'},
    {flags: '--request-id <id>', summary: 'what belongs to a request of another system'},
    {flags: '-n, --limit <count>', summary: `how many (${usual})`},
    {flags: '--json', summary: 'one JSON object a line'},
  ],
  examples: [
    {
      line: 'quarterdeck ledger query --kind guard.refused --since 2h',
      does: 'refusals of the last two hours',
    },
    {line: 'quarterdeck ledger query --request-id 7f3c', does: 'the entries that belong to that request'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    kind: z.array(z.string().min(1)).optional(),
    run: z.string().min(1).optional(),
    service: z.string().min(1).optional(),
    by: z.string().min(1).optional(),
    since: z.string().optional(),
    until: z.string().optional(),
    requestId: z.string().min(1).optional(),
    limit: z.coerce.number().int().min(1).max(1_000_000).default(usual),
    json: z.boolean().optional(),
  }),
  run: async (input, context) => {
    const {kind, service, by: operator, requestId, limit, json = false} = input;
    const {talk, signal, clock, ledgerFiles} = context;
    const kinds = kind === undefined ? undefined : kindsOf(kind);
    const since = timestampOf(input.since, '--since', clock.nowMs());
    const until = timestampOf(input.until, '--until', clock.nowMs());
    const ledger = await ledgerFiles.openToRead(await context.homeDir());
    try {
      const run = input.run === undefined ? undefined : await runNamed(ledger, input.run);
      const runs = service === undefined ? [] : await runsOfService(ledger, service);
      const ofService = new Set(runs);
      const holding = [
        ...(operator === undefined ? [] : [field('operator', operator)]),
        ...(requestId === undefined ? [] : [field('requestId', requestId)]),
      ];
      const query: EntryQuery = {
        holding,
        ...(kinds === undefined ? {} : {kinds}),
        ...(run === undefined ? {} : {run}),
        ...(since === undefined ? {} : {since}),
        ...(until === undefined ? {} : {until}),
        ...(service === undefined ? {} : {about: {text: field('service', service), runs}}),
      };
      const fits = ({entry: {actor, body, run: own}}: StoredEntry): boolean =>
        (operator === undefined || actor.operator === operator) &&
        (requestId === undefined || body['requestId'] === requestId) &&
        (service === undefined || body['service'] === service || (own !== undefined && ofService.has(own)));
      let found = 0;
      for await (const row of newestFirst(ledger, {query, fits}, {limit, signal})) {
        found += 1;
        if (json) talk.json(entryJson(row));
        else talk.out(entryLine(row, talk.columns));
      }
      if (found === 0 && !json) talk.err(say`No entry answers that.`);
      if (found === limit && !json) talk.err(say`There may be more: this is the limit (--limit ${limit}).`);
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});
