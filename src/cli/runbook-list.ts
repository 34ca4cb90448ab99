// `runbook list`: every runbook that can be walked here.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';

export const runbookList = defineCommand({
  name: 'runbook list',
  summary: 'the runbooks of the site and the shipped ones',
  options: [{flags: '--json', summary: 'print JSON'}],
  examples: [{line: 'quarterdeck runbook list', does: 'ids, titles and numbers of steps'}],
  input: z.strictObject({args: z.tuple([]), json: z.boolean().default(false)}),
  run: async ({json}, context) => {
    const runbooks = await context.runbooks();
    if (json) {
      context.talk.json({
        v: 1,
        runbooks: runbooks.map(({id, title, file, sha256, meta, procedures, problems}) => ({
          id,
          title,
          file,
          sha256,
          owner: meta.owner ?? null,
          severity: meta.severity ?? null,
          tags: meta.tags,
          services: meta.services,
          procedures: procedures.map(procedure => ({id: procedure.id, title: procedure.title})),
          problems: problems.length,
        })),
      });
      return exit.good;
    }
    if (runbooks.length === 0) {
      context.talk.out(say`No runbooks. Put Markdown files into runbooks/ of the site.`);
      return exit.good;
    }
    const width = Math.min(40, Math.max(...runbooks.map(({id}) => id.length)));
    for (const {id, title, procedures, problems} of runbooks) {
      const errors = problems.filter(({level}) => level === 'error').length;
      const more = procedures.length > 1 ? `  (${procedures.length} procedures)` : '';
      const bad =
        errors > 0 ? `  ${errors} error${errors === 1 ? '' : 's'}: cannot be walked, see runbook lint` : '';
      context.talk.out(say`${id.padEnd(width)}  ${title}${more}${bad}`);
    }
    return exit.good;
  },
});
