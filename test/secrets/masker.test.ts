import fc from 'fast-check';
import {expect, test} from 'vitest';
import {createMasker} from '../../src/secrets/index.ts';

const secret = `can'ary-5e&cr3t/+"\\x<y> ü`;
const masker = createMasker({values: [{name: 'DB_PASSWORD', value: secret}]});
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const shell = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

test.each([
  ['as it is', secret],
  ['base64', base64(secret)],
  ['base64 without padding', base64(secret).replace(/=+$/, '')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['base64 after one byte', base64(`:${secret}`).slice(2)],
  ['base64 after two bytes', base64(`a:${secret}`).slice(3)],
  ['base64 broken into lines', base64(secret).replace(/.{7}/g, '$&\n')],
  ['URL-encoded', encodeURIComponent(secret)],
  ['URL-encoded in small letters', encodeURIComponent(secret).replace(/%../g, hex => hex.toLowerCase())],
  ['a segment of a path', encodeURI(secret).replace(/[/?#]/g, encodeURIComponent)],
  ['a form field', new URLSearchParams({a: secret}).toString().slice(2)],
  ['JSON', JSON.stringify(secret).slice(1, -1)],
  ['JSON in JSON', JSON.stringify(JSON.stringify(secret)).slice(3, -3)],
  [
    'JSON for HTML',
    JSON.stringify(secret)
      .slice(1, -1)
      .replace(/[<>&]/g, c => `\\u00${c.charCodeAt(0).toString(16)}`),
  ],
  ['quoted for a shell', shell(secret)],
  ['hex', Buffer.from(secret).toString('hex')],
  ['hex in capitals', Buffer.from(secret).toString('hex').toUpperCase()],
  [
    'HTML',
    secret
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;'),
  ],
])('a declared secret is masked: %s', (_, form) => {
  const masked = masker.text(`before ${form} after`);
  expect(masked).toMatch(/^before '?\[secret DB_PASSWORD\]'? after$/);
});

test('base64 of something that holds a secret keeps nothing of it, wherever it begins', () => {
  const value = 'correct-horse-battery-staple';
  const mask = createMasker({values: [{name: 'A', value}]});
  for (const before of ['', 'a', 'ab', 'abc', 'user:', 'admin:'])
    for (const after of ['', 'x', 'xy', 'xyz']) {
      const left = mask.text(base64(before + value + after)).replaceAll('[secret A]', '\n');
      expect(left.length).toBeLessThan(before.length * 2 + after.length * 2 + 10);
      expect(mask.text(base64(before + value + after))).toContain('[secret A]');
    }
});

test('each long line of a secret with several lines is masked, its short ones are not', () => {
  const mask = createMasker({values: [{name: 'K', value: 'first-line-long\nab\nsecond-line-long\n'}]});
  expect(mask.text('> second-line-long\n> ab\n> first-line-long')).toBe('> [secret K]\n> ab\n> [secret K]');
});

test('of two secrets that begin alike the longer one is named, and overlapping ones leave nothing behind', () => {
  const mask = createMasker({
    values: [
      {name: 'SHORT', value: 'hunter22'},
      {name: 'LONG', value: 'hunter22-and-more'},
      {name: 'TAIL', value: 'more-and-more'},
    ],
  });
  expect(mask.text('x hunter22-and-more y')).toBe('x [secret LONG] y');
  expect(mask.text('x hunter22-and-more-and-more y')).toBe('x [secret LONG] y');
});

test('a value of three bytes is no secret', () => {
  expect(createMasker({values: [{name: 'A', value: 'abc'}]}).text('abcabc')).toBe('abcabc');
});

const undeclared: readonly (readonly [string, string, string])[] = [
  [
    'a private key',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----',
    '[secret private-key]',
  ],
  [
    'a private key in JSON',
    String.raw`"-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n"`,
    String.raw`"[secret private-key]\n"`,
  ],
  [
    'a private key in a URL',
    '-----BEGIN%20RSA%20PRIVATE%20KEY-----%0AMIIE%0A-----END%20RSA%20PRIVATE%20KEY-----',
    '[secret private-key]',
  ],
  ['JSON in a URL', '%7B%22token%22%3A%20%22abcdef%22%7D', '%7B%22token%22%3A%20%22[secret token]%22%7D'],
  ['an assignment in a URL', 'PASSWORD%3Dhunter2%26a', 'PASSWORD%3D[secret password]%26a'],
  [
    'an OpenSSH key',
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNz\n-----END OPENSSH PRIVATE KEY-----',
    '[secret private-key]',
  ],
  ['a JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-ghi', '[secret jwt]'],
  ['a GitHub token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', '[secret github-token]'],
  ['a fine-grained GitHub token', 'github_pat_11ABCDEFG0123456789_abcdefghij', '[secret github-token]'],
  ['a GitLab token', 'glpat-abcDEF0123456789_-xy', '[secret gitlab-token]'],
  ['a Slack token', 'xoxb-123456789012-abcdefABCDEF', '[secret slack-token]'],
  ['a Stripe key', 'sk_live_abcdefghij0123456789', '[secret stripe-key]'],
  ['an API key', 'sk-proj-abcdefghijABCDEFGHIJ0123456789', '[secret api-key]'],
  ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE', '[secret aws-key-id]'],
  ['a Google key', `AIzaSyD-0123456789abcdefghijklmnopqrstuv`, '[secret google-key]'],
  ['an npm token', 'npm_0123456789abcdefghijABCDEFGHIJ012345', '[secret npm-token]'],
  ['a Hugging Face token', 'hf_abcdefghijABCDEFGHIJ0123456789abcd', '[secret huggingface-token]'],
  ['a DigitalOcean token', `dop_v1_${'0123456789abcdef'.repeat(4)}`, '[secret digitalocean-token]'],
  [
    'a SendGrid key',
    'SG.abcdefghijABCDEFGHIJ01.0123456789abcdefghijABCDEFGHIJ0123456789abc',
    '[secret sendgrid-key]',
  ],
  ['a Telegram token', '123456789:AAabcdefghijABCDEFGHIJ0123456789abc', '123456789:[secret telegram-token]'],
  [
    'a web hook',
    'https://hooks.slack.com/services/T00000000/B00000000/abcdefghij0123',
    'https://hooks.slack.com/[secret webhook]',
  ],
  ['a bearer token', 'sent Bearer abcDEF0123456789', 'sent Bearer [secret bearer]'],
  ['basic credentials', 'sent Basic dXNlcjpwYXNzd29yZA==', 'sent Basic [secret basic]'],
  ['an authorization header', 'Authorization: Token abcd def ghi', 'Authorization: [secret authorization]'],
  ['a cookie header', 'Set-Cookie: sid=abcdef; Path=/', 'Set-Cookie: [secret cookie]'],
  [
    'a header in a command',
    `curl -H "Authorization: Bearer abc.def.ghi" https://x`,
    `curl -H "Authorization: [secret authorization]" https://x`,
  ],
  [
    'a database URL',
    'postgres://app:hunter2@db:5432/app',
    'postgres://app:[secret url-password]@db:5432/app',
  ],
  ['a URL without a user', 'redis://:hun@ter2@db', 'redis://:[secret url-password]@db'],
  ['a variable', 'export DB_PASSWORD=hunter2 PORT=1', 'export DB_PASSWORD=[secret password] PORT=1'],
  ['JSON', '{"client_secret": "abc\\"def", "a": 1}', '{"client_secret": "[secret secret]", "a": 1}'],
  [
    'JSON in JSON',
    String.raw`"{\"apiKey\":\"abcdef\",\"a\":1}"`,
    String.raw`"{\"apiKey\":\"[secret api-key]\",\"a\":1}"`,
  ],
  ['YAML', "password: 'it''s me'\nuser: app", "password: '[secret password]'\nuser: app"],
  ['a query string', '/login?access_token=abcdef&user=1', '/login?access_token=[secret token]&user=1'],
  ['an option', 'mysql --password hunter2 -u app', 'mysql --password [secret password] -u app'],
  [
    'an AWS secret',
    'aws_secret_access_key = wJalrXUtnFEMI/K7MDENG',
    'aws_secret_access_key = [secret secret]',
  ],
];

test.each(undeclared)('what is declared nowhere is masked by its form: %s', (_, text, masked) => {
  expect(masker.text(`see ${text}\nnext`)).toBe(`see ${masked}\nnext`);
});

test.each([
  'password: required',
  'Password:',
  'enter the password: ',
  'Token: ask the platform team',
  'token=<token>',
  'token=$TOKEN and token=${TOKEN} and token={{ token }}',
  'password=*** or ****** or xxxx',
  'authorization: Bearer <token>',
  'authorization: "Bearer env:API_TOKEN"',
  'curl -H "Authorization: Bearer $TOKEN"',
  'PASSWORD: env:PGPASSWORD',
  'secret: file:/etc/app/secret',
  'max tokens: 12, tokens=4096',
  'token == other',
  'Basic authentication failed, Bearer authentication too',
  'git@github.com:a/b.git and ssh://git@github.com/a and http://host:8080/a@b',
  'risk-assessment-of-the-year-two-thousand',
  'the pass: 12, fail=3',
  'PWD=/home/app OLDPWD=/tmp',
  '[secret DB_PASSWORD]',
  'password=[secret DB_PASSWORD]',
  '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
])('what is no secret stays: %s', text => {
  expect(masker.text(text)).toBe(text);
});

test('a private key without an end is masked for 64 KiB, and what follows is shown again', () => {
  const masked = masker.text(`-----BEGIN PRIVATE KEY-----\n${'A'.repeat(100_000)}`);
  expect(masked.startsWith('[secret private-key]AAAA')).toBe(true);
  expect(masked.length).toBeGreaterThan(30_000);
  expect(masked.length).toBeLessThan(100_000 - 60_000);
});

test('finding says what it is, where, and how sure that is', () => {
  expect(masker.find(bytesOf(`a ${secret} password=hunter2 ghp_0123456789abcdefghij`))).toEqual([
    {what: 'DB_PASSWORD', at: 2, sure: 'declared'},
    {what: 'password', at: 2 + bytesOf(secret).length + 10, sure: 'guess'},
    {what: 'github-token', at: 2 + bytesOf(secret).length + 18, sure: 'form'},
  ]);
});

test('strings inside JSON are masked, and what holds none is the same object', () => {
  const clean = {a: ['b', {c: 1}], d: null};
  expect(masker.json(clean)).toBe(clean);
  expect(masker.json({a: [secret, 1], b: {c: `x${secret}`}})).toEqual({
    a: ['[secret DB_PASSWORD]', 1],
    b: {c: 'x[secret DB_PASSWORD]'},
  });
  expect(masker.json(['tool', '--password', 'hunter2', '-v'])).toEqual([
    'tool',
    '--password',
    '[secret argument]',
    '-v',
  ]);
});

/** Text in which secrets and what looks like them are frequent, and cuts fall anywhere. */
const piece = fc.oneof(
  fc.constantFrom(
    secret,
    base64(secret),
    encodeURIComponent(secret),
    JSON.stringify(secret),
    'abcabcab',
    'cabcabca',
    'hunter22',
  ),
  fc.constantFrom(...undeclared.map(([, text]) => text)),
  fc.constantFrom(
    'password',
    'token',
    '=',
    ':',
    ' ',
    '"',
    "'",
    '\\',
    '\n',
    '://',
    '@',
    'Bearer ',
    '--',
    '[secret ',
    ']',
    'eyJ',
    '-----BEGIN ',
    '-----END ',
    'PRIVATE KEY-----',
    ':AA',
    'sk-',
    '1234567890',
  ),
  fc.string({maxLength: 12}),
);
const texts = fc.array(piece, {maxLength: 14}).map(parts => parts.join(''));
const several = createMasker({
  values: [
    {name: 'DB_PASSWORD', value: secret},
    {name: 'OVER', value: 'abcabcab'},
    {name: 'LAP', value: 'cabcabca'},
    {name: 'LINES', value: 'hunter22\nhunter22-second'},
    {name: 'BINARY', value: Uint8Array.of(0xff, 0x00, 0x80, 0x0a, 0x01)},
  ],
});

test('any cut into chunks gives what the whole gives', () => {
  fc.assert(
    fc.property(
      texts,
      fc.array(fc.integer({min: 1, max: 40}), {minLength: 1}),
      fc.uint8Array({maxLength: 6}),
      (text, cuts, noise) => {
        const whole = Buffer.concat([bytesOf(text), noise, bytesOf(text)]);
        const stream = several.stream();
        const out: Uint8Array[] = [];
        let at = 0;
        for (let n = 0; at < whole.length; n += 1) {
          const to = at + (cuts[n % cuts.length] ?? 1);
          const chunk = Uint8Array.from(whole.subarray(at, to));
          out.push(Uint8Array.from(stream.push(chunk)));
          chunk.fill(0x2e);
          at = to;
        }
        out.push(stream.end());
        expect(Buffer.concat(out).toString('latin1')).toBe(
          Buffer.from(several.bytes(whole)).toString('latin1'),
        );
      },
    ),
    {numRuns: 1000},
  );
});

test('masking what was masked changes nothing', () => {
  fc.assert(
    fc.property(texts, text => {
      const once = several.text(text);
      expect(several.text(once)).toBe(once);
    }),
    {numRuns: 1000},
  );
});

test('no declared value is left in any form, whatever stands around it', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      const masked = several.text(before + secret + after);
      expect(masked).not.toContain(secret);
    }),
    {numRuns: 1000},
  );
});

test('a stream holds back less than two kilobytes of anything', () => {
  for (const text of [
    'password=',
    'eyJ',
    '://a:',
    'abc',
    '-----BEGIN ',
    'x',
    '"token":"',
    '-----BEGIN PRIVATE KEY-----',
  ]) {
    const stream = several.stream();
    let told = 0;
    for (let i = 0; i < 20_000; i += 100)
      told += stream.push(bytesOf((text + 'q'.repeat(100)).slice(0, 100))).length;
    told += stream.push(bytesOf('q'.repeat(50_000))).length;
    expect(stream.end().length).toBeLessThan(2048);
    expect(told).toBeGreaterThan(0);
  }
});

test('nothing makes it slow: a hundred kilobytes of each beginning are done at once', () => {
  for (const text of [
    'password=',
    'eyJ.',
    '://a:b',
    '-----BEGIN ',
    '[secret ',
    'token: "',
    '\\',
    'abca',
    'Bearer ',
  ]) {
    const began = performance.now();
    several.bytes(bytesOf(text.repeat(Math.ceil(100_000 / text.length))));
    expect(performance.now() - began).toBeLessThan(20_000);
  }
  expect(textOf(several.bytes(bytesOf('done')))).toBe('done');
});
