// A thread of bits.ts: flips the bits of its parts and has the three verifiers judge each.
import {isDeepStrictEqual} from 'node:util';
import {parentPort, workerData} from 'node:worker_threads';
import {z} from 'zod';
import type {Files} from '../../test/verifiers/build.ts';
import {startPage, type Page} from '../../test/verifiers/page.ts';
import {startPython, type Python} from '../../test/verifiers/python.ts';
import {factsOf, oursOfSubject, pagesOf, type Facts} from '../../test/verifiers/three.ts';
import {smallBundle, type Part} from './bits.ts';

const answered = z.looseObject({said: z.array(z.unknown()), which: z.array(z.int())});

async function pythonSays(python: Python, files: Files, part: Part): Promise<readonly unknown[]> {
  const flip = Object.fromEntries(
    [...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString('base64')]),
  );
  const told = answered.parse(await python.ask({flip, ...part}));
  const said = told.said.map(report => (report === null ? 'no bundle' : factsOf(report)));
  return told.which.map(at => said[at]);
}

function turn(bytes: Uint8Array, bit: number): void {
  bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
}

async function othersSay(page: Page, files: Files, {path, from, to}: Part) {
  const bytes = files.get(path) ?? new Uint8Array();
  const found: {ours: Facts; page: unknown}[] = [];
  for (let bit = from; bit < to; bit++) {
    turn(bytes, bit);
    found.push({ours: await oursOfSubject({files}), page: await pagesOf(page, {files})});
    turn(bytes, bit);
  }
  return found;
}

function nameOf(facts: Facts): string {
  if (facts === 'no bundle') return facts;
  return facts.failure_index === null ? facts.verdict : `${facts.verdict}, entry ${facts.failure_index}`;
}

async function judge(python: Python, page: Page, part: Part): Promise<void> {
  const asked = pythonSays(python, smallBundle(), part);
  const both = await othersSay(page, smallBundle(), part);
  const theirs = await asked;
  const differences = both.flatMap(({ours, page: pages}, i) =>
    isDeepStrictEqual(ours, pages) && isDeepStrictEqual(ours, theirs[i])
      ? []
      : [`${part.path}, bit ${part.from + i}`],
  );
  parentPort?.postMessage({path: part.path, verdicts: both.map(({ours}) => nameOf(ours)), differences});
}

const python = startPython();
await python.ask({remember: true});
const page = await startPage('scripts/tamper/remembering-crypto.ts');
const parts = z.array(z.object({path: z.string(), from: z.int(), to: z.int()})).parse(workerData);
for (const part of parts) await judge(python, page, part);
await python.stop();
