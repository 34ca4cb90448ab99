import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Kind, Look, Part} from '../src/domain/verdict.ts';
import {askShape} from './parts/ask.ts';
import {spiffe} from './parts/certificate.ts';
import {excerpt} from './parts/expect.ts';
import {httpStatus} from './parts/fields.ts';
import {denials, tryVariant, type Outcome, type Trial} from './parts/mutual-tls.ts';
import {resolveReferences} from './parts/reference.ts';
import {leftMs, retries, withRetries} from './parts/retries.ts';
import {cleaner, withoutSecrets} from './parts/secrets.ts';
import {bothOrNone, bothOrNoneMessage, tlsMeans, tlsShape} from './parts/tls-fields.ts';

const {clientCert, clientKey, caFile, servername} = tlsShape;

const variant = z
  .strictObject({
    name: z.string().min(1).max(60).describe('What this client is called.'),
    clientCert,
    clientKey,
    plain: z.boolean().default(false).describe('Without TLS at all, as one who goes around it.'),
    expect: z.enum(['allowed', 'denied']).describe('Whether it must get an answer, or must be refused.'),
  })
  .refine(bothOrNone, bothOrNoneMessage)
  .refine(
    ({plain, clientCert: cert, expect}) => !plain || (cert === undefined && expect === 'denied'),
    'without TLS there is no certificate, and nothing to be allowed',
  );

const params = z
  .strictObject({
    url: askShape.url.refine(url => /^https:/i.test(url), 'expected an address of https:'),
    headers: askShape.headers,
    caFile,
    servername,
    hostname: z
      .boolean()
      .optional()
      .describe('Whether the server’s certificate must be for the name; true unless `spiffe` is given.'),
    spiffe: spiffe.optional(),
    variants: z
      .array(variant)
      .min(2)
      .describe(
        'Clients with and without certificates; at least one that is allowed and one that is denied.',
      ),
    versions: z
      .array(z.enum(['TLSv1.2', 'TLSv1.3']))
      .min(1)
      .optional()
      .describe('Every client is tried with each of these versions; else with what the server prefers.'),
    deniedAs: z
      .array(z.enum(denials))
      .min(1)
      .default(['tlsAlert', 'reset', 'http403'])
      .describe('How a refusal may look; nginx answers 400.'),
    allowedStatus: z
      .array(httpStatus)
      .min(1)
      .optional()
      .describe('The HTTP status that a client gets who is allowed; else any below 400.'),
    retries,
  })
  .superRefine(({variants}, context) => {
    for (const expect of ['allowed', 'denied'] as const)
      if (!variants.some(one => one.expect === expect))
        context.addIssue({
          code: 'custom',
          path: ['variants'],
          message: `no variant is ${expect}: without one that is allowed nobody knows why another is refused, and without one that is denied nothing is proved`,
        });
    if (new Set(variants.map(({name}) => name)).size < variants.length)
      context.addIssue({code: 'custom', path: ['variants'], message: 'two variants have the same name'});
  });
type Params = z.infer<typeof params>;
type Variant = Params['variants'][number];

interface Judged {
  readonly part: Part;
  readonly kind: Kind;
  readonly address: string | undefined;
}

const told = (outcome: Outcome): string => {
  switch (outcome.at) {
    case 'accepted':
      return `accepted (HTTP ${outcome.status})`;
    case 'denied':
      return `refused (${outcome.how})`;
    case 'other':
      return outcome.message;
  }
};

/** What became of one client, against what the site expects. */
function judgedBy({name, expect}: Pick<Variant, 'name' | 'expect'>, outcome: Outcome): Judged {
  const actual = told(outcome);
  const isRight = expect === 'allowed' ? outcome.at === 'accepted' : outcome.at === 'denied';
  const address = outcome.at === 'other' ? undefined : outcome.address;
  const common = {name, expected: expect, actual};
  if (isRight) return {part: {...common, verdict: 'pass', message: actual}, kind: 'assertion', address};
  const kind = outcome.at === 'other' ? outcome.kind : 'assertion';
  const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
  const message = `expected ${expect}, got ${actual}`;
  return {part: {...common, verdict: isOurs ? 'unknown' : 'fail', message}, kind, address};
}

