// `ledger verify`: whether the record is whole, and what that does not prove.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {runVerify, verifyInput, verifyOptions} from './verifying.ts';

export const ledgerVerify = defineCommand({
  name: 'ledger verify',
  summary: 'check that the record is whole and unchanged',
  arguments: [
    {spec: '[path]', summary: 'a data directory, its ledger.db, or a bundle; without it, the ledger in use'},
  ],
  options: verifyOptions,
  examples: [
    {line: 'quarterdeck ledger verify', does: 'the ledger in use'},
    {line: 'quarterdeck ledger verify --checkpoint mailed.txt', does: 'against a checkpoint that you kept'},
  ],
  input: z.strictObject({args: z.array(z.string().min(1)).max(1), ...verifyInput}),
  run: async ({args: [given], ...asked}, context) => {
    const where = given === undefined ? await context.homeDir() : path.resolve(context.cwd, given);
    return runVerify(where, asked, context);
  },
});
