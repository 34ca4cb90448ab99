import {execFileSync, spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand, type Frame, type Globals} from '../../src/cli/frame.ts';
import {defineCommand, type AnyCommand} from '../../src/define.ts';
import {QdError} from '../../src/domain/error.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {isInstalled} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';

interface Run {
  readonly status: number;
  readonly talk: FakeTalk;
  readonly inputs: readonly unknown[];
  readonly consoles: readonly Globals[];
}

async function run(line: string, {fail, signal}: {fail?: Error; signal?: AbortSignal} = {}): Promise<Run> {
  const talk = fakeTalk();
  const inputs: unknown[] = [];
  const consoles: Globals[] = [];
  const base = {
    run: async (input: unknown) => {
      inputs.push(input);
      if (fail !== undefined) throw fail;
      return Promise.resolve(0);
    },
  };
  const list: readonly AnyCommand[] = [
    defineCommand({
      ...base,
      name: 'look at',
      summary: 'looks at things',
      arguments: [{spec: '[thing...]', summary: 'what'}],
      options: [
        {flags: '--format <name>', summary: 'how'},
        {flags: '-n, --max-lines <count>', summary: 'how many'},
      ],
      examples: [{line: 'quarterdeck look at it', does: 'looks'}],
      input: z.strictObject({
        args: z.array(z.string()),
        format: z.enum(['text', 'json', 'tap']).optional(),
        maxLines: z.coerce.number({error: 'expected a number'}).int().optional(),
      }),
    }),
    defineCommand({...base, name: 'plain', summary: 'plain', input: z.strictObject({args: z.tuple([])})}),
  ];
  const frame: Frame = {
    commands: list,
    groups: {look: 'looking'},
    version: '1.2.3',
    talk,
    signal: signal ?? new AbortController().signal,
    context: () => contextWith({talk}),
    console: async globals => {
      consoles.push(globals);
      return Promise.resolve(3);
    },
  };
  const status = await runCommand(line === '' ? [] : line.split(' '), frame);
  return {status, talk, inputs, consoles};
}

describe('what is typed', () => {
  test('no command opens the console with the global options, and its status is ours', async () => {
    const {status, consoles} = await run('--home /h --site /s --operator bob');
    expect([status, consoles]).toEqual([3, [{home: '/h', siteDir: '/s', operator: 'bob'}]]);
  });

  test('arguments and options arrive as one input; --json is short for --format json', async () => {
    expect((await run('look at a b --json -n 5')).inputs).toEqual([
      {args: ['a', 'b'], format: 'json', maxLines: 5},
    ]);
    expect((await run('look at --format tap -- --json')).inputs).toEqual([{args: ['--json'], format: 'tap'}]);
    expect((await run('look at --home /h x')).inputs).toEqual([{args: ['x']}]);
  });

  test.each([
    ['lok', '`lok` is no command', 'Did you mean `look`? `quarterdeck --help` lists all.'],
    ['nothing --bar', '`nothing` is no command', '`quarterdeck --help` lists all.'],
    ['look', '`look` needs a command: at', '`quarterdeck look --help` explains each.'],
    ['look ta', '`look ta` is no command', 'Did you mean `at`? `quarterdeck look --help` lists all.'],
    ['look at --fromat json', "unknown option '--fromat'", 'Did you mean --format?'],
    ['plain --json', "unknown option '--json'", '`quarterdeck --help` explains the options.'],
    [
      'look at -n',
      "option '-n, --max-lines <count>' argument missing",
      '`quarterdeck --help` explains the options.',
    ],
    [
      'look at -n x',
      '-n, --max-lines <count>: expected a number',
      '`quarterdeck look at --help` explains the options.',
    ],
    ['look at --json --format tap', '`--json` and `--format` ask for two formats', 'Give one of them.'],
    [
      'plain more',
      "too many arguments for 'plain'. Expected 0 arguments but got 1: more.",
      '`quarterdeck --help` explains the options.',
    ],
    ['--site', "option '--site <dir>' argument missing", '`quarterdeck --help` explains the options.'],
  ])('`%s` is a usage error with a way out', async (line, message, hint) => {
    const {status, talk, inputs, consoles} = await run(line);
    expect([status, inputs, consoles]).toEqual([64, [], []]);
    const json = line.split(' ').includes('--json');
    if (json) expect(talk.values).toEqual([{error: {code: 'USAGE', message, hint}}]);
    else expect(talk.errors).toEqual([`quarterdeck: ${message}`, `  ${hint}`]);
    expect(talk.lines).toEqual([]);
  });

  test('help and version are printed and are no error', async () => {
    expect((await run('--version')).talk.lines).toEqual(['1.2.3']);
    for (const line of ['--help', 'look --help', 'look at --help', 'help look', '-h']) {
      const {status, talk} = await run(line);
      expect([status, talk.errors]).toEqual([0, []]);
      expect(talk.lines[0]).toMatch(/^Usage: quarterdeck/);
    }
    const {talk} = await run('look at --help');
    expect(talk.lines.join('\n')).toContain('$ quarterdeck look at it  # looks');
    expect(talk.lines.join('\n')).toContain('--home <dir>');
  });
});

