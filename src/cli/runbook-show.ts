// `runbook show`: what a file means to the console: procedures, phases, steps, prohibitions, problems.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {Talk} from '../define.ts';
import {exit} from '../domain/error.ts';
import type {Procedure, Step} from '../domain/runbook.ts';
import {say, show, showLines} from '../domain/show.ts';
import {runbookJson} from '../runbook/index.ts';
import {anyRunbook} from './runbook-file.ts';

export const runbookShow = defineCommand({
  name: 'runbook show',
  summary: 'the procedures and steps of a runbook, and what was guessed',
  arguments: [{spec: '<file-or-id>', summary: 'a Markdown file, or an id from the list'}],
  options: [{flags: '--json', summary: 'print JSON'}],
  examples: [{line: 'quarterdeck runbook show database-unavailable', does: 'a shipped runbook'}],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), json: z.boolean().default(false)}),
  run: async ({args: [name], json}, context) => {
    const runbook = await anyRunbook(context, name);
    const {talk} = context;
    if (json) {
      talk.json(runbookJson(runbook));
      return exit.good;
    }
    talk.out(say`${runbook.title}  (${runbook.id})`);
    talk.out(say`${runbook.file}  sha256 ${runbook.sha256.slice(0, 12)}`);
    for (const procedure of runbook.procedures) showProcedure(procedure, talk);
    if (runbook.placeholders.length > 0)
      talk.out(
        say`To be filled in: ${runbook.placeholders.map(each => (each.startsWith('$') ? each : `<${each}>`)).join(', ')}`,
      );
    for (const {line, code, level, message} of runbook.problems)
      talk.out(say`${runbook.file}:${line}: ${level} ${code} ${message}`);
    return exit.good;
  },
});

function showProcedure(procedure: Procedure, talk: Talk): void {
  talk.out(show(''));
  talk.out(say`# ${procedure.title}  (${procedure.id}, line ${procedure.line})`);
  for (const block of procedure.phases) {
    if (block.steps.length === 0 && block.prose.length === 0) continue;
    talk.out(say`${block.phase}: ${block.title}${block.from === 'file' ? '  (for the whole file)' : ''}`);
    if (block.steps.length === 0)
      for (const prose of block.prose) for (const line of showLines(prose)) talk.out(say`    ${line}`);
    for (const [i, step] of block.steps.entries()) showStep(step, `${i + 1}`, talk);
  }
  for (const {text} of procedure.prohibitions) talk.out(say`  ! ${text}`);
}

function showStep(step: Step, number: string, talk: Talk): void {
  const indent = '  '.repeat(number.split('.').length);
  talk.out(
    say`${indent}${number} ${step.title}  [${step.type}, ${step.effect}, ${step.certainty}, line ${step.line}]`,
  );
  if (step.command !== undefined)
    for (const line of showLines(step.command)) talk.out(say`${indent}    $ ${line}`);
  for (const option of step.options ?? []) talk.out(say`${indent}    ${option.text}`);
  for (const [i, child] of step.children.entries()) showStep(child, `${number}.${i + 1}`, talk);
}
