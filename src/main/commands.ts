// One command line: the list of commands, the frame around it, and what each gets.
import {runCommand, type Globals} from '../cli/frame.ts';
import {commands, groups} from '../cli/index.ts';
import type {Talk} from '../define.ts';
import {say} from '../domain/show.ts';
import {openContext, type Opened} from './context.ts';
import {demoCommand} from './demo.ts';
import {maskedTalk} from './masked.ts';
import {processSecrets} from './secrets.ts';
import {version} from './version.ts';

export interface CommandLine {
  readonly talk: Talk;
  readonly signal: AbortSignal;
  /** Leaves signals to the console's terminal. */
  readonly forget: () => void;
  readonly console: (globals: Globals) => Promise<number>;
}

/** A script's output stays what it is: only what did not go well is said, beside it. */
async function tellAnchors(opened: Opened | undefined, talk: Talk): Promise<void> {
  const {anchored = []} = (await opened?.close()) ?? {};
  if (anchored.length === 0) return;
  const {anchoredWords, isTrouble} = await import('../cli/anchoring.ts');
  for (const answer of anchored) if (isTrouble(answer)) talk.err(say`${anchoredWords(answer)}`);
}

/** Runs one command line and puts away what it opened; never throws. */
export async function runCommandLine(argv: readonly string[], line: CommandLine): Promise<number> {
  const {signal, forget, console} = line;
  const secrets = processSecrets();
  const talk = maskedTalk(line.talk, () => secrets);
  let opened: Opened | undefined;
  const open = (globals: Globals, program: string): Opened =>
    (opened = openContext({globals, talk, secrets, signal, version, program}));
  const all = [...commands, demoCommand({forget, open: globals => open(globals, 'console')})];
  const status = await runCommand(argv, {
    commands: all,
    groups,
    version,
    talk,
    signal,
    context: (globals, command) => open(globals, command).context,
    console,
  });
  await tellAnchors(opened, talk);
  return status;
}
