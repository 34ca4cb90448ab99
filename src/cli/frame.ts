// The frame around every command: reads the command line, runs the command, prints errors, gives the exit status.
import {Option} from 'commander';
import type {AnyCommand, CommandContext, Talk} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {showLines} from '../domain/show.ts';
import {completionCommand} from './completion.ts';
import {asQdError, printFailure} from './failure.ts';
import {choose} from './frame-program.ts';

/** Options that every command takes. */
export interface Globals {
  readonly home: string | undefined;
  readonly siteDir: string | undefined;
  readonly operator: string | undefined;
}

export interface Frame {
  readonly commands: readonly AnyCommand[];
  readonly groups: Readonly<Record<string, string>>;
  readonly version: string;
  readonly talk: Talk;
  /** Aborted by a signal; what a command throws after that is an interruption, not a fault. */
  readonly signal: AbortSignal;
  /** Makes what the command gets; called once, and only when a command runs. */
  readonly context: (globals: Globals, command: string) => CommandContext | Promise<CommandContext>;
  /** Called when no command is named; returns the exit status. */
  readonly console: (globals: Globals) => Promise<number>;
}

/** Runs one command line (`argv` without program and script) and returns the exit status; it never throws. */
export async function runCommand(argv: readonly string[], frame: Frame): Promise<number> {
  const {talk} = frame;
  try {
    const commands: readonly AnyCommand[] = [...frame.commands, completionCommand(() => commands)];
    const choice = choose(argv, {
      commands,
      groups: frame.groups,
      version: frame.version,
      columns: talk.columns,
      print: text => {
        for (const line of showLines(text.replace(/\n$/, ''))) talk.out(line);
      },
    });
    if (choice.at === 'printed') return exit.good;
    if (choice.at === 'console') return await frame.console(choice.globals);
    checkInput(choice.command, choice.input);
    return await choice.command.run(choice.input, await frame.context(choice.globals, choice.command.name));
  } catch (error) {
    const failure = asQdError(error, frame.signal);
    if (wantsJson(argv)) talk.json({error: failure.toJSON()});
    else printFailure(talk, failure);
    return failure.exitStatus;
  }
}

function checkInput(command: AnyCommand, input: unknown): void {
  const parsed = command.input.safeParse(input);
  if (parsed.success) return;
  const said = parsed.error.issues.map(issue => `${placeOf(command, issue.path)}: ${plain(issue.message)}`);
  throw new QdError('USAGE', said.join('\n'), {
    hint: `\`quarterdeck ${command.name} --help\` explains the options.`,
  });
}

const plain = (message: string): string => message.replace(/^Invalid (input|option): /, '');

/** The option or argument that an input path means, as it was declared. */
function placeOf(command: AnyCommand, path: readonly PropertyKey[]): string {
  const [key, index] = path;
  if (key === 'args')
    return command.arguments[Number(index ?? 0)]?.spec ?? command.arguments.at(-1)?.spec ?? 'arguments';
  return (
    command.options.find(({flags}) => new Option(flags).attributeName() === key)?.flags ??
    String(key ?? command.name)
  );
}

/** Whether a failure must be printed as JSON, even one in the command line itself. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  return words.some(
    (word, i) =>
      word === '--json' || word === '--format=json' || (word === '--format' && words[i + 1] === 'json'),
  );
}
