// `ledger hold`: sets, lifts and lists holds; what is under one is not erased, by nobody and by no policy.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, show, showBytes} from '../domain/show.ts';
import {scopeWords} from '../evidence/holds.ts';
import {recorded} from '../evidence/recorded.ts';
import {holdsIn, writableLedger} from './erasing.ts';
import {scopeInput, scopeOf, scopeOptions} from './ledger-scope.ts';

const reason = z.string('the option --reason is needed').trim().min(1, 'the reason is empty').max(2000);
const reasonOption = {flags: '--reason <text>', summary: 'why; it is recorded'};
const jsonOption = {flags: '--json', summary: 'as JSON'};

export const ledgerHoldSet = defineCommand({
  name: 'ledger hold set',
  summary: 'keep values from being erased; whoever owns the account may, and is named',
  options: [...scopeOptions, reasonOption, jsonOption],
  examples: [
    {line: 'quarterdeck ledger hold set --run 1f0a7c33 --reason "case 17"', does: 'one run'},
    {line: 'quarterdeck ledger hold set --all --reason "audit"', does: 'everything'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    ...scopeInput,
    reason,
    json: z.boolean().optional(),
  }),
  run: async ({reason: why, json = false, ...given}, context) => {
    const ledger = await writableLedger(context);
    const scope = await scopeOf(given, ledger, context);
    const id = `hold-${Buffer.from(context.random.bytes(4)).toString('hex')}`;
    const entry = {
      kind: 'hold.set',
      body: {id, scope: {...scope}},
      disclosed: [{ptr: '/body/reason', value: why}],
    };
    const {seq} = recorded(await ledger.append({entries: [entry]}));
    if (json) context.talk.json({v: 1, id, scope, seq});
    else context.talk.out(say`${id}: ${scopeWords(scope)} is held; entry ${seq} says so`);
    return exit.good;
  },
});

export const ledgerHoldLift = defineCommand({
  name: 'ledger hold lift',
  summary: 'end a hold; whoever owns the account may, and is named',
  arguments: [{spec: '<id>', summary: 'the hold, as `ledger hold list` names it'}],
  options: [reasonOption, jsonOption],
  examples: [{line: 'quarterdeck ledger hold lift hold-1f0a7c33 --reason "closed"', does: 'ends it'}],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), reason, json: z.boolean().optional()}),
  run: async ({args: [id], reason: why, json = false}, context) => {
    const ledger = await writableLedger(context);
    const holds = await holdsIn(ledger);
    if (!holds.some(hold => hold.id === id)) {
      throw new QdError('UNKNOWN_NAME', `There is no hold ${id}.`, {
        hint: holds.length === 0 ? 'Nothing is held.' : `In force: ${holds.map(hold => hold.id).join(', ')}.`,
      });
    }
    const entry = {kind: 'hold.lift', body: {id}, disclosed: [{ptr: '/body/reason', value: why}]};
    const {seq} = recorded(await ledger.append({entries: [entry]}));
    if (json) context.talk.json({v: 1, id, seq});
    else context.talk.out(say`${id}: lifted; entry ${seq} says so`);
    return exit.good;
  },
});

export const ledgerHoldList = defineCommand({
  name: 'ledger hold list',
  summary: 'the holds in force',
  options: [jsonOption],
  examples: [{line: 'quarterdeck ledger hold list', does: 'what must not be erased, since when and why'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json = false}, context) => {
    const {talk} = context;
    const ledger = await context.ledgerFiles.openToRead(await context.homeDir());
    try {
      const holds = await holdsIn(ledger);
      if (json) {
        talk.json({v: 1, holds});
        return exit.good;
      }
      if (holds.length === 0) talk.out(show('Nothing is held.'));
      for (const {id, scope, seq, ts, operator} of holds) {
        const why = await ledger.disclosure(seq, '/body/reason');
        talk.out(say`${id}  ${scopeWords(scope)}  since ${ts} by ${operator} (entry ${seq})`);
        if (why !== undefined) talk.out(say`  ${showBytes(why)}`);
      }
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});
