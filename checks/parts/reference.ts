// Values by reference, `env:NAME` and `file:/path`, for checks that may read files.
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import {resolveSecrets, type Resolved} from './secrets.ts';

const fileReference = /^(?:([A-Za-z][\w-]*) )?file:((?:\/|~\/).+)$/;
const maxFileBytes = 64 * 1024;

type Means = Pick<CheckContext, 'env' | 'files' | 'trusted'>;
export type Found<T> = {readonly ok: true; readonly value: T} | {readonly ok: false; readonly look: Look};

export const couldNot = (kind: Look['kind'], message: string): {readonly ok: false; readonly look: Look} => ({
  ok: false,
  look: {verdict: 'unknown', kind, checked: 0, message},
});

/** The text of a file that only its owner can read, without its last line break. `what` is for messages. */
async function secretFile(what: string, named: string, {env, files}: Means): Promise<Found<string>> {
  const file = named.startsWith('~/') ? `${env.get('HOME') ?? ''}${named.slice(1)}` : named;
  const real = await files.real(file);
  const stat = real === undefined ? undefined : await files.stat(real);
  if (real === undefined || stat === undefined) return couldNot('config', `${what}: ${file} is not there`);
  if (stat.kind !== 'file') return couldNot('config', `${what}: ${file} is no file`);
  if ((stat.mode & 0o077) !== 0)
    return couldNot(
      'config',
      `${what}: ${file} can be read by others (mode ${stat.mode.toString(8)}); chmod 600 ${file}`,
    );
  const read = await files.read(real, maxFileBytes);
  if (read.at === 'failed') return couldNot('config', `${what}: ${file} cannot be read: ${read.message}`);
  const value = new TextDecoder().decode(read.bytes).replace(/\r?\n$/, '');
  return value === '' ? couldNot('config', `${what}: ${file} is empty`) : {ok: true, value};
}

/** As `resolveSecrets`, and `file:/path` too: a file that others can read is refused, and so is one for a site that is not trusted. */
export async function resolveReferences(
  raw: Readonly<Record<string, string>>,
  means: Means,
): Promise<Resolved> {
  const inFiles = Object.entries(raw).flatMap(([name, text]) => {
    const [, scheme, path] = fileReference.exec(text) ?? [];
    return path === undefined ? [] : [{name, scheme, path}];
  });
  const others = Object.entries(raw).filter(([name]) => !inFiles.some(one => one.name === name));
  const resolved = resolveSecrets(Object.fromEntries(others), means);
  if (!resolved.ok || inFiles.length === 0) return resolved;
  const values: Record<string, string> = {...resolved.values};
  const secrets: SecretValue[] = [...resolved.secrets];
  for (const {name, scheme, path} of inFiles) {
    if (!means.trusted)
      return couldNot(
        'permission',
        `${name} needs the secret file:${path}, which a site that is not trusted does not get`,
      );
    const found = await secretFile(name, path, means);
    if (!found.ok) return found;
    values[name] = scheme === undefined ? found.value : `${scheme} ${found.value}`;
    secrets.push({name, value: found.value});
  }
  return {ok: true, values, secrets};
}

/** Whether the text names a value instead of being one. */
export const isReference = (text: string): boolean =>
  fileReference.test(text) || /^(?:[A-Za-z][\w-]* )?env:[A-Za-z_]\w*$/.test(text);
