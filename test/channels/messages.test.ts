// Telegram and Slack: texts for people, by services that take the same request as the real ones.
import {describe, expect, test} from 'vitest';
import {alertOf, noticeOf, receiver, resolved, sendBy} from './sending.ts';

const token = '123456:a-token-of-the-test';
const env = {TELEGRAM_BOT_TOKEN: token, TELEGRAM_CHAT_ID: '-100200300'};
const byTelegram = async (origin: string, more = {}) =>
  sendBy(
    'telegram',
    {token: 'env:TELEGRAM_BOT_TOKEN', chat: 'env:TELEGRAM_CHAT_ID', base: origin},
    {env, ...more},
  );

describe('telegram', () => {
  test('a message goes to the chat, as plain text', async () => {
    const bot = await receiver((_, response) => void response.end('{"ok":true}'));
    expect(await byTelegram(bot.origin)).toEqual({at: 'sent', message: 'HTTP 200'});
    const [seen] = bot.seen;
    expect(seen).toMatchObject({method: 'POST', path: `/bot${token}/sendMessage`});
    expect(seen?.json()).toEqual({
      chat_id: '-100200300',
      text: [
        '[sev2] FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z – acme (production)',
        '  status: expected 2xx, got <503> & more',
        '  runbooks: restart',
      ].join('\n'),
      disable_web_page_preview: true,
    });
  });

  test('a text that is too long for it is cut at a line, and the rest is counted', async () => {
    const bot = await receiver();
    const many = Array.from({length: 100}, (_, i) => alertOf({alert: `a${i}`, check: `c${i}`}));
    await byTelegram(bot.origin, {notice: noticeOf(many)});
    const {text} = bot.seen[0]?.json() as {text: string};
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(text).toMatch(/\n… and \d+ more lines$/);
  });

  test('it says what Telegram says, and never the token, even when that is sent back', async () => {
    const bot = await receiver((seen, response) => {
      response
        .writeHead(401)
        .end(JSON.stringify({ok: false, description: `Unauthorized: ${seen.path} ${token}`}));
    });
    const sent = await byTelegram(bot.origin);
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(sent.message).toMatch(/^HTTP 401: Unauthorized: /);
    expect(sent.message).not.toContain('a-token-of-the-test');
  });

  test('when it is too much it waits as long as Telegram asks for', async () => {
    const bot = await receiver((_, response) => {
      response
        .writeHead(429)
        .end('{"ok":false,"description":"Too Many Requests","parameters":{"retry_after":31}}');
    });
    expect(await byTelegram(bot.origin)).toMatchObject({
      message: 'HTTP 429: Too Many Requests',
      retryAfterMs: 31_000,
    });
  });

  test('a chat that is not found is about the channel, a text that is refused about the notice', async () => {
    const says = async (description: string) => {
      const bot = await receiver((_, response) => {
        response.writeHead(400).end(JSON.stringify({ok: false, description}));
      });
      return byTelegram(bot.origin);
    };
    expect(await says('Bad Request: chat not found')).toMatchObject({about: 'channel'});
    expect(await says('Bad Request: message is too long')).toMatchObject({about: 'notice'});
  });
});

describe('slack', () => {
  const bySlack = async (url: string, more = {}) =>
    sendBy('slack', {url: 'env:HOOK'}, {env: {HOOK: url}, ...more});

  test('a message is text in which nothing is a mention or a link', async () => {
    const hook = await receiver();
    const notice = noticeOf([
      alertOf({message: '<!channel> & <https://evil.example|click>'}),
      resolved({check: 'x'}),
    ]);
    expect(await bySlack(`${hook.origin}/services/T1/B1/xyz`, {notice})).toEqual({
      at: 'sent',
      message: 'HTTP 200',
    });
    const {text} = hook.seen[0]?.json() as {text: string};
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt;');
    expect(text).not.toMatch(/[<>]/);
    expect(hook.seen[0]?.path).toBe('/services/T1/B1/xyz');
  });

  test('it says what Slack says, and never the address, nor its path, even when that is sent back', async () => {
    const path = '/services/T0CANARY/B0CANARY/ZCANARYZ';
    const hook = await receiver((_, response) => void response.writeHead(404).end('no_service'));
    expect(await bySlack(hook.origin + path)).toEqual({
      at: 'failed',
      about: 'channel',
      message: 'HTTP 404: no_service',
    });
    const echo = await receiver((seen, response) => void response.writeHead(500).end(seen.path));
    expect(JSON.stringify(await bySlack(echo.origin + path))).not.toContain('CANARY');
  });

  test('a payload that it does not take is about the notice', async () => {
    const hook = await receiver((_, response) => void response.writeHead(400).end('invalid_payload'));
    expect(await bySlack(hook.origin)).toMatchObject({about: 'notice', message: 'HTTP 400: invalid_payload'});
  });
});
