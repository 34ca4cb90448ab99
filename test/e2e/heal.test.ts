// Healing by the real program: recorded in the real ledger before it happens, on a trusted site only.
import {chmodSync, mkdirSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {place} from './place.ts';

const siteFor = (file: string): string => `site: small
environment: staging
services:
  api:
    checks:
      mode: {type: file, path: ${file}, expect: {mode: "0600"}, heal: {mode: "0600"}}
`;

function loose(): string {
  const file = path.join(tempDir(), 'auth.json');
  writeFileSync(file, '{}');
  chmodSync(file, 0o644);
  return file;
}

const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('a check from the command line heals, and the ledger holds what was about to happen and what came of it', async () => {
  const file = loose();
  const here = place({siteText: siteFor(file)});
  const seen = await here.qd('check', '--json');
  expect(seen.out).toContain('mode 0644 narrowed to 0600');
  expect(seen.status).toBe(0);
  expect(modeOf(file)).toBe(0o600);
  const healed = (await here.entries()).filter(({kind}) => kind.startsWith('heal.'));
  expect(healed).toMatchObject([
    {kind: 'heal.intent', body: {service: 'api', check: 'mode', path: file, before: '0644', after: '0600'}},
    {kind: 'heal.outcome', of: healed[0]?.seq, body: {verdict: 'pass', after: '0600'}},
  ]);
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});

test('without a ledger that can be written it does not heal, and says why', async () => {
  const file = loose();
  const here = place({siteText: siteFor(file)});
  expect((await here.qd('site', 'show')).status).toBe(0);
  mkdirSync(here.home, {mode: 0o700});
  writeFileSync(path.join(here.home, 'ledger.db'), 'this is a letter\n'.repeat(99), {mode: 0o600});
  const seen = await here.qd('check');
  expect(seen.status).toBe(1);
  expect(seen.out).toContain('not healed: the ledger cannot be opened');
  expect(modeOf(file)).toBe(0o644);
});

test('on a site that is not trusted it looks and does not heal', async () => {
  const file = loose();
  const here = place({siteText: siteFor(file)});
  chmodSync(here.site, 0o777);
  const seen = await here.qd('check');
  expect(seen.out).toContain('not healed: the site is not trusted');
  expect(seen.status).toBe(1);
  expect(modeOf(file)).toBe(0o644);
});
