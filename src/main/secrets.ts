// The secrets of this process: those that its environment names so, and those that site, checks and runbooks declare.
import {homedir} from 'node:os';
import path from 'node:path';
import {realEnv} from '../adapters/env.ts';
import {realFiles} from '../adapters/files.ts';
import {QdError} from '../domain/error.ts';
import {secretReference, type SecretValue} from '../domain/secret.ts';
import type {Site} from '../domain/site.ts';
import type {Env, Files, Secrets} from '../ports.ts';
import {createMasker, shortestValue, type Masker} from '../secrets/index.ts';
import {uid} from './who.ts';

export interface SecretsRequest {
  readonly env: Env;
  /** The whole environment of this process: children inherit it, and print it. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly uid: number;
}

export interface OwnSecrets extends Secrets {
  add(values: readonly SecretValue[]): void;
  /** Names that are no secret whatever holds them as a value: a service may be called like its password. */
  addNames(names: readonly string[]): void;
}

const telling =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|PASS|PWD|SECRETS?|TOKENS?|KEYS?|CREDENTIALS?|APIKEY|AUTH|DSN)(?:_|$)/;
const whole = /(?:PASSWORD|SECRET|TOKEN|APIKEY|DATABASE_URL|REDIS_URL|MONGO_URL|AMQP_URL)/;
/** They name a place or a thing, not a secret. */
const harmless = /(?:_FILE|_PATH|_DIR|_SOCK|_NAME|_ID|_TYPE|_URI|_HOST|_PORT|_USER|_TTL|^PWD|^OLDPWD)$/;
/** Shorter values of variables that are only named like secrets are words. */
const shortestOfEnvironment = 8;
const maxFileBytes = 64 * 1024;

/** Values of an environment that its names call secret; paths, numbers and plain words of programs are left alone. */
export function secretsIn(variables: Readonly<Record<string, string | undefined>>): SecretValue[] {
  return Object.entries(variables).flatMap(([name, value = '']) => {
    const upper = name.toUpperCase();
    const isTelling = (telling.test(upper) || whole.test(upper)) && !harmless.test(upper);
    return isTelling && value.length >= shortestOfEnvironment ? [{name, value}] : [];
  });
}

/** The secrets of this very process. */
export const processSecrets = (): OwnSecrets =>
  openSecrets({env: realEnv(process.env), variables: process.env, files: realFiles, uid: uid()});

/** What a site declares: its own `secrets:`, those that checks refer to, and the names that are none. Throws SITE_INVALID. */
export async function declareSite(secrets: OwnSecrets, site: Site, env: Env): Promise<void> {
  secrets.addNames([
    site.name,
    site.environment,
    ...site.services.flatMap(({id, title, checks}) => [id, title, ...checks.map(check => check.id)]),
    ...(site.alerts?.channels ?? []).map(({name}) => name),
  ]);
  const named = new Set([
    ...site.services.flatMap(({checks}) => checks.flatMap(({params}) => variablesIn(params))),
    ...(site.alerts?.channels ?? []).flatMap(({secrets: references}) => variablesIn(references)),
  ]);
  secrets.add([...named].flatMap(name => present(name, env.get(name))));
  for (const [name, text] of Object.entries(site.secrets ?? {})) {
    const reference = secretReference(text);
    // What is not set cannot be printed; and a site that is not trusted does not choose which files are read.
    if (reference.at === 'env' && env.get(reference.name) === undefined) continue;
    if (reference.at === 'file' && site.trust.at !== 'trusted') continue;
    const found = await secrets.resolve({[name]: text});
    if (found.at === 'failed')
      throw new QdError('SITE_INVALID', `${site.file}: ${found.message}`, {
        hint: found.hint,
        file: site.file,
      });
  }
}

const present = (name: string, value: string | undefined): SecretValue[] =>
  value === undefined ? [] : [{name, value}];

/** Names behind `env:` and `Scheme env:` in the parameters of a check. */
function variablesIn(params: unknown): string[] {
  if (typeof params === 'string') {
    const [, name] = /^(?:[A-Za-z][\w-]* )?env:([A-Za-z_]\w*)$/.exec(params) ?? [];
    return name === undefined ? [] : [name];
  }
  return typeof params === 'object' && params !== null ? Object.values(params).flatMap(variablesIn) : [];
}

