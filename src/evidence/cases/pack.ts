// The pack for an auditor (R19): evidence, verifier outputs, ids, times and instructions; never a credential. Same case, same bytes.
import path from 'node:path';
import {QdError} from '../../domain/error.ts';
import type {SecretFound} from '../../domain/secret.ts';
import {sha256} from '../../foreign/canonical.ts';
import {manifestText} from '../../ledger/bundle/manifest.ts';
import {tarOf} from '../../ledger/bundle/tar.ts';
import type {Files} from '../../ports.ts';
import {folderAt, manifestLines, type CaseDesk} from './cases.ts';
import {standingOf, standingWords, type Case} from './fold.ts';
import {folderOf, load, names} from './folder.ts';
import {readme} from './readme.ts';

export interface PackFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface PackRequest {
  /** Undefined when it was erased. */
  readonly title: string | undefined;
  readonly find: (bytes: Uint8Array) => readonly SecretFound[];
  /** Goes on in spite of what only looks like a secret. */
  readonly acceptDoubts: boolean;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function caseJson(known: Case, origin: string, title: string | undefined): string {
  const files = known.files.map(file => ({
    file: file.file,
    sha256: file.sha256,
    size: file.size,
    from: file.from,
    exported_at: file.exportedAt,
    request_id: file.requestId ?? null,
    cache_control: file.cacheControl ?? null,
    warnings: file.warnings ?? [],
    added_by: file.operator,
    entry: file.seq,
    standing: standingWords(standingOf(file, known)),
  }));
  const runs = known.runs.map(run => ({
    file: run.file ?? null,
    input_sha256: run.sha256,
    what: run.what,
    verified: run.verified,
    failure_index: run.failureIndex ?? null,
    failure_reason: run.failureReason ?? null,
    host: run.host,
    tool: run.tool,
    by: run.by,
    disagrees: run.disagrees ?? false,
    output: run.output,
    recorded_at: run.at,
    entry: run.seq,
  }));
  const {id, critical, openedAt, operator, seq} = known;
  const head = {format: 'quarterdeck-case-v1', case: id, title: title ?? null, critical, log: origin};
  return `${JSON.stringify({...head, opened_at: openedAt, opened_by: operator, entry: seq, files, runs}, null, 2)}\n`;
}

/** Addresses of databases say where to knock, with or without a password in them. */
const databaseUrl =
  /\b(?:DATABASE_URL["']?\s*[=:]|(?:postgres(?:ql)?|mysql|mariadb|mongodb(?:\+srv)?|redis|mssql|sqlserver):\/\/)/i;

interface Leak {
  readonly file: string;
  readonly what: string;
  readonly at: number;
  readonly isDoubt: boolean;
}

function leaksIn(file: string, bytes: Uint8Array, {find, acceptDoubts}: PackRequest): readonly Leak[] {
  const url = databaseUrl.exec(Buffer.from(bytes).toString('latin1'))?.index;
  const found = find(bytes).map(({what, at, sure}) => ({file, what, at, isDoubt: sure === 'guess'}));
  const all = [
    ...(url === undefined
      ? []
      : [{file, what: 'a database URL (such as DATABASE_URL)', at: url, isDoubt: false}]),
    ...found,
  ];
  return all.filter(({isDoubt}) => !isDoubt || !acceptDoubts);
}

const maxNamed = 5;

/** Throws SECRET_FOUND naming what must not be handed over, what is certain first. */
function refuse(leaks: readonly Leak[]): void {
  const sorted = leaks.toSorted((a, b) => Number(a.isDoubt) - Number(b.isDoubt));
  const [worst] = sorted;
  if (worst === undefined) return;
  const named = sorted.slice(0, maxNamed).map(({file, what, at}) => `${file} holds ${what} at byte ${at}`);
  const rest = sorted.length - named.length;
  const more = rest > 0 ? `, and ${rest} more` : '';
  throw new QdError('SECRET_FOUND', `${named.join('; ')}${more}. Nothing was handed over.`, {
    hint: worst.isDoubt
      ? 'It only looks like a secret. Read it; when it is none, say --accept-doubts.'
      : 'A file that was recorded is never edited: open another case without it. Change what leaked.',
    file: worst.file,
  });
}

/** Everything that goes into the pack. Throws SECRET_FOUND, NOT_VERIFIED for a changed file, EVIDENCE_REFUSED for a stray one. */
export async function packFiles(
  desk: CaseDesk,
  known: Case,
  request: PackRequest,
): Promise<readonly PackFile[]> {
  const folder = folderAt(desk, known.id);
  const kept = [
    ...known.files.map(({file, sha256: hash}) => ({name: file, hash, to: 'evidence'})),
    ...known.runs.map(({output, outputSha256}) => ({
      name: output,
      hash: outputSha256,
      to: 'verifier-output',
    })),
  ];
  const expected = new Set(['manifest.jsonl', ...kept.flatMap(({name}) => [name, `${name}.sha256`])]);
  const leaks: Leak[] = [];
  for (const name of await names(folder))
    leaks.push(...leaksIn(name, (await load(folder, name)) ?? new Uint8Array(), request));
  refuse(leaks);
  for (const name of await names(folder)) {
    if (expected.has(name)) continue;
    throw new QdError('EVIDENCE_REFUSED', `${name} lies in ${folderOf(folder)}, but is not recorded.`, {
      hint: 'Take it away, or put it into the case with `case add`.',
      file: name,
    });
  }
  const files: PackFile[] = [];
  for (const {name, hash, to} of kept) {
    const bytes = await load(folder, name);
    if (bytes === undefined || sha256(bytes) !== hash) {
      throw new QdError(
        'NOT_VERIFIED',
        `${name} is ${bytes === undefined ? 'gone' : 'NOT what was recorded'}.`,
        {
          hint: `See: quarterdeck case show ${known.id}`,
          file: name,
        },
      );
    }
    files.push({path: `${to}/${name}`, bytes});
  }
  const written = [
    {path: 'README.txt', bytes: utf8(readme(known, request.title))},
    {path: 'case.json', bytes: utf8(caseJson(known, desk.ledger.origin, request.title))},
    {
      path: 'manifest.jsonl',
      bytes: utf8(
        manifestLines(known)
          .map(line => `${JSON.stringify(line)}\n`)
          .join(''),
      ),
    },
  ];
  refuse(written.slice(1).flatMap(({path: name, bytes}) => leaksIn(name, bytes, request)));
  const all = [...files, ...written];
  const list = manifestText(all.map(({path: name, bytes}) => ({path: name, sha256: sha256(bytes)})));
  return [...all, {path: 'manifest-sha256.txt', bytes: utf8(list)}];
}

const unwritable = (file: string, message: string): QdError =>
  new QdError('FILE_UNWRITABLE', `${file} cannot be written: ${message}.`, {file});

/** Writes the pack as a directory, which must be new or empty, or as one tar file. Nothing is replaced. */
export async function writePack(
  files: Files,
  pack: readonly PackFile[],
  {to, tar}: {readonly to: string; readonly tar: boolean},
): Promise<void> {
  if (tar) {
    const list = pack.map(({path: name, bytes}) => ({path: name, sizeBytes: bytes.length, chunks: [bytes]}));
    const answer = await files.create(to, tarOf(list), {mode: 0o444});
    if (answer.at === 'written') return;
    if (answer.why !== 'exists') throw unwritable(to, answer.message);
    throw new QdError('FILE_EXISTS', `${to} exists already.`, {hint: 'Choose another name.', file: to});
  }
  const there = await files.list(to);
  if (there.at === 'listed' ? there.names.length > 0 : there.why !== 'missing') {
    throw new QdError('FILE_EXISTS', `${to} is there already and is no empty directory.`, {
      hint: 'Choose another name: nothing is replaced.',
      file: to,
    });
  }
  for (const {path: name, bytes} of pack) {
    const file = path.join(to, name);
    const made = await files.makeDir(path.dirname(file), 0o755);
    if (made.at === 'failed') throw unwritable(path.dirname(file), made.message);
    const answer = await files.write(file, bytes, {mode: 0o444, exclusive: true});
    if (answer.at === 'failed') throw unwritable(file, answer.message);
  }
}

/** SHA-256 of the pack's manifest: the one number that names it. */
export const packHash = (pack: readonly PackFile[]): string =>
  sha256(pack.find(({path: name}) => name === 'manifest-sha256.txt')?.bytes ?? new Uint8Array());
