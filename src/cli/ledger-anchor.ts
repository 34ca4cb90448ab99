// `ledger anchor`: carries the newest signed checkpoint to the anchors of the site now, and records what became of it.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {placeOf} from '../domain/anchor.ts';
import {exit, QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {say} from '../domain/show.ts';
import type {Site} from '../domain/site.ts';
import {sendCheckpoint, type Anchored} from '../evidence/anchors.ts';

function chosen({anchors = [], trust}: Site, name: string | undefined) {
  if (anchors.length === 0) {
    throw new QdError('USAGE', 'The site has no anchors.', {
      hint: 'Name places in `anchors:` of the site file; docs/anchors.md shows how.',
    });
  }
  if (trust.at !== 'trusted') {
    throw new QdError('SITE_UNTRUSTED', `The site is not trusted: ${trust.why}`, {
      hint: 'Its anchors decide what is written where. Look at what changed: quarterdeck site trust',
    });
  }
  const found = name === undefined ? anchors : anchors.filter(anchor => anchor.name === name);
  if (found.length > 0) return found;
  const names = anchors.map(anchor => anchor.name);
  const near = didYouMean(name ?? '', names) || ` Known: ${names.join(', ')}.`;
  throw new QdError('UNKNOWN_NAME', `There is no anchor \`${name ?? ''}\`.${near}`, {
    hint: 'The anchors stand in the site file: quarterdeck site show',
  });
}

const said: Record<Anchored['at'], string> = {
  sent: 'sent',
  current: 'current',
  failed: 'FAILED',
  pending: 'pending',
};

export const ledgerAnchor = defineCommand({
  name: 'ledger anchor',
  summary: 'carry the newest signed checkpoint to the anchors of the site',
  arguments: [{spec: '[name]', summary: 'one anchor; without it, all of them'}],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {line: 'quarterdeck ledger anchor', does: 'to every anchor, although nothing may be new'},
    {line: 'quarterdeck ledger anchor witness', does: 'to the one that the site file names so'},
  ],
  input: z.strictObject({args: z.array(z.string().min(1)).max(1), json: z.boolean().optional()}),
  run: async ({args: [name], json = false}, context) => {
    const {talk, files, exec, env, clock, signal} = context;
    const anchors = chosen(await context.site(), name);
    const ledger = await context.ledger();
    const tools = {ledger, files, exec, env, clock};
    const answers = await sendCheckpoint(anchors, tools, {signal, always: true});
    signal.throwIfAborted();
    if (json) {
      const rows = answers.map(({anchor, at, size, readBack, lost, message}) => ({
        ...{anchor: anchor.name, type: anchor.type, to: placeOf(anchor), offHost: anchor.offHost},
        ...{ok: at === 'sent', size, readBack, ...(lost === undefined ? {} : {lost}), message},
      }));
      talk.json({v: 1, anchors: rows});
    } else {
      const width = Math.max(...anchors.map(anchor => anchor.name.length));
      for (const {anchor, at, size, message} of answers) {
        const what = at === 'failed' ? message : `${size} entries, ${message}`;
        talk.out(say`${anchor.name.padEnd(width)}  ${said[at].padEnd(6)}  ${what}`);
      }
    }
    return answers.every(({at}) => at === 'sent') ? exit.good : exit.could_not;
  },
});
