// One bundle, two verifiers: the report of src/ledger/bundle and that of verify.py, which must be the same.
import {mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect} from 'vitest';
import type {EvidenceNote, Report} from '../../src/domain/evidence.ts';
import {QdError} from '../../src/domain/error.ts';
import {memorySource, type BundleSource} from '../../src/ledger/bundle/source.ts';
import {verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {Files} from './build.ts';
import type {Python} from './python.ts';

export interface Given {
  readonly vkey?: string;
  readonly notes?: readonly EvidenceNote[];
}

/** All of a report but the words of its reason. */
export type Facts = Omit<Report, 'failure_reason'> | 'no bundle';

export async function oursOf(source: BundleSource, given: Given = {}): Promise<Facts> {
  try {
    const {report} = await verifyBundle(source, given);
    const {failure_reason: reason, ...facts} = report;
    expect(typeof reason).toBe(report.verified ? 'object' : 'string');
    return facts;
  } catch (error) {
    if (error instanceof QdError && error.code === 'EVIDENCE_UNREADABLE') return 'no bundle';
    throw error;
  }
}

let written = 0;

/** Writes the files to a directory of their own below `dir`, and says where. */
export function write(files: Files, dir: string): string {
  const root = join(dir, String(written++));
  mkdirSync(root);
  for (const [path, bytes] of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, bytes);
  }
  return root;
}

export async function pythonsOf(python: Python, path: string, given: Given = {}): Promise<unknown> {
  const notes = (given.notes ?? []).map(({where, raw}) => ({
    where,
    raw: Buffer.from(raw).toString('base64'),
  }));
  const told = await python.ask({path, notes, ...(given.vkey === undefined ? {} : {vkey: given.vkey})});
  if ('unreadable' in told) return 'no bundle';
  const {failure_reason: reason, ...facts} = Object(told['report']) as Record<string, unknown>;
  expect(typeof reason).toBe(facts['verified'] === true ? 'object' : 'string');
  return facts;
}

/** What both say; the test fails when they differ. */
export async function bothSay(
  python: Python,
  files: Files,
  {dir, given = {}}: {readonly dir: string; readonly given?: Given},
): Promise<Facts> {
  const ours = await oursOf(memorySource(files), given);
  const root = write(files, dir);
  expect(await pythonsOf(python, root, given)).toEqual(ours);
  rmSync(root, {recursive: true});
  return ours;
}
