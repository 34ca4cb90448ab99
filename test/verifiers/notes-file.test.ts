// Files of several notes: verify.py takes them apart as we do.
import {spawnSync} from 'node:child_process';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {hexOf, utf8} from '../../src/ledger/bytes.ts';
import {notesIn} from '../../src/ledger/bundle/notes-file.ts';
import {program, pythonProblem} from './python.ts';

const problem = pythonProblem();
const script = [
  'import json, runpy, sys',
  'notes_in = runpy.run_path(sys.argv[1])["notes_in"]',
  'print(json.dumps([[note.hex() for note in notes_in(bytes.fromhex(one))] for one in json.load(sys.stdin)]))',
].join('\n');

test.skipIf(problem !== undefined)(
  `any file comes apart into the same notes${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    const piece = fc.constantFrom(
      '\n',
      '\n\n',
      '— ',
      '—',
      'a\n',
      '\r',
      '\r\n',
      '\u2028',
      '\n\n— a b\n',
      '— a b\n',
      'x',
    );
    const files = fc
      .sample(fc.array(piece, {maxLength: 12}), {numRuns: 2_000, seed: 3})
      .map(parts => utf8(parts.join('')));
    const {stdout, stderr} = spawnSync('python3', ['-I', '-c', script, program], {
      input: JSON.stringify(files.map(hexOf)),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual(files.map(file => notesIn(file).map(hexOf)));
  },
);
