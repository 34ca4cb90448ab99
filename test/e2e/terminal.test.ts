// What an operator's terminal may meet: resizing, keys at random, output that attacks it, no colour, no terminal at all.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {numbers} from '../helpers/random.ts';
import {waitFor} from '../helpers/wait.ts';
import {launcher, nodeLine, place, pressUntil, runToEnd, startRun, textOf} from './place.ts';

test('from 120×40 to 45×20 and back during a run: the command and its target stay to be seen', async () => {
  const here = place({stepMs: 700});
  const on = here.console({cols: 120, rows: 40});
  await startRun(on);
  await on.sees('Run this on STAGING / api?', 20_000);
  on.resize(45, 20);
  await on.sees('Run this on STAGING / api?');
  await on.settles();
  expect(on.screen()).toHaveLength(20);
  expect(textOf(on)).toContain('STAGING');
  // How many rows the command takes depends on where Node lies; all of it must have been seen before y is taken.
  for (let pages = 0; pages < 4; pages += 1) {
    await on.press('pagedown');
    await on.settles();
  }
  await pressUntil(on, 'y', '│ begun');
  on.resize(120, 40);
  await on.sees('Step 2', 20_000);
  expect(on.screen()).toHaveLength(40);
  on.resize(30, 8);
  await on.settles();
  on.resize(80, 24);
  await on.sees('Tell the others');
  expect(here.lines()).toBe(1);
  await on.press('q');
  expect((await on.ended(15_000)).exitCode).toBe(0);
});

const keys = [
  ...Array.from({length: 95}, (_, i) => String.fromCharCode(32 + i)).filter(one => one !== 'q'),
  ...[
    'enter',
    'enter',
    'enter',
    'escape',
    'escape',
    'up',
    'down',
    'left',
    'right',
    'pageup',
    'pagedown',
    'tab',
  ],
  ...['home', 'end', 'backspace', 'ctrl-l', 'ctrl-f', 'ctrl-b', 'ctrl-z', 'y', 'y', 'r', 'B'],
  ...['\x1b[200~y\r\x1b[201~', '\x1b[<0;5;5M', '\x1b[99;99R', '\x1bOP', '\xff', 'ä', '日本'],
];

test.each([1, 20_261_121])(
  'keys at random (seed %i) never crash the console and never confirm a dangerous step',
  async seed => {
    const dir = place({
      runbooks: {
        drop: `# Drop it

Procedure:

1. Drop

   > [!CAUTION]
   > This cannot be taken back.

   \`\`\`sh {"name":"drop","effect":"irreversible"}
   ${nodeLine('require("fs").writeFileSync(process.env.HOME + "/dropped", "")')}
   \`\`\`
`,
      },
    });
    const next = numbers(seed);
    const on = dir.console();
    await on.sees('✖ port', 30_000);
    // A terminal takes only so much that was not read yet, so the console is given time to read.
    for (let pressed = 0; pressed < 400; pressed += 1) {
      await on.press(keys[next() % keys.length] ?? 'j');
      if (pressed % 4 === 3) await on.settles(15);
    }
    // Ctrl-L draws everything again: who still does that is alive.
    const mark = on.bytes();
    await on.press('ctrl-l');
    await waitFor(() => on.bytesSince(mark) > 200, {what: 'a repaint', timeoutMs: 10_000});
    for (let i = 0; i < 12; i += 1) {
      await on.press('escape');
      await on.settles(60);
    }
    await on.press('S');
    await on.sees('The service');
    const kinds = (await dir.entries()).map(({kind}) => kind);
    expect(kinds).not.toContain('step.intent');
    expect(existsSync(path.join(dir.dir, 'dropped'))).toBe(false);
    await on.press('q');
    await on.settles(200);
    if (on.isAlternate()) await on.press('y');
    expect((await on.ended(15_000)).exitCode).toBe(0);
  },
);

const attacks: readonly string[] = [
  '\x1b]52;c;cm0gLXJmIC8=\x07',
  '\x1b]0;owned\x07',
  '\x1b]2;owned\x1b\\',
  '\x1b[2J\x1b[1;1H',
  '\x1b[?1049l',
  '\x1b[6n',
  '\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\',
  '\x9b31m',
  'user\u202egnp.exe',
  '\x1bPq\x1b\\',
];

