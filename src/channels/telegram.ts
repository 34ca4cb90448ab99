import {z} from 'zod';
import {defineChannel} from '../define-channel.ts';
import {textOf} from '../domain/notice.ts';
import {baseAddress, isReference, originOf, secret, segmentOf, under} from './parts/fields.ts';
import {numberAt, postJson, textAt} from './parts/http.ts';

/** Longest text of a message (Bot API, sendMessage). */
const mostCharacters = 4096;

export const telegram = defineChannel({
  type: 'telegram',
  summary: 'A message to a chat of Telegram, by a bot',
  example: `type: telegram
token: env:TELEGRAM_BOT_TOKEN
chat: env:TELEGRAM_CHAT_ID`,
  params: z.strictObject({
    token: secret.describe('The token of the bot: where it is kept.'),
    chat: z
      .string()
      .regex(/^(?:env:\w+|-?\d{1,20}|@\w{1,64})$/, 'expected the number of a chat, in quotes, or @name')
      .describe('The number of the chat, in quotes, `@name` of a channel, or `env:NAME`.'),
    base: baseAddress.default('https://api.telegram.org').describe('Where the Bot API is.'),
  }),
  fields: {token: 'secret', chat: 'setting', base: 'setting'},
  target: ({chat, base}) => `chat ${chat} at ${isReference(base) ? base : originOf(base)}`,
  send: async ({token, chat, base}, notice, context) =>
    postJson(
      {
        // The token is a part of the path; nothing that is said repeats it.
        url: under(base, `/bot${segmentOf(token)}/sendMessage`),
        // Without a parse mode nothing in a text is read as markup.
        body: JSON.stringify({
          chat_id: chat,
          text: textOf(notice, mostCharacters),
          disable_web_page_preview: true,
        }),
        words: body => textAt(body, 'description'),
        retryAfterMs: body => {
          const seconds = numberAt(body, 'parameters', 'retry_after');
          return seconds === undefined ? undefined : seconds * 1000;
        },
        // Of its 400s most are about the chat and not about the text.
        isAboutNotice: (status, body) =>
          status === 400 && /message (?:text is empty|is too long)/i.test(body),
      },
      context,
    ),
});
