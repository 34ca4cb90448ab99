// Values of variables that try to be more than text: typed into a run, given to a shell, read back.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {expectPlain} from './attacks.ts';
import {place} from './place.ts';

const fence = '```';

const quotingBook = `# Quote

Procedure:

1. Write it down

   ${fence}sh {"name":"do","effect":"write"}
   printf '%s\\n' <target name> "a <target name> b" 'c <target name> d' "$TARGET_NAME" >"$HOME/got"
   ${fence}
`;

/** Walks with this value typed; what the command got, and what the walk said. */
async function withValue(
  value: string,
): Promise<{readonly said: string; readonly got: string; readonly dir: string}> {
  const here = place({runbooks: {quote: quotingBook}});
  const answers = path.join(here.dir, 'answers.json');
  writeFileSync(
    answers,
    JSON.stringify([
      {say: 'value', text: value},
      {step: 'do', say: 'yes'},
      {step: 'finish', say: 'finish'},
    ]),
  );
  const {out, err} = await here.qd('runbook', 'run', 'quote', '--service', 'api', '--answers', answers);
  expectPlain(out + err, 'the walk');
  const file = path.join(here.dir, 'got');
  return {said: out + err, got: existsSync(file) ? readFileSync(file, 'utf8') : '', dir: here.dir};
}

test.each([
  '$(touch "$HOME/owned")',
  '`touch "$HOME/owned"`',
  '"; touch "$HOME/owned"; echo "',
  "'; touch $HOME/owned; echo '",
  '| touch $HOME/owned',
  'two  words & * ~ \\ $HOME ${HOME} %s !!',
])('a value of a variable is text and nothing else: %s', async value => {
  const {said, got, dir} = await withValue(value);
  expect(got, said).toBe(`${value}\na ${value} b\nc ${value} d\n${value}\n`);
  expect(existsSync(path.join(dir, 'owned'))).toBe(false);
});

test.each([
  ['an option', '--option', /-/],
  ['a second line', 'one\ntouch "$HOME/owned"', /control|line/],
  ['an escape sequence', 'a\x1b]0;owned\x07', /control/],
  ['almost a mebibyte', 'x'.repeat(1023 * 1024), /longer|KiB/],
])('a value that is %s is refused, and nothing is run', async (_, value, why) => {
  const {said, got} = await withValue(value);
  expect(said).toMatch(why);
  expect(said.length).toBeLessThan(20_000);
  expect(got).toBe('');
});
