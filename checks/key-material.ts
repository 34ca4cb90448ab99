import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {duration as said, durationMs} from '../src/domain/duration.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {SecretValue} from '../src/domain/secret.ts';
import type {Kind, Look} from '../src/domain/verdict.ts';
import type {Assertion} from './parts/expect.ts';
import {duration, fileMode} from './parts/fields.ts';
import {
  bitsOf,
  encodings,
  fingerprint256,
  fingerprints,
  isPair,
  isSameKey,
  keyKinds,
  readKeys,
} from './parts/keys.ts';
import type {KeyForm, Keys} from './parts/keys.ts';
import {resolveSecret, withoutSecrets} from './parts/secrets.ts';
import {judgeInParts} from './parts/table.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');

const params = z
  .strictObject({
    key: reference.describe('Where the key is: `file:/path` or `env:NAME`.'),
    kind: z.enum(keyKinds).describe('`pem`, `jwk`, `x509` (a certificate), or `raw` bytes as text.'),
    holds: z
      .enum(['private', 'public', 'secret'])
      .optional()
      .describe('Which half it must be, or a secret without halves; a certificate holds the public one.'),
    encoding: z.enum(encodings).default('hex').describe('Of `raw` keys.'),
    passphrase: reference.optional().describe('Of an encrypted key: `env:NAME` or `file:/path`.'),
    algorithm: z
      .string()
      .min(1)
      .optional()
      .describe('What kind of key it must be, such as `ed25519`, `rsa` or `ec`.'),
    pair: z
      .strictObject({
        key: reference.describe('Where the other half is.'),
        kind: z.enum(keyKinds).describe('Its form.'),
        encoding: z.enum(encodings).default('hex').describe('Of `raw` keys.'),
      })
      .optional()
      .describe('The other half: what one signs, the other must verify.'),
    fingerprint256: z
      .string()
      .regex(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'expected 64 hex digits, with or without colons')
      .optional()
      .describe('SHA-256 by which the key is known.'),
    fingerprintOf: z
      .enum(fingerprints)
      .optional()
      .describe('Of what: `spki` (else), the `raw` 32 bytes of Ed25519, or the `certificate`.'),
    notAfter: z
      .strictObject({
        warn: duration.optional().describe('Less time left is a warning.'),
        fail: duration.optional().describe('Less time left is a failure.'),
      })
      .optional()
      .describe('How long the certificates must still be valid; without it, now.'),
    minBits: z
      .int()
      .min(1)
      .optional()
      .describe('Bits of the modulus of an RSA key, of a curve, or of a secret.'),
    mode: fileMode.optional().describe('The widest mode that the file may have, such as "0600".'),
    escrow: reference
      .optional()
      .describe('Where the copy is that is kept for the day of loss; it must hold the same key.'),
    optional: z.boolean().default(false).describe('No key is `skipped` (not configured), not a failure.'),
  })
  .refine(({kind, notAfter}) => notAfter === undefined || kind === 'x509', {
    message: 'only a certificate ends: notAfter goes with kind: x509',
    path: ['notAfter'],
  })
  .refine(({key, mode}) => mode === undefined || key.startsWith('file:'), {
    message: 'only a file has a mode',
    path: ['mode'],
  });
type Params = z.infer<typeof params>;

const maxBytes = 1024 * 1024;

type Material =
  | {
      readonly at: 'text';
      readonly text: string;
      readonly secrets: readonly SecretValue[];
      readonly mode?: number;
    }
  | {readonly at: 'absent'; readonly why: string}
  | {readonly at: 'look'; readonly look: Look};

const couldNot = (kind: Kind, message: string): {readonly at: 'look'; readonly look: Look} => ({
  at: 'look',
  look: {verdict: 'unknown', kind, checked: 0, message},
});

