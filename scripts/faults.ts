// `npm run faults`: what the real program does when the disk, another process or the clock fails it. Prints the
// matrix; `--write` keeps it as docs/generated/fault-matrix.md, `--stride N` injects at every n-th place only.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {parseArgs} from 'node:util';
import {counts, faultNames, injections, prepared} from './faults/injection.ts';
import {isGood, table, type Row} from './faults/row.ts';
import {worlds} from './faults/worlds.ts';

const root = path.resolve(import.meta.dirname, '..');

/** Every injection, two at a time, each lane with a data directory of its own. */
async function injected(dir: string, stride: number, tell: (text: string) => void): Promise<Row[]> {
  const lanes = [await prepared(path.join(dir, 'a')), await prepared(path.join(dir, 'b'))];
  const [first] = lanes;
  if (first === undefined) return [];
  const found = await counts(first);
  const jobs = faultNames.flatMap(fault => [...found].map(([call, count]) => ({fault, call, count, stride})));
  const rows = new Map<number, Row>();
  let next = 0;
  await Promise.all(
    lanes.map(async place => {
      for (let mine = next++; mine < jobs.length; mine = next++) {
        const job = jobs[mine];
        if (job === undefined) return;
        const row = await injections(place, job);
        rows.set(mine, row);
        tell(`${row.fault} at ${row.where}: ${row.runs} runs${isGood(row) ? '' : '  NOT GOOD'}`);
      }
    }),
  );
  return [...rows].toSorted(([a], [b]) => a - b).map(([, row]) => row);
}

const head = `# Fault matrix

Made by \`npm run faults -- --write\`. The real program appends an entry (\`ledger hold set\`), commits and signs a checkpoint, while strace makes one file system call fail or kills the process there; then it is verified as it was left, started again, and verified once more. "Acknowledged" means that the program printed the entry's number. The four columns before the last must be 0.
`;

async function main(): Promise<number> {
  const {values} = parseArgs({options: {write: {type: 'boolean'}, stride: {type: 'string'}}});
  const stride = Math.max(1, Number(values.stride ?? '1') || 1);
  const dir = mkdtempSync(path.join(tmpdir(), 'qd-faults-'));
  try {
    const tell = (text: string): void => void process.stderr.write(`${text}\n`);
    const rows = [...(await injected(dir, stride, tell)), ...(await worlds(path.join(dir, 'world'), tell))];
    const bad = rows.filter(row => !isGood(row));
    const total = rows.reduce((sum, {runs}) => sum + runs, 0);
    const places = stride === 1 ? 'Every place' : `One place in ${stride} of each call`;
    const page = `${head}\n${places} was tried.\n\n${table(rows)}\n\n${total} runs, ${bad.length} rows not good.\n`;
    process.stdout.write(page);
    if (values.write === true) writeFileSync(path.join(root, 'docs/generated/fault-matrix.md'), page);
    return bad.length === 0 ? 0 : 1;
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
}

process.exitCode = await main();
