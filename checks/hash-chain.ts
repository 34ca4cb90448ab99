import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {chainHashes, chainRules} from './parts/chain.ts';
import type {ChainState} from './parts/chain.ts';
import {condition} from './parts/condition.ts';
import {databaseFields, isOneDatabase, oneDatabase, readQuery} from './parts/database.ts';
import {judge} from './parts/expect.ts';
import {isObject, parseJson} from './parts/json.ts';
import {meets} from './parts/operators.ts';
import {walkRecords, type Walked} from './parts/records.ts';
import {withoutSecrets} from './parts/secrets.ts';

const absolute = z.string().startsWith('/', 'expected an absolute path');
const hash = z.string().regex(/^[0-9a-f]{64,128}$/, 'expected a hash in lowercase hex');

const params = z
  .strictObject({
    jsonl: absolute.optional().describe('A file with one record a line; or `json`, or `database`.'),
    json: absolute.optional().describe('A JSON file: a list of records, or an object with `events`.'),
    database: z
      .strictObject({
        ...databaseFields,
        query: readQuery.describe('What gives the records, one a row, in their order.'),
      })
      .refine(isOneDatabase, oneDatabase)
      .optional()
      .describe('A table of records.'),
    rule: z
      .enum(chainRules)
      .describe(
        'What a hash covers. `quarterdeck`: our own ledger lines. `system-ledger`: SYSTEM|type|tenant|… with the payload hash. `canonical`: the sorted JSON of the record without the hash. `prefixed`: the hash before, then that JSON without both.',
      ),
    prevField: z.string().min(1).default('prev_hash').describe('Where the hash of the record before stands.'),
    hashField: z.string().min(1).default('event_hash').describe('Where the hash of the record stands.'),
    algorithm: z.enum(chainHashes).default('sha256').describe('For `canonical` and `prefixed`.'),
    first: z
      .string()
      .nullable()
      .default(null)
      .describe('What the first record says of the one before it; null: nothing, or an empty text.'),
    anchors: z
      .array(z.strictObject({index: z.int().min(0), hash}))
      .default([])
      .describe('Hashes that were written down elsewhere: the record of that index (from 0) must have it.'),
    headFile: absolute
      .optional()
      .describe('A JSON file kept elsewhere with `count` and `hash` of the newest record that it knows.'),
    count: condition.optional().describe('A condition on the number of records, so that a cut tail shows.'),
  })
  .refine(
    ({jsonl, json, database}) => [jsonl, json, database].filter(one => one !== undefined).length === 1,
    {
      message: 'say where the records are: one of jsonl, json and database',
    },
  )
  .refine(({rule, jsonl}) => rule !== 'quarterdeck' || jsonl !== undefined, {
    message: 'a ledger of ours is read from its lines: use jsonl',
    path: ['rule'],
  });
type Params = z.infer<typeof params>;

interface Anchor {
  readonly index: number;
  readonly hash: string;
}

const maxHeadBytes = 64 * 1024;

const failed = (verdict: 'fail' | 'unknown', kind: Look['kind'], message: string): Look => ({
  verdict,
  kind,
  checked: verdict === 'fail' ? 1 : 0,
  message,
});

const headFile = z.object({count: z.int().min(1), hash});

/** Anchors of the site file and of the head that is kept elsewhere. */
async function anchorsOf(
  given: Params,
  {files}: CheckContext,
): Promise<{readonly anchors: readonly Anchor[]} | Look> {
  if (given.headFile === undefined) return {anchors: given.anchors};
  const read = await files.read(given.headFile, maxHeadBytes);
  if (read.at === 'failed') return failed('unknown', 'noData', `${given.headFile}: ${read.message}`);
  const value = parseJson(new TextDecoder().decode(read.bytes))?.value;
  const renamed = isObject(value)
    ? {count: value['count'] ?? value['event_count'], hash: value['hash'] ?? value['last_event_hash']}
    : value;
  const head = headFile.safeParse(renamed);
  if (!head.success)
    return failed(
      'unknown',
      'config',
      `${given.headFile} holds no {"count": …, "hash": …} of a newest record`,
    );
  return {anchors: [...given.anchors, {index: head.data.count - 1, hash: head.data.hash}]};
}

/** What a chain that holds does not show, as parts that claim nothing. */
function notProved({rule, count}: Params, state: ChainState, anchors: readonly Anchor[]): Part[] {
  const open = [
    ...(anchors.length === 0 && count === undefined
      ? ['that no records are missing at the end: there is no anchor and no count']
      : []),
    ...(rule === 'system-ledger' ? ['when events happened: their times are not under the hashes'] : []),
    ...(state.ambiguous ? ['where fields with "|" end: other fields would give the same hash'] : []),
  ];
  return open.map(message => ({name: 'not proved', verdict: 'skipped', message}));
}

function judged(
  {state, found, torn}: Walked,
  anchors: readonly Anchor[],
  given: Params,
  nowMs: number,
): Look {
  const {count, head, problem} = state;
  const chain =
    problem === undefined
      ? {what: 'chain', ok: true, expected: 'every record behind the one before', actual: `${count} records`}
      : {
          what: `record ${problem.index}`,
          ok: false,
          expected: 'a record that follows the one before, unchanged',
          actual: problem.why,
        };
  const assertions = [
    ...(count > 0 || problem !== undefined ? [chain] : []),
    ...(problem === undefined ? anchors : anchors.filter(({index}) => found.has(index))).map(
      ({index, hash: wanted}) => {
        const actual = found.get(index);
        return {
          what: `anchor ${index}`,
          ok: actual === wanted,
          expected: wanted,
          actual: actual ?? `nothing: there are ${count} records`,
        };
      },
    ),
    ...(given.count === undefined || problem !== undefined ? [] : meets('count', count, given.count, nowMs)),
  ];
  if (assertions.length === 0)
    return failed('unknown', 'noData', torn ? 'no whole record yet' : 'no records: nothing is proved');
  const end = torn ? '; a record is being written behind them' : '';
  const held = anchors.length === 0 ? '' : `, ${anchors.length} anchored`;
  const look = judge(assertions, `${count} records, head ${head?.slice(0, 16) ?? 'none'}…${held}${end}`);
  return {
    ...look,
    checked: count + assertions.length,
    parts: [
      ...assertions.map(({what, ok, expected, actual}): Part => ({
        name: what,
        verdict: ok === undefined ? 'unknown' : ok ? 'pass' : 'fail',
        message: actual,
        expected,
        actual,
      })),
      ...(look.verdict === 'pass' ? notProved(given, state, anchors) : []),
    ],
  };
}

export const hashChain = defineCheck({
  type: 'hashChain',
  summary: 'Records of a log follow each other by their hashes, from the first to the anchored last',
  example: `type: hashChain
jsonl: /var/log/app/events.jsonl
rule: canonical
prevField: prev
hashField: hash
anchors: [{index: 1, hash: 0000000000000000000000000000000000000000000000000000000000000000}]
count: {gte: 2}`,
  needsTrust: true,
  everyMs: 300_000,
  timeoutMs: 60_000,
  params,
  run: async (given, context) => {
    if (context.signal.aborted) return failed('unknown', 'noData', 'stopped before it was looked at');
    const known = await anchorsOf(given, context);
    if (!('anchors' in known)) return known;
    const {anchors} = known;
    const {walked, secrets} = await walkRecords(given, new Set(anchors.map(({index}) => index)), context);
    const look = 'state' in walked ? judged(walked, anchors, given, context.clock.nowMs()) : walked;
    return withoutSecrets(look, secrets);
  },
});
