// Cases: opening one, putting evidence into it unchanged, verifying it, and recording what a second environment found.
import path from 'node:path';
import {z} from 'zod';
import type {Json, NewEntry} from '../../domain/entry.ts';
import {QdError} from '../../domain/error.ts';
import {timestamp} from '../../domain/time.ts';
import {sha256} from '../../foreign/canonical.ts';
import {verifyForeign, type Expected, type ForeignVerdict} from '../../foreign/index.ts';
import {parseJson} from '../../ledger/json.ts';
import type {Clock, Files, Ledger} from '../../ports.ts';
import {recorded} from '../recorded.ts';
import {against, caseEntryKinds, casesIn, type Case, type CaseFile, type CaseRun} from './fold.ts';
import {folderOf, idForm, load, safeName, store, unstore, writeManifest, type CaseFolder} from './folder.ts';

export interface CaseDesk {
  readonly ledger: Ledger;
  readonly files: Files;
  readonly clock: Clock;
  readonly home: string;
  /** This environment as a verifier: the host, and the program with its version. */
  readonly host: string;
  readonly tool: string;
}

export const folderAt = ({files, home}: Pick<CaseDesk, 'files' | 'home'>, id: string): CaseFolder => ({
  files,
  home,
  id,
});

export const allCases = async (ledger: Ledger): Promise<readonly Case[]> =>
  casesIn(await ledger.read({kinds: caseEntryKinds}));

/** Throws CASE_NOT_FOUND. */
export async function caseNamed(ledger: Ledger, id: string): Promise<Case> {
  const cases = await allCases(ledger);
  const found = cases.find(one => one.id === id);
  if (found !== undefined) return found;
  const known = cases.map(one => one.id).slice(-5);
  throw new QdError('CASE_NOT_FOUND', `There is no case "${id}".`, {
    hint:
      known.length === 0
        ? `Open it: quarterdeck case open ${id} --title "…"`
        : `The newest are ${known.join(', ')}; all of them: quarterdeck case list`,
  });
}

function mustWrite(ledger: Ledger): void {
  if (ledger.readOnly === undefined) return;
  throw new QdError('LEDGER_READ_ONLY', `Nothing can be recorded: ${ledger.readOnly}.`, {
    hint: 'Check the mount and the permissions of the data directory.',
  });
}

const append = async (ledger: Ledger, entry: NewEntry): Promise<number> =>
  recorded(await ledger.append({entries: [entry]})).seq;

export async function openCase(
  {ledger}: CaseDesk,
  {id, title, critical}: {readonly id: string; readonly title: string; readonly critical: boolean},
): Promise<number> {
  if (!idForm.test(id)) {
    throw new QdError('USAGE', `"${id}" cannot name a case.`, {
      hint: 'Use lowercase letters, digits and dashes, at most 63, such as audit-2026-q1.',
    });
  }
  mustWrite(ledger);
  if ((await allCases(ledger)).some(one => one.id === id)) {
    throw new QdError('FILE_EXISTS', `The case ${id} exists already.`, {
      hint: `See it with: quarterdeck case show ${id}`,
    });
  }
  return append(ledger, {
    kind: 'case.open',
    body: {case: id, critical},
    disclosed: [{ptr: '/body/title', value: title}],
  });
}

export interface Piece {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly from: string;
  readonly requestId?: string;
  readonly cacheControl?: string;
  readonly warnings?: readonly string[];
}

const manifestLine = ({file, sha256: hash, exportedAt, requestId, cacheControl}: CaseFile): object => ({
  file,
  sha256: hash,
  exported_at: exportedAt,
  request_id: requestId ?? null,
  cache_control: cacheControl ?? null,
});

/** The lines of a case's manifest (R17). */
export const manifestLines = ({files}: Case): readonly object[] => files.map(manifestLine);

/** Stores a piece of evidence unchanged and records it. What cannot be recorded is not kept. */
export async function addPiece(desk: CaseDesk, id: string, piece: Piece): Promise<CaseFile> {
  const {ledger} = desk;
  mustWrite(ledger);
  await caseNamed(ledger, id);
  const folder = folderAt(desk, id);
  const exportedAt = timestamp(desk.clock.nowMs());
  const name = await store(folder, safeName(piece.name), piece.bytes);
  const body: Record<string, Json> = {
    case: id,
    file: name,
    sha256: sha256(piece.bytes),
    size: piece.bytes.length,
    from: piece.from,
    exportedAt,
    ...(piece.requestId === undefined ? {} : {requestId: piece.requestId}),
    ...(piece.cacheControl === undefined ? {} : {cacheControl: piece.cacheControl}),
    ...(piece.warnings === undefined || piece.warnings.length === 0 ? {} : {warnings: [...piece.warnings]}),
  };
  let seq: number;
  try {
    seq = await append(ledger, {kind: 'case.add', body});
  } catch (error) {
    await unstore(folder, name);
    throw error;
  }
  const now = await caseNamed(ledger, id);
  await writeManifest(folder, manifestLines(now));
  const added = now.files.find(file => file.seq === seq);
  if (added === undefined) throw new RangeError(`entry ${seq} is not the file that was added`);
  return added;
}

