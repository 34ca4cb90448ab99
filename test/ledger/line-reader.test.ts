import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {Json} from '../../src/domain/entry.ts';
import {formProblem} from '../../src/ledger/form.ts';
import {draftOf, lineOf, type Said, type Stamp} from '../../src/ledger/line.ts';
import {LineReader} from '../../src/ledger/line-reader.ts';
import {originOf} from '../../src/ledger/origin.ts';

const log = originOf('acme', 'bastion', new Uint8Array(8));
const stamp: Stamp = {
  ts: '2026-01-02T03:04:05.000Z',
  mono: 5,
  boot: 'boot',
  session: 's',
  actor: {operator: 'ada', uid: 1000, user: 'ops', via: 'ssh-key', from: '10.0.0.1'},
};
const lineFor = (said: Said, seq = 7): string => {
  const draft = draftOf(log, stamp, said);
  if ('problem' in draft) throw new Error(draft.problem);
  return lineOf(draft, 'ab'.repeat(32), seq);
};
const plain = lineFor({
  kind: 'note',
  body: {a: 1, b: 'ä€😀\u2028', 'c"\\': [true, null, {}]},
  run: 'r',
  of: 3,
});

const reader = new LineReader(log);
const isGood = (line: Uint8Array): boolean => reader.read(line, 0, line.length);
const isGoodSlowly = (line: Uint8Array): boolean => formProblem(line, log) === undefined;

/** Both ways say the same; returns what they say. */
function judged(line: Uint8Array | string): boolean {
  const bytes = typeof line === 'string' ? Buffer.from(line) : line;
  const good = isGood(bytes);
  const slowly = isGoodSlowly(bytes);
  if (good !== slowly)
    throw new Error(`${good ? 'good' : 'bad'} in one pass only: ${Buffer.from(bytes).toString('latin1')}`);
  return good;
}

const text = fc.oneof(
  fc.string({unit: 'grapheme'}),
  fc.string({unit: 'binary'}),
  fc.string({
    unit: fc.constantFrom(...Array.from('\0\b\t\n\f\r\u001f\u007f"\\/\u2028\ufeff\u{1f600}'), 'sd'),
  }),
);
const key = fc.oneof(
  fc.string({unit: 'grapheme-ascii', maxLength: 4}),
  fc.string({unit: fc.constantFrom('a', 'b', '"', '\\'), maxLength: 4}),
  fc.constantFrom('sd', '', '__proto__', 'constructor', '10', '9'),
);
const json = fc.letrec<{value: Json}>(tie => ({
  value: fc.oneof(
    {depthSize: 'small'},
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), {maxLength: 4}),
    fc.dictionary(key, tie('value'), {maxKeys: 4}),
  ),
}));
const said = fc.record(
  {
    kind: text,
    body: fc.dictionary(key, json.value, {maxKeys: 4}),
    run: text,
    step: text,
    of: fc.nat(),
    fence: fc.nat(),
  },
  {requiredKeys: ['kind', 'body']},
);

test('a line as it is written is good, and its fields stand where the reader says', () => {
  fc.assert(
    fc.property(said, fc.nat(), (entry, seq) => {
      const bytes = Buffer.from(lineFor(entry, seq));
      expect(judged(bytes)).toBe(true);
      const span = (at: number, end: number): unknown =>
        JSON.parse(`"${bytes.subarray(at, end).toString()}"`);
      expect(reader.seq).toBe(seq);
      expect(span(reader.kindAt, reader.kindEnd)).toBe(entry.kind);
      expect(reader.runAt === -1 ? undefined : span(reader.runAt, reader.runEnd)).toBe(entry.run);
      expect(bytes.subarray(reader.prevAt, reader.prevAt + 64).toString()).toBe('ab'.repeat(32));
      if (/"sd":/.test(bytes.toString())) expect(reader.isWanted).toBe(true);
    }),
    {numRuns: 500},
  );
});

