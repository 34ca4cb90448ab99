// R31: whether the files that a site should have written lately are as long as they should be.
import type {Site} from '../../domain/site.ts';
import {instantOf} from '../../domain/time.ts';
import type {Files} from '../../ports.ts';
import {readNdjson} from '../logs/index.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;

export interface Artifact {
  /** As in logs/: `uptime.ndjson`, `dr_report_*.json`. */
  readonly file: string;
  /** Lines of the file, or files of that name. */
  readonly counts: 'lines' | 'files';
  readonly days: number;
  readonly least: number;
}

export type ArtifactState = 'ok' | 'late' | 'missing';

export interface ArtifactFound extends Artifact {
  readonly found: number;
  readonly state: ArtifactState;
  /** Lines of the file, at any time, that are no JSON object. */
  readonly torn: number;
}

/** What a day, week or month of this site writes at least. */
export function artifactsOf({services}: Pick<Site, 'services'>): readonly Artifact[] {
  const promised = services.filter(({slo}) => slo !== undefined);
  const looks = promised.flatMap(({slo, checks}) =>
    checks.filter(({id}) => slo?.checks.includes(id)).map(({everyMs}) => Math.floor(dayMs / everyMs)),
  );
  const uptime = looks.reduce((a, b) => a + b, 0);
  return [
    ...(promised.length === 0
      ? []
      : ([
          {file: 'uptime.ndjson', counts: 'lines', days: 1, least: uptime},
          {file: 'slo_guard.ndjson', counts: 'lines', days: 1, least: 96},
        ] as const)),
    {file: 'backup_verify.ndjson', counts: 'lines', days: 1, least: 1},
    {file: 'secret_rotations.ndjson', counts: 'lines', days: 31, least: 1},
    {file: 'dr_report_*.json', counts: 'files', days: 7, least: 1},
  ];
}

const instant = (value: unknown): number | undefined =>
  typeof value === 'string' ? instantOf(value) : undefined;

/** Lines by the field `ts` from one moment on and before another. */
async function countLines(
  files: Files,
  {
    dir,
    name,
    fromMs,
    toMs,
  }: {readonly dir: string; readonly name: string; readonly fromMs: number; readonly toMs: number},
): Promise<{readonly found: number; readonly torn: number}> {
  const {records, torn} = readNdjson(files, dir, name);
  let found = 0;
  for await (const {ts} of records) {
    const atMs = instant(ts);
    if (atMs !== undefined && atMs >= fromMs && atMs < toMs) found += 1;
  }
  return {found, torn: torn()};
}

/** `dr_report_<epoch>.json`: the epoch, in seconds or milliseconds, says when. */
async function countFiles(
  files: Files,
  dir: string,
  {fromMs, toMs}: {fromMs: number; toMs: number},
): Promise<number> {
  const listed = await files.list(dir);
  if (listed.at !== 'listed') return 0;
  return listed.names.filter(name => {
    const epoch = Number(/^dr_report_(\d{10}|\d{13})\.json$/.exec(name)?.[1] ?? Number.NaN);
    const atMs = epoch < 1e11 ? epoch * 1000 : epoch;
    return atMs >= fromMs && atMs < toMs;
  }).length;
}

/** Each artifact with what is there, up to the last whole minute. Throws when a file cannot be read. */
export async function checkArtifacts(
  files: Files,
  {
    dir,
    artifacts,
    nowMs,
  }: {readonly dir: string; readonly artifacts: readonly Artifact[]; readonly nowMs: number},
): Promise<readonly ArtifactFound[]> {
  const toMs = Math.floor(nowMs / minuteMs) * minuteMs;
  const all: ArtifactFound[] = [];
  for (const artifact of artifacts) {
    const fromMs = toMs - artifact.days * dayMs;
    const {found, torn} =
      artifact.counts === 'files'
        ? {found: await countFiles(files, dir, {fromMs, toMs}), torn: 0}
        : await countLines(files, {dir, name: artifact.file.replace(/\.ndjson$/, ''), fromMs, toMs});
    const state = found >= artifact.least ? 'ok' : found === 0 ? 'missing' : 'late';
    all.push({...artifact, found, state, torn});
  }
  return all;
}