test('nothing that a step says reaches the terminal raw', async () => {
  const script = `process.stdout.write(${JSON.stringify(attacks.map(one => `${one}safe\n`).join(''))})`;
  const here = place({
    runbooks: {
      append: `# Append a line\n\nProcedure:\n\n1. Say it\n\n   \`\`\`sh {"name":"say","effect":"read"}\n   ${nodeLine(script)}\n   \`\`\`\n\n2. Go on\n`,
    },
  });
  const on = here.console({cols: 120, rows: 40});
  await startRun(on);
  await on.sees(/↵ look|y run/, 20_000);
  const before = on.written().length;
  await pressUntil(on, textOf(on).includes('y run') ? 'y' : 'enter', 'Step 2');
  await on.sees(/│.*safe/);
  await on.settles();
  const said = on.written().slice(before);
  for (const attack of attacks.filter(one => one !== '\x1b[2J\x1b[1;1H')) expect(said).not.toContain(attack);
  expect(said).not.toMatch(/\x1b\]|\x9b|\u202e|\x1bP|\x1b\[6n|\x1b\[2J/u);
  expect(on.isAlternate()).toBe(true);
  await on.press('L');
  await on.settles();
  await on.press('q');
  await on.ended(15_000);
  // The same output, printed line by line.
  const tail = await here.qd('ledger', 'tail', '-n', '100');
  expect(tail.out).not.toMatch(/\x1b|\x9b|\u202e/u);
});

test('NO_COLOR: no colour is sent, and the state is still a word', async () => {
  const here = place();
  const on = here.console({env: {NO_COLOR: '1'}});
  await on.sees('✖ fail', 30_000);
  await on.press('L', 'B', '?');
  await on.settles();
  await on.press('q');
  await on.ended(15_000);
  for (const [, parameters = ''] of on.written().matchAll(/\x1b\[([\d;:]*)m/g)) {
    for (const one of parameters.split(/[;:]/).filter(Boolean).map(Number)) {
      expect([0, 1, 2, 3, 4, 7, 22, 23, 24, 27], `SGR ${parameters}`).toContain(one);
    }
  }
});

test('without a terminal the program prints the status and exits with its status', async () => {
  const here = place();
  const bare = await here.qd();
  expect(bare.out).toContain('port');
  expect(bare.out).toContain('never looked at');
  expect(bare.status).toBe(2);
  expect(bare.out).not.toContain('\x1b');
  expect((await here.qd('check')).status).toBe(1);

  const piped = await runToEnd(
    '/bin/sh',
    [
      '-c',
      `"$0" "$1" status --json >"$2"; echo "$?"`,
      process.execPath,
      launcher,
      path.join(here.dir, 'out.json'),
    ],
    {env: here.env, cwd: here.dir},
  );
  expect(piped.out.trim()).toBe('2');
});

test('TERM=dumb: plain status instead of a screen', async () => {
  const here = place();
  const on = here.console({env: {TERM: 'dumb'}});
  const {exitCode} = await on.ended(20_000);
  expect(exitCode).toBe(2);
  expect(textOf(on)).toContain('never looked at');
  expect(on.written()).not.toContain('\x1b');
});

test('a rehearsal that is started with h says DRILL everywhere, and what writes is not run', async () => {
  const here = place();
  const on = here.console();
  await on.sees('The service', 30_000);
  await pressUntil(on, 'r', '> Append a line');
  await on.press('h');
  await on.sees(/DRILL/);
  await on.press('enter');
  await on.sees('Rehearsal, nothing is done', 20_000);
  for (const key of ['B', 'L']) {
    await on.press(key);
    await on.sees(key === 'B' ? '› runbooks' : '› ledger');
    expect(on.screen().filter(row => row.startsWith(' DRILL '))).toHaveLength(2);
  }
  await on.press('O');
  await on.sees('Rehearsal, nothing is done');
  await pressUntil(on, 'y', 'Is this done on STAGING / api?');
  await pressUntil(on, 'y', 'Finish the rehearsal as passed?');
  await pressUntil(on, 'enter', 'The run is over: passed');
  expect(textOf(on)).not.toContain('DRILL');
  expect(here.lines()).toBe(0);
  const kinds = (await here.entries()).map(({kind}) => kind);
  expect(kinds).toContain('step.confirm');
  expect(kinds).not.toContain('step.intent');
});
