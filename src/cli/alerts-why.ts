// `alerts why`: why nothing arrives, link by link, from the site file to the last answer of each channel.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {reading, scopesTyped} from './alert-scope.ts';
import {alertChain, type Link} from './alert-chain.ts';

const words: Record<Link['at'], string> = {ok: 'ok   ', no: 'NO   ', waits: 'waits'};

export const alertsWhy = defineCommand({
  name: 'alerts why',
  summary: 'why nothing arrives: every link from the site file to the last answer of each channel',
  arguments: [
    {spec: '[names...]', summary: 'SERVICE, SERVICE/CHECK or label:NAME; without one, what is open'},
  ],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [{line: 'quarterdeck alerts why api/live', does: 'exit status 1 when a link is broken'}],
  input: z.strictObject({args: z.array(z.string().min(1)), json: z.boolean().default(false)}),
  run: async ({args, json}, context) => {
    const on = scopesTyped(args, await context.site());
    return reading(context, async ledger => {
      const {links, isQuiet} = await alertChain(context, {ledger, on});
      const isBroken = links.some(({at}) => at === 'no');
      if (json) context.talk.json({v: 1, ok: !isBroken, links});
      else {
        for (const {at, about, message} of links) context.talk.out(say`${words[at]}  ${about}: ${message}`);
        if (isQuiet) context.talk.out(show('       No alert is open: there is nothing to tell.'));
      }
      return isBroken ? exit.no : exit.good;
    });
  },
});
