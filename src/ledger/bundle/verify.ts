// The verdict over an evidence bundle: everything is read, then the first rule that matches (docs/formats/ledger.md).
import {createHash} from 'node:crypto';
import {QdError} from '../../domain/error.ts';
import type {EvidenceNote, Finding} from '../../domain/evidence.ts';
import {equal} from '../bytes.ts';
import {isBad, malformed, readNotes, type Bad, type Facts, type Known} from '../judge/facts.ts';
import {findingOf, type Situation} from '../judge/report.ts';
import {judge} from '../judge/rules.ts';
import type {Verifier} from '../note.ts';
import {givenKey, type VerifyOptions} from '../verify.ts';
import {readContainer, type Container} from './container.ts';
import {derivedProblem} from './derived-check.ts';
import {readContext, type ContextLine} from './context.ts';
import {manifestNotePath, manifestPath} from './manifest.ts';
import {rootFrom} from './range.ts';
import {entriesPath, readSlice, type Slice} from './slice.ts';
import type {BundleSource} from './source.ts';
import {beginsTar} from './tar.ts';

/** Any of these makes a directory a bundle; nothing else of it need be there. */
export const bundleMarks: readonly string[] = [entriesPath, 'range.json', 'checkpoint', manifestPath];

async function hashesOf(source: BundleSource): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const {path} of source.items) {
    if (path === manifestPath || path === manifestNotePath) continue;
    const hash = createHash('sha256');
    for await (const piece of source.stream(path)) hash.update(piece);
    hashes.set(path, hash.digest('hex'));
  }
  return hashes;
}

function manifestProblem(
  {manifest, namesManifest}: Container,
  hashes: ReadonlyMap<string, string>,
): string | undefined {
  if (!namesManifest) return `${manifestNotePath} does not name the hash of ${manifestPath}`;
  const changed = [...hashes].find(([path, hash]) => manifest.get(path) !== hash);
  if (changed !== undefined) {
    const [path] = changed;
    return manifest.has(path) ? `${path} is not what the manifest says` : `${path} is not in the manifest`;
  }
  const gone = [...manifest.keys()].find(path => !hashes.has(path));
  return gone === undefined ? undefined : `${gone} is in the manifest, but not there`;
}

function rootsOf({range}: Container, {scan, tree, lines}: Slice): ReadonlyMap<number, Uint8Array> {
  const roots = new Map<number, Uint8Array>(scan.roots);
  const whole = lines === range.to - range.from ? rootFrom(tree, range.right, range.size) : undefined;
  if (whole !== undefined) roots.set(range.size, whole);
  return roots;
}

interface Read {
  readonly container: Container;
  readonly context: readonly ContextLine[];
  readonly slice: Slice;
  readonly hashes: ReadonlyMap<string, string>;
}

function factsOf(read: Read, notes: readonly Known[], given: Verifier | undefined): Facts {
  const {container, context, slice, hashes} = read;
  const {keys, range, checkpoint, manifestNote} = container;
  const {from, to, size} = range;
  const roots = rootsOf(container, slice);
  const root = roots.get(size);
  const belongs = ({reached}: ContextLine): boolean =>
    reached !== undefined && root !== undefined && equal(reached, root);
  const [first] = context;
  const stray = context.find(line => !belongs(line));
  const beside =
    (checkpoint.size === size
      ? undefined
      : `the file checkpoint is of size ${checkpoint.size}, not ${size}`) ??
    slice.beside ??
    (stray === undefined ? undefined : `entry ${stray.said.seq} of context.jsonl is not in this log`) ??
    manifestProblem(container, hashes);
  return {
    keys,
    given,
    notes,
    sealed: [{where: manifestNotePath, note: manifestNote}],
    from,
    to,
    size,
    lines: slice.lines,
    extraLines: slice.extraLines,
    scan: slice.scan,
    context: context.map(({said}) => said),
    contextVkey: first?.said.seq === 0 && belongs(first) ? (first.vkey ?? '') : undefined,
    roots,
    beside,
  };
}