const snippets = [
  ...[
    '0',
    '-',
    '-0',
    '1.0',
    '1e2',
    '01',
    '9007199254740991',
    '9007199254740992',
    '-9007199254740993',
    '1E400',
  ],
  ...[
    '"',
    '\\',
    '\\u0041',
    '\\u00AB',
    '\\u00e9',
    '\\u001F',
    '\\u001f',
    '\\u0008',
    '\\/',
    '\\ud800',
    '\\n',
    '\\x',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    ' ',
    '\n',
    '\0',
    '\ufeff',
    'null',
    'true',
    'tru',
    'nul',
    '{}',
    '[]',
    '[,]',
  ],
  ...['"a":1,', ',"a":1', '"sd":1', '"z":1', '"v":1', '"run":"x",', '"step":"x",', '"of":1,', '"fence":1,'],
  ...[
    'ä',
    '\u2028',
    '😀',
    '"ä":1,',
    '"\x7f":1,',
    '"\x7f"',
    '"key":1,',
    '"from":{},',
    '"uid":"1",',
    '"zz":0,',
  ],
].map(snippet => Buffer.from(snippet));
const rawSnippets = [
  [0xff],
  [0xc0, 0x80],
  [0xed, 0xa0, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xe0, 0x80, 0x80],
  [0xc3],
];
const pieces = [...snippets, ...rawSnippets.map(bytes => Buffer.from(bytes))];

test('a damaged line is judged in one pass as it is by parsing and writing it out again', () => {
  const change = fc.record({
    at: fc.nat(),
    cut: fc.constantFrom(0, 0, 1, 1, 2, 5),
    put: fc.oneof(fc.constant(Buffer.alloc(0)), fc.constantFrom(...pieces), fc.uint8Array({maxLength: 2})),
  });
  let good = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constant(plain),
        said.map(entry => lineFor(entry)),
      ),
      fc.array(change, {minLength: 1, maxLength: 3}),
      (line, changes) => {
        let bytes = Buffer.from(line);
        for (const {at, cut, put} of changes) {
          const place = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, place), put, bytes.subarray(place + cut)]);
        }
        if (judged(bytes)) good += 1;
      },
    ),
    {numRuns: 20_000},
  );
  // Both answers were met: small changes inside a text leave a line good.
  expect(good).toBeGreaterThan(100);
});

test('a line is judged by the keys it has, also after a line with a key that JSON.parse confuses with one of them', () => {
  const bytes = Buffer.from(plain);
  const place = 557_940_155 % (bytes.length + 1);
  const cut = Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 2)]);
  expect(cut.toString()).toContain('"c\\"":[true');
  expect(judged(plain.replace('"c\\"\\\\":', '"c\\\\":'))).toBe(true);
  expect(judged(cut)).toBe(true);
});

test('every cut of up to three bytes and every replaced byte in characters of all lengths is judged as a decoder does', () => {
  const isUtf8 = (line: Uint8Array): boolean => {
    try {
      new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(line);
      return true;
    } catch {
      return false;
    }
  };
  const isControl = (byte: number): boolean => byte < 0x20 || byte === 0x22 || byte === 0x5c;
  const texts = [
    'ä€😀\u2028',
    '\u07ff\u0800\uffff\u{10000}\u{10ffff}\ud7ff\ue000',
    '\u{10ffff}\u{10000}\ue000\ud7ff\u0800\u07ff\u0080',
  ];
  for (const text of texts) {
    const bytes = Buffer.from(lineFor({kind: 'note', body: {b: text}}));
    const from = bytes.indexOf(Buffer.from(text));
    const to = from + Buffer.byteLength(text);
    for (let at = from; at < to; at++) {
      for (let cut = 1; cut <= Math.min(3, to - at); cut++) {
        const line = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + cut)]);
        expect(judged(line)).toBe(isUtf8(line));
      }
      for (let byte = 0; byte <= 0xff; byte++) {
        const line = Buffer.from(bytes);
        line[at] = byte;
        const good = judged(line);
        if (!isControl(byte)) expect(good).toBe(isUtf8(line));
      }
    }
  }
});

test('every snippet at every place of a line is judged alike', () => {
  const bytes = Buffer.from(plain);
  for (const piece of pieces) {
    for (let at = 0; at <= bytes.length; at++) {
      judged(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]));
      judged(Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + 1)]));
    }
  }
});

test('every single flipped bit of a line is judged alike', () => {
  for (let bit = 0; bit < Buffer.byteLength(plain) * 8; bit++) {
    const bytes = Buffer.from(plain);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    judged(bytes);
  }
});

