// `ledger redact`: erases values behind an entry; the entry stays, and another one says what was erased and why.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import type {NewEntry, StoredEntry} from '../domain/entry.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {handedOver} from '../evidence/archive.ts';
import {holdOn, scopeWords} from '../evidence/holds.ts';
import {commitmentsOf} from '../ledger/commitment.ts';
import type {Ledger} from '../ports.ts';
import {eraseChosen, holdsIn, writableLedger} from './erasing.ts';
import {entryLine} from './ledger-lines.ts';

interface Value {
  readonly ptr: string;
  /** Undefined: it was erased before. */
  readonly sizeBytes: number | undefined;
}

async function entryAt(ledger: Ledger, seq: number): Promise<StoredEntry> {
  const [row] = await ledger.read({from: seq, to: seq + 1});
  if (row !== undefined) return row;
  const {size} = await ledger.head();
  throw new QdError('UNKNOWN_NAME', `There is no entry ${seq}.`, {
    hint: `The ledger holds the entries 0 to ${size - 1}.`,
  });
}

const valuesOf = async (ledger: Ledger, {seq, entry}: StoredEntry): Promise<Value[]> =>
  Promise.all(
    [...commitmentsOf(entry.body).keys()]
      .toSorted()
      .map(async ptr => ({ptr, sizeBytes: (await ledger.disclosure(seq, ptr))?.length})),
  );

const listed = (values: readonly Value[]): string =>
  values
    .map(({ptr, sizeBytes}) => `${ptr} (${sizeBytes === undefined ? 'erased' : `${sizeBytes} bytes`})`)
    .join(', ');

/** Which of the values are meant; asks when the command line does not say. */
async function choose(
  values: readonly Value[],
  {seq, pointer, all}: {seq: number; pointer: string | undefined; all: boolean},
  {talk}: CommandContext,
): Promise<string[]> {
  const there = values.filter(({sizeBytes}) => sizeBytes !== undefined);
  if (there.length === 0) {
    throw new QdError('UNKNOWN_NAME', `Entry ${seq} has no value that could be erased.`, {
      hint: values.length === 0 ? 'It commits to none.' : `Its values: ${listed(values)}.`,
    });
  }
  if (all) return there.map(({ptr}) => ptr);
  let named = pointer;
  if (named === undefined) {
    if (!talk.interactive) {
      throw new QdError('USAGE', `Say which value of entry ${seq} to erase, or --all.`, {
        hint: `Its values: ${listed(values)}.`,
      });
    }
    for (const [i, {ptr, sizeBytes}] of there.entries())
      talk.out(say`  ${i + 1}  ${ptr}  ${sizeBytes ?? 0} bytes`);
    const answer = (await talk.ask(show('Which one? Its number, or all:')))?.trim() ?? '';
    if (answer === 'all') return there.map(({ptr}) => ptr);
    named = there[Number(answer) - 1]?.ptr ?? answer;
  }
  if (there.some(({ptr}) => ptr === named)) return [named];
  throw new QdError('UNKNOWN_NAME', `Entry ${seq} has no value at ${named === '' ? 'that place' : named}.`, {
    hint: `Its values: ${listed(values)}.`,
  });
}

async function confirmed(
  {talk}: CommandContext,
  row: StoredEntry,
  ptrs: readonly string[],
): Promise<boolean> {
  talk.out(entryLine(row, talk.columns));
  for (const ptr of ptrs) talk.out(say`  erases ${ptr}`);
  talk.out(
    show('Nobody can bring it back. The entry stays; a new one says what was erased, why and by whom.'),
  );
  const answer = await talk.ask(say`Type the number of the entry (${row.seq}) to erase:`);
  return answer?.trim() === String(row.seq);
}

const redactOf = (seq: number, ptr: string, reason: string): NewEntry => ({
  kind: 'redact',
  body: {seq, ptr},
  disclosed: [{ptr: '/body/reason', value: reason}],
});

export const ledgerRedact = defineCommand({
  name: 'ledger redact',
  summary: 'erase values behind an entry for good; whoever owns the account may, and is named',
  arguments: [
    {spec: '<entry>', summary: 'number of the entry'},
    {spec: '[pointer]', summary: 'which value, such as /body/output; without it you are asked'},
  ],
  options: [
    {flags: '--reason <text>', summary: 'why; it is recorded'},
    {flags: '--all', summary: 'every value of the entry'},
    {flags: '--yes', summary: 'do not ask; for scripts'},
    {flags: '--json', summary: 'as JSON; needs --yes'},
  ],
  examples: [
    {line: 'quarterdeck ledger redact 42 --reason "personal data, request 17"', does: 'asks which value'},
    {line: 'quarterdeck ledger redact 42 /body/output --reason "a password" --yes', does: 'for scripts'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).min(1).max(2),
    reason: z.string('the option --reason is needed').trim().min(1, 'the reason is empty').max(2000),
    all: z.boolean().optional(),
    yes: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [number = '', pointer], reason, all = false, yes = false, json = false}, context) => {
    const {talk} = context;
    if (!/^\d{1,15}$/.test(number))
      throw new QdError('USAGE', `${number} is no number of an entry.`, {
        hint: 'Find it with: quarterdeck ledger tail',
      });
    if (!yes && (json || !talk.interactive)) {
      throw new QdError(
        'NOT_A_TERMINAL',
        '`ledger redact` asks before it erases, and there is nobody to ask.',
        {
          hint: 'Give --yes when you are sure.',
        },
      );
    }
    const ledger = await writableLedger(context);
    const {size: asOf} = await ledger.head();
    const row = await entryAt(ledger, Number(number));
    const hold = holdOn(await holdsIn(ledger), row.entry);
    if (hold !== undefined) {
      throw new QdError(
        'HELD',
        `Entry ${row.seq} is under the hold ${hold.id} (${scopeWords(hold.scope)}), which ${hold.operator} set at ${hold.ts}; nothing was erased.`,
        {hint: `When it is over: quarterdeck ledger hold lift ${hold.id} --reason "…"`},
      );
    }
    const ptrs = await choose(await valuesOf(ledger, row), {seq: row.seq, pointer, all}, context);
    if (!yes && !(await confirmed(context, row, ptrs))) {
      talk.err(show('quarterdeck: nothing was erased'));
      return exit.refused;
    }
    const keeper = await context.ledgerFiles.keeper(await context.homeDir());
    try {
      const copies = (await handedOver(ledger)).filter(({from, to}) => row.seq >= from && row.seq < to);
      const entries = ptrs.map(ptr => redactOf(row.seq, ptr, reason));
      const {seqs, remains} = await eraseChosen(context, keeper, {chosen: [{row, ptrs}], entries, asOf});
      if (json) {
        const erased = ptrs.map(ptr => ({seq: row.seq, ptr}));
        const paths = copies.map(({path}) => path);
        talk.json({v: 1, erased, entries: seqs, copies: paths, ...(remains === undefined ? {} : {remains})});
      } else {
        for (const [i, ptr] of ptrs.entries())
          talk.out(say`erased ${ptr} of entry ${row.seq}; entry ${seqs[i] ?? -1} says so`);
        if (remains !== undefined) talk.err(say`quarterdeck: ${remains}`);
        for (const copy of copies)
          talk.err(say`quarterdeck: ${copy.path} may still hold it: entry ${copy.entry} handed it over`);
      }
      return remains === undefined ? exit.good : exit.no;
    } finally {
      await keeper.close();
    }
  },
});
