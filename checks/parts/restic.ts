// restic: how it is started without its secrets on a command line, and what its exit statuses mean.
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {secretReference} from '../../src/domain/secret.ts';
import {lastLine, type ProgramRequest} from './program.ts';
import {resolveSecret} from './secrets.ts';

export interface Repository {
  readonly repository: string;
  /** `env:NAME` or `file:/path`; without it, what the environment says. */
  readonly password?: string | undefined;
  readonly env: Readonly<Record<string, string>>;
}

export type Setting =
  | {readonly ok: true; readonly request: Pick<ProgramRequest, 'env' | 'secrets'>}
  | {readonly ok: false; readonly look: Look};

/** The environment of a restic that looks at this repository; values of references go there and nowhere else. */
export async function resticSetting(
  {repository, password, env}: Repository,
  context: CheckContext,
): Promise<Setting> {
  const secrets: SecretValue[] = [];
  const made: Record<string, string> = {...env};
  for (const [name, text] of [
    ['RESTIC_REPOSITORY', repository],
    ['RESTIC_PASSWORD', password],
  ] as const) {
    if (text === undefined) continue;
    if (secretReference(text).at === 'wrong') {
      made[name] = text;
      continue;
    }
    const resolved = await resolveSecret(name, text, context);
    if (!resolved.ok) return resolved;
    made[name] = resolved.value;
    secrets.push(...resolved.secrets);
  }
  return {ok: true, request: {env: made, secrets}};
}

interface Meaning {
  readonly verdict: 'fail' | 'unknown';
  readonly kind: Look['kind'];
  readonly said: string;
}

/** Statuses since restic 0.17; earlier ones end with 1 for all of these and say so in words. */
const statuses: Readonly<Record<number, Meaning>> = {
  10: {verdict: 'fail', kind: 'noData', said: 'there is no repository'},
  11: {verdict: 'unknown', kind: 'noData', said: 'the repository is locked'},
  12: {verdict: 'fail', kind: 'auth', said: 'the password does not open it'},
  130: {verdict: 'unknown', kind: 'noData', said: 'it was interrupted'},
};
const words: readonly (readonly [RegExp, number])[] = [
  [/wrong password or no key found/, 12],
  [/repository is already locked|unable to create lock/, 11],
  [
    /Is there a repository at the following location|unable to open config file|repository does not exist/,
    10,
  ],
];

/** What a restic that did not end well says; undefined when it ended well. A status that nobody knows is a failure. */
export function resticAnswer({
  status,
  out,
  err,
}: {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}): {readonly look: Look} | undefined {
  if (status === 0) return undefined;
  const text = `${err}\n${out}`;
  const byWords = status === 1 ? words.find(([pattern]) => pattern.test(text))?.[1] : undefined;
  const known = statuses[byWords ?? status ?? -1];
  const last = lastLine(err) || lastLine(out);
  const how = known?.said ?? `restic ended with ${status ?? 'a signal'}`;
  const {verdict = 'fail', kind = 'assertion'} = known ?? {};
  return {
    look: {
      verdict,
      kind,
      checked: verdict === 'fail' ? 1 : 0,
      message: last === '' ? how : `${how}: ${last}`,
    },
  };
}