/** Derived files are compared only when nothing else is wrong. */
async function judgeAll(source: BundleSource, facts: Facts, {hashes}: Read): Promise<Bad | undefined> {
  const bad = judge(facts);
  if (bad !== undefined) return bad;
  const reason = await derivedProblem(source, facts, hashes);
  return reason === undefined ? undefined : {verdict: 'modified', reason};
}

function openHere(facts: Facts): readonly string[] {
  return facts.notes
    .filter(({size}) => size > 0 && size <= facts.size && !facts.roots.has(size))
    .map(
      ({size, where}) =>
        `whether the checkpoint of size ${size} in ${where} is of this log: that takes the entries around it`,
    );
}

async function readAll(
  source: BundleSource,
  elsewhere: readonly EvidenceNote[],
  onProgress: NonNullable<VerifyOptions['onProgress']>,
): Promise<{readonly read: Read; readonly notes: readonly Known[]} | Bad> {
  const container = await readContainer(source);
  if (isBad(container)) return container;
  const given = readNotes(elsewhere);
  if (isBad(given)) return given;
  const context = await readContext(source, container.range);
  if (isBad(context)) return context;
  const {from, to} = container.range;
  const slice = await readSlice(source, container, {
    sizes: new Set(given.map(({size}) => size)),
    onProgress: done => onProgress(done, to - from),
  });
  if (slice.container !== undefined) return malformed(slice.container);
  const hashes = await hashesOf(source);
  return {read: {container, context, slice, hashes}, notes: [...container.notes, ...given]};
}

/** Verifies a bundle. Throws EVIDENCE_UNREADABLE when it is none, USAGE for a bad key; never for what it finds. */
export async function verifyBundle(source: BundleSource, options: VerifyOptions = {}): Promise<Finding> {
  const given = givenKey(options.vkey);
  const elsewhere = options.notes ?? [];
  const situation = (open: readonly string[]): Situation => ({
    source: 'bundle',
    given,
    hasNotes: elsewhere.length > 0,
    open,
  });
  const {items} = source;
  if (!items.some(({path}) => bundleMarks.includes(path))) {
    throw new QdError('EVIDENCE_UNREADABLE', 'There is no evidence bundle.', {
      hint: `A bundle holds the files ${bundleMarks.join(', ')}, and more.`,
    });
  }
  const entries = items.find(({path}) => path === entriesPath);
  const unread = (bad: Bad): Finding =>
    findingOf(bad, {entries: 0, checkpoints: 0, keyId: ''}, situation([]));
  if (entries === undefined || (entries.kind === 'file' && entries.sizeBytes === 0))
    return unread({verdict: 'empty', reason: 'there are no entries'});
  const all = await readAll(source, elsewhere, options.onProgress ?? (() => undefined));
  if (isBad(all)) return unread(all);
  const {read, notes} = all;
  const facts = factsOf(read, notes, given);
  const bad = await judgeAll(source, facts, read);
  const checkpoints = read.container.notes.length;
  return findingOf(bad, {facts, checkpoints}, situation(openHere(facts)));
}

/** What is said of a tar that cannot be read: `malformed`, when it begins as one of a bundle. `first`: its first block. */
export function refusedTar(first: Uint8Array, problem: string, options: VerifyOptions = {}): Finding {
  if (!beginsTar(first)) {
    throw new QdError('EVIDENCE_UNREADABLE', 'The file is no tar of an evidence bundle.', {
      hint: 'Name the directory or the .tar that `quarterdeck evidence export` made, or a data directory.',
    });
  }
  const given = givenKey(options.vkey);
  const bad = malformed(`the tar is not as a bundle's is written: ${problem}`);
  const hasNotes = (options.notes ?? []).length > 0;
  return findingOf(
    bad,
    {entries: 0, checkpoints: 0, keyId: ''},
    {source: 'bundle', given, hasNotes, open: []},
  );
}
