// Checks over the network against servers that others wrote: nginx, Prometheus, unbound.
import {writeFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {look} from '../checks/looking.ts';
import {authority, type Made} from '../helpers/certificates.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {nginx, prometheusServer, unbound} from './net-servers.ts';

const clock = realClock();

/** Certificates of one authority, and where the checks find what is theirs. */
async function identities() {
  const root = await authority();
  const middle = await root.intermediate('Middle', {days: 300});
  const server = await middle.leaf({name: 'api', days: 60, uris: ['spiffe://example.org/api']});
  const dir = tempDir();
  const kept = (name: string, {cert, key}: Made) => {
    writeFileSync(`${dir}/${name}.pem`, cert);
    writeFileSync(`${dir}/${name}.key`, key, {mode: 0o600});
    return {clientCert: `file:${dir}/${name}.pem`, clientKey: `file:${dir}/${name}.key`};
  };
  writeFileSync(`${dir}/ca.pem`, root.cert);
  return {
    caFile: `${dir}/ca.pem`,
    valid: kept('valid', await root.leaf({name: 'client'})),
    stranger: kept('stranger', await (await authority('Other')).leaf({name: 'stranger'})),
    files: {
      'server.pem': server.cert + middle.cert,
      'leaf.pem': server.cert,
      'server.key': server.key,
      'ca.pem': root.cert,
    },
  };
}

const shown = ['ssl_certificate DIR/server.pem;', 'ssl_certificate_key DIR/server.key;'];
const hello = "location / { return 200 'hello'; }";

describe('nginx with TLS', () => {
  test('the whole chain, its names, its SPIFFE ID and its versions', async () => {
    const {caFile, files} = await identities();
    const port = await nginx({files, lines: [...shown, 'ssl_protocols TLSv1.2 TLSv1.3;', hello]});
    const see = async (given: object = {}): Promise<Look> =>
      look('tls', {host: '127.0.0.1', port, caFile, ...given}, {clock});
    const good = await see({
      minVersion: 'TLSv1.2',
      sans: {dns: ['localhost']},
      spiffe: {trustDomain: 'example.org'},
    });
    expect(good).toMatchObject({
      verdict: 'pass',
      message: 'TLSv1.3, 3 certificates, api is valid for 60 days',
    });
    expect((await see({minDays: {warn: 90, fail: 7}})).verdict).toBe('warn');
    expect((await see({minVersion: 'TLSv1.3'})).message).toContain('TLSv1.2 is accepted');
    expect(await look('http', {url: `https://127.0.0.1:${port}/`, tls: {caFile}})).toMatchObject({
      verdict: 'pass',
    });
  });

  test('a chain without its intermediate, and versions that nobody should speak any more', async () => {
    const {caFile, files} = await identities();
    const lines = [
      'ssl_certificate DIR/leaf.pem;',
      'ssl_certificate_key DIR/server.key;',
      'ssl_protocols TLSv1.1 TLSv1.2;',
      'ssl_ciphers DEFAULT:@SECLEVEL=0;',
      hello,
    ];
    const port = await nginx({files, lines});
    const seen = await look('tls', {host: '127.0.0.1', port, caFile, minVersion: 'TLSv1.2'}, {clock});
    expect(seen.verdict).toBe('fail');
    expect(seen.message).toContain('the certificate of its issuer is missing');
    expect(seen.message).toContain('TLSv1.1 is accepted');
  });
});

describe('nginx with mutual TLS', () => {
  test.each(['TLSv1.2', 'TLSv1.3'])(
    'on %s: 400 is how it refuses, and only where the site says so',
    async version => {
      const {caFile, files, valid, stranger} = await identities();
      const lines = [
        ...shown,
        `ssl_protocols ${version};`,
        'ssl_client_certificate DIR/ca.pem;',
        'ssl_verify_client on;',
        hello,
      ];
      const port = await nginx({files, lines});
      const given = {
        url: `https://127.0.0.1:${port}/`,
        caFile,
        variants: [
          {name: 'valid', ...valid, expect: 'allowed'},
          {name: 'none', expect: 'denied'},
          {name: 'stranger', ...stranger, expect: 'denied'},
          {name: 'plain', plain: true, expect: 'denied'},
        ],
        versions: [version],
      };
      expect(await look('mtls', {...given, deniedAs: ['http400']})).toMatchObject({
        verdict: 'pass',
        checked: 4,
      });
      expect(await look('mtls', given)).toMatchObject({
        verdict: 'fail',
        message: containing(`none, ${version}: expected denied, got HTTP 400`),
      });
      const client = {caFile, ...valid};
      expect((await look('http', {url: given.url, tls: client})).verdict).toBe('pass');
      expect(await look('http', {url: given.url, tls: {caFile}})).toMatchObject({verdict: 'fail'});
    },
  );

  test('a proxy that lets everybody in and answers 403', async () => {
    const {caFile, files, valid} = await identities();
    const lines = [
      ...shown,
      'ssl_protocols TLSv1.2 TLSv1.3;',
      'ssl_client_certificate DIR/ca.pem;',
      'ssl_verify_client optional;',
      'if ($ssl_client_verify != SUCCESS) { return 403; }',
      hello,
    ];
    const port = await nginx({files, lines});
    const variants = [
      {name: 'valid', ...valid, expect: 'allowed'},
      {name: 'none', expect: 'denied'},
    ];
    const given = {url: `https://127.0.0.1:${port}/`, caFile, variants, versions: ['TLSv1.2', 'TLSv1.3']};
    expect(await look('mtls', given)).toMatchObject({verdict: 'pass', checked: 4});
  });

  test('one that forgot to verify is found', async () => {
    const {caFile, files, valid} = await identities();
    const port = await nginx({files, lines: [...shown, hello]});
    const variants = [
      {name: 'valid', ...valid, expect: 'allowed'},
      {name: 'none', expect: 'denied'},
    ];
    expect(await look('mtls', {url: `https://127.0.0.1:${port}/`, caFile, variants})).toMatchObject({
      verdict: 'fail',
      message: 'none: expected denied, got accepted (HTTP 200)',
    });
  });
});

test('Prometheus: samples, no data, a wrong query, a time, and a past', async () => {
  const url = await prometheusServer();
  const see = async (given: object): Promise<Look> => look('promql', {url, ...given}, {clock});
  expect(await see({query: 'up', fail: {lt: 1}, labels: ['job']})).toMatchObject({
    verdict: 'pass',
    checked: 1,
    message: '1 at job=self',
  });
  expect(await see({query: 'up + 1', fail: {gt: 1}})).toMatchObject({verdict: 'fail'});
  expect(await see({query: 'no_such_metric', fail: {lt: 1}})).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
    checked: 0,
  });
  expect(await see({query: 'up{', fail: 1})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('the query is wrong: '),
  });
  expect(await see({query: 'up * on () (up or vector(1))', fail: 1})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('the query cannot be carried out: '),
  });
  expect(await see({query: 'up[1m]', fail: 1})).toMatchObject({verdict: 'unknown', kind: 'config'});
  expect(await see({query: 'up / 0', fail: {gt: 5}})).toMatchObject({
    verdict: 'fail',
    message: containing('+Inf'),
  });
  expect(await see({query: '(up - 1) / 0', fail: {gt: 5}})).toMatchObject({
    verdict: 'unknown',
    message: containing('NaN'),
  });
  // It has looked for a few seconds, so that nothing can have been so for an hour.
  expect(await see({query: 'up', fail: 1, for: '1h'})).toMatchObject({
    verdict: 'pass',
    message: containing('but not yet for 1h'),
  });
  await waitFor(async () => (await see({query: 'up', fail: 1, for: '3s'})).verdict === 'fail', {
    what: 'three seconds of samples',
    timeoutMs: 30_000,
  });
  expect((await see({query: 'vector(9)', fail: {gt: 5}, for: '10m'})).verdict).toBe('fail');
  const usual = {url, window: '1s', baselineWindow: '3s', minPoints: 2};
  expect(await look('baseline', {...usual, query: 'up'}, {clock})).toMatchObject({
    verdict: 'pass',
    checked: 1,
  });
  expect(await look('baseline', {url, query: 'up', baselineWindow: '3d'}, {clock})).toMatchObject({
    verdict: 'unknown',
    message: containing('of its past only'),
  });
});

