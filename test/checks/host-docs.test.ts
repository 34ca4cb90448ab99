// The example of docs/host-checks.md: read as a site file, and its rules of production run over many environments.
import {readFileSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite} from '../../src/site/resolve.ts';
import {tempDir} from '../helpers/temp.ts';
import {context} from './looking.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/host-checks.md'), 'utf8');
const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];

function specs(envFile: string) {
  const resolved = resolveSite(
    parseSite(new TextEncoder().encode(text.replaceAll('/etc/consent-ledger.env', envFile))),
    {checks, runbookIds: new Set(), defaults: {strikesToFail: 2, everyMs: undefined}},
  );
  if (!resolved.ok) throw new Error(resolved.problems.map(({message}) => message).join('\n'));
  return resolved.site.services.flatMap(service => service.checks);
}

const secrets = {
  DATABASE_URL: 'postgres://app:s3cr3t-of-the-database@db/ledger',
  API_KEY_HASH_SECRET: 'hash-secret-0123456789',
  WEBHOOK_SIGNING_SECRET: 'webhook-secret-0123456789',
  ADMIN_API_KEY: 'admin-key-0123456789',
  IDENTITY_SIGNING_PRIVATE_KEY: 'ab'.repeat(32),
};

const good = {
  ENV: 'prod',
  ...secrets,
  CORS_ALLOWED_ORIGINS: 'https://app.example',
  API_KEY_RATE_LIMIT_PER_MIN: '60',
  AUTO_CREATE_SCHEMA: 'false',
  LOG_LEVEL: 'INFO',
  SIGNING_REQUIRED: 'true',
  SIGNING_MODE: 'required',
};

/** The checks of the environment that are red, and everything that all of them said. */
async function red(variables: Readonly<Record<string, string | undefined>>) {
  const file = join(tempDir(), 'app.env');
  const lines = Object.entries(variables).map(([name, value]) =>
    value === undefined ? '' : `${name}='${value}'\n`,
  );
  writeFileSync(file, lines.join(''));
  const failed: string[] = [];
  const said: unknown[] = [];
  for (const spec of specs(file).filter(({type}) => type === 'env')) {
    const definition = checks.find(({type}) => type === spec.type);
    const look = await definition?.run(spec.params, context());
    said.push(look);
    expect(['pass', 'fail', 'skipped']).toContain(look?.verdict);
    if (look?.verdict === 'fail') failed.push(spec.id);
  }
  return {failed, said: JSON.stringify(said)};
}

test('the example is a site file, and its hosts are known', () => {
  const all = specs('/etc/consent-ledger.env');
  expect(all.length).toBeGreaterThan(10);
  expect(all.find(({id}) => id === 'unit')?.host).toEqual({name: 'app1', ssh: 'app1'});
});

test.each([
  ['all is well', {}, []],
  ['no environment', {ENV: undefined}, ['env']],
  ['an unknown environment', {ENV: 'production'}, ['env']],
  ['a secret is missing', {WEBHOOK_SIGNING_SECRET: undefined}, ['prod']],
  ['a secret is blank', {ADMIN_API_KEY: '   '}, ['prod']],
  ['no limit of rate', {API_KEY_RATE_LIMIT_PER_MIN: '0'}, ['prod']],
  ['the schema makes itself', {AUTO_CREATE_SCHEMA: 'true'}, ['prod']],
  ['debugging', {LOG_LEVEL: 'DEBUG'}, ['prod']],
  ['a mode of signing that there is not', {SIGNING_MODE: 'maybe', SIGNING_REQUIRED: undefined}, ['prod']],
  ['signing required and only optional', {SIGNING_MODE: 'optional'}, ['signing-required']],
  ['required without a key', {IDENTITY_SIGNING_PRIVATE_KEY: undefined}, ['signing-key', 'unsigned']],
  ['required with half a key', {IDENTITY_SIGNING_PRIVATE_KEY: 'ab'}, ['signing-key']],
  ['disabled with a key', {SIGNING_MODE: 'disabled', SIGNING_REQUIRED: undefined}, ['signing-off']],
  [
    'disabled on purpose',
    {SIGNING_MODE: 'disabled', SIGNING_REQUIRED: undefined, IDENTITY_SIGNING_PRIVATE_KEY: undefined},
    [],
  ],
  [
    'unsigned by accident',
    {SIGNING_MODE: 'optional', SIGNING_REQUIRED: undefined, IDENTITY_SIGNING_PRIVATE_KEY: undefined},
    ['unsigned'],
  ],
  ['development needs none of it', {ENV: 'dev', ADMIN_API_KEY: undefined, LOG_LEVEL: 'DEBUG'}, []],
] as const)('the rules of production: %s', async (_, change, expected) => {
  const {failed, said} = await red({...good, ...change});
  expect(failed).toEqual(expected);
  for (const value of Object.values(secrets)) expect(said).not.toContain(value);
});
