// Random damage: whatever becomes of a bundle, the three verifiers say the same, and nothing throws.
import fc from 'fast-check';
import {afterAll, beforeAll, describe, test} from 'vitest';
import {concat, utf8} from '../../src/ledger/bytes.ts';
import {makeTempDir} from '../helpers/temp.ts';
import {allSay} from './agree.ts';
import {bundleOf, checkpointOf, logOf, sealed, signerOf, type Files} from './build.ts';
import {log, slice, story, turned, whole} from './cases/tools.ts';
import {pythonProblem} from './python.ts';
import {startThree, type Three} from './three.ts';

const problem = pythonProblem();
let three: Three;
let temp: ReturnType<typeof makeTempDir>;

/** More of them to hunt for a difference. */
const numRuns = Number(process.env['QUARTERDECK_RANDOM_RUNS'] ?? 40);

type Damage = (files: Files) => void;
const pick = <T>(from: readonly T[], at: number): T | undefined => from[at % Math.max(1, from.length)];
const pathAt = (files: Files, at: number): string => pick([...files.keys()].sort(), at) ?? 'entries.jsonl';
const bytesAt = (files: Files, path: string): Uint8Array => Uint8Array.from(files.get(path) ?? []);
const linesAt = (files: Files, path: string): string[] =>
  Buffer.from(bytesAt(files, path)).toString('latin1').split('\n');
const setLines = (files: Files, path: string, lines: readonly string[]): void =>
  void files.set(path, Uint8Array.from(Buffer.from(lines.join('\n'), 'latin1')));

const flip =
  (file: number, bit: number): Damage =>
  files => {
    const path = pathAt(files, file);
    const bytes = bytesAt(files, path);
    const at = (bit >> 3) % Math.max(1, bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
    files.set(path, bytes);
  };
const cut =
  (file: number, at: number, length: number): Damage =>
  files => {
    const path = pathAt(files, file);
    const bytes = bytesAt(files, path);
    const from = at % Math.max(1, bytes.length);
    files.set(path, concat([bytes.subarray(0, from), bytes.subarray(from + length)]));
  };
const insert =
  (file: number, at: number, text: string): Damage =>
  files => {
    const path = pathAt(files, file);
    const bytes = bytesAt(files, path);
    const from = at % (bytes.length + 1);
    files.set(path, concat([bytes.subarray(0, from), utf8(text), bytes.subarray(from)]));
  };
const swap =
  (file: number, a: number, b: number): Damage =>
  files => {
    const path = pathAt(files, file);
    const lines = linesAt(files, path);
    const [i, j] = [a % lines.length, b % lines.length];
    [lines[i], lines[j]] = [lines[j] ?? '', lines[i] ?? ''];
    setLines(files, path, lines);
  };
const dropLine =
  (file: number, at: number): Damage =>
  files => {
    const path = pathAt(files, file);
    const lines = linesAt(files, path);
    lines.splice(at % lines.length, 1);
    setLines(files, path, lines);
  };
const remove =
  (file: number): Damage =>
  files =>
    void files.delete(pathAt(files, file));
const copy =
  (file: number, to: string): Damage =>
  files =>
    void files.set(to, bytesAt(files, pathAt(files, file)));
/** Another number, name or literal in the place of one. */
const retoken =
  (file: number, at: number, token: string): Damage =>
  files => {
    const path = pathAt(files, file);
    const text = Buffer.from(bytesAt(files, path)).toString('latin1');
    const found = [...text.matchAll(/"[a-z]+"|-?\d+|true|false|null/gi)];
    const one = pick(found, at);
    if (one === undefined) return;
    const turned = text.slice(0, one.index) + token + text.slice(one.index + one[0].length);
    files.set(path, Uint8Array.from(Buffer.from(turned, 'latin1')));
  };

const token = fc.constantFrom(
  ...[
    '0',
    '-0',
    '1',
    '5',
    '1.0',
    '5e0',
    '1e400',
    '9007199254740993',
    '1'.repeat(400),
    'NaN',
    '-Infinity',
    'true',
  ],
  ...[
    'null',
    '"sd"',
    '"seq"',
    '"5"',
    '"\\ud800"',
    '"\\u0000"',
    '[]',
    '{}',
    '['.repeat(70),
    '{"sd":1}',
    '"__proto__"',
  ],
  ...['""', '"kind"', '"body"', '"ptr"', '\u00e9', '"\u007f"'],
);
const n = fc.nat(1_000_000);
const newPath = fc.constantFrom(
  ...[
    'x',
    'checkpoints/1',
    'checkpoints/9',
    'checkpoints/x',
    'tile/0/001',
    'artifacts/x',
    'context.jsonl',
    'report.md',
  ],
  ...['disclosures.jsonl', 'A', 'a/b/c', `artifacts/${'a'.repeat(64)}`],
);
const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.tuple(n, n).map(([a, b]) => flip(a, b)),
  fc.tuple(n, n, fc.integer({min: 1, max: 40})).map(([a, b, c]) => cut(a, b, c)),
  fc.tuple(n, n, fc.oneof(token, fc.string({maxLength: 3}))).map(([a, b, c]) => insert(a, b, c)),
  fc.tuple(n, n, n).map(([a, b, c]) => swap(a, b, c)),
  fc.tuple(n, n).map(([a, b]) => dropLine(a, b)),
  n.map(remove),
  fc.tuple(n, newPath).map(([a, b]) => copy(a, b)),
  fc.tuple(n, n, token).map(([a, b, c]) => retoken(a, b, c)),
);
const start = fc.constantFrom(whole, slice, turned);
const given = fc.oneof(
  {weight: 4, arbitrary: fc.constant({})},
  {weight: 1, arbitrary: fc.constantFrom(1, 3, 99).map(seed => ({vkey: signerOf(seed).vkey}))},
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(10), fc.constantFrom(1, 2))
      .map(([size, seed]) => ({notes: [{where: 'kept', raw: checkpointOf(log, size, signerOf(seed))}]})),
  },
);

