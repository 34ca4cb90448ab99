// A canary in every place from which a secret could leak, and then a search for it in everything that was kept or painted.
import {randomBytes} from 'node:crypto';
import {chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {place, textOf, type Place} from './place.ts';

/** Random letters and digits: they look the same in URLs, JSON and shells, so the search need not know our encodings. */
const core = (length = 18): string =>
  Array.from(
    randomBytes(length),
    byte => 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'[byte % 56],
  ).join('');

const unpadded = (text: string): string => Buffer.from(text).toString('base64').replace(/=+$/, '');

/** What would show that the core was there: itself, hex, and the middle of its base64 wherever that begins. */
const traces = (text: string): string[] => {
  const hex = Buffer.from(text).toString('hex');
  const base64 = [0, 1, 2].map(before => unpadded(`${'.'.repeat(before)}${text}`).slice(before + 2, -2));
  return [
    text,
    hex,
    hex.toUpperCase(),
    ...base64,
    ...base64.map(one => one.replaceAll('+', '-').replaceAll('/', '_')),
  ];
};

const files = (dir: string): string[] =>
  readdirSync(dir, {withFileTypes: true, recursive: true})
    .filter(one => one.isFile())
    .map(one => path.join(one.parentPath, one.name));

interface Canaries {
  readonly declared: Readonly<Record<string, string>>;
  readonly undeclared: readonly string[];
  /** What is searched for, by a name for the message. */
  readonly cores: ReadonlyMap<string, string>;
}

/** Values with every kind of character that an encoding changes around a core that none changes. */
function canaries(): Canaries {
  const cores = new Map<string, string>();
  const fresh = (name: string, length?: number): string => {
    const made = core(length);
    cores.set(name, made);
    return made;
  };
  const awkward = (name: string): string => `p/${fresh(name)}'"&+ <%\\ü`;
  const declared = {
    QDC_RUNBOOK: awkward('declared by the runbook'),
    QDC_SITE: awkward('declared by the site'),
    QDC_CHECK: `c/${fresh('declared by a check')}+=`,
    DEPLOY_API_TOKEN: awkward('a variable that is named like a secret'),
  };
  const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
  const claims = Buffer.from(`{"sub":"${fresh('claims of a JWT')}"}`).toString('base64url');
  const pemBody = Array.from({length: 6}, (_, i) => fresh(`line ${i} of a private key`, 64)).join('\n');
  const undeclared = [
    `-----BEGIN RSA PRIVATE KEY-----\n${pemBody}\n-----END RSA PRIVATE KEY-----`,
    `${header}.${claims}.${fresh('signature of a JWT', 43)}`,
    `ghp_${fresh('a GitHub token', 36)}`,
    `xoxb-123456789012-${fresh('a Slack token', 24)}`,
    `AKIA${fresh('an AWS key id', 16).toUpperCase()}`,
    `DB_PASSWORD=${fresh('an assignment')}`,
    `{"client_secret": "${fresh('an assignment in JSON')}"}`,
    `postgres://app:${fresh('a password in a URL')}@db/app`,
    `authorization: Bearer ${fresh('a header')}`,
  ];
  cores.set('an AWS key id', (undeclared[4] ?? '').slice(4));
  return {declared, undeclared, cores};
}

/** Prints every value whole, in encodings, and cut in two in the middle; to both streams. */
const printer = `
const fs = require('fs');
const wait = ms => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const {values, lines} = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const declared = values.map(name => process.env[name]);
for (const fd of [1, 2]) {
  for (const text of [...declared, ...lines]) {
    fs.writeSync(fd, 'whole ' + text + '\\n');
    for (const at of [1, 3, text.length >> 1, text.length - 2]) {
      fs.writeSync(fd, 'cut ' + text.slice(0, at));
      wait(15);
      fs.writeSync(fd, text.slice(at) + '\\n');
    }
  }
  for (const text of declared) {
    const b = Buffer.from(text);
    for (const form of [b.toString('base64'), b.toString('base64url'), b.toString('hex'), b.toString('hex').toUpperCase(),
      Buffer.from('user:' + text).toString('base64'), Buffer.from('me:' + text + '!').toString('base64'), encodeURIComponent(text),
      encodeURIComponent(text).replace(/%../g, h => h.toLowerCase()),
      new URLSearchParams({q: text}).toString(), JSON.stringify(text), JSON.stringify(JSON.stringify({a: text})),
      "'" + text.replaceAll("'", "'\\\\''") + "'"]) {
      fs.writeSync(fd, form.slice(0, 7)); wait(3); fs.writeSync(fd, form.slice(7) + '\\n');
    }
  }
}
fs.writeSync(1, 'all printed\\n');
`;

interface Stage {
  readonly here: Place;
  readonly canaries: Canaries;
  /** Said on a terminal or a pipe. */
  readonly said: string[];
}

async function stage(): Promise<Stage & {readonly url: string; readonly keyFile: string}> {
  const outside = tempDir();
  const all = canaries();
  const keyFile = path.join(outside, 'key');
  const fileCore = core(40);
  writeFileSync(keyFile, `first-${fileCore}\nsecond-${fileCore}\n`, {mode: 0o600});
  const cores = new Map([...all.cores, ['a file with two lines', fileCore]]);
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const echo = JSON.stringify({
        url: request.url,
        headers: request.headers,
        body,
        undeclared: all.undeclared,
      });
      response.writeHead(request.url?.startsWith('/fail') === true ? 500 : 200, {
        'x-echo': encodeURIComponent(echo).slice(0, 2000),
      });
      response.end(echo);
    });
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? (address?.port ?? 0) : 0}`;
  const script = path.join(outside, 'print.cjs');
  const data = path.join(outside, 'data.json');
  writeFileSync(script, printer);
  writeFileSync(
    data,
    JSON.stringify({
      values: [...Object.keys(all.declared), 'RUNBOOK_SECRET', 'FILE_SECRET'],
      lines: all.undeclared,
    }),
  );
  const command = `'${process.execPath}' '${script}' '${data}'`;
  const book = `---
