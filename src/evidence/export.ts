// An evidence bundle from the ledger in use: recorded before and after, written beside, verified, then given its name.
import path from 'node:path';
import type {Finding} from '../domain/evidence.ts';
import {QdError} from '../domain/error.ts';
import type {Json} from '../domain/entry.ts';
import type {LedgerSnapshot} from '../domain/snapshot.ts';
import type {BundleSource} from '../ledger/bundle/source.ts';
import {Digest} from '../ledger/bundle/digest.ts';
import {fitsTar, tarOf} from '../ledger/bundle/tar.ts';
import type {Clock, Files, Ledger, LedgerKeeper} from '../ports.ts';
import {BundleFolder, unwritable} from './export/folder.ts';
import type {Slice} from './export/frame.ts';
import {Guard, type FindSecrets} from './export/guard.ts';
import {chosen, type Asked, type Chosen} from './export/slice.ts';
import {writeBundle, type Verifiers} from './export/write.ts';
import {folderSource} from './folder-source.ts';
import {recorded} from './recorded.ts';

export type {Asked} from './export/slice.ts';

export interface ExportRequest {
  readonly asked: Asked;
  /** Absolute. */
  readonly target: string;
  /** As the operator named it. */
  readonly named: string;
  /** An archive is a directory that the retention of the site made. */
  readonly form: 'directory' | 'tar' | 'archive';
}

export type ExportStage = 'writing' | 'verifying' | 'packing';

export interface ExportTools {
  readonly ledger: Ledger;
  readonly keeper: () => Promise<LedgerKeeper>;
  readonly snapshot: () => Promise<LedgerSnapshot>;
  readonly files: Files;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly verifiers: () => Promise<Verifiers>;
  readonly find: FindSecrets;
  /** Carries the checkpoint to the anchors of the site; what goes wrong there does not stop an export. */
  readonly anchor?: () => Promise<unknown>;
  readonly verify: (
    source: BundleSource,
    onProgress: (done: number, total: number) => void,
  ) => Promise<Finding>;
  readonly onProgress: (stage: ExportStage, done: number, total: number) => void;
}

export interface Exported {
  readonly path: string;
  /** Hex. */
  readonly manifest: string;
  readonly slice: Slice;
  readonly files: number;
  readonly sizeBytes: number;
  /** Places that look like secrets, without being known as such: a few of them, and how many there are. */
  readonly doubts: readonly string[];
  readonly doubtful: number;
}

async function assertFree({target}: ExportRequest, files: Files): Promise<string> {
  const part = `${target}.part`;
  if ((await files.stat(target)) !== undefined) {
    throw new QdError('FILE_EXISTS', `${target} exists already; an export never overwrites.`, {
      hint: 'Name another place, or move what is there away.',
      file: target,
    });
  }
  if ((await files.stat(part)) !== undefined) {
    throw new QdError(
      'FILE_EXISTS',
      `${part} is there: another export is being written, or was interrupted.`,
      {
        hint: `If none is running, remove it with: rm -rf ${part}`,
        file: part,
      },
    );
  }
  const parent = path.dirname(target);
  if ((await files.stat((await files.real(parent)) ?? parent))?.kind !== 'directory') {
    throw new QdError('FILE_UNWRITABLE', `${parent} is no directory.`, {
      hint: 'Make it first, or name another place.',
      file: parent,
    });
  }
  return part;
}

/** The tar of the folder, written beside and read again. */
async function pack(folder: BundleFolder, beside: string, {files, onProgress}: ExportTools): Promise<number> {
  const {written, dir} = folder;
  const large = written.find(file => !fitsTar(file));
  if (large !== undefined) {
    throw new QdError('EVIDENCE_REFUSED', `${large.path} is too large for a tar.`, {
      hint: 'Export without --tar.',
    });
  }
  const digest = new Digest();
  async function* chunks(): AsyncIterable<Uint8Array> {
    let done = 0;
    const members = written.map(({path: name, sizeBytes}) => ({
      ...{path: name, sizeBytes},
      chunks: files.stream(path.join(dir, name)),
    }));
    for await (const chunk of tarOf(members)) {
      digest.update(chunk);
      yield chunk;
      onProgress('packing', (done += chunk.length), sizeOf(folder));
    }
  }
  const answer = await files.create(beside, chunks(), {mode: 0o444});
  if (answer.at === 'failed') throw unwritable(beside, answer);
  const again = new Digest();
  for await (const piece of files.stream(beside)) again.update(piece);
  if (again.hex() !== digest.hex()) {
    throw new QdError('FILE_UNWRITABLE', `${beside} does not read back as it was written.`, {
      hint: 'Nothing was handed over. Look at the disk, and export to another one.',
      file: beside,
    });
  }
  return answer.sizeBytes;
}

