// `ledger retention`: erases the values that the site keeps no longer.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {writableLedger} from './erasing.ts';
import {applyRetention, retentionOf, type Applied} from './housekeeping.ts';

export const ledgerRetention = defineCommand({
  name: 'ledger retention',
  summary: 'erase the values that are older than the site keeps them; the daemon does it once a day',
  options: [
    {flags: '--dry-run', summary: 'only say what would be erased'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [{line: 'quarterdeck ledger retention --dry-run', does: 'what the policy would erase now'}],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    dryRun: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({dryRun = false, json = false}, context) => {
    const {talk} = context;
    const retention = retentionOf(await context.site());
    if (retention === undefined) {
      if (json) talk.json({v: 1, applied: []});
      else talk.out(show('The site has no `retention`: nothing is erased by itself.'));
      return exit.good;
    }
    const ledger = await writableLedger(context);
    const all: Applied[] = [];
    for await (const applied of applyRetention(context, {ledger, retention, dryRun})) {
      all.push(applied);
      if (json) continue;
      const {policy, values, held, entry, remains} = applied;
      const kept = held === 0 ? '' : `, ${held} kept under a hold`;
      if (values === 0) talk.out(say`${policy}: nothing to erase${kept}`);
      else if (entry === undefined) talk.out(say`${policy}: ${values} values would be erased${kept}`);
      else talk.out(say`${policy}: ${values} values erased${kept}; entry ${entry} says so`);
      if (remains !== undefined) talk.err(say`quarterdeck: ${remains}`);
    }
    if (json) talk.json({v: 1, dryRun, applied: all});
    else if (all.length === 0) talk.out(show('Nothing is old enough.'));
    return all.some(({remains}) => remains !== undefined) ? exit.no : exit.good;
  },
});