title: Canary
secrets:
  RUNBOOK_SECRET: env:QDC_RUNBOOK
  FILE_SECRET: file:${keyFile}
---
# Canary

Procedure:

1. Print everything

   \`\`\`sh {"name":"print","effect":"write","timeout":"60s"}
   ${command}
   \`\`\`

2. Ask a server that echoes

   \`\`\`http {"name":"ask","effect":"write"}
   POST ${url}/echo
   authorization: Bearer env:RUNBOOK_SECRET

   hello
   \`\`\`

3. Leave a process behind, with the secret in its arguments

   \`\`\`sh {"name":"leave","effect":"write"}
   '${process.execPath}' -e 'setTimeout(() => {}, 4000)' "$RUNBOOK_SECRET" "token=$DEPLOY_API_TOKEN" >/dev/null 2>&1 &
   \`\`\`

4. Fail, and say why

   \`\`\`http {"name":"fail","effect":"write"}
   GET ${url}/fail
   authorization: Bearer env:RUNBOOK_SECRET
   \`\`\`
`;
  const siteText = `site: small
environment: staging
escalation:
  - {who: Platform on call, phone: "+49 1"}
secrets:
  SITE_SECRET: env:QDC_SITE
services:
  api:
    title: The service
    checks:
      echo: {type: http, url: "${url}/fail?q=1", headers: {authorization: "Bearer env:QDC_CHECK"}, every: 1s,
             timeout: 900ms, strikes: 1, expect: {bodyContains: never, headers: {x-echo: never}}}
      says: {type: command, argv: ["${process.execPath}", "${script}", "${data}"], env: {QDC_CHECK: "env:QDC_CHECK",
             QDC_RUNBOOK: "env:QDC_RUNBOOK", QDC_SITE: "env:QDC_SITE", DEPLOY_API_TOKEN: "env:DEPLOY_API_TOKEN",
             RUNBOOK_SECRET: "env:QDC_SITE", FILE_SECRET: "env:QDC_SITE"},
             every: 30s, timeout: 20s, strikes: 1, expect: {stdoutContains: never, exit: 7}}
`;
  const temporary = tempDir();
  const here = place({siteText, runbooks: {canary: book}, env: {...all.declared, TMPDIR: temporary}});
  return {here, canaries: {...all, cores}, said: [], url, keyFile};
}

/** Where a canary was found: file or what was said, and which one. */
function leaks({here, canaries: {cores}, said}: Stage): string[] {
  const temporary = here.env['TMPDIR'] ?? here.dir;
  const haystacks = [
    ...[...files(here.dir), ...files(temporary)].map(
      file => [file.replace(here.dir, ''), readFileSync(file, 'latin1')] as const,
    ),
    ...said.map((text, i) => [`what was said (${i})`, text] as const),
  ];
  return haystacks.flatMap(([where, text]) =>
    [...cores].flatMap(([what, value]) =>
      traces(value)
        .filter(trace => text.includes(trace))
        .map(trace => `${where}: ${what} (as ${trace.slice(0, 6)}…)`),
    ),
  );
}