/** Clients that must be allowed first: only when one was is a refusal of another worth anything. */
async function round(given: Params, trial: Omit<Trial, 'client'>, clients: ReadonlyMap<string, Client>) {
  const {version} = trial;
  const titled = (name: string): string => (version === undefined ? name : `${name}, ${version}`);
  const judged: Judged[] = [];
  let address: string | undefined;
  for (const one of given.variants.filter(({expect}) => expect === 'allowed')) {
    const outcome = await tryVariant({...trial, client: clientOf(clients, one), address});
    judged.push(judgedBy({...one, name: titled(one.name)}, outcome));
    address ??= outcome.at === 'accepted' ? outcome.address : undefined;
  }
  const controlled = judged.some(({part}) => part.verdict === 'pass');
  for (const one of given.variants.filter(({expect}) => expect === 'denied')) {
    if (controlled) {
      const outcome = await tryVariant({...trial, client: clientOf(clients, one), address});
      judged.push(judgedBy({...one, name: titled(one.name)}, outcome));
    } else {
      const message = 'not tried: nobody was allowed, so a refusal would prove nothing';
      judged.push({
        part: {name: titled(one.name), verdict: 'unknown', message, expected: 'denied', actual: 'nothing'},
        kind: 'noData',
        address: undefined,
      });
    }
  }
  return judged;
}

type Client = Trial['client'];

const clientOf = (clients: ReadonlyMap<string, Client>, {name, plain}: Variant): Client =>
  clients.get(name) ?? {plain};

/** Whichever part is worst says what kind of evidence this is. */
function lookOf(judged: readonly Judged[]): Look {
  const parts = judged.map(({part}) => part);
  const verdict = rollUp(parts.map(part => part.verdict));
  const worst = judged.filter(({part}) => part.verdict === verdict);
  const tried = parts.filter(part => part.actual !== 'nothing');
  const bad = parts.filter(part => part.verdict !== 'pass');
  return {
    verdict,
    kind: worst[0]?.kind ?? 'noData',
    checked: verdict === 'unknown' ? 0 : tried.length,
    message: (bad.length === 0 ? parts : bad).map(part => `${part.name}: ${part.message}`).join('; '),
    ...(bad.length === 0
      ? {}
      : {
          expected: bad.map(part => `${part.name} ${part.expected ?? ''}`).join(', '),
          actual: bad.map(part => `${part.name} ${part.actual ?? ''}`).join(', '),
        }),
    parts: parts.map(part => ({...part, message: excerpt(part.message)})),
  };
}

async function look(given: Params, context: CheckContext, timeoutMs: number): Promise<Look> {
  const began = context.clock.monoMs();
  const headers = await resolveReferences(given.headers, context);
  if (!headers.ok) return headers.look;
  const secrets = [...headers.secrets];
  const clients = new Map<string, Client>();
  for (const one of given.variants) {
    const meant = await tlsMeans({...one, caFile: given.caFile, servername: given.servername}, context);
    if (!meant.ok) return {...meant.look, message: `${one.name}: ${meant.look.message}`};
    clients.set(one.name, {...meant.value.means, plain: one.plain});
    secrets.push(...meant.value.secrets);
  }
  const judged: Judged[] = [];
  for (const version of given.versions ?? [undefined]) {
    const trial = {
      given,
      headers: headers.values,
      version,
      context,
      clean: cleaner(secrets),
      limitMs: () => leftMs({...context, timeoutMs}, began),
    };
    judged.push(...(await round(given, trial, clients)));
  }
  return withoutSecrets(lookOf(judged), secrets);
}

export const mtls = defineCheck({
  type: 'mtls',
  summary:
    'Clients with the right certificate get an answer, and all others are refused, told from data that came back',
  example: `type: mtls
url: https://localhost:8443/health
caFile: ca.pem
variants:
  - {name: valid, clientCert: file:/etc/qd/client.pem, clientKey: file:/etc/qd/client.key, expect: allowed}
  - {name: none, expect: denied}
versions: [TLSv1.2, TLSv1.3]`,
  needsTrust: false,
  everyMs: 3_600_000,
  timeoutMs: 20_000,
  params,
  run: async (given, context) =>
    withRetries(given.retries, context, async timeoutMs => look(given, context, timeoutMs)),
});
