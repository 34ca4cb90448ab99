import {readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import * as service from '../../demo/service/verifying.ts';
import {verifyForeign} from '../../src/foreign/index.ts';
import {ask, useReference, type Answer} from './reference.ts';

const demo = useReference();
const key = (name: string): string => readFileSync(join(demo.it().dir, 'keys', name), 'utf8').trim();
const admin = (): Record<string, string> => ({'x-admin-api-key': key('admin.key')});
const bearer = (tenant: string): Record<string, string> => ({
  authorization: `Bearer ${key(`tenant-${tenant}.token`)}`,
});
const get = async (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(`${demo.it().gatewayUrl}${path}`, {headers});
const post = async (path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  ask(`${demo.it().gatewayUrl}${path}`, {method: 'POST', body, headers});
const judged = (body: unknown): unknown => {
  const verdict = verifyForeign(new TextEncoder().encode(JSON.stringify(body)));
  return verdict.at === 'judged' ? {what: verdict.what, ...verdict.answer} : verdict;
};
const exportSchema = z.object({
  events: z.array(
    z.object({event_type: z.string(), tenant_id: z.string().nullable(), resource_id: z.string().nullable()}),
  ),
});
const eventsNow = async () => exportSchema.parse((await get('/admin/system/export', admin())).body).events;

async function newConsent(tenant: string): Promise<string> {
  const {status, body} = await post(
    '/consents',
    JSON.stringify({subject_id: 'person-7', purpose: 'analytics'}),
    bearer(tenant),
  );
  expect(status).toBe(201);
  return z.object({data: z.object({id: z.string()})}).parse(body).data.id;
}

test('only the owner can read the admin key and the tenants’ tokens', () => {
  for (const name of ['admin.key', 'tenant-harbor.token', 'tenant-lagoon.token'])
    expect(statSync(join(demo.it().dir, 'keys', name)).mode & 0o777).toBe(0o600);
});

describe('the system ledger', () => {
  test('export and proof verify, are not to be cached, and carry the request id', async () => {
    await post('/api/events', JSON.stringify({type: 'order.placed', tenant: 'harbor', payload: {n: 1}}));
    const headers = {...admin(), 'x-request-id': 'audit-1'};
    const file = await get('/admin/system/export', headers);
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(file.headers.get('x-request-id')).toBe('audit-1');
    expect(judged(file.body)).toMatchObject({what: 'system ledger export', verified: true});
    expect(judged((await get('/admin/system/proof', headers)).body)).toMatchObject({
      what: 'system proof',
      verified: true,
    });
    expect((await get('/admin/system/verify', headers)).body).toMatchObject({
      verified: true,
      failure_index: null,
      event_count: (await eventsNow()).length,
    });
  });

  test.each([
    ['without a key', {}, 401, 'AUTH_MISSING'],
    ['with a wrong key', {'x-admin-api-key': 'f'.repeat(48)}, 403, 'AUTH_INVALID'],
  ])('%s it is denied, and the denial is an event at once', async (_name, headers, status, code) => {
    const requestId = `denied-${code}`;
    const answer = await get('/admin/system/export', {...headers, 'x-request-id': requestId});
    expect(answer).toMatchObject({status, body: {error: {code, request_id: requestId}}});
    expect((await eventsNow()).at(-1)).toMatchObject({event_type: 'http.error', resource_id: requestId});
  });
});

describe('consents', () => {
  test('lineage and proofs of a consent verify, signed by the service', async () => {
    const id = await newConsent('harbor');
    const between = new Date().toISOString();
    expect((await post(`/consents/${id}/withdraw`, '', bearer('harbor'))).status).toBe(200);
    expect((await post(`/consents/${id}/withdraw`, '', bearer('harbor'))).status).toBe(409);
    const lineage = await get(`/consents/${id}/lineage/export`, bearer('harbor'));
    expect(lineage.headers.get('cache-control')).toBe('no-store');
    const signer: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(judged(lineage.body)).toMatchObject({
      what: 'consent lineage',
      verified: true,
      event_count: 2,
      signer,
    });
    expect(judged((await get(`/consents/${id}/proof`, bearer('harbor'))).body)).toMatchObject({
      what: 'consent proof',
      verified: true,
      derived_state: 'REVOKED',
    });
    const then = await get(`/consents/${id}/proof?asserted_at=${between}`, bearer('harbor'));
    expect(judged(then.body)).toMatchObject({verified: true, derived_state: 'ACTIVE'});
    expect(judged((await get('/anchors')).body)).toMatchObject({what: 'anchor snapshot', verified: true});
  });

  test('another tenant finds nothing, and that is an event of the tenant that asked', async () => {
    const id = await newConsent('harbor');
    const path = `/consents/${id}/lineage/export`;
    expect(await get(path, {...bearer('lagoon'), 'x-request-id': 'nosy'})).toMatchObject({status: 404});
    expect((await eventsNow()).at(-1)).toMatchObject({tenant_id: 'lagoon', resource_id: 'nosy'});
    expect(await get(path)).toMatchObject({status: 401, body: {error: {code: 'AUTH_MISSING'}}});
    expect(await get(path, {authorization: 'Bearer x'})).toMatchObject({
      body: {error: {code: 'AUTH_INVALID'}},
    });
  });
});

describe('the service’s own verification', () => {
  test('a key that is there twice and a body of more than 262,144 bytes are refused', async () => {
    expect(await post('/verify/system', '{"events":[],"events":[]}')).toMatchObject({
      status: 400,
      body: {error: {code: 'VALIDATION_ERROR', message: 'The key "events" is there twice.'}},
    });
    const longest = `{"events":[]${' '.repeat(262_144 - 13)}}`;
    expect(await post('/verify/system', longest)).toMatchObject({status: 200});
    const tooLong = await ask(`${demo.it().upstreamUrls[0]}/verify/system`, {
      method: 'POST',
      body: `${longest} `,
    });
    expect(tooLong).toMatchObject({status: 413, body: {error: {code: 'PAYLOAD_TOO_LARGE'}}});
  });

  test('its answers are those of the console’s verifier on every golden vector', () => {
    const text = readFileSync(join(import.meta.dirname, '../foreign/fixtures/golden.json'), 'utf8');
    const {cases} = z
      .object({cases: z.array(z.object({name: z.string(), file: z.string(), answer: z.looseObject({})}))})
      .parse(JSON.parse(text));
    const verifiers: readonly (readonly [string, (body: unknown) => unknown])[] = [
      ['export:', service.verifySystem],
      ['proof:', service.verifySystemProof],
      ['lineage:', service.verifyLineage],
      ['anchors:', service.verifyAnchors],
    ];
    for (const [start, verify] of verifiers) {
      const mine = cases.filter(({name}) => name.startsWith(start));
      expect(mine.length).toBeGreaterThan(5);
      for (const {name, file, answer} of mine) {
        const {signer: _signer, ...said} = answer;
        expect(verify(JSON.parse(file)), name).toEqual(said);
      }
    }
  });
});

describe('tampered-event', () => {
  test('one stored event no longer fits, until the fault is off', async () => {
    expect((await demo.fault('on', 'tampered-event')).exit).toBe(0);
    const file = await get('/admin/system/export', admin());
    expect(judged(file.body)).toMatchObject({verified: false, failure_reason: 'event_hash mismatch'});
    expect((await get('/admin/system/verify', admin())).body).toMatchObject({
      verified: false,
      failure_reason: 'event_hash mismatch',
    });
    expect((await get('/api/events/verify')).body).toMatchObject({
      data: {verified: false, failure_reason: 'payload_hash mismatch'},
    });
    expect((await demo.fault('on', 'truncated-ledger')).err).toContain('Switch the other fault off first');
    expect((await demo.fault('off', 'tampered-event')).exit).toBe(0);
    expect((await get('/admin/system/verify', admin())).body).toMatchObject({verified: true});
    expect((await get('/api/events/verify')).body).toMatchObject({data: {verified: true}});
  });
});

describe('truncated-ledger', () => {
  test('the export still verifies; only what was kept elsewhere shows the loss; off brings the events back', async () => {
    const before = await eventsNow();
    expect((await demo.fault('on', 'truncated-ledger')).exit).toBe(0);
    const cut = await eventsNow();
    expect(cut).toEqual(before.slice(0, -3));
    expect(judged((await get('/admin/system/export', admin())).body)).toMatchObject({verified: true});
    await post('/api/events', JSON.stringify({type: 'order.placed'}));
    expect((await demo.fault('off', 'truncated-ledger')).exit).toBe(0);
    expect(await eventsNow()).toEqual(before);
    expect((await get('/api/events/verify')).body).toMatchObject({data: {verified: true}});
  });
});
