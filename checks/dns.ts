import ipaddr from 'ipaddr.js';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {recordTypes, responseCodes, type DnsAnswer, type RecordType} from '../src/look/net.ts';
import {fromFailure} from './parts/ask.ts';
import {condition} from './parts/condition.ts';
import {excerpt, judge, type Assertion} from './parts/expect.ts';
import {ipAddress} from './parts/fields.ts';
import {meets} from './parts/operators.ts';
import {retries, withRetries} from './parts/retries.ts';

/** `10.0.0.2`, `10.0.0.2:5353`, `[fd00::2]:53`. */
const server = z.string().refine(text => {
  const [, bracketed, bare = text] = /^(?:\[([^\]]+)\]|([0-9.]+))(?::\d{1,5})?$/.exec(text) ?? [];
  return ipAddress.safeParse(bracketed ?? bare).success;
}, 'expected the address of a name server, such as 10.0.0.2 or 10.0.0.2:5353');

const params = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9._:*-]{1,255}$/, 'expected a name, or an address with rrtype: PTR')
    .describe('The name to ask for; with `rrtype: PTR` an address will do.'),
  rrtype: z.enum(recordTypes).default('A').describe('The type of record.'),
  servers: z
    .array(server)
    .min(1)
    .max(16)
    .optional()
    .describe('Each is asked by itself, and all must say the same; else the name servers of this machine.'),
  expect: z
    .strictObject({
      rcode: z
        .enum(responseCodes)
        .default('NOERROR')
        .describe('The code of the answer; NXDOMAIN where there must be no such name.'),
      values: condition
        .optional()
        .describe(
          'A condition on the sorted list of what the records hold; else there must be one at least.',
        ),
    })
    .default({rcode: 'NOERROR'})
    .describe('What the answer must be.'),
  agree: z.boolean().default(true).describe('Whether several servers must say the same.'),
  retries,
});
type Params = z.infer<typeof params>;
type Answered = Extract<DnsAnswer, {at: 'answered'}>;

/** Names mean the same in any case and with a dot at their end; texts do not. */
const plain = (value: string, type: RecordType): string =>
  type === 'TXT' || type === 'CAA' ? value : value.toLowerCase().replace(/\.$/, '');

/** The name under which the name of an address is kept. */
function reversed(name: string): string {
  if (!ipaddr.isValid(name)) return name;
  const address = ipaddr.parse(name);
  const bytes = address.toByteArray();
  return address.kind() === 'ipv4'
    ? `${bytes.reverse().join('.')}.in-addr.arpa`
    : `${bytes
        .flatMap(byte => [byte >> 4, byte & 15])
        .reverse()
        .map(nibble => nibble.toString(16))
        .join('.')}.ip6.arpa`;
}

function assertions({code, values}: Answered, {expect, rrtype}: Params, nowMs: number): Assertion[] {
  const {rcode} = expect;
  const isCode = code === rcode;
  const list = values.map(value => plain(value, rrtype)).sort();
  return [
    {what: 'rcode', ok: isCode, expected: rcode, actual: code},
    // Of an answer without records there is nothing to say but its code.
    ...(rcode !== 'NOERROR' || !isCode
      ? []
      : expect.values === undefined
        ? [
            {
              what: rrtype,
              ok: list.length > 0,
              expected: 'a record',
              actual: list.length > 0 ? 'one' : 'none',
            },
          ]
        : meets(rrtype, list, expect.values, nowMs)),
  ];
}

const toldOf = ({code, values}: Answered): string =>
  values.length === 0 ? (code === 'NOERROR' ? 'no record' : code) : excerpt(values.join(', '));

interface Asked {
  readonly server: string | undefined;
  readonly answer: DnsAnswer;
}

function partOf(
  {server: asked, answer}: Asked,
  given: Params,
  nowMs: number,
): Look & {readonly name: string} {
  const name = asked ?? 'system';
  const judged =
    answer.at === 'failed'
      ? fromFailure(answer)
      : judge(assertions(answer, given, nowMs), `${toldOf(answer)} in ${answer.durationMs} ms`);
  return {...judged, name};
}

/** Servers of the same zone that say different things are a failure, whichever of them is right. */
function agreement(all: readonly Asked[], {agree, rrtype}: Params): Part[] {
  if (!agree || all.length < 2) return [];
  const said = all.flatMap(({server: from, answer}) =>
    answer.at === 'answered'
      ? [
          {
            from: from ?? '',
            text: [answer.code, ...answer.values.map(value => plain(value, rrtype)).sort()].join(' '),
          },
        ]
      : [],
  );
  const [first, ...others] = said;
  if (first === undefined || said.length < all.length) return [];
  const other = others.find(({text}) => text !== first.text);
  const name = 'agreement';
  if (other === undefined) return [{name, verdict: 'pass', message: `${said.length} servers say the same`}];
  const actual = `${first.from}: ${first.text}; ${other.from}: ${other.text}`;
  const expected = 'the same from every server';
  return [{name, verdict: 'fail', message: `expected ${expected}, got ${excerpt(actual)}`, expected, actual}];
}

async function look(given: Params, context: CheckContext, timeoutMs: number): Promise<Look> {
  const {dns, clock, signal} = context;
  const {rrtype, servers = [undefined]} = given;
  const name = rrtype === 'PTR' ? reversed(given.name) : given.name;
  const all = await Promise.all(
    servers.map(async (one): Promise<Asked> => {
      const answer = await dns.ask({
        name,
        type: rrtype,
        ...(one === undefined ? {} : {server: one}),
        timeoutMs,
        signal,
      });
      return {server: one, answer};
    }),
  );
  const looks = all.map(asked => partOf(asked, given, clock.nowMs()));
  const [only] = looks;
  if (only !== undefined && looks.length === 1) {
    const {name: _, ...alone} = only;
    return alone;
  }
  const extra = agreement(all, given);
  const verdict = rollUp([...looks, ...extra].map(one => one.verdict));
  const bad = [...looks, ...extra].filter(one => one.verdict !== 'pass');
  const worst = looks.find(one => one.verdict === verdict);
  return {
    verdict,
    kind: worst?.kind ?? 'assertion',
    checked: looks.reduce((sum, {checked}) => sum + checked, extra.length),
    message:
      bad.length === 0
        ? `${looks.length} servers: ${toldBy(all)}`
        : bad.map(one => `${one.name}: ${one.message}`).join('; '),
    parts: [
      ...looks.map(({name: of, verdict: each, message}): Part => ({name: of, verdict: each, message})),
      ...extra,
    ],
  };
}

const toldBy = ([first]: readonly Asked[]): string =>
  first?.answer.at === 'answered' ? toldOf(first.answer) : '';

export const dns = defineCheck({
  type: 'dns',
  summary: 'Name servers answer a question as they should, and all of them the same',
  example: `type: dns
name: api.example.org
rrtype: A
servers: [127.0.0.1:5353, 127.0.0.1:5354]
expect: {values: {contains: 192.0.2.10}}`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 5_000,
  params,
  run: async (given, context) =>
    withRetries(given.retries, context, async timeoutMs => look(given, context, timeoutMs)),
});