const sizeOf = ({written}: BundleFolder): number => written.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);

/** Writes everything beside the target; what is there is gone again when this throws. */
async function make(
  request: ExportRequest,
  given: {readonly part: string; readonly chosen: Chosen; readonly size: number},
  tools: ExportTools,
): Promise<Exported> {
  const {files, ledger, clock, signal, onProgress} = tools;
  const {part, size} = given;
  const {range = {from: 0, to: size}, scope} = given.chosen;
  const slice = {...range, size};
  const folder = new BundleFolder(files, part);
  const tar = `${part}.tar`;
  const snapshot = await tools.snapshot();
  try {
    const verifiers = await tools.verifiers();
    const guard = new Guard(tools.find);
    const keeper = await tools.keeper();
    const manifest = await writeBundle({
      ...{snapshot, slice, origin: ledger.origin, folder, guard, verifiers},
      run: scope.at === 'run' ? scope.run : undefined,
      signText: async text => keeper.signText(text),
      onPage: async (done, total) => {
        onProgress('writing', done, total);
        await new Promise<void>(resolve => void clock.after(0, resolve));
        signal.throwIfAborted();
      },
    }).finally(async () => keeper.close());
    const source = await folderSource(files, part);
    const {report} = await tools.verify(source, (done, total) => onProgress('verifying', done, total));
    signal.throwIfAborted();
    if (!report.verified) {
      throw new QdError(
        'EVIDENCE_REFUSED',
        `What was written does not verify (${report.verdict}): ${report.failure_reason ?? ''}.`,
        {hint: 'Nothing was handed over. Look at the ledger with: quarterdeck ledger verify'},
      );
    }
    const isTar = request.form === 'tar';
    const sizeBytes = isTar ? await pack(folder, tar, tools) : sizeOf(folder);
    const moved = await files.move(isTar ? tar : part, request.target);
    if (moved.at === 'failed') throw unwritable(request.target, moved);
    if (isTar) await files.removeTree(part);
    const {doubts, doubtful} = guard;
    return {path: request.target, manifest, slice, files: folder.written.length, sizeBytes, doubts, doubtful};
  } catch (error) {
    await folder.abandon();
    await files.remove(tar);
    throw error;
  } finally {
    snapshot.close();
  }
}

const refusals: ReadonlySet<unknown> = new Set(['SECRET_FOUND', 'EVIDENCE_REFUSED']);

/**
 * Exports and records it. Throws USAGE, RUN_NOT_FOUND, FILE_EXISTS before anything is recorded; then SECRET_FOUND,
 * EVIDENCE_REFUSED, FILE_UNWRITABLE and LEDGER_*, with nothing under the target's name and an outcome that says so.
 */
export async function exportEvidence(request: ExportRequest, tools: ExportTools): Promise<Exported> {
  const {ledger, files, signal} = tools;
  const part = await assertFree(request, files);
  const before = await tools.snapshot();
  let asked: Chosen;
  try {
    asked = chosen(request.asked, before);
  } finally {
    before.close();
  }
  const {scope} = asked;
  const body = {scope, path: request.named, form: request.form};
  const record = async (more: Readonly<Record<string, Json>>, of?: number) =>
    recorded(
      await ledger.append({
        entries: [{kind: 'export', body: {...body, ...more}, ...(of === undefined ? {} : {of})}],
      }),
    );
  const intent = await record({});
  const {checkpointSize: size} = await ledger.checkpoint();
  if (size <= intent.seq) {
    throw new QdError('LEDGER_READ_ONLY', 'No checkpoint that covers this export could be signed.', {
      hint: 'Look at: quarterdeck ledger checkpoint',
    });
  }
  // So that what is handed over can be compared with what was carried elsewhere at that moment.
  await tools.anchor?.();
  let made: Exported;
  try {
    made = await make(request, {part, chosen: asked, size}, tools);
  } catch (error) {
    const isRefused = error instanceof QdError && refusals.has(error.code);
    const message = error instanceof QdError ? error.message : signal.aborted ? 'interrupted' : String(error);
    // When even this cannot be written, the first error is the one to tell; the intent stays without an outcome.
    await record(
      {result: isRefused ? 'refused' : 'failed', message: message.slice(0, 1000)},
      intent.seq,
    ).catch(() => undefined);
    throw error;
  }
  const {manifest, slice} = made;
  await record({result: 'written', manifest, ...slice}, intent.seq);
  return made;
}
