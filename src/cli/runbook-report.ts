// `runbook report`: the record of a run as Markdown, from the ledger alone.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {StoredEntry} from '../domain/entry.ts';
import {exit} from '../domain/error.ts';
import {redact, retentionApply} from '../domain/kinds-ledger.ts';
import {runFinish, runStart} from '../domain/kinds-run.ts';
import type {Runbook, Step} from '../domain/runbook.ts';
import {say, showLines} from '../domain/show.ts';
import {commitmentsOf} from '../ledger/commitment.ts';
import type {Ledger} from '../ports.ts';
import {runRecord, type Kept, type RunRecord} from '../report/run-record.ts';
import {parseRunbook, placesIn} from '../runbook/index.ts';
import {runNamed} from './ledger-lines.ts';
import {writeNew} from './new-file.ts';

/** Texts that stand in the record anyway, or belong to the site. */
const notShown = /^\/body\/(?:source|siteSource|linked)/;

export const runbookReport = defineCommand({
  name: 'runbook report',
  summary: 'the record of a run as Markdown: its runbook with what was done, said and printed at each step',
  arguments: [{spec: '<run>', summary: 'the run: any unique end of its id'}],
  options: [{flags: '--output <file>', summary: 'write it there; nothing is written over'}],
  examples: [
    {line: 'quarterdeck runbook report 7f2c', does: 'prints it; an open run is shown as it stands'},
    {line: 'quarterdeck runbook report 7f2c --output incident.md', does: 'a file for the post-mortem'},
  ],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), output: z.string().min(1).optional()}),
  run: async ({args: [name], output}, context) => {
    const {talk, ledgerFiles} = context;
    const ledger = await ledgerFiles.openToRead(await context.homeDir());
    try {
      const run = await runNamed(ledger, name);
      const entries = await ledger.read({run});
      const {text, result} = await recordOf(ledger, entries);
      if (output === undefined) {
        for (const line of showLines(text.replace(/\n$/, ''))) talk.out(line);
        return exit.good;
      }
      await writeNew(context, output, text);
      const range = `entries ${entries[0]?.seq ?? 0} to ${entries.at(-1)?.seq ?? 0}`;
      talk.out(say`${output}: run ${run}, ${result ?? 'still open'}, ${range}`);
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});

/** The record of a run whose entries these are; an erased runbook leaves its entries in their order. */
async function recordOf(
  ledger: Ledger,
  entries: readonly StoredEntry[],
): Promise<{readonly text: string; readonly result: string | undefined}> {
  const [start] = entries;
  const body = runStart.safeParse(start?.entry.body).data;
  const {checkpointSize: size, checkpointRoot: root} = await ledger.head();
  const bytes = start === undefined ? undefined : await ledger.disclosure(start.seq, '/body/source');
  const file = body?.file ?? 'runbook.md';
  const runbook = parseRunbook({file, bytes: bytes ?? new Uint8Array()});
  const {head, steps} = placesIn(runbook);
  const record: RunRecord = {
    entries,
    kept: await keptOf(ledger, entries),
    source:
      bytes === undefined
        ? `# ${body?.title ?? 'Run'}\n\nThe text of the runbook was erased.\n`
        : runbook.source,
    head,
    steps,
    log: {origin: ledger.origin, size, root},
  };
  const last = entries.findLast(({entry}) => entry.kind === 'run.finish');
  const result = runFinish.safeParse(last?.entry.body).data?.result;
  const text = runRecord(record);
  const again = parseRunbook({file, bytes: new TextEncoder().encode(text)});
  // Where a note would change what the text means, all of them stand at its end.
  const isSame = bytes === undefined || stepsIn(again) === stepsIn(runbook);
  return {text: isSame ? text : runRecord({...record, steps: new Map()}), result};
}

/** What a runbook's steps are, in one text. */
function stepsIn({procedures, meta}: Runbook): string {
  const plain = ({id, type, title, effect, command, children}: Step): unknown[] => [
    id,
    type,
    title,
    effect,
    command ?? '',
    children.map(plain),
  ];
  return JSON.stringify([
    meta,
    procedures.map(({id, phases}) => [
      id,
      phases.flatMap(({phase, steps}) => (steps.length === 0 ? [] : [[phase, steps.map(plain)]])),
    ]),
  ]);
}

/** Every value beside these entries; for one that is gone, the entry that erased it. */
async function keptOf(ledger: Ledger, entries: readonly StoredEntry[]): Promise<ReadonlyMap<string, Kept>> {
  const kept = new Map<string, Kept>();
  let erased: ReadonlyMap<string, number> | undefined;
  for (const {seq, entry} of entries) {
    for (const ptr of commitmentsOf(entry.body).keys()) {
      if (notShown.test(ptr)) continue;
      const bytes = await ledger.disclosure(seq, ptr);
      if (bytes !== undefined) {
        kept.set(`${seq}${ptr}`, {bytes});
        continue;
      }
      erased ??= await erasures(ledger);
      const by = erased.get(`${seq}${ptr}`);
      kept.set(`${seq}${ptr}`, {gone: true, ...(by === undefined ? {} : {by})});
    }
  }
  return kept;
}

/** By `seq` and pointer of what was erased: the entry that says so. */
async function erasures(ledger: Ledger): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const {seq: by, entry} of await ledger.read({kinds: ['redact', 'retention.apply']})) {
    const one = redact.safeParse(entry.body).data;
    const places = one === undefined ? (retentionApply.safeParse(entry.body).data?.erased ?? []) : [one];
    for (const {seq, ptr} of places) if (!found.has(`${seq}${ptr}`)) found.set(`${seq}${ptr}`, by);
  }
  return found;
}
