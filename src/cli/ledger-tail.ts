// `ledger tail`: the newest entries, and those that come.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {actKinds} from '../domain/acts.ts';
import {exit} from '../domain/error.ts';
import type {EntryQuery, StoredEntry} from '../domain/entry.ts';
import type {Ledger} from '../ports.ts';
import {entryJson, entryLine} from './ledger-lines.ts';

const usual = 20;

/** Which kinds are wanted; empty: all. */
type Only = Pick<EntryQuery, 'kinds'>;

/** Prints entries as they come, until the signal. */
async function follow(
  ledger: Ledger,
  {from, only}: {readonly from: number; readonly only: Only},
  print: (row: StoredEntry) => void,
  signal: AbortSignal,
): Promise<void> {
  let next = from;
  let printing: Promise<void> = Promise.resolve();
  const catchUp = async (): Promise<void> => {
    for (const row of await ledger.read({from: next, ...only})) {
      print(row);
      next = row.seq + 1;
    }
  };
  await new Promise<void>((resolve, reject) => {
    const look = (): void => {
      printing = printing.then(catchUp).catch(reject);
    };
    const cancel = ledger.watch(look);
    look();
    const stop = (): void => {
      cancel();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, {once: true});
  });
  await printing;
}

export const ledgerTail = defineCommand({
  name: 'ledger tail',
  summary: 'the newest entries',
  options: [
    {flags: '-n, --lines <count>', summary: `how many (${usual})`},
    {flags: '-f, --follow', summary: 'go on with what comes'},
    {flags: '--acts', summary: 'only what people and steps did: no sessions, looks, checkpoints'},
    {flags: '--json', summary: 'one JSON object a line'},
  ],
  examples: [
    {line: 'quarterdeck ledger tail -n 50 --follow', does: 'watches what is recorded'},
    {line: 'quarterdeck ledger tail --acts', does: 'runs, steps, refusals, notes, evidence; nothing else'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    lines: z.coerce.number().int().min(0).max(100_000).default(usual),
    follow: z.boolean().optional(),
    acts: z.boolean().default(false),
    json: z.boolean().optional(),
  }),
  run: async ({lines, follow: goesOn = false, acts, json = false}, context) => {
    const {talk, signal, ledgerFiles} = context;
    const ledger = await ledgerFiles.openToRead(await context.homeDir());
    try {
      const print = (row: StoredEntry): void => {
        if (json) talk.json(entryJson(row));
        else talk.out(entryLine(row, talk.columns));
      };
      const {size} = await ledger.head();
      const only: Only = acts ? {kinds: actKinds} : {};
      const newest = lines === 0 ? [] : await ledger.read({to: size, ...only, reverse: true, limit: lines});
      for (const row of newest.toReversed()) print(row);
      if (goesOn) await follow(ledger, {from: size, only}, print, signal);
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});
