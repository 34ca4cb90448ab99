// Secrets by reference: resolved at the last moment, and taken out of everything that a look says.
import type {CheckContext} from '../../src/define.ts';
import {secretReference} from '../../src/domain/secret.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {createMasker, type Masker} from '../../src/secrets/index.ts';

const reference = /^(?:([A-Za-z][\w-]*) )?env:([A-Za-z_]\w*)$/;

export type Resolved =
  | {
      readonly ok: true;
      readonly values: Readonly<Record<string, string>>;
      readonly secrets: readonly SecretValue[];
    }
  | {readonly ok: false; readonly look: Look};

const couldNot = (kind: Look['kind'], message: string): Resolved => ({
  ok: false,
  look: {verdict: 'unknown', kind, checked: 0, message},
});

/** Replaces `env:NAME` and `Scheme env:NAME` by the value; a missing one makes the look `unknown` (config). */
export function resolveSecrets(
  raw: Readonly<Record<string, string>>,
  {env, trusted}: Pick<CheckContext, 'env' | 'trusted'>,
): Resolved {
  const values: Record<string, string> = {};
  const secrets: SecretValue[] = [];
  for (const [name, text] of Object.entries(raw)) {
    const [, scheme, variable] = reference.exec(text) ?? [];
    if (variable === undefined) {
      values[name] = text;
      continue;
    }
    if (!trusted)
      return couldNot(
        'permission',
        `${name} needs the secret env:${variable}, which a site that is not trusted does not get`,
      );
    const value = env.get(variable);
    if (value === undefined || value === '')
      return couldNot('config', `${name} needs the environment variable ${variable}, which is not set`);
    values[name] = scheme === undefined ? value : `${scheme} ${value}`;
    secrets.push({name: variable, value});
  }
  return {ok: true, values, secrets};
}

export type OneSecret =
  | {readonly ok: true; readonly value: string; readonly secrets: readonly SecretValue[]}
  | {readonly ok: false; readonly look: Look};

const maxSecretBytes = 64 * 1024;

/**
 * The value behind `env:NAME` or `file:/path`; `what` names it in messages. A file must be closed to others. What a
 * site that is not trusted names is not looked up.
 */
export async function resolveSecret(
  what: string,
  text: string,
  {env, files, trusted}: Pick<CheckContext, 'env' | 'files' | 'trusted'>,
): Promise<OneSecret> {
  const wrong = (kind: Look['kind'], message: string): OneSecret => ({
    ok: false,
    look: {verdict: 'unknown', kind, checked: 0, message},
  });
  const reference = secretReference(text);
  if (reference.at === 'wrong') return wrong('config', `${what} names no secret (${reference.problem})`);
  if (!trusted)
    return wrong('permission', `${what} needs a secret, which a site that is not trusted does not get`);
  const found = (name: string, value: string): OneSecret => ({
    ok: true,
    value,
    secrets: [{name, value}],
  });
  if (reference.at === 'env') {
    const value = env.get(reference.name);
    return value === undefined || value === ''
      ? wrong('config', `${what} needs the environment variable ${reference.name}, which is not set`)
      : found(reference.name, value);
  }
  const {path} = reference;
  const home = env.get('HOME');
  if (path.startsWith('~/') && home === undefined)
    return wrong('config', `${path} needs HOME, which is not set`);
  // Behind `password:` a masker would take the words for the value.
  const file = `the file for ${what}, ${path},`;
  const real = await files.real(path.startsWith('~/') ? `${home ?? ''}${path.slice(1)}` : path);
  const stat = real === undefined ? undefined : await files.stat(real);
  if (real === undefined || stat === undefined) return wrong('config', `${file} is not there`);
  if (stat.kind !== 'file') return wrong('config', `${file} is no file`);
  if ((stat.mode & 0o077) !== 0)
    return wrong('permission', `${file} can be read by others (mode ${stat.mode.toString(8)})`);
  const read = await files.read(real, maxSecretBytes);
  if (read.at === 'failed') return wrong('permission', `${file} cannot be read (${read.message})`);
  const value = new TextDecoder().decode(read.bytes).replace(/\r?\n$/, '');
  return value === '' ? wrong('config', `${file} is empty`) : found(what, value);
}

/** Knows no value, only forms. */
const forms = createMasker({values: []});
const maskers = new WeakMap<readonly SecretValue[], Masker>();

/** Made once for the secrets of a look. */
function maskerOf(secrets: readonly SecretValue[]): Masker {
  if (secrets.length === 0) return forms;
  const made = maskers.get(secrets) ?? createMasker({values: secrets});
  maskers.set(secrets, made);
  return made;
}

/** Takes secrets out of a text, in every form in which a server is likely to echo them. */
export const cleaner = (secrets: readonly SecretValue[]): ((text: string) => string) =>
  secrets.length === 0 ? text => text : text => maskerOf(secrets).text(text);

/** The same for bytes, before anything is quoted from them: a quotation may cut a secret in two. */
export const cleanBytes = (bytes: Uint8Array, secrets: readonly SecretValue[]): Uint8Array =>
  secrets.length === 0 ? bytes : maskerOf(secrets).bytes(bytes);

/** The text without what looks like a secret: for quoting. What is judged is the text as it came. */
export const withoutForms = (text: string): string => forms.text(text);

/** The look without the secrets, whatever they came in by. */
export const withoutSecrets = (look: Look, secrets: readonly SecretValue[]): Look =>
  maskerOf(secrets).json(look);