test('what is hostile is refused, what is only unusual is not', () => {
  const withBody = (body: string): string => plain.replace(/"body":.*,"boot"/su, `"body":${body},"boot"`);
  const nested = (depth: number, inner: string): string =>
    `{"a":${'['.repeat(depth)}${inner}${']'.repeat(depth)}}`;
  const filled = (size: number): string => {
    const room = size - Buffer.byteLength(withBody('{"a":""}'));
    return withBody(`{"a":"${'x'.repeat(room)}"}`);
  };
  const good = [
    withBody('{}'),
    withBody('{"":0,"\\"":0,"a":-9007199254740991,"b":9007199254740991}'),
    withBody('{"__proto__":{"sd":1},"constructor":[]}'),
    withBody(
      '{"a":"\u007f\u2028\u2029\u00ab/\ufeff\uffff😀","b":"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\"\\\\"}',
    ),
    withBody('{"A":1,"a":2,"a\\"":3,"aa":4}'),
    withBody(nested(62, '1')),
    withBody(nested(62, '')),
    filled(65_535),
    plain.replace('"uid":1000', '"uid":-1'),
    plain.replace('"via":', '"very":[1,{"a":2}],"via":'),
    plain.replace('"mono":5', '"mono":-5'),
  ];
  for (const line of good) expect([line.slice(0, 300), judged(line)]).toEqual([line.slice(0, 300), true]);
  const bad = [
    ...['{"a":1,"a":1}', '{"b":1,"a":1}', '{"a\\"":1,"a":2}', '{"a":1,"A":2}', '{"\\u0061":1}', '{"\x7f":1}'],
    ...[
      '{"ä":1}',
      '{"\u{1f600}":1,"\uff5e":1}',
      '{"a\\n":1}',
      '{"a":-0}',
      '{"a":1.0}',
      '{"a":1e2}',
      '{"a":00}',
    ],
    ...[
      '{"a":9007199254740992}',
      '{"a":9007199254740993}',
      '{"a":-9007199254740992}',
      '{"a":1e400}',
      '{"a":+1}',
    ],
    ...[
      '{"a":"\\u00ab"}',
      '{"a":"\\u00AB"}',
      '{"a":"\\u001F"}',
      '{"a":"\\u0009"}',
      '{"a":"\\/"}',
      '{"a":"\\u0022"}',
    ],
    ...[
      '{"a":"\\ud800"}',
      '{"a":"\\ud83d\\ude00"}',
      '{"a":"\t"}',
      '{"a": 1}',
      '{"a":1 }',
      '{"a":1,}',
      '[]',
      '""',
    ],
    ...[
      '{"a":tru}',
      '{"a":nulls}',
      '{"a":[1,]}',
      '{"a":[1 ,2]}',
      '{"a":[}',
      '{"a"}',
      '{1:1}',
      '{"a":undefined}',
    ],
    nested(63, '1'),
    nested(63, ''),
    nested(5000, ''),
  ].map(withBody);
  bad.push(
    ...[`\ufeff${plain}`, `${plain}\n`, ` ${plain}`, `${plain}${plain}`, '', '{}', filled(65_536)],
    ...[
      plain.replace('"v":1', '"v":2'),
      plain.replace('"v":1', '"v":1,"w":1'),
      plain.replace('"of":3', '"of":-3'),
    ],
    ...[
      plain.replace('acme', 'other'),
      plain.replace('"uid":1000', '"uid":"1000"'),
      plain.replace('"uid":1000,', ''),
    ],
    ...[plain.replace('"from":"10.0.0.1"', '"from":1'), plain.replace('"from":"10.0.0.1"', '"key":[]')],
    ...[plain.replace('ab'.repeat(32), 'AB'.repeat(32)), plain.replace('ab'.repeat(32), 'ab'.repeat(31))],
    ...[plain.replace('.000Z', 'Z'), plain.replace('2026', '２026'), plain.replace('"seq":7', '"seq":-7')],
  );
  for (const line of bad) expect([line.slice(0, 300), judged(line)]).toEqual([line.slice(0, 300), false]);
});

test('a line of no known log is never good', () => {
  const bytes = Buffer.from(plain);
  expect(new LineReader('').read(bytes, 0, bytes.length)).toBe(false);
  expect(new LineReader(originOf('other', 'x', new Uint8Array(8))).read(bytes, 0, bytes.length)).toBe(false);
});

test('a line inside a longer run of bytes ends where it is said to end', () => {
  const bytes = Buffer.from(`${plain}\0${plain}\0`);
  const size = Buffer.byteLength(plain);
  expect(reader.read(bytes, 0, size)).toBe(true);
  expect(reader.read(bytes, size + 1, size * 2 + 1)).toBe(true);
  expect(reader.read(bytes, 0, size + 1)).toBe(false);
  expect(reader.read(bytes, 0, size - 1)).toBe(false);
});
