// The console's cases against the reference service: fetched, verified, packed, with the real programs.
import {chmodSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {z} from 'zod';
import {root} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {ask, run, useReference, type Run} from './reference.ts';

const demo = useReference();
const key = (name: string): string => readFileSync(join(demo.it().dir, 'keys', name), 'utf8').trim();

test('exports, proofs and lineages go into a case and a pack; a tampered event fails, a cut ledger shows against what was kept', async () => {
  const home = join(tempDir(), 'home');
  const {gatewayUrl} = demo.it();
  const bearer = `Bearer ${key('tenant-harbor.token')}`;
  const env = {...process.env, ADMIN_KEY: key('admin.key'), TENANT: bearer};
  const qd = async (...args: string[]): Promise<Run> =>
    run(join(root, 'bin/quarterdeck'), ['--home', home, ...args], env);
  const fetched = async (path: string, header: string, ...more: string[]): Promise<Run> =>
    qd('case', 'fetch', 'audit', `${gatewayUrl}${path}`, '--header-env', header, ...more);
  const admin = 'X-Admin-Api-Key=ADMIN_KEY';
  const tenant = 'Authorization=TENANT';

  expect(await qd('case', 'open', 'audit', '--title', 'yearly audit', '--critical')).toMatchObject({exit: 0});
  const made = await ask(`${gatewayUrl}/consents`, {
    method: 'POST',
    body: JSON.stringify({subject_id: 'p-1', purpose: 'analytics'}),
    headers: {authorization: bearer},
  });
  const {id} = z.object({data: z.object({id: z.string()})}).parse(made.body).data;
  const whole = await fetched('/admin/system/export', admin, '--json');
  expect(whole).toMatchObject({exit: 0});
  expect(JSON.parse(whole.out)).toMatchObject({verified: true, warnings: [], file: 'system-export.json'});
  expect((await fetched('/admin/system/proof', admin)).out).toContain('system proof: verified');
  const lineage = await fetched(`/consents/${id}/lineage/export`, tenant, '--tenant', 'harbor');
  expect(lineage.out).toContain('consent lineage: verified');
  expect((await fetched(`/consents/${id}/lineage/export`, tenant, '--tenant', 'lagoon')).exit).toBe(1);
  expect((await fetched(`/consents/${id}/proof`, tenant)).out).toContain('consent proof: verified');
  expect((await fetched('/anchors', tenant)).out).toContain('anchor snapshot: verified');
  const {request_id: requestId} = z.object({request_id: z.string()}).parse(JSON.parse(whole.out));
  const asked = await qd('ledger', 'query', '--request-id', requestId, '--json');
  expect(asked.out).toContain('"file":"system-export.json"');

  const denied = await qd('case', 'fetch', 'audit', `${gatewayUrl}/admin/system/export`);
  expect(denied.err).toContain('answered 401 AUTH_MISSING');
  expect(denied.exit).toBe(2);

  await demo.fault('on', 'tampered-event');
  const tampered = await fetched('/admin/system/export', admin);
  expect(tampered.out).toMatch(
    /system-export-2\.json: system ledger export: NOT VERIFIED at index \d+: event_hash mismatch/,
  );
  expect(tampered.exit).toBe(1);
  await demo.fault('off', 'tampered-event');
  await demo.fault('on', 'truncated-ledger');
  const cut = await fetched('/admin/system/export', admin, '--name', 'cut.json');
  expect(cut.exit).toBe(0);
  expect(cut.out).toContain('not proved: that no events are missing at the end');
  await demo.fault('off', 'truncated-ledger');

  const out = join(home, '..', 'pack');
  expect(await qd('case', 'pack', 'audit', out)).toMatchObject({exit: 0});
  expect(readFileSync(join(out, 'README.txt'), 'utf8')).toContain('verified by 1 of 2');
  const offline = await qd('evidence', 'verify', join(out, 'evidence/system-export.json'), '--json');
  expect(offline).toMatchObject({exit: 0, err: ''});
  expect(JSON.parse(offline.out)).toMatchObject({what: 'system ledger export', verified: true});
  const forged = await qd('evidence', 'verify', join(out, 'evidence/system-export-2.json'));
  expect(forged.out).toContain('event_hash mismatch');
  expect(forged.exit).toBe(1);
  expect((await qd('ledger', 'verify')).exit).toBe(0);
  chmodSync(out, 0o755);
}, 120_000);
