// `runbook lint`: what is wrong with runbook files, as `file:line: level code message`.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Problem} from '../domain/runbook.ts';
import {fileRunbook, lintContext} from './runbook-file.ts';

export const runbookLint = defineCommand({
  name: 'runbook lint',
  summary: 'check runbook files: fences, annotations, names, verify, rollback, review dates',
  arguments: [{spec: '<file...>', summary: 'Markdown files'}],
  options: [
    {flags: '--strict', summary: 'warnings count too'},
    {flags: '--json', summary: 'print JSON'},
  ],
  examples: [{line: 'quarterdeck runbook lint --strict runbooks/*.md', does: 'for a CI job'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1),
    strict: z.boolean().default(false),
    json: z.boolean().default(false),
  }),
  run: async ({args, strict, json}, context) => {
    const lint = await lintContext(context);
    const found: {file: string; problems: readonly Problem[]}[] = [];
    for (const file of args) found.push({file, problems: (await fileRunbook(context, file, lint)).problems});
    const all = found.flatMap(({problems}) => problems);
    if (json) context.talk.json({v: 1, files: found});
    else {
      for (const {file, problems} of found)
        for (const {line, level, code, message} of problems)
          context.talk.out(say`${file}:${line}: ${level} ${code} ${message}`);
      if (all.length === 0)
        context.talk.out(say`${args.length === 1 ? '1 file' : `${args.length} files`}, nothing wrong`);
    }
    if (all.some(({code}) => code === 'unreadable')) return exit.could_not;
    return all.some(({level}) => strict || level === 'error') ? exit.no : exit.good;
  },
});
