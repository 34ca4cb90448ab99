// Hostile values through real `sh`: what a placeholder stood for arrives as one value, whatever it holds.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {tmpdir} from 'node:os';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {withVariables, type ShellText} from '../../src/steps/shell.ts';
import {isPlain} from '../../src/domain/fill-in.ts';

const read = (text: string, placeholders: readonly string[] = ['x']): ShellText => {
  const answer = withVariables(text, placeholders);
  if ('problem' in answer) throw new Error(`${text}: ${answer.problem}`);
  return answer;
};

const problemOf = (text: string, placeholders: readonly string[] = ['x']): string => {
  const answer = withVariables(text, placeholders);
  return 'problem' in answer ? answer.problem : `no problem: ${answer.text}`;
};

const scratch = mkdtempSync(join(tmpdir(), 'qd-shell-'));

function run(text: string, vars: Readonly<Record<string, string>>): string {
  const done = spawnSync('sh', ['-eu', '-c', text], {
    env: {PATH: process.env['PATH'], ...vars},
    cwd: scratch,
  });
  return done.status === 0
    ? done.stdout.toString()
    : `status ${String(done.status)}: ${done.stderr.toString()}`;
}

const hostile = [
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '${HOME}',
  '$HOME',
  '\\',
  'a\\',
  '\\"',
  "'",
  '"',
  '*',
  '~',
  'EOF',
  'a b  c',
  '--option',
  '&& touch pwned',
  '| touch pwned',
  '\n touch pwned\n',
  '$((1+1))',
  '#',
  '!',
  '%s',
  'ü€😀',
  'x'.repeat(100_000),
];
const value = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({unit: 'binary'}),
  fc.string({unit: fc.constantFrom(...Array.from('$`"\'\\(){}[]<>|&;*?~#! \n\tEOFx'))}),
);

const contexts: Readonly<Record<string, (text: string) => string>> = {
  unquoted: () => 'printf %s <x>',
  'double-quoted': () => 'printf %s "<x>"',
  'single-quoted': () => "printf %s '<x>'",
  'inside $( )': () => 'printf %s "$(printf %s "<x>")"',
  'inside backticks': () => 'y=`printf %s <x>`; printf %s "$y"',
  assigned: () => 'y=<x>; printf %s "$y"',
};

describe.each(Object.entries(contexts))('%s', (name, text) => {
  test('any value is printed exactly as it is', () => {
    fc.assert(
      fc.property(value, raw => {
        // An environment cannot hold NUL; `$( )` drops line breaks at the end.
        const said = raw.replaceAll('\0', '');
        const expected = name.startsWith('inside') ? said.replace(/\n+$/, '') : said;
        expect(run(read(text('')).text, {X: said})).toBe(expected.toWellFormed());
      }),
      {numRuns: 120},
    );
    expect(readdirSync(scratch)).toEqual([]);
  });
});

describe.each([
  ['a here-document', 'EOF'],
  ['a here-document with a quoted end mark', "'EOF'"],
])('%s', (_, mark) => {
  test('holds any value and leaves the text around it as it is', () => {
    const around = mark === 'EOF' ? 'plain text' : 'a $HOME `id` $(id) \\ \\\\ "q"';
    const {text} = read(
      `while IFS= read -r line; do printf '%s\\n' "$line"; done <<${mark}\n${around} <x> end\nEOF`,
    );
    fc.assert(
      fc.property(value, raw => {
        const said = raw.replaceAll('\0', '');
        expect(run(text, {X: said})).toBe(`${around} ${said.toWellFormed()} end\n`);
      }),
      {numRuns: 120},
    );
    expect(readdirSync(scratch)).toEqual([]);
  });
});

test('text without placeholders is run unmodified, even when it cannot be parsed', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      expect(read(text, ['name']).text).toBe(text);
    }),
  );
});

test('a placeholder beside other text keeps that text in its quotes', () => {
  expect(read('kubectl delete pod <pod name> -n "ns-<x>" -l \'a=<x>,b\'', ['pod name', 'x'])).toEqual({
    text: `kubectl delete pod "\${POD_NAME}" -n "ns-\${X}" -l 'a='"\${X}"',b'`,
    uses: ['POD_NAME', 'X'],
    needs: ['POD_NAME', 'X'],
    plain: [],
  });
});