test('a name server: every type of record, no such name, and two that do not agree', async () => {
  const records = [
    'example.org. SOA ns1.example.org. admin.example.org. 2026010101 7200 3600 1209600 300',
    'example.org. NS ns1.example.org.',
    'example.org. MX 10 mail.example.org.',
    'example.org. TXT "v=spf1 -all"',
    'example.org. CAA 0 issue "ca.example.net"',
    'api.example.org. A 192.0.2.10',
    'api.example.org. A 192.0.2.11',
    'api.example.org. AAAA 2001:db8::10',
    'www.example.org. CNAME api.example.org.',
    '_https._tcp.example.org. SRV 1 2 443 api.example.org.',
  ];
  const server = await unbound('example.org', records);
  const see = async (name: string, rrtype: string, more: object = {}): Promise<Look> =>
    look('dns', {name, rrtype, servers: [server], ...more});
  for (const [name, rrtype, value] of [
    ['example.org', 'SOA', 'ns1.example.org admin.example.org 2026010101 7200 3600 1209600 300'],
    ['example.org', 'NS', 'ns1.example.org'],
    ['example.org', 'MX', '10 mail.example.org'],
    ['example.org', 'TXT', 'v=spf1 -all'],
    ['example.org', 'CAA', '0 issue "ca.example.net"'],
    ['api.example.org', 'AAAA', '2001:db8::10'],
    ['www.example.org', 'CNAME', 'api.example.org'],
    ['_https._tcp.example.org', 'SRV', '1 2 443 api.example.org'],
  ] as const)
    expect(await see(name, rrtype, {expect: {values: {eq: [value]}}})).toMatchObject({verdict: 'pass'});
  expect(
    (await see('api.example.org', 'A', {expect: {values: {eq: ['192.0.2.10', '192.0.2.11']}}})).verdict,
  ).toBe('pass');
  expect(await see('gone.example.org', 'A')).toMatchObject({
    verdict: 'fail',
    message: containing('got NXDOMAIN'),
  });
  expect((await see('gone.example.org', 'A', {expect: {rcode: 'NXDOMAIN'}})).verdict).toBe('pass');
  expect(await see('api.example.org', 'MX')).toMatchObject({
    verdict: 'fail',
    message: 'MX: expected a record, got none',
  });
  const other = await unbound('example.org', [...records.slice(0, 5), 'api.example.org. A 192.0.2.99']);
  expect(await look('dns', {name: 'api.example.org', servers: [server, other]})).toMatchObject({
    verdict: 'fail',
    message: containing('agreement: expected the same from every server'),
  });
});
