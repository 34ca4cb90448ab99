// Secrets by reference: resolved at the last moment, and taken out of everything that a look says.
import type {CheckContext} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';

const reference = /^(?:([A-Za-z][\w-]*) )?env:([A-Za-z_]\w*)$/;

export type Resolved =
  | {
      readonly ok: true;
      readonly values: Readonly<Record<string, string>>;
      readonly secrets: readonly string[];
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
  const secrets: string[] = [];
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
    secrets.push(value);
  }
  return {ok: true, values, secrets};
}

/** A short value would take ordinary words out of messages, and is no secret worth the name. */
const shortest = 4;

function forms(secret: string): string[] {
  const base64 = btoa(String.fromCharCode(...new TextEncoder().encode(secret)));
  return [secret, base64, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
}

/** Takes secrets out of a text, in the forms in which a server is likely to echo them. */
export function cleaner(secrets: readonly string[]): (text: string) => string {
  const needles = [...new Set(secrets.filter(secret => secret.length >= shortest).flatMap(forms))];
  needles.sort((a, b) => b.length - a.length);
  return text => needles.reduce((out, needle) => out.replaceAll(needle, '[secret]'), text);
}

/** The same for bytes, before anything is quoted from them: a quotation may cut a secret in two. */
export function cleanBytes(bytes: Uint8Array, secrets: readonly string[]): Uint8Array {
  if (secrets.length === 0) return bytes;
  return new TextEncoder().encode(cleaner(secrets)(new TextDecoder().decode(bytes)));
}

/** The look without the secrets, whatever they came in by. */
export function withoutSecrets(look: Look, secrets: readonly string[]): Look {
  if (secrets.length === 0) return look;
  const clean = cleaner(secrets);
  return {
    ...look,
    message: clean(look.message),
    ...(look.expected === undefined ? {} : {expected: clean(look.expected)}),
    ...(look.actual === undefined ? {} : {actual: clean(look.actual)}),
    ...(look.parts === undefined
      ? {}
      : {
          parts: look.parts.map(part => ({
            ...part,
            name: clean(part.name),
            message: clean(part.message),
            ...(part.expected === undefined ? {} : {expected: clean(part.expected)}),
            ...(part.actual === undefined ? {} : {actual: clean(part.actual)}),
          })),
        }),
  };
}