test('a placeholder in a comment stays text', () => {
  expect(read('# for <x>\nls # <x>').text).toBe('# for <x>\nls # <x>');
  expect(read('echo a#<x>').text).toBe('echo a#"${X}"');
});

describe('places where no value can be put safely are refused', () => {
  test.each([
    ['echo $((<x> + 1))', 'arithmetic'],
    ['((y = <x>))', 'arithmetic'],
    ['[[ <x> -eq 1 ]]', 'arithmetic'],
    ['[[ -v <x> ]]', 'evaluate'],
    ['echo `ls \\`ls <x>\\``', 'safely'],
    ['cat <<EOF\n`ls <x>`\nEOF', '$(…)'],
    ['echo "`ls <x>`"', '$(…)'],
    ['<x> --help', 'write the program'],
    ['"<x>" --help', 'write the program'],
    ['<x>=1', 'write the program'],
    ['for <x> in a; do ls; done', 'name of a variable'],
    ['echo ${A:-<x>}', 'inside ${…}'],
    ['echo {a,<x>}', 'pattern'],
    ['echo $<x>', 'behind a $'],
    ['echo "unclosed <x>', 'cannot be parsed'],
    ['X=1; echo <x>', 'sets itself'],
    ["cat <<'END OF IT'\n<x>\nEND OF IT", 'unusual end mark'],
  ])('%s', (text, why) => {
    expect(problemOf(text)).toContain(why);
  });
});

describe('a value that another language reads must be plain', () => {
  test.each([
    'ssh <x> uptime',
    'ssh db "systemctl restart <x>"',
    'sh -c "rm <x>"',
    'sudo bash -c "rm <x>"',
    'kubectl exec pod -- sh -c "cat <x>"',
    'eval "rm <x>"',
    'psql -c "select \'<x>\'"',
    "awk '/<x>/' file",
    'sed "s/a/<x>/" file',
    'echo "rm <x>" | sh',
    'printf %s <x> | ssh host',
    'cat <<EOF | psql\nselect <x>;\nEOF',
    'psql <<EOF\nselect <x>;\nEOF',
    'sh <<< "<x>"',
    'cmd="rm <x>"; eval "$cmd"',
    'y=<x>; ssh host "ls $y"',
    'for y in <x>; do sh -c "$y"; done',
    'unset <x>',
    'printf -v <x> a',
    'test -v <x>',
    '/opt/<x>/run.sh',
    'find . -exec sh -c "rm <x>" +',
  ])('%s', text => {
    expect(read(text).plain).toEqual(['X']);
  });

  test.each([
    'ls <x>',
    'grep -r "<x>" /var/log',
    'export TOKEN=<x>',
    'cat <<EOF > f\n<x>\nEOF',
    'psql -l; ls <x>',
  ])('but not in %s', text => {
    expect(read(text).plain).toEqual([]);
  });
});

test('variables that a text reads are known, and those that it cannot do without', () => {
  const {uses, needs} = read(
    'curl "$BASE/${NODE}?z=${ZONE:-eu}" -H \'no $LITERAL\' $HOME $lower; for I in a; do echo $I; done; read ANSWER; echo $ANSWER; A=1 B=2; echo $A "$(cat $INNER)" ${MUST:?}; awk "{print \\$NF}"',
    [],
  );
  expect(needs).toEqual(['BASE', 'NODE', 'INNER', 'MUST']);
  expect(uses).toEqual(expect.arrayContaining(['BASE', 'NODE', 'ZONE', 'INNER', 'MUST']));
  expect(uses).not.toContain('HOME');
  expect(uses).not.toContain('LITERAL');
});

test('what is plain means the same to every shell', () => {
  fc.assert(
    fc.property(
      fc.string({unit: fc.constantFrom(...Array.from('aZ09_@%+=:,./-$`"\'\\ \n*?~;&|<>(){}[]#!^'))}),
      text => {
        fc.pre(isPlain(text) && !text.startsWith('-'));
        expect(run(`printf %s ${text}`, {})).toBe(text);
      },
    ),
    {numRuns: 100},
  );
});
