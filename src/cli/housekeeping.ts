// What a site's retention asks for: values erased when they are old enough, entries copied into the archive.
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import type {Retention, Site} from '../domain/site.ts';
import {archiveSegment, dueSegments, type Segment} from '../evidence/archive.ts';
import type {Exported} from '../evidence/export.ts';
import {applyEntry, dueBatches} from '../evidence/retention.ts';
import type {Cancel, Ledger} from '../ports.ts';
import {eraseChosen} from './erasing.ts';
import {exportTools} from './export-tools.ts';

/** The section of the site; undefined when there is none. Throws SITE_UNTRUSTED: it says what is erased for good. */
export function retentionOf({retention, trust}: Site): Retention | undefined {
  if (retention === undefined || trust.at === 'trusted') return retention;
  throw new QdError('SITE_UNTRUSTED', `The site is not trusted: ${trust.why}`, {
    hint: 'Its retention decides what is erased. Look at what changed: quarterdeck site trust',
  });
}

export interface Applied {
  readonly policy: string;
  readonly values: number;
  readonly held: number;
  /** The entry that says so; undefined for a dry run, and where everything is held. */
  readonly entry: number | undefined;
  readonly remains: string | undefined;
}

/** Erases what is due, a batch at a time; a dry run only says what would be erased. Throws LEDGER_*. */
export async function* applyRetention(
  context: CommandContext,
  {ledger, retention, dryRun}: {ledger: Ledger; retention: Retention; dryRun: boolean},
): AsyncIterable<Applied> {
  const {size: asOf} = await ledger.head();
  const scene = {ledger, retention, nowMs: context.clock.nowMs()};
  for await (const batch of dueBatches(scene)) {
    const {policy, chosen, held} = batch;
    const values = chosen.reduce((sum, {ptrs}) => sum + ptrs.length, 0);
    if (dryRun || values === 0) {
      yield {policy, values, held, entry: undefined, remains: undefined};
      continue;
    }
    const keeper = await context.ledgerFiles.keeper(ledger.dir);
    try {
      const {seqs, remains} = await eraseChosen(context, keeper, {
        chosen,
        entries: [applyEntry(batch)],
        asOf,
      });
      yield {policy, values, held, entry: seqs[0], remains};
    } finally {
      await keeper.close();
    }
  }
}

/** The segments that are due for the archive. */
export async function archiveDue(
  context: CommandContext,
  ledger: Ledger,
  {afterMs}: {readonly afterMs: number},
): Promise<readonly Segment[]> {
  const snapshot = await context.ledgerFiles.snapshot(ledger.dir);
  try {
    return await dueSegments(ledger, snapshot, {afterMs, nowMs: context.clock.nowMs()});
  } finally {
    snapshot.close();
  }
}

/** Writes each as a bundle, verified. Throws FILE_UNWRITABLE, SECRET_FOUND, EVIDENCE_REFUSED and LEDGER_*. */
export async function* writeArchive(
  context: CommandContext,
  ledger: Ledger,
  archive: NonNullable<Retention['archive']>,
): AsyncIterable<Exported> {
  for (const segment of await archiveDue(context, ledger, archive))
    yield await archiveSegment(
      segment,
      archive.dir,
      exportTools(context, ledger, () => undefined),
    );
}

/** The first looks of the monitor come before. */
const firstAfterMs = 5_000;
const everyMs = 24 * 60 * 60_000;

export interface KeepRequest {
  readonly context: CommandContext;
  readonly site: Site;
  readonly ledger: Ledger;
  readonly say: (event: string, fields: Readonly<Record<string, unknown>>) => void;
}

/** Once a day, and a moment after the start: the archive first, then what is old is erased. */
export function keepHouse({context, site, ledger, say}: KeepRequest): Cancel {
  let ended = false;
  let cancel: Cancel = () => undefined;
  const isEnded = (): boolean => ended;
  const round = async (): Promise<void> => {
    const retention = retentionOf(site);
    if (retention === undefined || ledger.readOnly !== undefined) return;
    if (retention.archive !== undefined) {
      for await (const {path, slice} of writeArchive(context, ledger, retention.archive)) {
        say('archive', {path, from: slice.from, to: slice.to});
        if (isEnded()) return;
      }
    }
    for await (const applied of applyRetention(context, {ledger, retention, dryRun: false})) {
      if (applied.values > 0) say('retention', {...applied});
      if (isEnded()) return;
    }
  };
  const later = (delayMs: number): void => {
    if (isEnded()) return;
    cancel = context.clock.after(delayMs, () => {
      void round()
        .catch((error: unknown) => {
          say('problem', {message: error instanceof Error ? error.message : String(error)});
        })
        .then(() => {
          later(everyMs);
        });
    });
  };
  if (site.retention !== undefined) later(firstAfterMs);
  return () => {
    ended = true;
    cancel();
  };
}
