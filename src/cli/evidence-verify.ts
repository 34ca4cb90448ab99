// `evidence verify`: whether a bundle is whole and what it proves, by the same code as `ledger verify`; or a file of
// another system.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {foreignBytes, sayForeign} from './evidence-foreign.ts';
import {runVerify, verifyInput, verifyOptions} from './verifying.ts';

export const evidenceVerify = defineCommand({
  name: 'evidence verify',
  summary: 'check that a bundle is whole and unchanged',
  arguments: [
    {
      spec: '<path>',
      summary: 'the directory or .tar of a bundle, a data directory, or a .json of another system',
    },
  ],
  options: verifyOptions,
  examples: [
    {line: 'quarterdeck evidence verify system-export.json', does: 'what another system exported'},
    {line: 'quarterdeck evidence verify bundle.tar', does: 'a bundle as it was handed over'},
    {
      line: "quarterdeck evidence verify bundle --vkey 'NAME+ID+KEY' --checkpoint mailed.txt",
      does: 'with a key and a checkpoint that you have from elsewhere',
    },
  ],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), ...verifyInput}),
  run: async ({args: [given], ...asked}, context) => {
    const place = path.resolve(context.cwd, given);
    const foreign = await foreignBytes(place, context);
    if (foreign !== undefined) return sayForeign(foreign, given, asked.json ?? false, context);
    return runVerify(place, asked, context);
  },
});