/** Unlike other secrets, a file that others can read is read: its mode is one of the things to be judged. */
async function material(what: string, text: string, context: CheckContext): Promise<Material> {
  const found = secretReference(text);
  if (found.at !== 'file') {
    const resolved = await resolveSecret(what, text, context);
    return resolved.ok
      ? {at: 'text', text: resolved.value, secrets: resolved.secrets}
      : {at: 'look', look: resolved.look};
  }
  const home = context.env.get('HOME') ?? '';
  const path = found.path.startsWith('~/') ? `${home}${found.path.slice(1)}` : found.path;
  const read = await context.files.read(path, maxBytes);
  if (read.at === 'failed')
    return read.why === 'missing'
      ? {at: 'absent', why: `${what}: ${path} is not there`}
      : couldNot(read.why === 'permission' ? 'permission' : 'config', `${what}: ${path}: ${read.message}`);
  const value = new TextDecoder().decode(read.bytes);
  if (value.trim() === '') return {at: 'absent', why: `${what}: ${path} is empty`};
  const real = await context.files.real(path);
  const stat = real === undefined ? undefined : await context.files.stat(real);
  return {
    at: 'text',
    text: value,
    secrets: [{name: what, value: value.trim()}],
    ...(stat === undefined ? {} : {mode: stat.mode}),
  };
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

/** The other key, read; assertions say what came of it. */
async function other(
  what: string,
  {key, form}: {readonly key: string; readonly form: KeyForm},
  context: CheckContext,
): Promise<{readonly keys: Keys} | {readonly assertion: Assertion} | {readonly look: Look}> {
  const expected = `a key in ${key.replace(/^file:/, '')}`;
  const found = await material(what, key, context);
  if (found.at === 'look') return {look: found.look};
  if (found.at === 'absent') return {assertion: {what, ok: false, expected, actual: found.why}};
  const keys = readKeys(found.text, form);
  if (!('problem' in keys)) return {keys};
  return {assertion: {what, ok: keys.ours === true ? undefined : false, expected, actual: keys.problem}};
}

function ending({chain}: Keys, {notAfter = {}}: Params, nowMs: number): Assertion[] {
  return chain.flatMap((certificate, i) => {
    const leftMs = certificate.validToDate.getTime() - nowMs;
    const early = certificate.validFromDate.getTime() - nowMs;
    const what = chain.length === 1 ? 'expiry' : `expiry (${i + 1} of ${chain.length})`;
    const actual =
      early > 0
        ? `one that begins on ${certificate.validFrom}`
        : `${certificate.validTo}, ${Math.floor(leftMs / 86_400_000)} days from now`;
    const limit = (text: string, otherwise: 'warn' | 'fail'): Assertion => {
      const ms = durationMs(text) ?? 0;
      return {what, ok: leftMs > ms && early <= 0, expected: `more than ${said(ms)} left`, actual, otherwise};
    };
    return [
      limit(notAfter.fail ?? '0ms', 'fail'),
      ...(notAfter.warn === undefined ? [] : [limit(notAfter.warn, 'warn')]),
    ];
  });
}

interface Read {
  readonly keys: Keys;
  readonly mode: number | undefined;
}

function facts({keys, mode}: Read, given: Params, nowMs: number): Assertion[] {
  const type = keys.publicKey?.asymmetricKeyType ?? 'secret';
  const bits = bitsOf(keys);
  const of =
    given.fingerprintOf ?? (given.kind === 'x509' ? 'certificate' : given.kind === 'raw' ? 'raw' : 'spki');
  const print = fingerprint256(keys, of);
  const wanted = given.fingerprint256?.replaceAll(':', '').toLowerCase();
  return [
    {what: 'key', ok: true, expected: 'a key', actual: `${type} ${keys.key.type} key`},
    ...(given.algorithm === undefined
      ? []
      : [{what: 'algorithm', ok: type === given.algorithm, expected: given.algorithm, actual: type}]),
    ...(given.minBits === undefined
      ? []
      : [
          {
            what: 'bits',
            ok: bits === undefined ? undefined : bits >= given.minBits,
            expected: `at least ${given.minBits}`,
            actual: String(bits ?? 'a key whose size is not known'),
          },
        ]),
    ...(wanted === undefined
      ? []
      : [
          {
            what: 'fingerprint',
            ok: print === undefined ? undefined : print === wanted,
            expected: wanted,
            actual: print ?? `no ${of} fingerprint`,
          },
        ]),
    ...(given.mode === undefined
      ? []
      : [
          {
            what: 'mode',
            ok: mode === undefined ? undefined : (mode & ~Number.parseInt(given.mode, 8)) === 0,
            expected: `at most ${given.mode}`,
            actual: mode === undefined ? 'a file that cannot be looked at' : octal(mode),
          },
        ]),
    ...ending(keys, given, nowMs),
  ];
}

const formOf = (given: Params, passphrase: string | undefined): KeyForm => ({
  kind: given.kind,
  holds: given.kind === 'x509' ? 'public' : (given.holds ?? 'private'),
  encoding: given.encoding,
  passphrase,
});

async function compared(keys: Keys, given: Params, context: CheckContext): Promise<Look | Assertion[]> {
  const assertions: Assertion[] = [];
  const form = formOf(given, undefined);
  const others = [
    ...(given.pair === undefined
      ? []
      : [
          {
            what: 'pair',
            key: given.pair.key,
            form: {
              kind: given.pair.kind,
              encoding: given.pair.encoding,
              holds: form.holds === 'private' ? 'public' : form.holds === 'public' ? 'private' : 'secret',
            } as const,
            is: isPair,
            expected: 'the other half of this key',
          },
        ]),
    ...(given.escrow === undefined
      ? []
      : [{what: 'escrow', key: given.escrow, form, is: isSameKey, expected: 'the same key'}]),
  ];
  for (const one of others) {
    const found = await other(one.what, one, context);
    if ('look' in found) return found.look;
    if ('assertion' in found) assertions.push(found.assertion);
    else {
      const ok = one.is(keys, found.keys);
      assertions.push({
        what: one.what,
        ok,
        expected: one.expected,
        actual: ok ? one.expected : 'another key',
      });
    }
  }
  return assertions;
}

export const keyMaterial = defineCheck({
  type: 'keyMaterial',
  summary: 'A key or certificate is there, is what it should be, and its halves and copies belong together',
  example: `type: keyMaterial
key: file:/etc/app/signing.pem
kind: pem
algorithm: ed25519
mode: "0600"
pair: {key: "file:/etc/app/signing.pub", kind: pem}
escrow: file:/mnt/escrow/signing.pem`,
  needsTrust: true,
  everyMs: 300_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    if (context.signal.aborted)
      return {verdict: 'unknown', kind: 'noData', checked: 0, message: 'stopped before it was looked at'};
    const found = await material('key', given.key, context);
    if (found.at === 'look') return found.look;
    if (found.at === 'absent')
      return given.optional
        ? {verdict: 'skipped', kind: 'notConfigured', checked: 0, message: found.why}
        : {
            verdict: 'fail',
            kind: 'assertion',
            checked: 1,
            message: found.why,
            expected: 'a key',
            actual: 'none',
          };
    const locked =
      given.passphrase === undefined
        ? undefined
        : await resolveSecret('passphrase', given.passphrase, context);
    if (locked?.ok === false) return locked.look;
    const secrets = [...found.secrets, ...(locked?.secrets ?? [])];
    const keys = readKeys(found.text, formOf(given, locked?.value));
    if ('problem' in keys) {
      const isOurs = keys.ours === true;
      const message = `key: ${keys.problem}`;
      return withoutSecrets(
        {
          verdict: isOurs ? 'unknown' : 'fail',
          kind: isOurs ? 'config' : 'assertion',
          checked: isOurs ? 0 : 1,
          message,
        },
        secrets,
      );
    }
    const more = await compared(keys, given, context);
    if (!Array.isArray(more)) return withoutSecrets(more, secrets);
    const all = [...facts({keys, mode: found.mode}, given, context.clock.nowMs()), ...more];
    const print = fingerprint256(keys, given.kind === 'x509' ? 'certificate' : 'spki');
    const summary = `${keys.publicKey?.asymmetricKeyType ?? 'secret'} ${keys.key.type} key${print === undefined ? '' : `, SHA-256 ${print.slice(0, 16)}…`}`;
    return withoutSecrets(judgeInParts(all, summary), secrets);
  },
});
