import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {textOf} from '../domain/notice.ts';
import {address} from './parts/fields.ts';
import {postJson} from './parts/http.ts';

/** Longer texts are cut by Slack, in the middle. */
const mostCharacters = 3500;

/** The three characters that mean something in a text (Slack, "Formatting text for app surfaces"). */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const slack = defineChannel({
  type: 'slack',
  summary: 'A message by an incoming webhook of Slack, or of something that takes the same',
  example: `type: slack
url: env:SLACK_WEBHOOK_URL`,
  params: z.strictObject({
    url: address.describe('Where the address of the webhook is kept: whoever knows it may write there.'),
  }),
  fields: {url: 'secret'},
  target: ({url}) => url,
  send: async ({url}, notice, context) =>
    postJson(
      {
        url,
        body: JSON.stringify({text: escaped(textOf(notice, mostCharacters)), unfurl_links: false}),
        // One word, such as invalid_payload or no_service; a page of somebody else's is not quoted.
        words: body => (/^[a-z_]{2,60}$/.test(body) && body !== 'ok' ? body : undefined),
        isAboutNotice: (status, body) =>
          status === 400 && /^(?:invalid_payload|no_text|too_many_attachments)$/.test(body),
      },
      context,
    ),
});
