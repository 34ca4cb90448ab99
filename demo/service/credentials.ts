// Who may ask for evidence: the admin key and one token a tenant, each in a file of its own (0600), never printed.
import {randomBytes, timingSafeEqual} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import {join} from 'node:path';
import {type Folder, writeWhole} from '../shared/folder.ts';
import {Denial, HttpFailure} from '../shared/http.ts';

const tenants = ['harbor', 'lagoon'] as const;
export type Tenant = (typeof tenants)[number];

const tokenFile = (folder: Folder, tenant: Tenant): string =>
  join(folder.tenantTokens, `tenant-${tenant}.token`);

/** Makes what is missing. */
export function ensureCredentials(folder: Folder): void {
  const files = [folder.adminKey, ...tenants.map(tenant => tokenFile(folder, tenant))];
  for (const file of files) if (!existsSync(file)) writeWhole(file, `${randomBytes(24).toString('hex')}\n`);
}

function isSame(given: string, file: string): boolean {
  let wanted: Buffer;
  try {
    wanted = Buffer.from(readFileSync(file, 'utf8').trim());
  } catch {
    throw new HttpFailure(503, 'CREDENTIALS_UNAVAILABLE', 'The service cannot read its own credentials.');
  }
  const said = Buffer.from(given);
  return wanted.length > 0 && said.length === wanted.length && timingSafeEqual(said, wanted);
}

/** Throws a denial unless `X-Admin-Api-Key` is the admin key. */
export function requireAdmin(folder: Folder, request: IncomingMessage): void {
  const given = request.headers['x-admin-api-key'];
  if (typeof given !== 'string' || given === '')
    throw new Denial(401, 'AUTH_MISSING', 'X-Admin-Api-Key is missing.');
  if (!isSame(given, folder.adminKey))
    throw new Denial(403, 'AUTH_INVALID', 'X-Admin-Api-Key is not the admin key.');
}

/** The tenant whose bearer token was sent; throws a denial when there is none. */
export function requireTenant(folder: Folder, request: IncomingMessage): Tenant {
  const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) throw new Denial(401, 'AUTH_MISSING', 'A bearer token is missing.');
  const tenant = tenants.find(name => isSame(token, tokenFile(folder, name)));
  if (tenant === undefined) throw new Denial(401, 'AUTH_INVALID', 'The bearer token belongs to no tenant.');
  return tenant;
}
