// What a check shows and trusts when it speaks TLS: the fields of the site file, and what they lead to.
import {X509Certificate, createPrivateKey} from 'node:crypto';
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {TlsMeans} from '../../src/look/net.ts';
import {readCertificate} from './certificate.ts';
import {couldNot, resolveReferences, type Found} from './reference.ts';

const certificateReference = z
  .string()
  .regex(/^(?:env:[A-Za-z_]\w*|file:(?:\/|~\/).+)$/, 'expected env:NAME or file:/path');

export const tlsShape = {
  caFile: z
    .string()
    .min(1)
    .optional()
    .describe('PEM file with the certificates to trust, and no others; absolute, or in the site folder.'),
  servername: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,253}$/, 'expected a host name')
    .optional()
    .describe('Name to ask for, and that the certificate must be for; else the host.'),
  clientCert: certificateReference
    .optional()
    .describe('PEM certificate (chain) to show: `file:/path` or `env:NAME`.'),
  clientKey: certificateReference
    .optional()
    .describe('Its private key, PEM: `file:/path` (mode 0600) or `env:NAME`.'),
};

export interface TlsGiven {
  readonly caFile?: string | undefined;
  readonly servername?: string | undefined;
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
}

export const bothOrNone = ({clientCert, clientKey}: TlsGiven): boolean =>
  (clientCert === undefined) === (clientKey === undefined);
export const bothOrNoneMessage = 'clientCert and clientKey belong together';

/** Fields of `tls:` of checks that ask over HTTP. */
export const httpTls = z
  .strictObject({
    ...tlsShape,
    insecure: z
      .boolean()
      .default(false)
      .describe('Believe whoever answers. Then the best that the check can be is a warning.'),
  })
  .refine(bothOrNone, bothOrNoneMessage)
  .describe('How TLS is spoken; without it as usual: public certificates, the name of the host.');

export interface Meant {
  readonly means: TlsMeans;
  readonly secrets: readonly SecretValue[];
}

const maxCaBytes = 1024 * 1024;
const certificateText = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** PEM of all certificates in a file, which need not be secret. */
async function certificatesIn(
  what: string,
  file: string,
  {files, siteDir, env}: CheckContext,
): Promise<Found<string>> {
  const path = file.startsWith('/')
    ? file
    : file.startsWith('~/')
      ? `${env.get('HOME') ?? ''}${file.slice(1)}`
      : `${siteDir ?? '.'}/${file}`;
  const read = await files.read(path, maxCaBytes);
  if (read.at === 'failed') return couldNot('config', `${what}: ${path}: ${read.message}`);
  const found = new TextDecoder().decode(read.bytes).match(certificateText) ?? [];
  return found.length === 0
    ? couldNot('config', `${what}: there is no PEM certificate in ${path}`)
    : {ok: true, value: found.join('\n')};
}

/**
 * The roots among certificates: an intermediate that a file brings must not hide that the server leaves it out. All of
 * them where there is no root.
 */
export function rootsOf(pem: string): string {
  const all: readonly string[] = pem.match(certificateText) ?? [];
  const roots = all.filter(one => readCertificate(one)?.isRoot === true);
  return (roots.length === 0 ? all : roots).join('\n');
}

/** What stands in the client's own certificate and key, when they are two halves of one pair. */
function pairProblem(clientCert: string, clientKey: string): string | undefined {
  try {
    return new X509Certificate(clientCert).checkPrivateKey(createPrivateKey(clientKey))
      ? undefined
      : 'clientKey is not the key of clientCert';
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `clientCert or clientKey cannot be read: ${why}`;
  }
}

async function clientCertificate(text: string, context: CheckContext): Promise<Found<string>> {
  // A certificate is no secret: its file may be readable by all.
  if (text.startsWith('file:'))
    return context.trusted
      ? certificatesIn('clientCert', text.slice('file:'.length), context)
      : couldNot('permission', 'clientCert is not read for a site that is not trusted');
  const resolved = await resolveReferences({clientCert: text}, context);
  return resolved.ok ? {ok: true, value: resolved.values['clientCert'] ?? ''} : resolved;
}

/** PEM texts for the port, or the look that says why there are none. */
export async function tlsMeans(given: TlsGiven, context: CheckContext): Promise<Found<Meant>> {
  const {caFile, servername, clientCert, clientKey} = given;
  const ca = caFile === undefined ? undefined : await certificatesIn('caFile', caFile, context);
  if (ca?.ok === false) return ca;
  const means: TlsMeans = {
    ...(ca === undefined ? {} : {ca: ca.value}),
    ...(servername === undefined ? {} : {servername}),
  };
  if (clientCert === undefined || clientKey === undefined) return {ok: true, value: {means, secrets: []}};
  const cert = await clientCertificate(clientCert, context);
  if (!cert.ok) return cert;
  const key = await resolveReferences({clientKey}, context);
  if (!key.ok) return key;
  const keyText = key.values['clientKey'] ?? '';
  const problem = pairProblem(cert.value, keyText);
  if (problem !== undefined) return couldNot('config', problem);
  return {
    ok: true,
    value: {means: {...means, clientCert: cert.value, clientKey: keyText}, secrets: key.secrets},
  };
}
