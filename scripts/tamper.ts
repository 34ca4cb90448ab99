// `npm run tamper`: what three verifiers say of a bundle that somebody tampered with. Prints the matrix; `--bits` also
// flips every bit of a small bundle, `--write` keeps the page as docs/generated/tamper-matrix.md.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {groups} from '../test/verifiers/cases/index.ts';
import {pythonProblem} from '../test/verifiers/python.ts';
import {flipBits} from './tamper/bits.ts';
import {rowsOf} from './tamper/cases.ts';
import {pageOf} from './tamper/write.ts';

const root = path.resolve(import.meta.dirname, '..');
const tell = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(): Promise<number> {
  const {values} = parseArgs({
    options: {write: {type: 'boolean'}, bits: {type: 'boolean'}, 'every-nth': {type: 'string'}},
  });
  const problem = pythonProblem();
  if (problem !== undefined) {
    tell(`The matrix needs verify.py: ${problem}.`);
    return 2;
  }
  const dir = mkdtempSync(path.join(tmpdir(), 'qd-tamper-'));
  try {
    const rows = await rowsOf(groups, dir, tell);
    const everyNth = Math.max(1, Number(values['every-nth'] ?? '1') || 1);
    const bits = values.bits === true ? await flipBits(tell, everyNth) : undefined;
    const page = pageOf(rows, bits);
    process.stdout.write(page);
    if (values.write === true) writeFileSync(path.join(root, 'docs/generated/tamper-matrix.md'), page);
    const isGood =
      rows.every(group => group.rows.every(row => row.isRight)) &&
      (bits ?? []).every(({differences, verdicts}) => differences.length === 0 && !verdicts.has('intact'));
    return isGood ? 0 : 1;
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
}

process.exitCode = await main();
