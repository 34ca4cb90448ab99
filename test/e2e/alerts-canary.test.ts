// Tokens of channels that a receiver sends back: they appear in nothing that is kept or said.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {httpServer} from '../helpers/http-server.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {stage, startDaemon} from './alerting.ts';

const canary = 'Zq7CANARYx9Kw2Lm';
const forms = [
  canary,
  encodeURIComponent(`12:${canary}/+`),
  Buffer.from(canary).toString('hex'),
  // The middle of its base64, wherever it begins.
  ...[0, 1, 2].map(before =>
    Buffer.from('.'.repeat(before) + canary)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(before + 2, -2),
  ),
];

const everything = (dir: string): (readonly [string, string])[] =>
  readdirSync(dir, {withFileTypes: true, recursive: true})
    .filter(one => one.isFile())
    .map(one => path.join(one.parentPath, one.name))
    .map(file => [file, readFileSync(file, 'latin1')] as const);

test('a token, an address and a password that every receiver repeats are nowhere', async () => {
  let asked = 0;
  const {origin} = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      asked += 1;
      const all = `${request.url ?? ''} ${decodeURIComponent(request.url ?? '')} ${JSON.stringify(request.headers)} ${body}`;
      const again = `${all} ${Buffer.from(canary).toString('base64')}`;
      response.writeHead(401, {'x-echo': encodeURIComponent(again).slice(0, 1000)});
      response.end(JSON.stringify({ok: false, description: again, message: again, error: again}));
    });
  });
  // A program that knows the secret from elsewhere, and says it in the middle of a long line.
  const known = path.join(tempDir(), 'token');
  writeFileSync(known, `bearer-${canary}`, {mode: 0o600});
  const script = `process.stdin.resume(); console.error("x".repeat(290) + require("fs").readFileSync(process.argv[1])); process.exit(1)`;
  const on = await stage({
    channels: `  channels:
    chat: {type: slack, url: env:QDC_SLACK}
    pager: {type: pagerduty, routingKey: env:QDC_PD, base: "${origin}"}
    hook: {type: webhook, url: env:QDC_HOOK, secret: env:QDC_SIGN, bearer: env:QDC_BEARER}
    am: {type: alertmanager, base: "${origin}", basic: env:QDC_BASIC}
    tell: {type: command, argv: ["${process.execPath}", -e, '${script}', "${known}"]}`,
    env: {
      TELEGRAM_BOT_TOKEN: `12:${canary}/+`,
      TELEGRAM_CHAT_ID: '-100200',
      TELEGRAM_API_BASE: origin,
      QDC_SLACK: `${origin}/services/T1/${canary}`,
      QDC_PD: `pd-${canary}`,
      QDC_HOOK: `${origin}/in/${canary}?key=${canary}`,
      QDC_SIGN: `sign-${canary}`,
      QDC_BEARER: `bearer-${canary}`,
      QDC_BASIC: `user:${canary}`,
    },
  });
  const daemon = startDaemon(on.here);
  await daemon.says({event: 'check', state: 'pass'});
  on.well = false;
  for (const channel of ['telegram', 'chat', 'pager', 'hook', 'am', 'tell'])
    await daemon.says({event: 'notice', channel, ok: false});
  await waitFor(() => asked >= 5, {what: 'every receiver to be asked', timeoutMs: 20_000});
  const kept = everything(on.here.dir);
  expect(kept.map(([file]) => path.basename(file))).toEqual(
    expect.arrayContaining(['ledger.db-wal', 'alerts.db-wal', 'telemetry.db-wal']),
  );
  const said = [JSON.stringify(daemon.events())];
  expect(await daemon.stop()).toBe(0);
  for (const args of [
    ['site', 'show', '--json'],
    ['site', 'lint'],
    ['status', '--json'],
    ['ledger', 'tail', '-n', '200', '--json'],
    ['alerts'],
    ['alerts', '--json'],
    ['alerts', 'why'],
    ['alerts', 'why', '--json'],
    ...['telegram', 'chat', 'pager', 'hook', 'am', 'tell'].map(channel => ['alerts', 'test', channel]),
  ]) {
    const {out, err} = await on.here.qd(...args);
    said.push(out, err);
  }
  const haystacks = [
    ...kept,
    ...everything(on.here.dir),
    ...said.map((text, i) => [`what was said (${i})`, text] as const),
  ];
  const leaks = haystacks.flatMap(([where, text]) =>
    forms.filter(form => text.includes(form)).map(form => `${where}: ${form.slice(0, 5)}…`),
  );
  expect(leaks).toEqual([]);
  const entries = (await on.here.entries()).filter(({kind}) => kind === 'alert.sent');
  expect(entries.length).toBeGreaterThanOrEqual(6);
  expect(JSON.stringify(entries)).toContain('HTTP 401');
});