describe('what goes wrong', () => {
  const known = new QdError('LEASE_HELD', 'somebody else walks\nsince \x1b[2Jnoon', {
    hint: 'Wait.',
    file: 'f',
    line: 2,
  });

  test('an expected error is printed safely, and its code decides the status', async () => {
    const {status, talk} = await run('plain', {fail: known});
    expect(status).toBe(3);
    expect(talk.errors).toEqual(['quarterdeck: somebody else walks', '  since ␛[2Jnoon', '  Wait.']);
  });

  test('with --json it is an object on standard output', async () => {
    const {status, talk} = await run('look at --format json', {fail: known});
    expect([status, talk.errors]).toEqual([3, []]);
    expect(talk.values).toEqual([
      {error: {code: 'LEASE_HELD', message: known.message, hint: 'Wait.', file: 'f', line: 2}},
    ]);
  });

  test('a fault of ours says so, and after an abort anything is an interruption', async () => {
    const fault = await run('plain', {fail: new RangeError('boom')});
    expect([fault.status, fault.talk.errors[0]]).toEqual([2, 'quarterdeck: RangeError: boom']);
    const json = await run('look at --json', {fail: new Error('a string')});
    expect(json.talk.values).toMatchObject([{error: {code: 'INTERNAL', message: 'Error: a string'}}]);
    const stopped = await run('plain', {fail: new Error('x'), signal: AbortSignal.abort()});
    expect([stopped.status, stopped.talk.errors[0]]).toEqual([2, 'quarterdeck: interrupted']);
  });
});

describe('every command of the list', () => {
  test.each(commands.map(command => [command.name, command] as const))(
    '%s explains itself',
    async (name, command) => {
      const talk = fakeTalk({columns: 100});
      const status = await runCommand([...name.split(' '), '--help'], frameOf(talk));
      expect(status).toBe(0);
      const text = talk.lines.join('\n');
      expect(text).toContain(command.summary);
      expect(command.examples.length, 'a command has at least one example').toBeGreaterThan(0);
      for (const {line} of command.examples) {
        expect(text).toContain(line);
        expect(line).toMatch(new RegExp(`^quarterdeck .*${name}`));
      }
      for (const {flags} of command.options)
        expect(flags).not.toMatch(/--(home|site|operator|version|help)\b/);
    },
  );

  test('has a name of its own, and a group that says what it is', () => {
    const names = commands.map(({name}) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names.filter(each => each.includes(' '))) {
      const group = name.slice(0, name.indexOf(' '));
      expect(groups[group] ?? commands.find(({name: each}) => each === group)?.summary, group).toBeTruthy();
    }
  });

  const frameOf = (talk: FakeTalk): Frame => ({
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: () => contextWith({talk}),
    console: async () => Promise.resolve(0),
  });
});

describe('completion', () => {
  const script = async (shell: string) => (await run(`completion ${shell}`)).talk.lines.join('\n');

  test('an unknown shell is a usage error', async () => {
    const {status, talk} = await run('completion csh');
    expect([status, talk.errors[0]]).toEqual([64, 'quarterdeck: <shell>: is none of bash, zsh, fish']);
  });

  test.skipIf(!isInstalled('bash'))(
    'bash offers the words and options of the place where one is (needs bash)',
    async () => {
      const file = join(tempDir(), 'c.bash');
      writeFileSync(file, await script('bash'));
      const complete = (words: readonly string[]) =>
        execFileSync(
          'bash',
          [
            '-c',
            'source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quarterdeck; echo "${COMPREPLY[@]}"',
            file,
            ...words,
          ],
          {encoding: 'utf8'},
        ).trim();
      expect(complete(['quarterdeck', ''])).toBe(
        'look plain completion --home --site --operator --help --version',
      );
      expect(complete(['quarterdeck', 'lo'])).toBe('look');
      expect(complete(['quarterdeck', 'look', ''])).toBe('at --home --site --operator --help');
      expect(complete(['quarterdeck', '--home', '/x', 'look', 'at', '--'])).toBe(
        '--format --max-lines --json --home --site --operator --help',
      );
    },
  );

  test.each(['zsh', 'fish'])('the %s script is one that this shell accepts', async shell => {
    const text = await script(shell);
    expect(text).toContain('look at');
    const checked = spawnSync(shell, ['-n'], {input: text, encoding: 'utf8'});
    // Where the shell is not installed, its syntax cannot be checked; the words were.
    if (checked.error === undefined) expect([checked.status, checked.stderr]).toEqual([0, '']);
  });
});
