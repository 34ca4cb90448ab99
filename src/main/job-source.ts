// Where the data source of a job is, with its password: looked up in the runner, so that it never goes through a pipe.
import {realEnv} from '../adapters/env.ts';
import {secretReference, type SecretValue} from '../domain/secret.ts';
import type {Job} from '../engine/runner/job.ts';
import type {Files} from '../ports.ts';
import {openSecrets} from './secrets.ts';

interface Means {
  readonly files: Files;
  readonly uid: number;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** The address (absent where the job has none, or says it itself) and what of it must be masked, or why it is not known. */
export async function findSource(
  {act}: Job,
  {files, uid, variables}: Means,
): Promise<
  {readonly url: string | undefined; readonly secrets: readonly SecretValue[]} | {readonly problem: string}
> {
  if ((act.at !== 'sql' && act.at !== 'promql') || act.source.type === 'sqlite')
    return {url: undefined, secrets: []};
  const {name, url} = act.source;
  if (secretReference(url).at === 'wrong') return {url, secrets: passwordIn(name, url)};
  const secrets = openSecrets({env: realEnv(variables), variables: {}, files, uid});
  const found = await secrets.resolve({[name]: url});
  if (found.at === 'failed') return {problem: `${found.message} ${found.hint}`};
  const [value] = found.values;
  if (value === undefined) return {problem: `The address of ${name} was not found.`};
  return {url: value.value, secrets: [value, ...passwordIn(name, value.value)]};
}

function passwordIn(name: string, url: string): readonly SecretValue[] {
  if (!URL.canParse(url)) return [];
  const {password} = new URL(url);
  if (password === '') return [];
  let plain = password;
  try {
    plain = decodeURIComponent(password);
  } catch {
    // It is not encoded, or wrongly: then it stands for itself.
  }
  return [...new Set([password, plain])].map(value => ({name, value}));
}
