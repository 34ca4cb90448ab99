import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import {drillTokens, tokenFields} from './parts/token-drill.ts';
import {drillWebhook, webhookFields} from './parts/webhook-drill.ts';
import {withoutSecrets} from './parts/secrets.ts';
import {endedEarly, judgeInParts} from './parts/table.ts';

const params = z
  .strictObject({
    tokens: tokenFields
      .optional()
      .describe('Tokens of one account: a newer one ends the older. Or `webhook`.'),
    webhook: webhookFields.optional().describe('The secret that deliveries are signed with.'),
  })
  .refine(({tokens, webhook}) => (tokens === undefined) !== (webhook === undefined), {
    message: 'say what is rotated: tokens or webhook',
  });

export const tokenRotation = defineCheck({
  type: 'tokenRotation',
  summary: 'A new token or secret is taken, and the one before it is not',
  example: `type: tokenRotation
allowMutating: true
tokens:
  issue: {http: {url: http://127.0.0.1:8080/api/tokens?user=ops-drill-user}, token: $.token}
  revoke: {http: {url: "http://127.0.0.1:8080/api/tokens/{token}"}}
  call: {url: http://127.0.0.1:8080/api/system/status, headers: {Authorization: "Bearer {token}"}}
  expectOld: {status: 401, json: {$.message: Token revoked or not found}}
  expectNew: {status: 200, json: {$.message: System status}}`,
  needsTrust: true,
  mutates: 'canary',
  everyMs: 86_400_000,
  timeoutMs: 30_000,
  params,
  run: async ({tokens, webhook}, context) => {
    const stopped: Look = {
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: 'stopped before it began',
    };
    if (context.signal.aborted || (tokens === undefined && webhook === undefined)) return stopped;
    const drilled =
      tokens !== undefined
        ? await drillTokens(tokens, context)
        : webhook !== undefined
          ? await drillWebhook(webhook, context)
          : undefined;
    if (drilled === undefined) return stopped;
    const {assertions, ended, secrets} = drilled;
    const summary =
      tokens === undefined ? 'only the new secret is taken' : 'the newer token ends the older; both are gone';
    const look = judgeInParts(assertions, summary);
    return withoutSecrets(ended === undefined ? look : endedEarly(look, ended), secrets);
  },
});
