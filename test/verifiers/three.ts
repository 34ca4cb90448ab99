// One bundle, three verifiers: src/ledger/bundle, verify.py, and the code of verify.html.
import {mkdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {z} from 'zod';
import type {EvidenceNote, Report} from '../../src/domain/evidence.ts';
import {QdError} from '../../src/domain/error.ts';
import {memorySource, type BundleSource} from '../../src/ledger/bundle/source.ts';
import {accessTo, readTar} from '../../src/ledger/bundle/tar.ts';
import {refusedTar, verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {Files} from './build.ts';
import {startPage, type Page} from './page.ts';
import {pythonProblem, startPython, type Python} from './python.ts';

export interface Given {
  readonly vkey?: string;
  readonly notes?: readonly EvidenceNote[];
}

export interface Subject {
  readonly files: Files;
  /** Paths at which a link stands. */
  readonly links?: readonly string[];
  /** In the place of files. */
  readonly tar?: Uint8Array;
}

/** All of a report but the words of its reason. */
export type Facts = Omit<Report, 'failure_reason'> | 'no bundle';

export function factsOf(report: unknown): unknown {
  const {failure_reason: reason, ...facts} = z.looseObject({}).parse(report);
  const isGood = facts['verified'] === true ? reason === null : typeof reason === 'string' && reason !== '';
  return isGood ? facts : {...facts, failure_reason: reason};
}

/** What the verifier in TypeScript says of a source. */
export async function oursOf(source: BundleSource, given: Given = {}): Promise<Facts> {
  return oursFrom(() => verifyBundle(source, given));
}

async function oursFrom(verify: () => ReturnType<typeof verifyBundle> | ReturnType<typeof refusedTar>) {
  try {
    const {report} = await verify();
    const {failure_reason: reason, ...facts} = report;
    if ((reason === null) !== report.verified) throw new Error(`the reason is ${String(reason)}`);
    return facts;
  } catch (error) {
    if (error instanceof QdError && error.code === 'EVIDENCE_UNREADABLE') return 'no bundle';
    throw error;
  }
}

export async function oursOfSubject({files, links = [], tar}: Subject, given: Given = {}): Promise<Facts> {
  if (tar === undefined) {
    const source = memorySource(files);
    const others = links.map(path => ({path, kind: 'other' as const, sizeBytes: 0}));
    return oursOf({...source, items: [...source.items, ...others]}, given);
  }
  const source = await readTar(accessTo(tar));
  if ('problem' in source) return oursFrom(() => refusedTar(tar.slice(0, 512), source.problem, given));
  return oursOf(source, given);
}

let written = 0;

/** Writes the files to a directory of their own below `dir`, and says where. */
export function write(files: Files, dir: string, links: readonly string[] = []): string {
  const root = join(dir, String(written++));
  mkdirSync(root);
  for (const [path, bytes] of files) {
    const file = join(root, path);
    mkdirSync(dirname(file), {recursive: true});
    writeFileSync(file, bytes);
  }
  for (const path of links) {
    mkdirSync(dirname(join(root, path)), {recursive: true});
    symlinkSync('/etc/passwd', join(root, path));
  }
  return root;
}

export async function pythonsOf(python: Python, path: string, given: Given = {}): Promise<unknown> {
  const notes = (given.notes ?? []).map(({where, raw}) => ({
    where,
    raw: Buffer.from(raw).toString('base64'),
  }));
  const told = await python.ask({path, notes, ...(given.vkey === undefined ? {} : {vkey: given.vkey})});
  return 'unreadable' in told ? 'no bundle' : factsOf(told['report']);
}

async function pythonsOfSubject(python: Python, subject: Subject, about: {dir: string; given: Given}) {
  const {files, links, tar} = subject;
  const path = tar === undefined ? write(files, about.dir, links) : join(about.dir, `${written++}.tar`);
  if (tar !== undefined) writeFileSync(path, tar);
  try {
    return await pythonsOf(python, path, about.given);
  } finally {
    rmSync(path, {recursive: true});
  }
}

export async function pagesOf(page: Page, subject: Subject, given: Given = {}): Promise<unknown> {
  const {files, links = [], tar} = subject;
  const {vkey, notes = []} = given;
  const report = await page.ask({files, links, tar, vkey, notes});
  return report === null ? 'no bundle' : factsOf(report);
}

export interface Three {
  /** Why there is no Python; undefined when there is one. */
  readonly problem: string | undefined;
  readonly say: (
    subject: Subject,
    given?: Given,
  ) => Promise<{readonly ours: Facts; readonly page: unknown; readonly python: unknown}>;
  readonly stop: () => Promise<void>;
}

/** Starts the others. `dir` is for the bundles that Python reads. Without Python, it "says" what ours says. */
export async function startThree(dir: string): Promise<Three> {
  const problem = pythonProblem();
  const python = problem === undefined ? startPython() : undefined;
  const page = await startPage();
  return {
    problem,
    say: async (subject, given = {}) => {
      const ours = await oursOfSubject(subject, given);
      return {
        ours,
        page: await pagesOf(page, subject, given),
        python: python === undefined ? ours : await pythonsOfSubject(python, subject, {dir, given}),
      };
    },
    stop: async () => python?.stop(),
  };
}
