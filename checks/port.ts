import ipaddr from 'ipaddr.js';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {protocols, type Host, type HostProcess, type Listener} from '../src/host-ports.ts';
import {pattern} from './parts/condition.ts';
import {judge, verdictOf, type Assertion} from './parts/expect.ts';
import {absolutePath, onHost} from './parts/fields.ts';
import {accountId, accountName, accountSaid} from './parts/host/accounts.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {belongsTo, processSaid} from './parts/host/processes.ts';
import {readText} from './parts/host/text.ts';
import {unitName} from './parts/host/unit.ts';
import {meets} from './parts/operators.ts';

const address = z
  .string()
  .refine(text => ipaddr.isValid(text), 'expected an address such as 127.0.0.1 or ::');

const params = z.strictObject({
  port: z.int().min(1).max(65_535).describe('The port number.'),
  protocol: z.enum(protocols).default('tcp').describe('Which kind of port.'),
  on: onHost,
  expect: z
    .strictObject({
      listening: z.boolean().default(true).describe('Whether somebody listens; `false`: nobody must.'),
      address: z
        .union([address, z.array(address).min(1)])
        .optional()
        .describe('Nobody listens but on this address, or one of these.'),
      unit: unitName.optional().describe('The service or scope of systemd that whoever listens belongs to.'),
      owner: accountName.optional().describe('The account of whoever listens.'),
      command: pattern.optional().describe('RE2 pattern found in the command line of whoever listens.'),
      pidFile: absolutePath.optional().describe('A file with the number of the process that listens.'),
    })
    .default({listening: true})
    .describe('What must be true of it.'),
});
type Params = z.infer<typeof params>;

const canonical = (text: string): string => ipaddr.parse(text).toString();

/** `[::]:80`. */
const said = ({address: text, port}: Listener): string =>
  `${text.includes(':') ? `[${text}]` : text}:${port}`;

const asksWho = ({unit, command, pidFile}: Params['expect']): boolean =>
  unit !== undefined || command !== undefined || pidFile !== undefined;

interface Held {
  readonly listener: Listener;
  /** Processes that hold it, as far as they may be seen. */
  readonly holders: readonly HostProcess[];
}

async function pidOf(host: Host, file: string | undefined): Promise<number | undefined | Look> {
  if (file === undefined) return undefined;
  const answer = await readText(host, file, {maxBytes: 64});
  if (answer.at === 'look') return answer.look;
  if (answer.at === 'missing') return unknown('noData', `there is no ${file} to compare with`);
  const [, pid] = /^\s*(\d{1,10})\s*$/.exec(answer.text) ?? [];
  return pid === undefined ? unknown('config', `${file} holds no number of a process`) : Number(pid);
}

function ofListener({listener, holders}: Held, {expect}: Params, pid: number | undefined): Assertion[] {
  const {address: wanted, unit, command} = expect;
  const name = said(listener);
  const allowed = wanted === undefined ? undefined : [wanted].flat().map(canonical);
  return [
    ...(allowed === undefined
      ? []
      : [
          {
            what: 'address',
            ok: allowed.includes(listener.address),
            expected: allowed.join(' or '),
            actual: listener.address,
          },
        ]),
    ...(unit === undefined
      ? []
      : holders.map(one => ({what: `unit of ${processSaid(one)} at ${name}`, ...belongsTo(one, unit)}))),
    ...(command === undefined
      ? []
      : holders.flatMap(one =>
          meets(`command of pid ${one.pid}`, one.argv.join(' '), {matches: command}, 0),
        )),
    ...(pid === undefined
      ? []
      : [
          {
            what: `process at ${name}`,
            ok: holders.some(one => one.pid === pid),
            expected: `pid ${pid}`,
            actual: holders.map(one => `pid ${one.pid}`).join(', '),
          },
        ]),
  ];
}

async function ownerAssertions(
  host: Host,
  held: readonly Held[],
  owner: string | number,
): Promise<Assertion[] | Look> {
  const account = await accountId(host, 'user', owner);
  if (account.at === 'look') return account.look;
  const assertions: Assertion[] = [];
  for (const {listener} of held) {
    const ok = account.at === 'found' && account.id === listener.uid;
    const actual = ok ? String(owner) : await accountSaid(host, 'user', listener.uid);
    assertions.push({what: `owner of ${said(listener)}`, ok, expected: String(owner), actual});
  }
  return assertions;
}

/** Who listens, as a row: the process and the unit that it belongs to. */
function partOf({listener, holders}: Held, assertions: readonly Assertion[]): Part {
  const bad = assertions.find(({ok}) => ok !== true);
  const who = holders.map(one => {
    const unit =
      one.unit === undefined ? 'a unit that may not be seen' : one.unit === '' ? 'no unit' : one.unit;
    return `${processSaid(one)} of ${unit}`;
  });
  const message = who.length === 0 ? 'who listens may not be seen' : who.join(', ');
  return {name: said(listener), verdict: bad === undefined ? 'pass' : verdictOf(bad), message};
}

export const port = defineCheck({
  type: 'port',
  summary: 'Who listens on a port: at which address, which process, of which unit',
  example: `type: port
port: 8080
expect: {address: 127.0.0.1, command: api-server}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async (given, {host}) => {
    const {expect, protocol} = given;
    const answer = await host.listeners();
    if (answer.at === 'failed') return couldNot(answer);
    const found = answer.listeners.filter(one => one.port === given.port && one.protocol === protocol);
    const name = `${protocol} port ${given.port}`;
    if (found.length === 0 || !expect.listening) {
      const actual = found.length === 0 ? 'nobody' : `somebody, at ${found.map(said).join(', ')}`;
      const expected = expect.listening ? 'somebody' : 'nobody';
      const ok = found.length > 0 === expect.listening;
      return judge([{what: `listening on ${name}`, ok, expected, actual}], `nobody listens on ${name}`);
    }
    const list = await host.processes();
    if (list.at === 'failed') return couldNot(list);
    const held = found.map((listener): Held => ({
      listener,
      holders: list.processes.filter(({pid}) => listener.pids.includes(pid)),
    }));
    const hidden = held.find(({holders}) => holders.length === 0);
    if (hidden !== undefined && asksWho(expect))
      return unknown('permission', `who listens at ${said(hidden.listener)} may not be seen by this account`);
    const pid = await pidOf(host, expect.pidFile);
    if (typeof pid === 'object') return pid;
    const owned = expect.owner === undefined ? [] : await ownerAssertions(host, held, expect.owner);
    if ('verdict' in owned) return owned;
    const each = held.map(one => ({one, assertions: ofListener(one, given, pid)}));
    const parts = each.map(({one, assertions}) => partOf(one, assertions));
    const there: Assertion = {what: name, ok: true, expected: 'somebody', actual: 'somebody'};
    const look = judge(
      [there, ...each.flatMap(({assertions}) => assertions), ...owned],
      parts.map(part => `${part.name}: ${part.message}`).join('; '),
    );
    return {...look, parts};
  },
});
