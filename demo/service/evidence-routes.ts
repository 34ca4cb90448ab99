// Routes of evidence: exports and proofs for whoever may have them, and verification of what was handed out.
import type {KeyObject} from 'node:crypto';
import {z} from 'zod';
import {requireAdmin, requireTenant} from './credentials.ts';
import {anchorSnapshot, createConsent, lineageOf, proofAt, withdrawConsent} from './consents.ts';
import {HttpFailure, maxEvidenceBytes, readBody, readJson, type Reply} from '../shared/http.ts';
import {needsDatabase, parsed, type Call, type Route, type RouteParts} from './routes.ts';
import {strictJson} from './strict-json.ts';
import {exportSystem, proofOf} from './system-ledger.ts';
import {
  type Verification,
  verifyAnchors,
  verifyLineage,
  verifySystem,
  verifySystemProof,
} from './verifying.ts';

const newConsent = z.strictObject({
  subject_id: z.string().min(1).max(100),
  purpose: z.string().min(1).max(100),
});
const moment = z.object({asserted_at: z.iso.datetime({offset: true}).optional()});

const answer = (body: unknown, status = 200): Reply => ({status, body});

/** Fails closed: without the key nothing unsigned is handed out. */
function signingKey({key}: RouteParts): KeyObject {
  if (key === undefined) throw new HttpFailure(503, 'SIGNING_UNAVAILABLE', 'There is no signing key.');
  return key;
}

const verifies =
  (verifyBody: (body: unknown) => Verification): Route =>
  async (_parts, {request}) =>
    answer(verifyBody(strictJson(await readBody(request, maxEvidenceBytes))));

/** Exports, proofs and answers of verifications are bare, as files of evidence are. */
export const evidenceRoutes: Readonly<Record<string, Route>> = {
  'GET /admin/system/export': async ({folder, sql}, {request}) => {
    requireAdmin(folder, request);
    return answer({events: await needsDatabase(exportSystem(sql))});
  },
  'GET /admin/system/proof': async ({folder, sql}, {request}) => {
    requireAdmin(folder, request);
    return answer(proofOf(await needsDatabase(exportSystem(sql))));
  },
  'GET /admin/system/verify': async ({folder, sql}, {request}) => {
    requireAdmin(folder, request);
    return answer(verifySystem({events: await needsDatabase(exportSystem(sql))}));
  },
  'GET /anchors': async ({sql}) => answer(await needsDatabase(anchorSnapshot(sql))),
  'POST /verify/system': verifies(verifySystem),
  'POST /verify/system-proof': verifies(verifySystemProof),
  'POST /verify/lineage': verifies(verifyLineage),
  'POST /verify/anchors': verifies(verifyAnchors),
  'POST /consents': async ({folder, sql}, {request, requestId}) => {
    const tenant = requireTenant(folder, request);
    const body = parsed(newConsent, await readJson(request));
    return answer({data: await needsDatabase(createConsent(sql, body, {tenant, requestId}))}, 201);
  },
};

type ConsentRoute = (parts: RouteParts, call: Call, id: string) => Promise<Reply>;

const consentRoutes: Readonly<Record<string, ConsentRoute>> = {
  'POST withdraw': async ({folder, sql}, {request, requestId}, id) => {
    const tenant = requireTenant(folder, request);
    return answer({data: await needsDatabase(withdrawConsent(sql, id, {tenant, requestId}))});
  },
  'GET lineage/export': async (parts, {request}, id) => {
    const tenant = requireTenant(parts.folder, request);
    return answer(await needsDatabase(lineageOf(parts.sql, id, tenant, signingKey(parts))));
  },
  'GET proof': async (parts, {request, url}, id) => {
    const tenant = requireTenant(parts.folder, request);
    const {asserted_at = new Date().toISOString()} = parsed(moment, Object.fromEntries(url.searchParams));
    const key = signingKey(parts);
    return answer(proofAt(await needsDatabase(lineageOf(parts.sql, id, tenant, key)), asserted_at, key));
  },
};

/** The route of a path inside one consent, such as `/consents/ID/proof`. */
export function consentRoute(method: string, pathname: string): Route | undefined {
  const [, id, rest] = /^\/consents\/([\w-]{1,64})\/([a-z/]+)$/.exec(pathname) ?? [];
  const route = consentRoutes[`${method} ${rest ?? ''}`];
  return route === undefined || id === undefined ? undefined : (parts, call) => route(parts, call, id);
}
