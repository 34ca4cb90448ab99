// `ledger archive`: copies old entries as bundles into the archive of the site.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {writableLedger} from './erasing.ts';
import {archiveDue, retentionOf, writeArchive} from './housekeeping.ts';

export const ledgerArchive = defineCommand({
  name: 'ledger archive',
  summary: 'copy old entries as verified bundles into the archive; the daemon does it once a day',
  options: [
    {flags: '--dry-run', summary: 'only say what would be copied'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [{line: 'quarterdeck ledger archive --dry-run', does: 'which entries are due'}],
  input: z.strictObject({
    args: z.array(z.string()).max(0),
    dryRun: z.boolean().optional(),
    json: z.boolean().optional(),
  }),
  run: async ({dryRun = false, json = false}, context) => {
    const {talk} = context;
    const archive = retentionOf(await context.site())?.archive;
    if (archive === undefined) {
      if (json) talk.json({v: 1, segments: []});
      else talk.out(show('The site has no `retention.archive`: nothing is copied by itself.'));
      return exit.good;
    }
    const ledger = await writableLedger(context);
    const segments: Record<string, unknown>[] = [];
    if (dryRun) {
      for (const {from, to} of await archiveDue(context, ledger, archive)) {
        segments.push({from, to});
        if (!json) talk.out(say`the entries ${from} to ${to - 1} would be copied to ${archive.dir}`);
      }
    } else {
      for await (const {path, slice, manifest} of writeArchive(context, ledger, archive)) {
        const {from, to} = slice;
        segments.push({from, to, path, manifest});
        if (!json) talk.out(say`${path}: the entries ${from} to ${to - 1}, verified`);
      }
    }
    if (json) talk.json({v: 1, dryRun, segments});
    else if (segments.length === 0) talk.out(show('Nothing is due.'));
    return exit.good;
  },
});
