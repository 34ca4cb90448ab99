import {expect, test} from 'vitest';
import type {Look} from '../../src/domain/verdict.ts';
import {containing} from '../helpers/like.ts';
import {nameServer, type Zone} from '../helpers/name-server.ts';
import {accepts, look} from './looking.ts';

const zone: Zone = {
  'api.example.org A': ['192.0.2.11', '192.0.2.10'],
  'example.org MX': ['20 Backup.Example.org', '10 mail.example.org'],
  'example.org TXT': ['v=spf1 include:mail.example.org -all', 'Other'],
  'example.org SOA': ['ns1.example.org admin.example.org 2026010101 7200 3600 1209600 300'],
  '10.2.0.192.in-addr.arpa PTR': ['api.example.org'],
  '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR': ['six.example.org'],
  'broken.example.org A': 'SERVFAIL',
};

async function ask(given: object, of: Zone = zone): Promise<Look> {
  const {server} = await nameServer(of);
  return look('dns', {name: 'api.example.org', servers: [server], ...given});
}

test('what the records hold is a sorted list on which every operator works', async () => {
  expect(await ask({})).toMatchObject({
    verdict: 'pass',
    checked: 2,
    message: containing('192.0.2.10, 192.0.2.11'),
  });
  const values = {eq: ['192.0.2.10', '192.0.2.11'], every: {startsWith: '192.0.2.'}, length: {gte: 2}};
  expect((await ask({expect: {values}})).verdict).toBe('pass');
  expect(await ask({expect: {values: {contains: '192.0.2.99'}}})).toMatchObject({
    verdict: 'fail',
    message: 'A: expected to contain "192.0.2.99", got ["192.0.2.10","192.0.2.11"]',
  });
});

test('names are the same in any case, texts are not', async () => {
  const mx = {name: 'example.org', rrtype: 'MX'};
  const both = {eq: ['10 mail.example.org', '20 backup.example.org']};
  expect((await ask({...mx, expect: {values: both}})).verdict).toBe('pass');
  const txt = {name: 'example.org', rrtype: 'TXT'};
  expect((await ask({...txt, expect: {values: {some: {matches: '^v=spf1 .*-all$'}}}})).verdict).toBe('pass');
  expect((await ask({...txt, expect: {values: {contains: 'other'}}})).verdict).toBe('fail');
});

test('an address is asked for under its own name', async () => {
  const ptr = async (name: string) => ask({name, rrtype: 'PTR'});
  expect((await ptr('192.0.2.10')).message).toContain('api.example.org');
  expect((await ptr('2001:db8::1')).message).toContain('six.example.org');
  expect((await ptr('10.2.0.192.in-addr.arpa')).verdict).toBe('pass');
});

test('no such name, and a refusal to answer, are failures unless that is what must be', async () => {
  expect(await ask({name: 'gone.example.org'})).toMatchObject({
    verdict: 'fail',
    kind: 'assertion',
    message: 'rcode: expected NOERROR, got NXDOMAIN',
  });
  expect(await ask({name: 'gone.example.org', expect: {rcode: 'NXDOMAIN'}})).toMatchObject({
    verdict: 'pass',
    checked: 1,
  });
  expect((await ask({expect: {rcode: 'NXDOMAIN'}})).verdict).toBe('fail');
  expect((await ask({name: 'broken.example.org'})).verdict).toBe('fail');
});

test('a name without a record of that type is a failure, unless none is what must be', async () => {
  expect(await ask({rrtype: 'AAAA'})).toMatchObject({
    verdict: 'fail',
    message: 'AAAA: expected a record, got none',
  });
  expect((await ask({rrtype: 'AAAA', expect: {values: {length: 0}}})).verdict).toBe('pass');
  // Of nothing, nothing is true of every one.
  expect((await ask({rrtype: 'AAAA', expect: {values: {every: {startsWith: 'fd'}}}})).verdict).toBe(
    'unknown',
  );
});

test('a server that is silent, or not there, is a failure, and never NXDOMAIN', async () => {
  const silent = await nameServer(undefined);
  const given = {name: 'gone.example.org', expect: {rcode: 'NXDOMAIN'}};
  expect(await look('dns', {...given, servers: [silent.server]}, {timeoutMs: 200})).toMatchObject({
    verdict: 'fail',
    kind: 'timeout',
  });
  expect(await look('dns', {...given, servers: ['127.0.0.1:1']})).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
  });
});

test('several servers are asked once each, and must say the same in whatever order', async () => {
  const [one, two] = [
    await nameServer(zone),
    await nameServer({'api.example.org A': ['192.0.2.10', '192.0.2.11']}),
  ];
  const servers = [one.server, two.server];
  const answer = await look('dns', {name: 'api.example.org', servers});
  expect(answer).toMatchObject({verdict: 'pass', checked: 5, message: '2 servers: 192.0.2.10, 192.0.2.11'});
  expect(answer.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toEqual([
    `${one.server} pass`,
    `${two.server} pass`,
    'agreement pass',
  ]);
  expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
});

test('servers that say different things are a failure, such as a zone that was not carried over', async () => {
  const old = 'ns1.example.org admin.example.org 2025120101 7200 3600 1209600 300';
  const [one, two] = [await nameServer(zone), await nameServer({'example.org SOA': [old]})];
  const given = {name: 'example.org', rrtype: 'SOA', servers: [one.server, two.server]};
  expect(await look('dns', given)).toMatchObject({
    verdict: 'fail',
    message: containing('agreement: expected the same from every server, got '),
  });
  expect((await look('dns', {...given, agree: false})).verdict).toBe('pass');
});

test('one server of several that fails is named', async () => {
  const one = await nameServer(zone);
  const answer = await look('dns', {name: 'api.example.org', servers: [one.server, '127.0.0.1:1']});
  expect(answer).toMatchObject({
    verdict: 'fail',
    kind: 'connect',
    message: containing('127.0.0.1:1: nothing answers'),
  });
  expect(answer.parts?.length).toBe(2);
});

test('a metadata address is not asked, and a server is an address', async () => {
  expect(await look('dns', {name: 'a', servers: ['169.254.169.253']})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
  });
  for (const server of ['ns1.example.org', '10.0.0.2:', '[fd00::2', '10.0.0.300'])
    expect(accepts('dns', {name: 'a', servers: [server]})).toBe(false);
  for (const server of ['10.0.0.2', '10.0.0.2:5353', '[fd00::2]:53', 'fd00::2'])
    expect(accepts('dns', {name: 'a', servers: [server]})).toBe(true);
});
