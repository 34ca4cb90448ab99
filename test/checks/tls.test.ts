import {writeFileSync} from 'node:fs';
import type {TlsOptions} from 'node:tls';
import {describe, expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {authority, selfSigned, type Made} from '../helpers/certificates.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {tlsServer} from '../helpers/tls-server.ts';
import {accepts, look} from './looking.ts';

function kept(name: string, text: string): string {
  const file = `${tempDir()}/${name}`;
  writeFileSync(file, text, {mode: 0o600});
  return file;
}

const seen = async (port: number, given: object): Promise<Look> =>
  look('tls', {host: '127.0.0.1', port, ...given}, {clock: realClock()});

/** A server that shows `chain`, and what a check with `given` sees there when it trusts `root`. */
async function served(chain: readonly Made[], root: Made, more: TlsOptions = {}) {
  const port = await tlsServer({cert: chain.map(({cert}) => cert).join(''), key: chain[0]?.key, ...more});
  const caFile = kept('ca.pem', root.cert);
  return async (given: object = {}) => seen(port, {caFile, ...given});
}

describe('the chain', () => {
  test('is shown certificate by certificate, with what each has left', async () => {
    const root = await authority('Root', {days: 900});
    const middle = await root.intermediate('Middle', {days: 300});
    const leaf = await middle.leaf({name: 'api', days: 89});
    const see = await served([leaf, middle], root);
    const answer = await see();
    expect(answer).toMatchObject({
      verdict: 'pass',
      message: 'TLSv1.3, 3 certificates, api is valid for 89 days',
      parts: [
        {name: 'api', verdict: 'pass', message: containing(', 89 days')},
        {name: 'Middle', verdict: 'pass', message: containing(', 300 days')},
        {name: 'Root', verdict: 'pass', message: containing(', 900 days')},
      ],
    });
    expect(answer.checked).toBeGreaterThan(6);
  });

  test('is as old as its oldest certificate, wherever that stands', async () => {
    const root = await authority('Root', {days: 900});
    const middle = await root.intermediate('Middle', {days: 10});
    const see = await served([await middle.leaf({days: 80}), middle], root);
    expect(await see()).toMatchObject({
      verdict: 'warn',
      message: containing('time of Middle: expected at least 21 days, got 10 days, until '),
    });
    expect((await see({minDays: {warn: 5, fail: 2}})).verdict).toBe('pass');
    expect((await see({minDays: {warn: 30, fail: 11}})).verdict).toBe('fail');
    const old = await authority('Old root', {days: 3});
    const under = await served([await old.leaf({days: 80})], old);
    expect(await under()).toMatchObject({verdict: 'fail', message: containing('time of Old root')});
  });

  test('that has expired, or is not valid yet, is a failure that says since when', async () => {
    const root = await authority();
    const expired = await (await served([await root.leaf({days: -3})], root))();
    expect(expired).toMatchObject({verdict: 'fail', message: containing('expired on ')});
    expect(expired.message).toContain('CERT_HAS_EXPIRED');
    const early = await (await served([await root.leaf({sinceDays: -5})], root))();
    expect(early).toMatchObject({
      verdict: 'fail',
      message: containing('expected to have begun, got valid from '),
    });
  });

  test('without its intermediate is not complete, even for one who has the intermediate', async () => {
    const root = await authority();
    const middle = await root.intermediate('Middle');
    const port = await tlsServer({...(await middle.leaf())});
    for (const known of [root.cert, root.cert + middle.cert])
      expect(await seen(port, {caFile: kept('ca.pem', known)})).toMatchObject({
        verdict: 'fail',
        message: containing('the certificate of its issuer is missing'),
      });
  });

  test('to a root that nobody trusts is a failure, and only a warning where the site says so', async () => {
    const [root, other] = [await authority(), await authority('Other')];
    const see = await served([await root.leaf()], other);
    expect(await see()).toMatchObject({verdict: 'fail', message: containing('chain: expected to lead to')});
    const self = await served([await selfSigned()], other);
    expect(await self()).toMatchObject({
      verdict: 'fail',
      message: containing('signed by itself'),
    });
    expect(await see({insecure: true})).toMatchObject({verdict: 'warn', message: containing('(insecure)')});
  });
});

describe('names', () => {
  test('the certificate must be for the name that is asked for', async () => {
    const root = await authority();
    const see = await served([await root.leaf({dns: ['a.example', '*.b.example'], ips: []})], root);
    expect(await see()).toMatchObject({
      verdict: 'fail',
      message: containing('name: expected 127.0.0.1, got a.example, *.b.example'),
    });
    expect((await see({servername: 'a.example'})).verdict).toBe('pass');
    expect((await see({servername: 'x.b.example'})).verdict).toBe('pass');
    expect((await see({servername: 'x.y.b.example'})).verdict).toBe('fail');
    expect((await see({hostname: false})).verdict).toBe('pass');
  });

  test('a common name is no name for a host', async () => {
    const root = await authority();
    const see = await served([await root.leaf({name: 'a.example', dns: [], ips: []})], root);
    expect((await see({servername: 'a.example'})).verdict).toBe('fail');
  });

  test('alternative names that must be there', async () => {
    const root = await authority();
    const leaf = await root.leaf({dns: ['localhost', 'a.example'], uris: ['spiffe://example.org/api']});
    const see = await served([leaf], root);
    const good = {dns: ['a.example'], uri: ['spiffe://example.org/api']};
    expect((await see({sans: good})).verdict).toBe('pass');
    expect(await see({sans: {dns: ['b.example']}})).toMatchObject({
      verdict: 'fail',
      message: containing('DNS names: expected b.example, got localhost, a.example'),
    });
    expect((await see({sans: {uri: ['spiffe://example.org/other']}})).verdict).toBe('fail');
  });
});

describe('SPIFFE', () => {
  const under = async (uris: readonly string[]) => {
    const root = await authority();
    return served([await root.leaf({dns: [], ips: [], uris})], root);
  };

  test('the id stands for the name', async () => {
    const see = await under(['spiffe://example.org/ns/prod/api']);
    expect((await see({spiffe: {id: 'spiffe://example.org/ns/prod/api'}})).verdict).toBe('pass');
    expect((await see({spiffe: {trustDomain: 'example.org'}})).verdict).toBe('pass');
    expect((await see({spiffe: {}})).verdict).toBe('pass');
    expect((await see({spiffe: {}, hostname: true})).verdict).toBe('fail');
    expect((await see({spiffe: {id: 'spiffe://example.org/ns/prod'}})).verdict).toBe('fail');
    expect(await see({spiffe: {trustDomain: 'example.com'}})).toMatchObject({
      verdict: 'fail',
      message: containing('trust domain: expected example.com'),
    });
    // A domain that only begins the same is another one.
    expect((await see({spiffe: {trustDomain: 'example.or'}})).verdict).toBe('fail');
  });

  test('two URIs are one too many, and none is none', async () => {
    const two = await under(['spiffe://example.org/a', 'spiffe://example.com/a']);
    expect(await two({spiffe: {id: 'spiffe://example.org/a'}})).toMatchObject({
      verdict: 'fail',
      message: containing('URIs of the certificate: expected exactly one'),
    });
    const lax = {id: 'spiffe://example.org/a', exactlyOneUri: false};
    expect((await two({spiffe: lax})).verdict).toBe('pass');
    expect((await two({spiffe: {...lax, trustDomain: 'example.org'}})).verdict).toBe('fail');
    expect((await (await under([]))({spiffe: {}, hostname: false})).verdict).toBe('fail');
  });
});

describe('pins and versions', () => {
  test('one of the pins must be in the chain, however it is written', async () => {
    const root = await authority();
    const leaf = await root.leaf();
    const see = await served([leaf], root);
    const colons = leaf.fingerprint.toUpperCase().replaceAll(/(..)(?!$)/g, '$1:');
    expect((await see({fingerprints: [colons]})).verdict).toBe('pass');
    expect((await see({fingerprints: ['0'.repeat(64), root.fingerprint]})).verdict).toBe('pass');
    expect(await see({fingerprints: ['0'.repeat(64)]})).toMatchObject({
      verdict: 'fail',
      message: containing(leaf.fingerprint),
    });
    expect(accepts('tls', {host: 'h', fingerprints: ['abc']})).toBe(false);
  });

  test('a server that accepts an older version than it may is found by asking for it', async () => {
    const root = await authority();
    const leaf = await root.leaf();
    const old = await served([leaf], root, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.3',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    expect((await old()).verdict).toBe('pass');
    expect(await old({minVersion: 'TLSv1.2'})).toMatchObject({
      verdict: 'fail',
      message: 'versions up to TLSv1.1: expected to be refused, got TLSv1.1 is accepted',
    });
    const newer = await served([leaf], root, {minVersion: 'TLSv1.2'});
    expect((await newer({minVersion: 'TLSv1.2'})).verdict).toBe('pass');
    expect((await newer({minVersion: 'TLSv1.3'})).verdict).toBe('fail');
    const newest = await served([leaf], root, {minVersion: 'TLSv1.3'});
    expect((await newest({minVersion: 'TLSv1.3'})).verdict).toBe('pass');
  });

  test('a server that speaks only old versions is a failure', async () => {
    const root = await authority();
    const see = await served([await root.leaf()], root, {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT:@SECLEVEL=0',
    });
    expect(await see()).toMatchObject({verdict: 'fail', kind: 'tls'});
  });
});

describe('no handshake', () => {
  test('a server that is not there, that speaks no TLS, and that is silent, are failures of their kind', async () => {
    expect(await seen(1, {})).toMatchObject({verdict: 'fail', kind: 'connect'});
    expect(await look('tls', {host: 'nothing.invalid'})).toMatchObject({verdict: 'fail', kind: 'dns'});
    const {port} = await httpServer((_request, response) => response.end());
    expect(await seen(port, {})).toMatchObject({verdict: 'fail', kind: 'tls'});
    const silent = await tcpServer(() => undefined);
    expect(await look('tls', {host: '127.0.0.1', port: silent}, {timeoutMs: 150})).toMatchObject({
      verdict: 'fail',
      kind: 'timeout',
    });
  });

  test('a metadata address is not looked at', async () => {
    expect(await look('tls', {host: '169.254.169.254'})).toMatchObject({verdict: 'unknown', kind: 'config'});
    expect(await look('tls', {host: '::ffff:169.254.169.254'})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });

  test('a server that wants a client certificate says so where it does under TLS 1.2, and gets one', async () => {
    const root = await authority();
    const client = await root.leaf({name: 'client'});
    const see = await served([await root.leaf()], root, {
      ca: root.cert,
      requestCert: true,
      rejectUnauthorized: true,
      maxVersion: 'TLSv1.2',
    });
    expect(await see()).toMatchObject({
      verdict: 'fail',
      message: containing('may want a client certificate'),
    });
    const own = {
      clientCert: `file:${kept('c.pem', client.cert)}`,
      clientKey: `file:${kept('c.key', client.key)}`,
    };
    expect((await see(own)).verdict).toBe('pass');
  });
});