/** The part of an address that tells who may use it: a server repeats it without the rest. */
function pathOf({name, value}: SecretValue): SecretValue[] {
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) return [];
  const {pathname, search} = new URL(value);
  const path = `${pathname}${search}`;
  return path.length < shortestOfEnvironment ? [] : [{name, value: path}];
}

export function openSecrets({env, variables, files, uid}: SecretsRequest): OwnSecrets {
  const known = new Map<string, SecretValue>();
  const ours = new Set<string>();
  let names: readonly string[] = [];
  let made: Masker | undefined;
  const add = (values: readonly SecretValue[]): void => {
    for (const one of values) {
      if (known.has(one.value)) continue;
      known.set(one.value, one);
      made = undefined;
    }
  };
  for (const {value} of secretsIn(variables)) ours.add(value);
  add(secretsIn(variables));
  /** A value of the environment that is a name of the site cannot be told from it. */
  const isName = (value: string): boolean => ours.has(value) && names.some(name => name.includes(value));
  const values = (): SecretValue[] => [...known.values()].filter(({value}) => !isName(value));
  const masker = (): Masker => (made ??= createMasker({values: values()}));

  const read = async (name: string, text: string): Promise<SecretValue | {message: string; hint: string}> => {
    const reference = secretReference(text);
    switch (reference.at) {
      case 'wrong':
        return {message: `The secret ${name}: ${reference.problem}.`, hint: 'Name where it is kept.'};
      case 'env': {
        const value = env.get(reference.name);
        if (value !== undefined) return {name, value};
        return {
          message: `The secret ${name} needs the environment variable ${reference.name}, which is not set.`,
          hint: `Set ${reference.name} where Quarterdeck is started.`,
        };
      }
      case 'file':
        return fromFile(name, reference.path);
    }
  };
  const fromFile = async (
    name: string,
    named: string,
  ): Promise<SecretValue | {message: string; hint: string}> => {
    const file = named.startsWith('~/') ? path.join(homedir(), named.slice(2)) : named;
    const real = await files.real(file);
    const stat = real === undefined ? undefined : await files.stat(real);
    const wrong = (why: string, hint: string) => ({message: `The secret ${name}: ${file} ${why}.`, hint});
    if (real === undefined || stat === undefined)
      return wrong('is not there', 'Write the secret into that file.');
    if (stat.kind !== 'file')
      return wrong('is no file', 'Name a file that holds the secret and nothing else.');
    if (stat.uid !== uid && stat.uid !== 0)
      return wrong(`belongs to uid ${stat.uid}`, `It must belong to you (uid ${uid}) or to root.`);
    if ((stat.mode & 0o077) !== 0)
      return wrong(`can be read by others (mode ${stat.mode.toString(8)})`, `Run: chmod 600 ${file}`);
    const content = await files.read(real, maxFileBytes);
    if (content.at === 'failed') return wrong(`cannot be read: ${content.message}`, 'Look at the file.');
    const value = new TextDecoder().decode(content.bytes).replace(/\r?\n$/, '');
    return value === '' ? wrong('is empty', 'Write the secret into that file.') : {name, value};
  };

  return {
    text: text => masker().text(text),
    bytes: bytes => masker().bytes(bytes),
    json: value => masker().json(value),
    find: bytes => masker().find(bytes),
    values,
    add,
    addNames: more => {
      names = [...names, ...more];
      made = undefined;
    },
    resolve: async declared => {
      const found: SecretValue[] = [];
      for (const [name, text] of Object.entries(declared)) {
        const one = await read(name, text);
        if ('message' in one) return {at: 'failed', ...one};
        if (new TextEncoder().encode(one.value).length < shortestValue) {
          const message = `The secret ${name} has fewer than ${shortestValue} bytes, too few to be told from other words.`;
          return {at: 'failed', message, hint: 'Use a longer secret.'};
        }
        ours.delete(one.value);
        found.push(one);
      }
      add([...found, ...found.flatMap(pathOf)]);
      return {at: 'resolved', values: found};
    },
  };
}
