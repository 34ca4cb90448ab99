// Secrets by reference: resolved at the last moment, and taken out of everything that a look says.
import type {CheckContext} from '../../src/define.ts';
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
