import {createHash, generateKeyPairSync, type KeyObject} from 'node:crypto';
import {chmodSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {certificate} from './certificates.ts';
import {accepts, look} from './looking.ts';

const pem = (key: KeyObject): string =>
  key.export({format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki'}).toString();
const spki = (key: KeyObject): Buffer => key.export({format: 'der', type: 'spki'});
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function keep(text: string, mode = 0o600): string {
  const file = path.join(tempDir(), 'key');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return `file:${file}`;
}

const pair = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

test('a private key with its public half, its copy, its fingerprint and a narrow mode is a pass', async () => {
  const seen = await look('keyMaterial', {
    key: keep(pem(pair.privateKey)),
    kind: 'pem',
    algorithm: 'ed25519',
    mode: '0600',
    pair: {key: keep(pem(pair.publicKey), 0o644), kind: 'pem'},
    escrow: keep(pem(pair.privateKey)),
    fingerprint256: sha256(spki(pair.publicKey)),
  });
  expect(seen).toMatchObject({verdict: 'pass', checked: 6});
  expect(seen.parts?.map(({name}) => name)).toEqual([
    'key',
    'algorithm',
    'fingerprint',
    'mode',
    'pair',
    'escrow',
  ]);
  expect(seen.message).toContain(`SHA-256 ${sha256(spki(pair.publicKey)).slice(0, 16)}`);
});

test('another half, another copy, another fingerprint and a wide mode are failures, each a part', async () => {
  const key = keep(pem(pair.privateKey), 0o644);
  const seen = await look('keyMaterial', {
    key,
    kind: 'pem',
    algorithm: 'rsa',
    mode: '0600',
    minBits: 2048,
    pair: {key: keep(pem(stranger.publicKey)), kind: 'pem'},
    escrow: keep(pem(stranger.privateKey)),
    fingerprint256: '0'.repeat(64),
  });
  expect(seen.verdict).toBe('fail');
  expect(seen.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toEqual([
    'key pass',
    'algorithm fail',
    'bits fail',
    'fingerprint fail',
    'mode fail',
    'pair fail',
    'escrow fail',
  ]);
  expect(seen.message).toContain('mode: expected at most 0600, got 0644');
  expect(seen.message).toContain('escrow: expected the same key, got another key');
});

test('a missing key is a failure, or skipped where it is optional; a missing copy is a failure', async () => {
  const gone = {key: `file:${tempDir()}/gone.pem`, kind: 'pem'};
  expect(await look('keyMaterial', gone)).toMatchObject({
    verdict: 'fail',
    message: containing('gone.pem is not there'),
  });
  expect(await look('keyMaterial', {...gone, optional: true})).toMatchObject({
    verdict: 'skipped',
    kind: 'notConfigured',
    checked: 0,
  });
  expect((await look('keyMaterial', {...gone, key: keep('\n')})).message).toContain('is empty');
  expect(
    await look('keyMaterial', {key: keep(pem(pair.privateKey)), kind: 'pem', escrow: gone.key}),
  ).toMatchObject({verdict: 'fail', message: containing('escrow: expected a key in')});
  expect(await look('keyMaterial', {key: 'env:NOT_SET', kind: 'pem'}, {env: fakeEnv()})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
  });
});

test('what is no key, or the wrong half, is a failure that quotes nothing of it', async () => {
  const asked = async (text: string, more: Record<string, unknown> = {}) =>
    look('keyMaterial', {key: keep(text), kind: 'pem', ...more});
  const broken = pem(pair.privateKey).replace(/MC4CAQ/, 'MC4CAA');
  for (const text of ['-----BEGIN PRIVATE KEY-----\nZZZZ\n-----END PRIVATE KEY-----\n', broken, 'hello'])
    expect(await asked(text)).toMatchObject({verdict: 'fail', kind: 'assertion', checked: 1});
  expect((await asked(pem(pair.privateKey), {holds: 'public'})).message).toContain(
    'it holds a private key where a public one belongs',
  );
  expect((await asked(pem(pair.publicKey))).verdict).toBe('fail');
  const middle = broken.split('\n')[1] ?? '';
  expect(middle.length).toBeGreaterThan(40);
  expect(JSON.stringify(await asked(broken))).not.toContain(middle.slice(10, 40));
});

test('raw keys and JSON Web Keys are read, and pair with each other', async () => {
  const jwk = pair.privateKey.export({format: 'jwk'});
  const seed = Buffer.from(String(jwk.d), 'base64url').toString('hex');
  const point = Buffer.from(String(jwk.x), 'base64url');
  const raw = {key: keep(seed), kind: 'raw', fingerprint256: sha256(point)};
  const publicJwk = {kty: 'OKP', crv: 'Ed25519', x: jwk.x};
  expect(
    await look('keyMaterial', {...raw, pair: {key: keep(JSON.stringify(publicJwk)), kind: 'jwk'}}),
  ).toMatchObject({verdict: 'pass', checked: 3});
  expect((await look('keyMaterial', {...raw, key: keep(seed.slice(2))})).message).toContain(
    'it has 31 bytes, and a raw Ed25519 key has 32',
  );
  expect((await look('keyMaterial', {...raw, key: keep('xyz')})).verdict).toBe('fail');
  const whole = {key: keep(JSON.stringify(jwk)), kind: 'jwk'};
  expect((await look('keyMaterial', whole)).verdict).toBe('pass');
  expect((await look('keyMaterial', {...whole, key: keep(JSON.stringify(publicJwk))})).message).toContain(
    'no private half',
  );
  const word = {key: keep('ab'.repeat(32)), kind: 'raw', holds: 'secret', minBits: 256};
  expect((await look('keyMaterial', word)).verdict).toBe('pass');
  expect((await look('keyMaterial', {...word, escrow: keep('AB'.repeat(32))})).verdict).toBe('pass');
  expect((await look('keyMaterial', {...word, escrow: keep('cd'.repeat(32))})).verdict).toBe('fail');
  expect((await look('keyMaterial', {...word, minBits: 512})).verdict).toBe('fail');
});

test('an encrypted key needs its passphrase, which is ours to know', async () => {
  const locked = pair.privateKey
    .export({format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'open-sesame'})
    .toString();
  const key = {key: keep(locked), kind: 'pem'};
  expect(await look('keyMaterial', key)).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: 'key: it is encrypted, and no passphrase is named',
  });
  const with_ = async (word: string) =>
    look('keyMaterial', {...key, passphrase: 'env:WORD'}, {env: fakeEnv({WORD: word})});
  expect((await with_('open-sesame')).verdict).toBe('pass');
  expect(await with_('open-poppy-seed')).toMatchObject({
    verdict: 'unknown',
    message: 'key: the passphrase does not open it',
  });
});

test('a certificate is judged by how long the whole chain lasts, and by its key', async () => {
  const nowMs = Date.parse('2026-01-02T03:04:05Z');
  const days = (count: number) => new Date(nowMs + count * 86_400_000);
  const leaf = certificate({from: days(-1), to: days(60)});
  const short = certificate({from: days(-1), to: days(10)});
  const clock = fakeClock(nowMs);
  const asked = async (text: string, more: Record<string, unknown> = {}) =>
    look('keyMaterial', {key: keep(text), kind: 'x509', ...more}, {clock});
  const limits = {notAfter: {warn: '30d', fail: '7d'}};
  expect((await asked(leaf.pem, limits)).verdict).toBe('pass');
  expect(await asked(leaf.pem + short.pem, limits)).toMatchObject({
    verdict: 'warn',
    message: containing('expiry (2 of 2): expected more than 30d left'),
  });
  expect((await asked(certificate({from: days(-9), to: days(3)}).pem, limits)).verdict).toBe('fail');
  expect((await asked(certificate({from: days(-9), to: days(-1)}).pem)).verdict).toBe('fail');
  expect((await asked(certificate({from: days(1), to: days(9)}).pem)).message).toContain(
    'one that begins on',
  );
  const pairOf = async (text: string) => asked(leaf.pem, {pair: {key: keep(text), kind: 'pem'}});
  expect((await pairOf(leaf.privatePem)).verdict).toBe('pass');
  expect((await pairOf(short.privatePem)).verdict).toBe('fail');
  expect((await asked(leaf.pem, {fingerprint256: leaf.fingerprint})).verdict).toBe('pass');
});

test('limits that mean nothing for such a key are refused in the site file', () => {
  expect(accepts('keyMaterial', {key: 'file:/a', kind: 'pem', notAfter: {fail: '7d'}})).toBe(false);
  expect(accepts('keyMaterial', {key: 'env:KEY', kind: 'pem', mode: '0600'})).toBe(false);
  expect(accepts('keyMaterial', {key: '-----BEGIN PRIVATE KEY-----', kind: 'pem'})).toBe(false);
  expect(accepts('keyMaterial', {key: 'file:/a', kind: 'pem', mode: '600x'})).toBe(false);
});
