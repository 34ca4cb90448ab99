// A webhook's secret after its rotation: signed with the new one it is taken, with the old one or not at all it is not.
import {createHmac} from 'node:crypto';
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import {secretReference} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {answered, exchange, statusRange} from './exchange.ts';
import type {Assertion} from './expect.ts';
import {httpStatus, httpUrl, requestHeaders} from './fields.ts';
import {resolveSecret} from './secrets.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');
const statuses = z.array(httpStatus).min(1);
const headerName = z.string().regex(/^[0-9A-Za-z-]+$/, 'not the name of a header');

export const webhookFields = z.strictObject({
  url: httpUrl.describe('The receiver.'),
  headers: requestHeaders.default({}),
  body: z
    .string()
    .default('{"type":"quarterdeck.rotation-check"}')
    .describe('What is delivered; something harmless.'),
  newSecret: reference.describe('The secret in force: `env:NAME` or `file:/path`.'),
  oldSecret: reference.optional().describe('The one before, which must not be taken any more.'),
  algorithm: z.enum(['sha256', 'sha384', 'sha512']).default('sha256').describe('Of the HMAC.'),
  signed: z
    .string()
    .includes('{body}')
    .default('{timestamp}.{body}')
    .describe('What is signed; `{timestamp}` is in seconds.'),
  signatureHeader: headerName.default('X-Webhook-Signature').describe('Where the signature goes.'),
  signature: z
    .string()
    .includes('{hex}')
    .default('{hex}')
    .describe('How it is written, such as `sha256={hex}`.'),
  timestampHeader: headerName.default('X-Webhook-Timestamp').describe('Where the time goes.'),
  accepted: statuses.optional().describe('Statuses of a delivery that is taken; else any 2xx.'),
  refused: statuses.optional().describe('Statuses of one that is not; else any 4xx.'),
});
export type WebhookFields = z.infer<typeof webhookFields>;

export interface Delivered {
  readonly assertions: readonly Assertion[];
  readonly ended: Look | undefined;
  readonly secrets: readonly SecretValue[];
}

export async function drillWebhook(given: WebhookFields, context: CheckContext): Promise<Delivered> {
  const assertions: Assertion[] = [];
  const secrets: SecretValue[] = [];
  const values: {readonly name: string; readonly secret: string | undefined; readonly isTaken: boolean}[] =
    [];
  for (const [name, text, isTaken] of [
    ['new signature', given.newSecret, true],
    ['old signature', given.oldSecret, false],
  ] as const) {
    if (text === undefined) continue;
    const resolved = await resolveSecret(name, text, context);
    if (!resolved.ok) return {assertions: [], ended: resolved.look, secrets};
    secrets.push(...resolved.secrets);
    values.push({name, secret: resolved.value, isTaken});
  }
  const [fresh, old] = values;
  if (fresh?.secret === old?.secret && old !== undefined) {
    const message = 'the new secret is the old one: nothing was rotated';
    return {assertions, ended: {verdict: 'fail', kind: 'assertion', checked: 1, message}, secrets};
  }
  const nowMs = context.clock.nowMs();
  for (const {name, secret, isTaken} of [
    ...values,
    {name: 'no signature', secret: undefined, isTaken: false},
  ]) {
    const answer = await exchange(deliveryOf(given, secret, nowMs), {secrets}, context);
    if (!answer.ok)
      return {assertions, ended: {...answer.look, message: `${name}: ${answer.look.message}`}, secrets};
    const list = isTaken
      ? (given.accepted ?? statusRange(200, 299))
      : (given.refused ?? statusRange(400, 499));
    const made = answered(name, answer, {expected: {}, statuses: list, nowMs});
    assertions.push(...made);
    // A receiver that takes nothing shows nothing by refusing.
    if (isTaken && made.some(({ok}) => ok !== true)) break;
  }
  return {assertions, ended: undefined, secrets};
}

function deliveryOf(given: WebhookFields, secret: string | undefined, nowMs: number) {
  const {url, body} = given;
  const timestamp = String(Math.floor(nowMs / 1000));
  const headers = {'Content-Type': 'application/json', ...given.headers, [given.timestampHeader]: timestamp};
  if (secret === undefined) return {url, method: 'POST', headers, body};
  const text = given.signed.replace('{timestamp}', () => timestamp).replace('{body}', () => body);
  const hex = createHmac(given.algorithm, secret).update(text).digest('hex');
  const signature = given.signature.replace('{hex}', hex);
  return {url, method: 'POST', headers: {...headers, [given.signatureHeader]: signature}, body};
}
