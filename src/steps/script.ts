// The command of a step as it is executed: a fence goes to its shell, a single inline command runs without one.
import type {StepPlan, StepSetting} from '../define.ts';
import type {Step} from '../domain/runbook.ts';
import {withVariables} from './shell.ts';

/** Fence language → shell; a console block or an unlabelled one takes the file's `shell`, else sh. */
const shells: Readonly<Record<string, string>> = {
  sh: 'sh',
  shell: 'sh',
  bash: 'bash',
  zsh: 'zsh',
  ksh: 'ksh',
};

export interface Script extends Pick<StepPlan, 'lines' | 'uses' | 'needs' | 'plain'> {
  readonly argv: readonly [string, ...string[]];
}

/** Program and arguments, and the variables that they get; or why it cannot be run. */
export function scriptOf(step: Step, setting: StepSetting): Script | {readonly problem: string} {
  const text = step.command ?? step.argv?.join(' ') ?? '';
  if (text.includes('\0')) return {problem: 'its command holds a NUL character'};
  const isOpen = setting.placeholders.some(name => text.includes(`<${name}>`));
  const [program, ...words] = step.argv ?? [];
  if (program !== undefined && !isOpen)
    return {argv: [program, ...words], lines: [[program, ...words].map(quoted).join(' ')]};
  if (text.trim() === '') return {problem: 'there is no command in it'};
  return shellScript(text, {...setting, shell: shells[step.lang ?? ''] ?? setting.shell});
}

/** A text for a shell; placeholders become variables, everything else stays as it is. */
export function shellScript(
  text: string,
  {shell = 'sh', placeholders, secrets = []}: Pick<StepSetting, 'shell' | 'placeholders' | 'secrets'>,
): Script | {readonly problem: string} {
  const read = withVariables(text, placeholders);
  if ('problem' in read) return read;
  const spoken = read.plain.find(name => secrets.includes(name));
  if (spoken !== undefined)
    return {
      problem: `${spoken} is a secret, and a second shell or another language would read its value here`,
    };
  // Secrets come by a way of their own.
  const own = (names: readonly string[]): readonly string[] => names.filter(name => !secrets.includes(name));
  const [uses, needs, plain] = [own(read.uses), own(read.needs), read.plain];
  const strict = shell.endsWith('bash') ? ['-eu', '-o', 'pipefail'] : ['-eu'];
  return {
    argv: [shell, ...strict, '-c', read.text],
    lines: read.text.split('\n'),
    ...(uses.length === 0 ? {} : {uses}),
    ...(needs.length === 0 ? {} : {needs}),
    ...(plain.length === 0 ? {} : {plain}),
  };
}

/** A word as it must be read: quoted when it holds anything that could be taken for two words. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
