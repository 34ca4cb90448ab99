// `runbook import`: a copy of any Markdown runbook in which every guess stands as an annotation, for review.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {annotate, maxFileBytes, parseRunbook} from '../runbook/index.ts';
import {lintContext} from './runbook-file.ts';

export const runbookImport = defineCommand({
  name: 'runbook import',
  summary: 'write an annotated copy of a Markdown file, in which every guess can be reviewed',
  arguments: [{spec: '<file>', summary: 'any Markdown runbook; it is left as it is'}],
  options: [
    {flags: '--output <file>', summary: 'write it there instead of beside the file; nothing is written over'},
  ],
  examples: [
    {line: 'quarterdeck runbook import wiki/failover.md', does: 'writes wiki/failover.annotated.md'},
    {
      line: 'quarterdeck runbook import wiki/failover.md --output runbooks/failover.md',
      does: 'straight into the site',
    },
  ],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), output: z.string().min(1).optional()}),
  run: async ({args: [file], output}, context) => {
    const {talk, files, cwd} = context;
    const full = path.resolve(cwd, file);
    const read = await files.read(full, maxFileBytes);
    if (read.at === 'failed')
      throw new QdError('FILE_UNREADABLE', `${file} cannot be read: ${read.message}.`, {
        file,
        hint: 'Name a Markdown file.',
      });
    const {phases, root} = await lintContext(context);
    const request = {
      file: full,
      bytes: read.bytes,
      ...(phases === undefined ? {} : {phases}),
      ...(root === undefined ? {} : {root}),
    };
    const broken = parseRunbook(request).problems.find(({level}) => level === 'error');
    if (broken !== undefined)
      throw new QdError('FILE_UNREADABLE', `${file}:${broken.line}: ${broken.message}`, {
        file,
        hint: 'Mend the file first: `quarterdeck runbook lint` lists everything.',
      });
    const {text, written, left} = annotate(request);
    const {dir, name, ext} = path.parse(file);
    const target = output ?? path.join(dir, `${name}.annotated${ext === '' ? '.md' : ext}`);
    const answer = await files.write(path.resolve(cwd, target), new TextEncoder().encode(text), {
      mode: 0o644,
      exclusive: true,
    });
    if (answer.at === 'failed')
      throw answer.why === 'exists'
        ? new QdError('FILE_EXISTS', `${target} is there already; nothing was written over.`, {
            file: target,
            hint: 'Name another file with --output, or remove that one.',
          })
        : new QdError('FILE_UNWRITABLE', `${target} cannot be written: ${answer.message}.`, {file: target});
    talk.out(
      say`${target}: ${written} ${written === 1 ? 'step' : 'steps'} annotated; every one is a guess until a person has read it`,
    );
    for (const step of left)
      talk.out(say`${file}:${step.line}: stays a guess, for nothing can be written there: ${step.title}`);
    return exit.good;
  },
});
