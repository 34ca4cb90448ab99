// A command: a fence goes to its shell as it is, a single inline command runs without a shell.
import {defineStep, type StepSetting} from '../define.ts';
import type {Step} from '../domain/runbook.ts';
import {limitsOf, unsupported} from './limits.ts';

/** Fence language → shell; a console block or an unlabelled one takes the file's `shell`, else sh. */
const shells: Readonly<Record<string, string>> = {sh: 'sh', shell: 'sh', bash: 'bash', zsh: 'zsh'};

function argvOf(step: Step, {shell}: StepSetting): readonly [string, ...string[]] | undefined {
  const [program, ...words] = step.argv ?? [];
  if (program !== undefined) return [program, ...words];
  if (step.command === undefined || step.command.trim() === '') return undefined;
  const chosen = shells[step.lang ?? ''] ?? shell ?? 'sh';
  const strict = chosen === 'bash' ? ['-eu', '-o', 'pipefail'] : ['-eu'];
  return [chosen, ...strict, '-c', step.command];
}

export const command = defineStep({
  type: 'command',
  summary: 'Runs a command or a script of the runbook',
  by: 'runner',
  plan: (step, setting) => {
    const problem = unsupported(step);
    if (problem !== undefined) return {problem};
    const argv = argvOf(step, setting);
    if (argv === undefined) return {problem: 'there is no command in it'};
    if (argv.some(word => word.includes('\0'))) return {problem: 'its command holds a NUL character'};
    const text = step.command ?? argv.join(' ');
    const open = setting.placeholders.find(name => text.includes(`<${name}>`));
    if (open !== undefined) return {problem: `<${open}> must be filled in; edit the runbook first`};
    const {expect} = step.attributes;
    return {
      act: {at: 'command', argv},
      lines: step.argv === undefined ? text.split('\n') : [argv.map(quoted).join(' ')],
      ...limitsOf(step),
      ...(expect === undefined ? {} : {expect}),
    };
  },
});

/** A word as it must be read: quoted when it holds anything that could be taken for two words. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
