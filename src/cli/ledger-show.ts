// `ledger show`: one entry in full with the values beside it, or every entry of a run.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {StoredEntry} from '../domain/entry.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, showByteLines, showLines} from '../domain/show.ts';
import {commitmentsOf} from '../ledger/commitment.ts';
import type {Ledger, Talk} from '../ports.ts';
import {entryJson, entryLine, runNamed} from './ledger-lines.ts';

interface Value {
  readonly ptr: string;
  readonly bytes: Uint8Array | undefined;
}

async function valuesOf(ledger: Ledger, {seq, entry}: StoredEntry): Promise<Value[]> {
  const pointers = [...commitmentsOf(entry.body).keys()];
  return Promise.all(pointers.map(async ptr => ({ptr, bytes: await ledger.disclosure(seq, ptr)})));
}

function printEntry(talk: Talk, row: StoredEntry, values: readonly Value[]): void {
  for (const line of showLines(JSON.stringify(row.entry, null, 2))) talk.out(line);
  talk.out(say`leaf ${row.leaf}`);
  for (const {ptr, bytes} of values) {
    talk.out(bytes === undefined ? say`${ptr}: erased` : say`${ptr}: ${bytes.length} bytes`);
    for (const line of showByteLines(bytes ?? new Uint8Array())) talk.out(say`  ${line}`);
  }
}

/** Bytes that are text as text, others as base64. */
function valueJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return null;
  try {
    return {text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)};
  } catch {
    return {base64: Buffer.from(bytes).toString('base64')};
  }
}

async function showOne(ledger: Ledger, seq: number, talk: Talk, json: boolean): Promise<void> {
  const [row] = await ledger.read({from: seq, to: seq + 1});
  if (row === undefined) {
    const {size} = await ledger.head();
    throw new QdError('UNKNOWN_NAME', `There is no entry ${seq}.`, {
      hint: `The ledger holds the entries 0 to ${size - 1}.`,
    });
  }
  const values = await valuesOf(ledger, row);
  if (json) {
    const disclosed = Object.fromEntries(values.map(({ptr, bytes}) => [ptr, valueJson(bytes)]));
    talk.json({...entryJson(row), values: disclosed});
  } else printEntry(talk, row, values);
}

export const ledgerShow = defineCommand({
  name: 'ledger show',
  summary: 'one entry in full, or every entry of a run',
  arguments: [{spec: '<entry>', summary: 'number of an entry, or a run (any unique end of its id)'}],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {line: 'quarterdeck ledger show 42', does: 'entry 42 with the values that belong to it'},
    {line: 'quarterdeck ledger show 1f0a7c33', does: 'everything that happened in that run'},
  ],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), json: z.boolean().optional()}),
  run: async ({args: [name], json = false}, context) => {
    const {talk, ledgerFiles} = context;
    const ledger = await ledgerFiles.openToRead(await context.homeDir());
    try {
      if (/^\d{1,7}$/.test(name)) await showOne(ledger, Number(name), talk, json);
      else {
        const run = await runNamed(ledger, name);
        const rows = await ledger.read({run});
        if (json) talk.json({run, entries: rows.map(entryJson)});
        else for (const row of rows) talk.out(entryLine(row, talk.columns));
      }
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});
