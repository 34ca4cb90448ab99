// `init [DIR]`: writes a starter site, and nothing over what is there.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {writeStarter} from '../site/init.ts';

export const init = defineCommand({
  name: 'init',
  summary: 'write a commented starter site',
  arguments: [{spec: '[dir]', summary: 'the folder, made when it is missing; else the current one'}],
  examples: [
    {line: 'quarterdeck init', does: 'a site in the current folder'},
    {line: 'quarterdeck init ops', does: 'a site in ./ops'},
  ],
  input: z.strictObject({args: z.array(z.string().min(1, 'is empty')).max(1)}),
  run: async ({args: [dir = '.']}, {talk, cwd, env, files, actor}) => {
    const written = await writeStarter({dir, cwd, env, files, uid: actor.uid});
    for (const file of written.files) talk.out(say`wrote ${file}`);
    if (written.untrusted === undefined) talk.out(say`This site is trusted as it stands now.`);
    else talk.err(say`quarterdeck: it is not trusted yet: ${written.untrusted}`);
    talk.out(
      say`Next: \`quarterdeck --site ${written.dir} check\`, then edit ${written.files[0] ?? written.dir}.`,
    );
    return exit.good;
  },
});
