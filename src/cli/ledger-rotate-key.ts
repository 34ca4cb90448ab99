// `ledger rotate-key`: a new signing key, vouched for by the old one.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {writableLedger} from './erasing.ts';

export const ledgerRotateKey = defineCommand({
  name: 'ledger rotate-key',
  summary: 'sign with a new key from now on; the old one vouches for it and is destroyed',
  options: [
    {flags: '--reason <text>', summary: 'why; it is recorded'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {line: 'quarterdeck ledger rotate-key --reason "yearly"', does: 'give the new key to who verifies'},
  ],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    reason: z.string('the option --reason is needed').trim().min(1, 'the reason is empty').max(2000),
    json: z.boolean().optional(),
  }),
  run: async ({reason, json = false}, context) => {
    const {talk} = context;
    const ledger = await writableLedger(context);
    const keeper = await context.ledgerFiles.keeper(ledger.dir);
    const {vkey, seq} = await keeper.rotateKey(reason).finally(async () => keeper.close());
    // Until the new key has signed something, a verifier who was given it has nothing to hold it against.
    const sealed = await ledger.append({entries: [{kind: 'ledger.seal', body: {}}]});
    if (sealed.ok) await ledger.checkpoint();
    if (json) talk.json({v: 1, vkey, seq, signed: sealed.ok});
    else {
      talk.out(say`entry ${seq} introduces the new key; the old one is destroyed`);
      talk.out(say`  verifier key ${vkey}`);
      talk.out(
        show('  The keys before it stay in ledger.vkey: what they signed is still verified with them.'),
      );
    }
    if (sealed.ok) return exit.good;
    talk.err(say`quarterdeck: the new key has signed nothing yet: ${sealed.message}`);
    talk.err(show('  The next entry that is recorded is signed with it.'));
    return exit.no;
  },
});
