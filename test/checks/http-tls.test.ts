import {writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {authority, type Authority} from '../helpers/certificates.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {httpsServer} from '../helpers/tls-server.ts';
import {accepts, look} from './looking.ts';

async function served(root: Authority, more: object = {}): Promise<string> {
  const port = await httpsServer({...(await root.leaf()), ...more}, (_request, response) =>
    response.end('hi'),
  );
  return `https://127.0.0.1:${port}/`;
}

function kept(files: Readonly<Record<string, string>>): string {
  const dir = tempDir();
  for (const [name, text] of Object.entries(files)) writeFileSync(`${dir}/${name}`, text, {mode: 0o600});
  return dir;
}

test('certificates of a file are trusted, in the site folder too, and no others', async () => {
  const [root, other] = [await authority(), await authority('Other')];
  const dir = kept({'ca.pem': `a comment\n${root.cert}`, 'other.pem': other.cert, 'none.pem': 'nothing'});
  const url = await served(root);
  const asked = async (caFile: string) => look('http', {url, tls: {caFile}}, {siteDir: dir});
  expect((await look('http', {url})).kind).toBe('tls');
  expect((await asked(`${dir}/ca.pem`)).verdict).toBe('pass');
  expect((await asked('ca.pem')).verdict).toBe('pass');
  expect(await asked('other.pem')).toMatchObject({verdict: 'fail', kind: 'tls'});
  expect(await asked('none.pem')).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('there is no PEM certificate in'),
  });
  expect(await asked('missing.pem')).toMatchObject({verdict: 'unknown', kind: 'config'});
});

test('a name that the certificate is not for is a failure, also where an address is connected to instead', async () => {
  const root = await authority();
  const dir = kept({'ca.pem': root.cert});
  const port = new URL(await served(root)).port;
  const asked = async (host: string) =>
    look('http', {url: `https://${host}:${port}/`, address: '127.0.0.1', tls: {caFile: `${dir}/ca.pem`}});
  expect((await asked('localhost')).verdict).toBe('pass');
  expect(await asked('other.example')).toMatchObject({verdict: 'fail', kind: 'tls'});
});

test('what nobody verified is never better than a warning', async () => {
  const root = await authority();
  const url = await served(root);
  expect(await look('http', {url, tls: {insecure: true}})).toMatchObject({
    verdict: 'warn',
    message: containing('the certificate was not verified (insecure)'),
  });
  const wrong = await look('http', {url, tls: {insecure: true}, expect: {status: 500}});
  expect(wrong).toMatchObject({verdict: 'fail', message: containing('(insecure)')});
  expect(await look('health', {url, tls: {insecure: true}, format: 'plain', plain: 'hi'})).toMatchObject({
    verdict: 'warn',
  });
});

test('a client certificate comes by reference, and only for a site that is trusted', async () => {
  const root = await authority();
  const [client, other] = [await root.leaf({name: 'client'}), await root.leaf({name: 'other'})];
  const dir = kept({
    'ca.pem': root.cert,
    'client.pem': client.cert,
    'client.key': client.key,
    'other.key': other.key,
    'broken.key': 'no key',
  });
  const url = await served(root, {ca: root.cert, requestCert: true, rejectUnauthorized: true});
  const asked = async (more: object, context: object = {}) =>
    look(
      'http',
      {url, tls: {caFile: `${dir}/ca.pem`, ...more}},
      {env: fakeEnv({KEY: client.key}), ...context},
    );
  const own = {clientCert: `file:${dir}/client.pem`, clientKey: `file:${dir}/client.key`};
  expect((await asked({})).verdict).toBe('fail');
  expect((await asked(own)).verdict).toBe('pass');
  expect((await asked({...own, clientKey: 'env:KEY'})).verdict).toBe('pass');
  expect(await asked(own, {trusted: false})).toMatchObject({verdict: 'unknown', kind: 'permission'});
  expect(await asked({...own, clientKey: `file:${dir}/other.key`})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: 'clientKey is not the key of clientCert',
  });
  const broken = await asked({...own, clientKey: `file:${dir}/broken.key`});
  expect(broken).toMatchObject({verdict: 'unknown', kind: 'config'});
  expect(broken.message).not.toContain('no key');
  expect(accepts('http', {url, tls: {clientCert: own.clientCert}})).toBe(false);
  expect(accepts('http', {url, tls: {...own, clientKey: client.key}})).toBe(false);
});
