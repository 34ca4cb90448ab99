// The derived files as verify.py writes them: byte for byte those of src/report, for any entries.
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {DerivedInput, DerivedRow} from '../../src/report/derive.ts';
import {rows as kinds} from '../../src/report/kinds.ts';
import {derive, origin, rowOf, story, type Said} from '../report/sample.ts';
import {pythonProblem, startPython, type Python} from './python.ts';

const problem = pythonProblem();
let python: Python;

const valueOf = (value: {readonly bytes: Uint8Array} | {readonly by: number}): string | number =>
  'bytes' in value ? Buffer.from(value.bytes).toString('base64') : value.by;

const rowFor = ({seq, leaf, line, values}: DerivedRow): object => ({
  seq,
  leaf,
  line,
  values: Object.fromEntries([...values].map(([ptr, value]) => [ptr, valueOf(value)])),
});

/** Which file verify.py would have written otherwise; null for none. */
async function differing(said: readonly Said[], about: Partial<DerivedInput> = {}): Promise<unknown> {
  const from = about.from ?? 0;
  const to = from + said.length;
  const input = {origin, from, to, size: to, root: 'f'.repeat(64), ...about};
  const rows = said.map((one, i) => rowFor(rowOf(from + i, one)));
  const {differs} = await python.ask({rows, input, files: derive(said, about)});
  return differs;
}

const piece = fc.oneof(
  fc.string({unit: 'grapheme', maxLength: 12}),
  fc.string({unit: 'binary', maxLength: 6}),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '`',
      '``',
      '\n',
      '\r\n',
      '\t',
      '\u001b[1;31m',
      '\u202e',
      '=1',
      '＠',
      ',',
      '"',
      "'",
      '<b>',
      '&',
    ],
    ...['x'.repeat(61), 'y'.repeat(121), 'z'.repeat(201), '𝕫'.repeat(200), 'w'.repeat(1001), '\u{e0041}'],
    ...['line\n'.repeat(13), 'line\n'.repeat(251), 'pass', 'failed', 'refused'],
  ),
);
const text = fc.array(piece, {maxLength: 4}).map(pieces => pieces.join(''));
const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.nat(10_000_000),
  fc.constantFrom(0, 999, 1000, 59_999, 60_000, -1),
);
const hash = fc.constant('a'.repeat(64));
const value: fc.Arbitrary<unknown> = fc.letrec<{any: unknown}>(tie => ({
  any: fc.oneof(
    {maxDepth: 3},
    text,
    integer,
    fc.boolean(),
    fc.constant(null),
    fc.record({sd: hash}),
    fc.record({sd: hash, size: integer, kept: integer, inner: tie('any')}),
    fc.array(tie('any'), {maxLength: 4}),
    fc.array(fc.constantFrom('ls', '-l', 'a b', "it's", '', 'x,y'), {maxLength: 4}),
    fc.dictionary(fc.constantFrom('a', 'b~', 'c/d', '10', '9', 'Z'), tie('any'), {maxKeys: 3}),
  ),
})).any;

const members = [
  ...new Set(Object.values(kinds).flatMap(({says}) => says.join('').match(/(?<=\{)\w+/g) ?? [])),
  ...['argv', 'request', 'shown', 'text', 'reason', 'output', 'results', 'confirm', 'of', 'ok', 'verdict'],
  ...[
    'result',
    'verified',
    'title',
    'delayMs',
    'vars',
    'sdX',
    'graceMs',
    'siteSha256',
    'Ms',
    'a b',
    '`',
    'sd',
  ],
];
const body = fc.dictionary(fc.constantFrom(...members), value, {maxKeys: 12});
const bytes = fc.oneof(
  text.map(one => Buffer.from(one)),
  fc.uint8Array({maxLength: 100}).map(one => Buffer.from(one)),
);

/** Pointers of commitments one deep and at the second level, some with a value, some erased. */
const said: fc.Arbitrary<Said> = fc
  .record(
    {
      kind: fc.oneof(
        {weight: 5, arbitrary: fc.constantFrom(...Object.keys(kinds))},
        {weight: 1, arbitrary: text},
      ),
      body,
      run: fc.oneof(fc.constantFrom('r1', 'r2'), text),
      step: text,
      of: fc.nat(20),
      fence: fc.nat(20),
      ts: fc.constantFrom('2026-11-22T10:00:00.000Z', '2026-11-23T10:00:00.000Z'),
      actor: fc.record(
        {operator: text, uid: integer, user: text, via: text, from: text, key: text},
        {requiredKeys: ['operator', 'uid', 'user', 'via']},
      ),
    },
    {requiredKeys: ['kind', 'body']},
  )
  .chain(one => {
    const committed = Object.keys(one.body).filter(key => {
      const found = one.body[key];
      return typeof found === 'object' && found !== null && 'sd' in found && found.sd === 'a'.repeat(64);
    });
    const places = committed.map(key => `/body/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
    const given = fc.oneof(
      bytes,
      fc.nat(30).map(by => `erased by ${by}`),
    );
    return fc
      .array(fc.option(given, {nil: undefined}), {minLength: places.length, maxLength: places.length})
      .map(values => ({
        ...one,
        values: Object.fromEntries(
          places.flatMap((place, i) => {
            const found = values[i];
            return found === undefined ? [] : [[place, found]];
          }),
        ),
      }));
  });

describe.skipIf(problem !== undefined)(
  `verify.py${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    beforeAll(() => {
      python = startPython();
    });
    afterAll(() => python.stop());

    test('a log with runs, refusals, erasures and hostile text gives the same files', async () => {
      expect(await differing(story)).toBeNull();
      expect(await differing(story, {from: 7, size: 5000})).toBeNull();
    });

    test('a slice that is too long for a timeline gives the same files', async () => {
      expect(await differing(story, {from: 0, to: 20_001, size: 20_001})).toBeNull();
    });

    test('a file that is not what the entries give is named', async () => {
      const files = derive(story);
      const rows = story.map((one, i) => rowFor(rowOf(i, one)));
      const input = {origin, from: 0, to: story.length, size: story.length, root: 'f'.repeat(64)};
      const paths = ['population.csv', 'timeline.csv', 'report.md', 'report.html'] as const;
      for (const path of paths) {
        const differs = `${path} is not what the entries give`;
        const cut = {...files, [path]: files[path].slice(0, -1)};
        const longer = {...files, [path]: `${files[path]}\n`};
        expect(await python.ask({rows, input, files: cut})).toEqual({differs});
        expect(await python.ask({rows, input, files: longer})).toEqual({differs});
      }
    });

    test('any entries give the same files', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(said, {minLength: 1, maxLength: 6}), async some => {
          expect(await differing(some)).toBeNull();
        }),
        {numRuns: 300},
      );
    });
  },
);
