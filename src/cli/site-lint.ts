// `site lint`: every problem of a site file, one per line.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {lintSite} from '../site/load.ts';

export const siteLint = defineCommand({
  name: 'site lint',
  summary: 'say everything that is wrong in a site file',
  arguments: [
    {spec: '[path]', summary: 'a site folder or its quarterdeck.yaml; else the site that would be used'},
  ],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [
    {line: 'quarterdeck site lint', does: 'exit status 1 when there is a problem'},
    {line: 'quarterdeck site lint ops/quarterdeck.yaml --json', does: 'for an editor or CI'},
  ],
  input: z.strictObject({args: z.array(z.string().min(1, 'is empty')).max(1), json: z.boolean().optional()}),
  run: async (
    {args: [path], json},
    {talk, cwd, env, files, checks, channels, shippedRunbooks, actor, siteDir},
  ) => {
    const linted = await lintSite({
      siteDir: path ?? siteDir,
      cwd,
      env,
      files,
      checks,
      channels,
      runbookIds: shippedRunbooks,
      uid: actor.uid,
    });
    const {file, problems} = linted;
    if (json === true) talk.json({v: 1, file, ok: problems.length === 0, problems});
    else {
      for (const {file: its, line, column, message, hint} of problems) {
        talk.out(say`${its}:${line}:${column}: ${message}${hint === undefined ? '' : ` ${hint}`}`);
      }
      if (problems.length === 0) talk.out(say`${file}: no problems`);
      else talk.err(say`quarterdeck: ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`);
    }
    return problems.length === 0 ? exit.good : exit.no;
  },
});
