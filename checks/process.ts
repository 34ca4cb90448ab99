import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {foreignInstant, timestamp} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {Host, HostProcess} from '../src/host-ports.ts';
import {condition} from './parts/condition.ts';
import {judge, type Assertion} from './parts/expect.ts';
import {absolutePath, duration, onHost} from './parts/fields.ts';
import {accountId, accountName, accountSaid} from './parts/host/accounts.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {belongsTo, findProcesses, matchSaid, processMatch, processSaid} from './parts/host/processes.ts';
import {unitName} from './parts/host/unit.ts';
import {meets} from './parts/operators.ts';

const words = z.array(z.string().min(1)).min(1).optional();

const params = z.strictObject({
  match: processMatch,
  on: onHost,
  expect: z
    .strictObject({
      count: condition.optional().describe('How many there are; without it at least one.'),
      owner: accountName.optional().describe('The account that they run as.'),
      unit: unitName.optional().describe('The service or scope of systemd that they belong to.'),
      args: words.describe('Words that their command line has.'),
      notArgs: words.describe('Words that it has not, such as --reload, also as `--reload=…`.'),
      age: z
        .strictObject({min: duration.optional(), max: duration.optional()})
        .optional()
        .describe('How long they have been running.'),
      startedAfter: z
        .union(
          [
            z.string().refine(text => foreignInstant(text) !== undefined),
            z.strictObject({file: absolutePath}),
          ],
          {error: 'expected a time such as 2026-01-02T03:04:05Z, or {file: /path}'},
        )
        .optional()
        .describe('Started not before this time, or the last change of this file.'),
    })
    .default({})
    .describe('What must be true of them.'),
});
type Params = z.infer<typeof params>;

/** So many are looked at one by one. */
const mostProcesses = 200;

async function ownedBy(
  host: Host,
  owner: string | number | undefined,
  processes: readonly HostProcess[],
): Promise<readonly Assertion[] | Look> {
  if (owner === undefined) return [];
  const account = await accountId(host, 'user', owner);
  if (account.at === 'look') return account.look;
  const assertions: Assertion[] = [];
  for (const one of processes) {
    const ok = account.at === 'found' && account.id === one.uid;
    const actual = ok ? String(owner) : await accountSaid(host, 'user', one.uid);
    assertions.push({what: `owner of ${processSaid(one)}`, ok, expected: String(owner), actual});
  }
  return assertions;
}

interface Since {
  readonly ms: number;
  readonly said: string;
}

async function sinceOf(host: Host, {expect}: Params): Promise<Since | undefined | Look> {
  const {startedAfter} = expect;
  if (startedAfter === undefined) return undefined;
  if (typeof startedAfter === 'string') return {ms: foreignInstant(startedAfter) ?? 0, said: startedAfter};
  const {file} = startedAfter;
  const found = await host.stat(file, {follow: true});
  if (found.at === 'failed') return couldNot(found);
  if (found.at === 'missing') return unknown('noData', `there is no ${file} to compare with`);
  const ms = found.file.modifiedMs;
  return {ms, said: `${timestamp(ms)}, the last change of ${file}`};
}

/** What the line of a process says of it, besides who owns it. */
function ofOne(
  one: HostProcess,
  {expect}: Params,
  {since, nowMs}: {readonly since: Since | undefined; readonly nowMs: number},
): Assertion[] {
  const {unit, args = [], notArgs = [], age} = expect;
  const said = processSaid(one);
  const has = (word: string): boolean => one.argv.some(each => each === word || each.startsWith(`${word}=`));
  const started = timestamp(one.startedMs);
  return [
    ...(unit === undefined ? [] : [{what: `unit of ${said}`, ...belongsTo(one, unit)}]),
    ...args.map(word => ({
      what: said,
      ok: has(word),
      expected: `with ${word}`,
      actual: has(word) ? 'with it' : 'without',
    })),
    ...notArgs.map(word => ({
      what: said,
      ok: !has(word),
      expected: `without ${word}`,
      actual: has(word) ? `with ${word}` : 'without',
    })),
    ...(age === undefined ? [] : meets(`start of ${said}`, started, {age}, nowMs)),
    ...(since === undefined
      ? []
      : [
          {
            what: `start of ${said}`,
            ok: one.startedMs >= since.ms,
            expected: `not before ${since.said}`,
            actual: started,
          },
        ]),
  ];
}

export const process = defineCheck({
  type: 'process',
  summary: 'Processes run, as many as expected, by whom and with what they were started',
  example: `type: process
match: {command: api-server}
expect: {count: 1, notArgs: [--reload, --debug], age: {max: 30d}}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async (given, {host}) => {
    const {match, expect} = given;
    const found = await findProcesses(host, match);
    if (found.at === 'look') return found.look;
    const {processes, partial} = found;
    if (processes.length > mostProcesses)
      return unknown(
        'config',
        `${processes.length} processes ${matchSaid(match)} run: say more exactly which`,
      );
    const isSure = !partial || (expect.count === undefined && processes.length > 0);
    if (!isSure)
      return unknown(
        'permission',
        `processes of other accounts are hidden from this one: how many ${matchSaid(match)} run is not known`,
      );
    const now = expect.age === undefined ? undefined : await host.now();
    if (now?.at === 'failed') return couldNot(now);
    const nowMs = now?.ms ?? 0;
    const since = await sinceOf(host, given);
    if (since !== undefined && 'verdict' in since) return since;
    const owned = await ownedBy(host, expect.owner, processes);
    if ('verdict' in owned) return owned;
    const counted = meets(`processes ${matchSaid(match)}`, processes.length, expect.count ?? {gte: 1}, nowMs);
    const list = processes.map(processSaid).join(', ');
    return judge(
      [...counted, ...owned, ...processes.flatMap(one => ofOne(one, given, {since, nowMs}))],
      processes.length === 0 ? 'none, as it must be' : `${processes.length}: ${list}`,
    );
  },
});