/** One run of a verifier, in the form that is kept and that a second environment hands over. */
const runSchema = z.looseObject({
  host: z.string().min(1).max(200),
  tool: z.string().min(1).max(200),
  version: z.string().max(100).optional(),
  input_sha256: z.string().regex(/^[0-9a-f]{64}$/),
  what: z.string().max(100).default('evidence'),
  verified: z.boolean(),
  failure_index: z.int().min(0).nullable().default(null),
  failure_reason: z.string().max(1000).nullable().default(null),
});
type RunOutput = z.output<typeof runSchema>;

export interface Verified {
  readonly run: CaseRun;
  readonly verdict: ForeignVerdict | undefined;
  /** Earlier runs about the same bytes that say something else. */
  readonly against: readonly CaseRun[];
}

/** Keeps the verifier's output in the case folder and records the run. */
async function keepRun(
  desk: CaseDesk,
  known: Case,
  run: {
    readonly output: RunOutput;
    readonly bytes: Uint8Array;
    readonly by: 'here' | 'elsewhere';
    readonly file: string | undefined;
  },
): Promise<{readonly run: CaseRun; readonly against: readonly CaseRun[]}> {
  const {output, bytes, by, file} = run;
  const folder = folderAt(desk, known.id);
  const name = await store(folder, safeName(`${(file ?? 'other').slice(0, 60)}.run-${by}.json`), bytes);
  const kept = {
    case: known.id,
    ...(file === undefined ? {} : {file}),
    sha256: output.input_sha256,
    what: output.what,
    verified: output.verified,
    ...(output.failure_index === null ? {} : {failureIndex: output.failure_index}),
    ...(output.failure_reason === null ? {} : {failureReason: output.failure_reason}),
    host: output.host,
    tool: output.version === undefined ? output.tool : `${output.tool} ${output.version}`,
    by,
    output: name,
    outputSha256: sha256(bytes),
  };
  const others = against(kept, known.runs);
  const body = {...kept, ...(others.length === 0 ? {} : {disagrees: true})};
  try {
    const seq = await append(desk.ledger, {kind: 'case.verify', body});
    return {run: {...body, seq, at: timestamp(desk.clock.nowMs())}, against: others};
  } catch (error) {
    await unstore(folder, name);
    throw error;
  }
}

/** The answer as a run of this environment: the same input gives the same bytes. */
export function runText(
  verdict: ForeignVerdict,
  by: {readonly host: string; readonly tool: string; readonly sha256: string},
): string {
  const answer =
    verdict.at === 'judged'
      ? {what: verdict.what, ...verdict.answer}
      : {what: 'evidence', verified: false, failure_index: null, failure_reason: verdict.why, event_count: 0};
  return `${JSON.stringify({...answer, host: by.host, tool: by.tool, input_sha256: by.sha256})}\n`;
}

/** Verifies one file of a case and records it. A file that is no longer what was recorded fails, whatever it says. */
export async function verifyPiece(
  desk: CaseDesk,
  known: Case,
  file: CaseFile,
  expected: Expected,
): Promise<Verified> {
  mustWrite(desk.ledger);
  const bytes = await load(folderAt(desk, known.id), file.file);
  if (bytes === undefined || sha256(bytes) !== file.sha256) {
    const dir = folderOf(folderAt(desk, known.id));
    throw new QdError(
      'NOT_VERIFIED',
      `${file.file} is ${bytes === undefined ? 'gone' : 'NOT what was recorded'}: entry ${file.seq} says sha256 ${file.sha256}.`,
      {hint: `Somebody changed ${dir}. Keep it as it is, and fetch the evidence again under a new name.`},
    );
  }
  const verdict = verifyForeign(bytes, expected);
  const text = runText(verdict, {host: desk.host, tool: desk.tool, sha256: file.sha256});
  const kept = new TextEncoder().encode(text);
  const output = runSchema.parse(parseJson(text));
  return {verdict, ...(await keepRun(desk, known, {output, bytes: kept, by: 'here', file: file.file}))};
}

/** Records what a verifier said in another environment; `resultFile` is its output. Throws CASE_INVALID. */
export async function recordRun(desk: CaseDesk, known: Case, resultFile: string): Promise<Verified> {
  mustWrite(desk.ledger);
  const answer = await desk.files.read(resultFile, 1024 * 1024);
  if (answer.at !== 'read') {
    throw new QdError('FILE_UNREADABLE', `${resultFile} cannot be read: ${answer.message}.`, {
      file: resultFile,
    });
  }
  const output = parsedRun(answer.bytes, path.basename(resultFile));
  const file = known.files.find(one => one.sha256 === output.input_sha256)?.file;
  return {
    verdict: undefined,
    ...(await keepRun(desk, known, {output, bytes: answer.bytes, by: 'elsewhere', file})),
  };
}

function parsedRun(bytes: Uint8Array, name: string): RunOutput {
  const hint =
    'It is the output of `quarterdeck case verify … --json`, or an object with host, tool, version, input_sha256, verified, failure_index and failure_reason.';
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', {fatal: true}).decode(bytes));
  } catch {
    throw new QdError('CASE_INVALID', `${name} is not JSON.`, {hint, file: name});
  }
  const parsed = runSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join('.') ?? '';
  throw new QdError('CASE_INVALID', `${name} is no verifier's result: ${place} ${issue?.message ?? ''}`, {
    hint,
    file: name,
  });
}
