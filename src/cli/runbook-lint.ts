// `runbook lint`: what is wrong with runbook files, as `file:line: level code message`.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Problem} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import {stepProblems} from '../engine/run/step-problems.ts';
import {fileRunbook, lintContext, looksLikePath} from './runbook-file.ts';

export const runbookLint = defineCommand({
  name: 'runbook lint',
  summary: 'check runbook files: fences, annotations, names, verify, rollback, review dates',
  arguments: [{spec: '<file-or-id...>', summary: 'Markdown files, or ids from the list'}],
  options: [
    {flags: '--strict', summary: 'warnings count too'},
    {flags: '--json', summary: 'print JSON'},
  ],
  examples: [
    {line: 'quarterdeck runbook lint --strict runbooks/*.md', does: 'for a CI job'},
    {line: 'quarterdeck runbook lint database-unavailable', does: 'one of the list, by its id'},
  ],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1),
    strict: z.boolean().default(false),
    json: z.boolean().default(false),
  }),
  run: async ({args, strict, json}, context) => {
    const lint = await lintContext(context);
    const rules = {definitions: context.steps, site: await siteOrNone(context)};
    const found: {file: string; problems: readonly Problem[]}[] = [];
    for (const name of args) {
      const file = await fileOf(context, name);
      const runbook = await fileRunbook(context, file, lint);
      const problems = [...runbook.problems, ...stepProblems(runbook, rules)];
      found.push({file, problems: problems.toSorted((a, b) => a.line - b.line)});
    }
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

/** Any folder may be linted, one of a site or not. */
async function siteOrNone(context: CommandContext): Promise<Site | undefined> {
  try {
    return await context.site();
  } catch (error) {
    if (error instanceof QdError && error.code === 'SITE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** The file of a runbook's id; a path, and what is no id, stays as it was typed. */
async function fileOf(context: CommandContext, name: string): Promise<string> {
  if (looksLikePath(name)) return name;
  return (await context.runbooks()).find(({id}) => id === name)?.file ?? name;
}
