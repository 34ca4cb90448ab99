// Builds the commander program from the list of commands: groups, options, help.
import {Command, CommanderError, Option} from 'commander';
import type {AnyCommand} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {Globals} from './frame.ts';

/** What was chosen on the command line. `input` is what the command's schema parses. */
export type Choice =
  | {readonly at: 'command'; readonly command: AnyCommand; readonly input: unknown; readonly globals: Globals}
  | {readonly at: 'console'; readonly globals: Globals}
  /** Help or version: the text was printed. */
  | {readonly at: 'printed'};

export interface ProgramParts {
  readonly commands: readonly AnyCommand[];
  /** One line for each first word that holds several commands. */
  readonly groups: Readonly<Record<string, string>>;
  readonly version: string;
  readonly columns: number;
  readonly print: (text: string) => void;
}

const name = 'quarterdeck';

/** Reads `argv` (without program and script); throws QdError USAGE for what cannot be understood. */
export function choose(argv: readonly string[], parts: ProgramParts): Choice {
  const chosen: {choice: Choice} = {choice: {at: 'printed'}};
  const program = build(parts, choice => (chosen.choice = choice));
  try {
    program.parse(argv, {from: 'user'});
    return chosen.choice;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return {at: 'printed'};
    if (error.code === 'commander.help') return {at: 'console', globals: globalsOf(program)};
    throw usage(error.message.replace(/^error: /, ''));
  }
}

function build(parts: ProgramParts, chosen: (choice: Choice) => void): Command {
  const program = node(name, parts)
    .description('Live services, guided runbooks, drills, and a hash-chained ledger of every action.')
    .usage('[options] [command]')
    .version(parts.version, '--version', 'print the version')
    .addOption(new Option('--home <dir>', 'data directory').helpGroup('Everywhere:'))
    .addOption(new Option('--site <dir>', 'site folder with quarterdeck.yaml').helpGroup('Everywhere:'))
    .addOption(new Option('--operator <name>', 'who you are, on a shared account').helpGroup('Everywhere:'))
    .addHelpText('after', programNotes);
  for (const command of parts.commands) {
    const words = command.name.split(' ');
    let parent = program;
    for (const [depth, word] of words.entries()) {
      const path = words.slice(0, depth + 1).join(' ');
      parent = parent.commands.find(known => known.name() === word) ?? addGroup(parent, word, path, parts);
    }
    fill(parent, command, globals => {
      chosen({at: 'command', command, input: inputOf(parent, command), globals});
    });
  }
  refuseUnknown(program);
  return program;
}

const programNotes = `
Without a command the console opens (a plain status when there is no terminal).

Examples:
  $ quarterdeck init ops              # a starter site in ./ops
  $ quarterdeck check --json          # run every check once
  $ quarterdeck completion bash       # shell completion

Exit status: 0 good, 1 the answer is no, 2 could not tell or run, 3 refused, 64 usage.`;

function node(word: string, parts: ProgramParts): Command {
  return new Command(word)
    .exitOverride()
    .helpOption('-h, --help', 'explain this')
    .showSuggestionAfterError(true)
    .configureHelp({
      showGlobalOptions: true,
      // Those of a command between are its own.
      visibleGlobalOptions: command => (command.parent === null ? [] : [...root(command).options]),
    })
    .configureOutput({
      writeOut: parts.print,
      // Errors arrive as exceptions and are printed once, by the frame.
      writeErr: () => undefined,
      getOutHelpWidth: () => parts.columns,
      getErrHelpWidth: () => parts.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
}

function addGroup(parent: Command, word: string, path: string, parts: ProgramParts): Command {
  const group = node(word, parts).description(parts.groups[path] ?? '');
  parent.addCommand(group);
  return group;
}

function fill(target: Command, command: AnyCommand, chosen: (globals: Globals) => void): void {
  target.description(command.summary);
  for (const {spec, summary} of command.arguments) target.argument(spec, summary);
  for (const {flags, summary, repeats = false} of command.options) {
    const option = new Option(flags, summary);
    target.addOption(repeats ? option.argParser(collected) : option);
  }
  if (has(target, 'format') && !has(target, 'json')) target.option('--json', 'short for --format json');
  if (command.examples.length > 0) {
    const width = Math.max(...command.examples.map(example => example.line.length));
    const lines = command.examples.map(({line, does}) => `  $ ${line.padEnd(width)}  # ${does}`);
    target.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
  }
  target.action(() => {
    chosen(globalsOf(root(target)));
  });
}

const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

const has = (command: Command, attribute: string): boolean =>
  command.options.some(option => option.attributeName() === attribute);

const root = (command: Command): Command => (command.parent === null ? command : root(command.parent));

function inputOf(parsed: Command, command: AnyCommand): unknown {
  const options: Record<string, unknown> = {...takenAbove(parsed), ...parsed.opts()};
  if (has(parsed, 'format') && !command.options.some(option => /--json\b/.test(option.flags))) {
    if (options['json'] === true) {
      if (options['format'] !== undefined && options['format'] !== 'json') {
        throw usage('`--json` and `--format` ask for two formats', 'Give one of them.');
      }
      options['format'] = 'json';
    }
    delete options['json'];
  }
  return {...options, args: parsed.args};
}

/** A command above this one that knows the same option has taken it from the line; it was meant for this one. */
function takenAbove({parent, options}: Command): Record<string, unknown> {
  if (parent === null || parent.parent === null) return {};
  const own = new Set(options.map(option => option.attributeName()));
  return Object.fromEntries(Object.entries(parent.opts()).filter(([name]) => own.has(name)));
}

function globalsOf(program: Command): Globals {
  const options: Record<string, unknown> = program.opts();
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  return {
    home: text(options['home']),
    siteDir: text(options['site']),
    operator: text(options['operator']),
  };
}

/** A group that is no command itself names its commands when what follows is missing or unknown. */
function refuseUnknown(command: Command, path = ''): void {
  const words = command.commands.map(child => child.name());
  if (words.length === 0) return;
  const prefix = path === '' ? '' : `${path} `;
  command.on('command:*', (operands: readonly string[]) => {
    const typed = operands[0] ?? '';
    throw usage(
      `\`${prefix}${typed}\` is no command`,
      `${didYouMean(typed, words)} \`${name} ${prefix}--help\` lists all.`.trim(),
    );
  });
  if (command.parent !== null) {
    command.exitOverride(error => {
      if (error.code !== 'commander.help' || error.exitCode === 0) throw error;
      throw usage(
        `\`${path}\` needs a command: ${words.join(', ')}`,
        `\`${name} ${path} --help\` explains each.`,
      );
    });
  }
  for (const child of command.commands) refuseUnknown(child, `${prefix}${child.name()}`);
}

/** Commander puts its suggestion on a second line; that is our hint. */
function usage(message: string, hint?: string): QdError {
  const [first = '', ...rest] = message.split('\n');
  const said = rest.join(' ').replace(/^\((.*)\)$/, '$1');
  return new QdError('USAGE', first, {
    hint: hint ?? (said === '' ? `\`${name} --help\` explains the options.` : said),
  });
}