test('a canary in every place, declared or not, appears in nothing that is kept or painted', async () => {
  const on = await stage();
  const {here, said} = on;
  const say = async (...args: string[]): Promise<string> => {
    const {out, err} = await here.qd(...args);
    said.push(out, err);
    return out + err;
  };
  const answers = path.join(tempDir(), 'answers.json');
  writeFileSync(
    answers,
    JSON.stringify([
      {step: 'print', say: 'yes'},
      {step: 'ask', say: 'yes'},
      {step: 'leave', say: 'yes'},
      {step: 'fail', say: 'yes', note: `the token is ${on.canaries.undeclared[2] ?? ''}`},
      {
        say: 'abort',
        reason: `key ${on.canaries.declared['QDC_RUNBOOK'] ?? ''} ${on.canaries.undeclared[0] ?? ''}`,
      },
    ]),
  );

  // While the step runs, its output can be watched in a file.
  const running = path.join(here.home, 'running');
  const walked = say('runbook', 'run', 'canary', '--service', 'api', '--answers', answers);
  await waitFor(
    () => {
      try {
        return files(running).some(file => readFileSync(file, 'latin1').includes('[secret RUNBOOK_SECRET]'));
      } catch {
        return false;
      }
    },
    {what: 'masked output of the running step', timeoutMs: 60_000},
  );
  expect(leaks(on)).toEqual([]);
  const printed = await walked;
  expect(printed).toContain('exit 0');
  expect(printed).toContain('HTTP 500');
  expect(leaks(on)).toEqual([]);

  const console = here.console({cols: 120, rows: 40});
  await console.sees(/✖ (?:echo|says)/, 40_000);
  await console.press('enter');
  await console.settles(500);
  await console.press('L');
  await console.sees('run.start', 20_000);
  await console.press('enter');
  await console.settles(500);
  await console.press('escape', 'B');
  await console.sees('RUNS 1', 20_000);
  await console.press('tab', 'enter');
  await console.settles(500);
  said.push(textOf(console));
  console.kill('SIGHUP');
  await console.ended(20_000);
  said.push(console.written());

  const entries = await here.entries();
  for (const {seq} of entries) await say('ledger', 'show', String(seq), '--json');
  await say('check', '--json');
  await say('status');
  await say('site', 'show', '--json');
  await say('runbook', 'show', 'canary');
  await say('chekc', on.canaries.declared['DEPLOY_API_TOKEN'] ?? '');
  const bundle = path.join(here.dir, 'bundle');
  const exported = await say('evidence', 'export', '--all', bundle);
  expect(files(bundle).length, exported).toBeGreaterThan(5);
  expect(await say('ledger', 'verify')).toContain('intact');

  expect(leaks(on)).toEqual([]);
  const outcomes = entries.filter(({kind}) => kind === 'step.outcome');
  expect(outcomes).toHaveLength(4);
  expect(JSON.stringify(outcomes)).toContain('[secret RUNBOOK_SECRET]');
  expect(said.join('\n')).toContain('[secret QDC_CHECK]');
}, 240_000);

test('a run whose runbook holds a secret is refused with its line, and nothing of it is kept', async () => {
  const token = `ghp_${core(36)}`;
  const here = place({
    runbooks: {
      bad: `---\ntitle: Bad\nvars:\n  WHO: who it is | ${token}\n---\n# Bad\n\nProcedure:\n\n1. Say\n\n   \`\`\`sh {"effect":"write"}\n   echo "$WHO"\n   \`\`\`\n`,
    },
  });
  const {status, out, err} = await here.qd('runbook', 'run', 'bad', '--service', 'api');
  expect(status).toBe(3);
  expect(err).toContain('bad.md:4: a secret stands here (github-token)');
  expect(out + err).not.toContain(token);
  mkdirSync(here.home, {recursive: true});
  for (const file of files(here.home)) expect(readFileSync(file, 'latin1')).not.toContain(token);
});

test('a secret file that others can read is refused with the way out', async () => {
  const keyFile = path.join(tempDir(), 'key');
  writeFileSync(keyFile, 'a secret of mine\n', {mode: 0o644});
  chmodSync(keyFile, 0o644);
  const here = place({
    runbooks: {
      ask: `---\ntitle: Ask\nsecrets:\n  KEY: file:${keyFile}\n---\n# Ask\n\nProcedure:\n\n1. Say\n\n   \`\`\`sh {"effect":"write"}\n   true\n   \`\`\`\n`,
    },
  });
  const {status, err} = await here.qd('runbook', 'run', 'ask', '--service', 'api');
  expect(status).toBe(3);
  expect(err).toContain(`chmod 600 ${keyFile}`);
});
