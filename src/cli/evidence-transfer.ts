// `evidence transfer`: records that a bundle changes hands, after verifying it once more.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {exported} from '../domain/kinds-ledger.ts';
import {itemOf, transferEntry} from '../evidence/custody.ts';
import {recorded} from '../evidence/recorded.ts';
import type {Ledger} from '../ports.ts';
import {writableLedger} from './erasing.ts';
import {verifyPath} from './verifying.ts';

/** The entry that says that this ledger exported it; undefined when it did not. */
async function exportOf(ledger: Ledger, item: string): Promise<number | undefined> {
  const rows = await ledger.read({kinds: ['export'], reverse: true});
  return rows.find(({entry}) => exported.safeParse(entry.body).data?.manifest === item)?.seq;
}

const line = (option: string) =>
  z
    .string(`the option ${option} is needed`)
    .trim()
    .min(1, 'is empty')
    .max(200, 'is longer than 200 characters');

export const evidenceTransfer = defineCommand({
  name: 'evidence transfer',
  summary: 'record that a bundle is handed over, and what a verification says of it',
  arguments: [{spec: '<bundle>', summary: 'the directory or .tar'}],
  options: [
    {flags: '--to <name>', summary: 'who gets it'},
    {flags: '--how <text>', summary: 'how, such as "sealed disk, by courier"'},
    {flags: '--reason <text>', summary: 'why; it is recorded'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck evidence transfer incident-42.tar --to "Ines Audit" --how sftp', does: 'you to her'},
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]),
    to: line('--to'),
    how: line('--how'),
    reason: z.string().trim().min(1, 'the reason is empty').max(2000).optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [named], to, how, reason, json = false}, context) => {
    const {talk, files, cwd, actor} = context;
    const ledger = await writableLedger(context);
    const place = path.resolve(cwd, named);
    const item = await itemOf(place, files);
    const {report} = await verifyPath(place, context, {});
    const {verdict, verified, failure_reason: why} = report;
    const from = actor.operator;
    const entry = transferEntry({item, what: named, from, to, how, verdict, reason});
    const {seq} = recorded(await ledger.append({entries: [entry]}));
    const origin = await exportOf(ledger, item);
    if (json) {
      const known = origin === undefined ? {} : {exported: origin};
      talk.json({v: 1, item, from, to, how, verdict, verified, seq, ...known});
    } else {
      talk.out(say`${named}: ${verdict}${why === null ? '' : ` (${why})`}`);
      talk.out(say`  manifest ${item}`);
      talk.out(say`  from ${from} to ${to}, ${how}; entry ${seq} says so`);
      if (origin === undefined) talk.err(show('quarterdeck: this ledger has not exported it'));
      else talk.out(say`  entry ${origin} says that it was exported here`);
      if (!verified) talk.err(show('quarterdeck: what is handed over does not verify; that is recorded too'));
    }
    return verified ? exit.good : exit.no;
  },
});
