import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import type {SecretValue} from '../src/domain/secret.ts';
import {secretReference} from '../src/domain/secret.ts';
import {asInsecure} from './parts/ask.ts';
import {httpUrl} from './parts/fields.ts';
import {lockModes, lockOps} from './parts/lock-canary.ts';
import {drillLock} from './parts/lock-drill.ts';
import type {Found} from './parts/reference.ts';
import type {Store} from './parts/s3.ts';
import {resolveSecret, withoutSecrets} from './parts/secrets.ts';
import {endedEarly, judgeInParts} from './parts/table.ts';
import {httpTls, tlsMeans} from './parts/tls-fields.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');

const params = z
  .strictObject({
    endpoint: httpUrl
      .refine(text => {
        const url = URL.canParse(text) ? new URL(text) : undefined;
        return url?.pathname === '/' && url.search === '' && url.hash === '';
      }, 'expected the address of the store without a path, such as https://s3.eu-central-1.amazonaws.com')
      .describe('The store, without a bucket.'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, 'expected a region such as eu-central-1')
      .default('us-east-1')
      .describe('What requests are signed for.'),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'expected the name of a bucket')
      .describe('The bucket that must be locked.'),
    style: z
      .enum(['path', 'virtualHost'])
      .default('path')
      .describe('Where the name of the bucket goes: into the path, or before the name of the host.'),
    key: z
      .string()
      .max(200)
      .regex(
        /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
        'expected a key such as canary/lock',
      )
      .default('quarterdeck/object-lock-canary')
      .describe(
        'The object of this check alone. It is put when it is not there or its lock ends; one that is not marked as its own is left alone.',
      ),
    mode: z
      .enum(lockModes)
      .describe('COMPLIANCE binds everybody; where GOVERNANCE is enough, COMPLIANCE is too.'),
    retentionDays: z
      .int()
      .min(1)
      .max(36_500)
      .describe('So long at least the bucket must lock new objects; and so long a canary is locked.'),
    ops: z
      .array(z.enum(lockOps))
      .min(1)
      .refine(list => new Set(list).size === list.length, 'each once')
      .default(['shortenRetention', 'deleteVersion'])
      .describe('What is tried on the canary, and must be denied.'),
    credentials: z
      .strictObject({
        accessKeyId: reference.describe('`env:NAME` or `file:/path`.'),
        secretAccessKey: reference.describe('`env:NAME` or `file:/path`.'),
        sessionToken: reference.optional().describe('`env:NAME` or `file:/path`, where they are temporary.'),
      })
      .describe(
        'Of an account that may delete versions and set retentions, so that only the lock can deny it.',
      ),
    tls: httpTls.optional(),
  })
  .refine(
    ({style, endpoint}) =>
      style === 'path' || !/^https?:\/\/(?:[\d.]+|\[[^\]]*\])(?::\d+)?\/?$/.test(endpoint),
    {
      path: ['style'],
      message: 'virtualHost needs an endpoint with a name',
    },
  );
type Given = z.infer<typeof params>;

/** The store with what its references lead to, or the look that says what is missing. */
async function storeOf(given: Given, context: CheckContext): Promise<Found<Store>> {
  const secrets: SecretValue[] = [];
  const values: Record<string, string> = {};
  for (const [name, text] of Object.entries(given.credentials)) {
    if (text === undefined) continue;
    const found = await resolveSecret(name, text, context);
    if (!found.ok) return found;
    values[name] = found.value;
    secrets.push(...found.secrets);
  }
  const tls = given.tls === undefined ? undefined : await tlsMeans(given.tls, context);
  if (tls?.ok === false) return tls;
  const {accessKeyId = '', secretAccessKey = '', sessionToken} = values;
  const {endpoint, region, bucket, style} = given;
  return {
    ok: true,
    value: {
      endpoint,
      region,
      bucket,
      style,
      credentials: {accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : {sessionToken})},
      secrets: [...secrets, ...(tls?.value.secrets ?? [])],
      tls: tls === undefined ? undefined : {...tls.value.means, insecure: given.tls?.insecure === true},
    },
  };
}

export const objectLock = defineCheck({
  type: 'objectLock',
  summary: 'A bucket locks its objects: an own canary can be neither deleted nor unlocked',
  example: `type: objectLock
allowMutating: true
endpoint: http://127.0.0.1:9000
region: eu-central-1
bucket: audit-records
key: quarterdeck/object-lock-canary
mode: COMPLIANCE
retentionDays: 30
ops: [shortenRetention, deleteVersion]
credentials: {accessKeyId: env:LOCK_KEY_ID, secretAccessKey: env:LOCK_KEY}`,
  needsTrust: true,
  mutates: 'canary',
  everyMs: 86_400_000,
  timeoutMs: 30_000,
  params,
  run: async (given, context) => {
    if (context.signal.aborted)
      return {verdict: 'unknown', kind: 'noData', checked: 0, message: 'stopped before it began'};
    const store = await storeOf(given, context);
    if (!store.ok) return store.look;
    const {assertions, ended, written} = await drillLock(store.value, given, context);
    const judged = judgeInParts(
      assertions,
      `locked for at least ${given.retentionDays} days; what is tried on the canary is denied`,
    );
    const look = ended === undefined ? judged : endedEarly(judged, ended);
    const told = written.length === 0 ? look : {...look, message: `${look.message} (${written.join('; ')})`};
    return withoutSecrets(given.tls?.insecure === true ? asInsecure(told) : told, store.value.secrets);
  },
});
