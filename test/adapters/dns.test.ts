import {expect, test} from 'vitest';
import {createDns} from '../../src/adapters/dns.ts';
import type {DnsAnswer, DnsRequest, RecordType} from '../../src/look/net.ts';
import {containing} from '../helpers/like.ts';
import {nameServer} from '../helpers/name-server.ts';

const ask = async (
  server: string,
  [name, type]: readonly [string, RecordType],
  more: Partial<DnsRequest> = {},
): Promise<DnsAnswer> =>
  createDns().ask({name, type, server, timeoutMs: 2_000, signal: new AbortController().signal, ...more});

const records: readonly (readonly [RecordType, string])[] = [
  ['A', '192.0.2.1'],
  ['AAAA', '2001:db8::1'],
  ['CNAME', 'other.example'],
  ['MX', '10 mail.example'],
  ['TXT', 'v=spf1'],
  ['SRV', '1 2 443 web.example'],
  ['NS', 'ns1.example'],
  ['PTR', 'host.example'],
  ['SOA', 'ns1.example admin.example 2026010101 7200 3600 1209600 300'],
];

test.each(records)('%s records come as a zone file writes them', async (type, value) => {
  const {server, asked} = await nameServer({[`a.example ${type}`]: [value]});
  expect(await ask(server, ['a.example', type])).toMatchObject({
    at: 'answered',
    code: 'NOERROR',
    values: [value],
  });
  expect(asked).toEqual([`a.example ${type}`]);
});

test('CAA records come with their value in quotes', async () => {
  const {server} = await nameServer({'a.example CAA': ['0 issue ca.example']});
  expect(await ask(server, ['a.example', 'CAA'])).toMatchObject({values: ['0 issue "ca.example"']});
});

test('several records come sorted, whatever order the server likes', async () => {
  const {server} = await nameServer({'a.example A': ['192.0.2.9', '192.0.2.1', '192.0.2.5']});
  expect(await ask(server, ['a.example', 'A'])).toMatchObject({
    values: ['192.0.2.1', '192.0.2.5', '192.0.2.9'],
  });
});

test('no such name, no such record and every refusal are answers with a code', async () => {
  const {server} = await nameServer({
    'a.example A': ['192.0.2.1'],
    'broken.example A': 'SERVFAIL',
    'secret.example A': 'REFUSED',
  });
  const code = async (name: string, type: RecordType = 'A') => ask(server, [name, type]);
  expect(await code('nothing.example')).toMatchObject({at: 'answered', code: 'NXDOMAIN', values: []});
  expect(await code('a.example', 'MX')).toMatchObject({at: 'answered', code: 'NOERROR', values: []});
  expect(await code('broken.example')).toMatchObject({at: 'answered', code: 'SERVFAIL'});
  expect(await code('secret.example')).toMatchObject({at: 'answered', code: 'REFUSED'});
});

test('a server that says nothing is a timeout in time, one that is not there a refused connection', async () => {
  const {server} = await nameServer(undefined);
  const silent = await ask(server, ['a.example', 'A'], {timeoutMs: 200});
  expect(silent).toMatchObject({at: 'failed', kind: 'timeout', message: containing('within 200 ms')});
  expect(silent.durationMs).toBeLessThan(1_500);
  expect(await ask('127.0.0.1:1', ['a.example', 'A'])).toMatchObject({at: 'failed', kind: 'connect'});
});

test('a name server at an address that is refused is not asked, unless it is listed', async () => {
  for (const server of ['169.254.169.253', '169.254.169.253:53', '[fe80::1]:53'])
    expect(await ask(server, ['a.example', 'A'])).toMatchObject({at: 'failed', kind: 'config'});
  const {server, asked} = await nameServer({'a.example A': ['192.0.2.1']});
  // Linux sends what goes to 0.0.0.0 to this machine.
  const here = server.replace('127.0.0.1', '0.0.0.0');
  expect(await ask(here, ['a.example', 'A'])).toMatchObject({at: 'failed', kind: 'config'});
  expect(asked).toEqual([]);
  await ask(here, ['a.example', 'A'], {allow: ['0.0.0.0'], timeoutMs: 200});
  expect(asked).toEqual(['a.example A']);
});

test('stopping is not a timeout', async () => {
  const {server} = await nameServer(undefined);
  const stop = new AbortController();
  const answer = ask(server, ['a.example', 'A'], {signal: stop.signal});
  stop.abort(new Error('over'));
  expect(await answer).toMatchObject({at: 'failed', kind: 'noData'});
});
