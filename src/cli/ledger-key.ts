// `ledger key`: the verifier keys, for whoever will verify later.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import {textOf} from '../domain/utf8.ts';
import {parseVkey} from '../ledger/note.ts';

export const ledgerKey = defineCommand({
  name: 'ledger key',
  summary: 'print the verifier keys, oldest first',
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [{line: 'quarterdeck ledger key', does: 'what an auditor needs to verify signatures'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json = false}, context) => {
    const {talk, files} = context;
    const file = path.join(await context.homeDir(), 'ledger.vkey');
    const answer = await files.read(file, 64 * 1024);
    const lines =
      answer.at === 'read'
        ? textOf(answer.bytes)
            .split('\n')
            .filter(line => line !== '')
        : [];
    const keys = lines.map(parseVkey).filter(key => key !== undefined);
    if (keys.length === 0 || keys.length !== lines.length) {
      throw new QdError('LEDGER_UNREADABLE', `${file} holds no verifier key.`, {
        hint: 'It is made with the first entry. If there are entries: quarterdeck ledger verify',
        file,
      });
    }
    const isNewest = (i: number): boolean => i === keys.length - 1;
    if (json) {
      talk.json({keys: keys.map(({name, id, vkey}, i) => ({name, id, vkey, inForce: isNewest(i)}))});
    } else {
      for (const {vkey} of keys) talk.out(show(vkey));
      // Not on standard output, which holds keys and nothing else.
      if (keys.length > 1) talk.err(say`quarterdeck: ${keys.at(-1)?.id ?? ''}, the last one, is in force`);
    }
    return exit.good;
  },
});
