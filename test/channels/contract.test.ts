import {describe, expect, test} from 'vitest';
import {parse} from 'yaml';
import {z} from 'zod';
import {checks} from '../../checks/index.ts';
import type {Bell} from '../../src/alert-ports.ts';
import {channels} from '../../src/channels/index.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite} from '../../src/site/resolve.ts';
import {textOf} from '../../src/domain/notice.ts';
import {smallSite} from '../helpers/site.ts';
import {smtpServer} from '../helpers/smtp-server.ts';
import {alertOf, closedPort, noticeOf, receiver, resolved, sendBy} from './sending.ts';

const record = z.record(z.string(), z.unknown());

interface Staged {
  /** Fields of the example that stand for something on this machine. */
  readonly params: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly bell?: Bell;
  /** How often something arrived. */
  readonly arrived: () => number;
}

/** What is wrong with a site file, each with its place. */
const problemsOf = (text: string): string[] => {
  const answer = resolveSite(parseSite(new TextEncoder().encode(text)), {
    checks,
    channels,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });
  return answer.ok ? [] : answer.problems.map(({line, column, message}) => `${line}:${column}: ${message}`);
};

/** What makes the example of each type lead somewhere; one line for each. */
const stages: Readonly<Record<string, () => Promise<Staged>>> = {
  telegram: async () => {
    const {origin, seen} = await receiver();
    const env = {TELEGRAM_BOT_TOKEN: 'token-of-the-test', TELEGRAM_CHAT_ID: '-100'};
    return {params: {base: origin}, env, arrived: () => seen.length};
  },
  slack: async () => {
    const {origin, seen} = await receiver();
    return {params: {}, env: {SLACK_WEBHOOK_URL: `${origin}/services/x`}, arrived: () => seen.length};
  },
  email: async () => {
    const {port, mails} = await smtpServer({login: {user: 'quarterdeck', password: 'password-of-the-test'}});
    const params = {host: '127.0.0.1', port, tls: 'none'};
    return {params, env: {SMTP_PASSWORD: 'password-of-the-test'}, arrived: () => mails.length};
  },
  pagerduty: async () => {
    const {origin, seen} = await receiver();
    return {
      params: {base: origin},
      env: {PAGERDUTY_ROUTING_KEY: 'key-of-the-test'},
      arrived: () => seen.length,
    };
  },
  webhook: async () => {
    const {origin, seen} = await receiver();
    return {params: {url: origin}, env: {HOOK_SECRET: 'secret-of-the-test'}, arrived: () => seen.length};
  },
  alertmanager: async () => {
    const {origin, seen} = await receiver();
    return {params: {base: origin}, arrived: () => seen.length};
  },
  command: async () => {
    const {origin, seen} = await receiver();
    const script = `process.stdin.resume(); fetch(${JSON.stringify(origin)}).then(() => process.exit(0))`;
    return {params: {argv: [process.execPath, '-e', script]}, arrived: () => seen.length};
  },
  bell: async () => {
    const rung: string[] = [];
    const bell = {ring: ({text}: {readonly text: string}) => rung.push(text) > 0};
    return Promise.resolve({params: {}, bell, arrived: () => rung.length});
  },
};

const canary = 'Zq7CANARYx9Kw2Lm';
const token = (): string => canary;

interface Repeating {
  /** What each secret field leads to, for a receiver there. */
  readonly secrets: Readonly<Record<string, (origin: string) => string>>;
  readonly params: (origin: string, smtpPort: number) => Readonly<Record<string, unknown>>;
}

/** Receivers that say in their refusal what they were told in secret; one line for each type that has a secret. */
const repeating: Readonly<Record<string, Repeating>> = {
  telegram: {secrets: {token}, params: base => ({base, chat: '-1'})},
  slack: {secrets: {url: origin => `${origin}/services/${canary}`}, params: () => ({})},
  email: {
    secrets: {password: token},
    params: (_, port) => ({host: '127.0.0.1', port, tls: 'none', user: 'u'}),
  },
  pagerduty: {secrets: {routingKey: token}, params: base => ({base})},
  webhook: {
    secrets: {url: origin => `${origin}/in/${canary}`, secret: token, bearer: token},
    params: url => ({url, secret: undefined}),
  },
  alertmanager: {
    secrets: {base: origin => `${origin}/${canary}`, bearer: token, basic: token},
    params: base => ({base}),
  },
};

const given = ({env, bell}: Partial<Staged> = {}) => ({
  ...(env === undefined ? {} : {env}),
  ...(bell === undefined ? {} : {bell}),
});

test('every type is in the list once, and has a stage', () => {
  expect(new Set(channels.map(({type}) => type)).size).toBe(channels.length);
  expect(Object.keys(stages).sort()).toEqual(channels.map(({type}) => type).sort());
});

