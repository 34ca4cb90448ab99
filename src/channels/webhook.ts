import {createHmac} from 'node:crypto';
import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {address, isReference, originOf, secret} from './parts/fields.ts';
import {postJson} from './parts/http.ts';
import {noticeJson, shortId} from './parts/json.ts';

export const webhook = defineChannel({
  type: 'webhook',
  summary: 'A POST of JSON (format 1), signed with a shared secret where one is given',
  example: `type: webhook
url: https://hooks.example/alerts
secret: env:HOOK_SECRET`,
  params: z.strictObject({
    url: address.describe('Where to: https:, or http: to this machine. Or where the whole address is kept.'),
    secret: secret.optional().describe('Signs `<unix seconds>.<body>` with HMAC-SHA-256.'),
    bearer: secret.optional().describe('A token for the header `authorization: Bearer`.'),
  }),
  fields: {url: 'either', secret: 'secret', bearer: 'secret'},
  target: ({url}) => (isReference(url) ? url : originOf(url)),
  send: async ({url, secret: key, bearer}, notice, context) => {
    const body = JSON.stringify(noticeJson(notice));
    const at = String(Math.floor(context.clock.nowMs() / 1000));
    const signature =
      key === undefined ? undefined : createHmac('sha256', key).update(`${at}.${body}`).digest('hex');
    return postJson(
      {
        url,
        body,
        headers: {
          'idempotency-key': shortId(notice),
          ...(bearer === undefined ? {} : {authorization: `Bearer ${bearer}`}),
          ...(signature === undefined
            ? {}
            : {'x-quarterdeck-timestamp': at, 'x-quarterdeck-signature': `v1=${signature}`}),
        },
      },
      context,
    );
  },
});