describe(`the three verifiers${problem === undefined ? '' : ` (without verify.py: ${problem})`}`, () => {
  beforeAll(async () => {
    temp = makeTempDir();
    three = await startThree(temp.dir);
  });
  afterAll(async () => {
    temp.remove();
    await three.stop();
  });

  test('say the same of bundles that anybody damaged', async () => {
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(damage, {minLength: 1, maxLength: 3}),
        given,
        async (make, damages, more) => {
          const files = make();
          for (const one of damages) one(files);
          await allSay(three, {files}, more);
        },
      ),
      {numRuns},
    );
  });

  test('say the same of bundles that somebody damaged who can list and sign the files again', async () => {
    await fc.assert(
      fc.asyncProperty(
        start,
        fc.array(damage, {minLength: 1, maxLength: 2}),
        given,
        async (make, damages, more) => {
          const files = make();
          for (const one of damages) one(files);
          const key = make === turned ? signerOf(3) : signerOf(1);
          await allSay(three, {files: sealed(files, key)}, more);
        },
      ),
      {numRuns},
    );
  });

  test('say the same of lines that were damaged before they were hashed', async () => {
    const place = fc.nat(story.length - 1);
    const plan = fc.constantFrom(
      {},
      {older: [3, 8]},
      {from: 2, to: 6, size: 9, context: [0, 6]},
      {from: 4, context: [0]},
    );
    await fc.assert(
      fc.asyncProperty(
        place,
        fc.array(damage, {minLength: 1, maxLength: 2}),
        plan,
        async (at, damages, part) => {
          const damaged = logOf(
            story.map((said, i) => {
              if (i !== at) return said;
              return {
                ...said,
                line: (honest: object) => {
                  const one: Files = new Map([['line', utf8(canonicalLine(honest))]]);
                  for (const turn of damages) turn(one);
                  return Uint8Array.from(bytesAt(one, 'line').filter(byte => byte !== 10));
                },
              };
            }),
          );
          const files = bundleOf(damaged, {...part, without: ['4 /body/text']});
          await allSay(three, {files});
        },
      ),
      {numRuns},
    );
  });
});

const canonicalLine = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