describe.each(channels.map(channel => ({type: channel.type, channel})))('$type', ({type, channel}) => {
  const {type: written, ...example} = record.parse(parse(channel.example));

  test('says what it is, and what each field is', () => {
    expect(written).toBe(type);
    expect(channel.summary.length).toBeGreaterThan(10);
    const {properties} = z
      .object({properties: z.record(z.string(), z.object({description: z.string().min(5)}))})
      .parse(z.toJSONSchema(channel.params, {io: 'input', unrepresentable: 'any'}));
    for (const field of Object.keys(channel.fields)) expect(properties).toHaveProperty(field);
  });

  test('its example is read, with references as they are written, and leads where it says', () => {
    expect(channel.params.safeParse(example).error).toBeUndefined();
    expect(channel.target(example).length).toBeGreaterThan(2);
  });

  test('refuses an unknown key and what is no object', () => {
    const parsed = channel.params.safeParse({...example, surprise: 1});
    expect(parsed.error?.issues.map(({code}) => code)).toContain('unrecognized_keys');
    for (const wrong of [undefined, null, 1, 'text', [], ...(Object.keys(example).length === 0 ? [] : [{}])])
      expect(channel.params.safeParse(wrong).success).toBe(false);
  });

  test('a wrong field is refused with its place in the site file', () => {
    const indented = channel.example.replaceAll('\n', '\n      ');
    const read = problemsOf(
      `${smallSite}alerts:\n  channels:\n    mine:\n      ${indented}\n      surprise: 1\n`,
    );
    const line = smallSite.split('\n').length + 3 + channel.example.split('\n').length;
    expect(read).toEqual([
      expect.stringMatching(`^${line}:7: \`alerts.channels.mine\`: \`surprise\` is not known here`),
    ]);
  });

  test('what its receiver repeats of a secret is masked', async () => {
    const secrets = Object.entries(channel.fields).filter(([, form]) => form !== 'setting');
    const names = secrets.map(([field]) => field);
    expect(names).toEqual(Object.keys(repeating[type]?.secrets ?? {}));
    for (const [field, kept] of Object.entries(repeating[type]?.secrets ?? {})) {
      const {origin} = await receiver((_, response) => {
        const said = `you said ${canary} and ${kept(origin)}`;
        response.writeHead(400).end(JSON.stringify({description: said, message: said, error: said}));
      });
      const smtp = await smtpServer({
        login: {user: 'u', password: 'another'},
        says: command => (command.startsWith('AUTH') ? `535 ${canary}` : undefined),
      });
      const params = {...example, ...repeating[type]?.params(origin, smtp.port), [field]: 'env:CANARY'};
      const sent = await sendBy(type, params, {env: {CANARY: kept(origin)}});
      expect(sent.at).toBe('failed');
      expect(sent.message).not.toContain(canary);
    }
  });

  test('its example tells of a beginning, an end and a test', async () => {
    const staged = await stages[type]?.();
    const params = {...example, ...staged?.params};
    const notices = [noticeOf(), noticeOf([resolved()]), noticeOf([], {about: 'test', id: 'test-1'})];
    for (const [i, notice] of notices.entries()) {
      const sent = await sendBy(type, params, {
        notice,
        ...given(staged),
      });
      expect(sent).toMatchObject({at: 'sent'});
      expect(staged?.arrived()).toBe(i + 1);
    }
  });

  test('tells nobody when it was told to stop before, and does not say that it did', async () => {
    const staged = await stages[type]?.();
    const sent = await sendBy(
      type,
      {...example, ...staged?.params},
      {
        signal: AbortSignal.abort(new Error('over')),
        ...given(staged),
      },
    );
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(staged?.arrived()).toBe(0);
  });

  test('where a reference leads nowhere it says which, and tells nobody', async () => {
    if (Object.keys(channel.fields).length === 0) return;
    const staged = await stages[type]?.();
    const references = Object.values(example).some(one => typeof one === 'string' && one.startsWith('env:'));
    if (!references) return;
    const sent = await sendBy(type, {...example, ...staged?.params});
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(sent.message).toMatch(/not set/);
    expect(staged?.arrived()).toBe(0);
  });
});

test('a connection that is refused is said to be, by every type that connects', async () => {
  const base = `http://127.0.0.1:${await closedPort()}`;
  const env = {T: 'token-of-the-test', U: base};
  const all = await Promise.all([
    sendBy('telegram', {token: 'env:T', chat: '-1', base}, {env}),
    sendBy('slack', {url: 'env:U'}, {env}),
    sendBy('pagerduty', {routingKey: 'env:T', base}, {env}),
    sendBy('alertmanager', {base}, {env}),
  ]);
  for (const sent of all) {
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(sent.message).toContain('ECONNREFUSED');
  }
});

test('a text never grows over what its receiver takes, and says what was left out', () => {
  const many = noticeOf(Array.from({length: 300}, (_, i) => alertOf({alert: `a${i}`, check: `c${i}`})));
  for (const most of [10, 100, 1000, 4096, 100_000])
    expect(textOf(many, most).length).toBeLessThanOrEqual(most);
  expect(textOf(many, 4096)).toMatch(/… and \d+ more lines$/);
  expect(textOf(noticeOf(), 4096)).not.toContain('…');
});

test('escape sequences of a service never reach a receiver', async () => {
  const {origin, seen} = await receiver();
  const hostile = alertOf({message: 'a\u001b[31mred\u202eevil\u0000', title: 'x\u001b]8;;http://evil\u0007'});
  for (const params of [
    {type: 'webhook', params: {url: origin}},
    {type: 'alertmanager', params: {base: origin}},
  ])
    await sendBy(params.type, params.params, {notice: noticeOf([hostile])});
  const text = (seen[0]?.json() as {text: string}).text;
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  const [alert] = seen[1]?.json() as [{annotations: Record<string, string>}];
  expect(Object.values(alert.annotations).join()).not.toMatch(/[\u0000-\u001f\u202e]/);
});
