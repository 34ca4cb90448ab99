import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {fileAnswers, parseAnswers} from '../../src/cli/run-answers.ts';
import {walkLines, type Answers} from '../../src/cli/run-lines.ts';
import {typedAnswers} from '../../src/cli/run-typed.ts';
import type {Source} from '../../src/domain/run.ts';
import type {Talk} from '../../src/ports.ts';
import {openConsole, type TestConsole} from '../engine/run/world.ts';

const book = `# Restart

Procedure:

1. Print something nasty

   \`\`\`sh {"name":"print","effect":"write"}
   printf 'ok \\033]52;c;aGk=\\007\\n'
   \`\`\`

2. Revoke the key

   \`\`\`sh {"name":"revoke","effect":"irreversible","target":"t-204"}
   echo revoked
   \`\`\`

3. Tell the others

What not to do:
- Do not panic
`;

/** A terminal with nobody at it: what is printed is kept, the lines are typed in order, then input ends. */
function scripted(lines: readonly string[], interactive = false): {talk: Talk; said: string[]} {
  const said: string[] = [];
  const rest = [...lines];
  const print = (line: string): void => void said.push(line);
  return {
    said,
    talk: {
      interactive,
      columns: 80,
      out: print,
      err: print,
      json: value => print(JSON.stringify(value)),
      ask: async question => {
        print(question);
        return Promise.resolve(rest.shift());
      },
    },
  };
}

async function opened(source: Source): Promise<TestConsole> {
  const here = await openConsole({dir: tempDir(), runbooks: {restart: book}, world: {source}});
  onTestFinished(async () => here.close());
  return here;
}

async function walk(
  here: TestConsole,
  answers: (talk: Talk) => Answers,
  {talk}: {talk: Talk},
): Promise<number> {
  const run = await here.desk.start({runbook: 'restart', service: 'api'});
  const {clock} = here.world;
  try {
    return await walkLines(run, answers(talk), {
      talk,
      clock,
      signal: new AbortController().signal,
    });
  } finally {
    run.close();
  }
}

test('a run is walked by typed lines; output is shown without its escape sequences', async () => {
  const here = await opened('answers');
  const terminal = scripted(['y', 'T-204', 't-204', 'asked for by the owner', '?', 'done', 'y']);
  expect(await walk(here, talk => typedAnswers({talk, clock: here.world.clock}), terminal)).toBe(0);
  const text = terminal.said.join('\n');
  expect(text).toContain('STAGING  api');
  expect(text).toContain('✖ Do not panic');
  expect(text).toContain("$ printf 'ok");
  expect(text).toContain('| ok ␛]52;c;aGk=␇');
  expect(text).not.toContain('\u001b');
  expect(text).toContain('is over: passed');
});

test('an irreversible step that is refused can be left; escalation prints whom to call', async () => {
  const here = await opened('answers');
  const terminal = scripted(['y', 'e', 'not my decision']);
  expect(await walk(here, talk => typedAnswers({talk, clock: here.world.clock}), terminal)).toBe(1);
  expect(terminal.said.join('\n')).toContain('Call Platform on call +49 1');
});

test('the end of input leaves the run open, with status 2 and the way back', async () => {
  const here = await opened('answers');
  const terminal = scripted(['y']);
  expect(await walk(here, talk => typedAnswers({talk, clock: here.world.clock}), terminal)).toBe(2);
  expect(terminal.said.at(-1)).toMatch(/stays open\. Go on with: quarterdeck runbook resume [0-9a-f]{8}$/);
  expect((await here.desk.list())[0]).toMatchObject({result: undefined});
});

test('on a terminal an answer that came at once confirms nothing', async () => {
  const here = await opened('line');
  const terminal = scripted(['y', 'y']);
  expect(await walk(here, talk => typedAnswers({talk, clock: here.world.clock}), terminal)).toBe(2);
  expect(terminal.said.join('\n')).toContain('answer again');
  const [run] = await here.desk.list();
  expect(await here.ledger.read({run: run?.run ?? '', kinds: ['step.confirm', 'step.intent']})).toEqual([]);
});

test('answers from a file walk a rehearsal; one that is missing or does not fit ends it with a clear error', async () => {
  const here = await opened('answers');
  const answers = (list: unknown) => () =>
    fileAnswers(parseAnswers(JSON.stringify(list), 'answers.json'), here.world);
  const rehearsal = [
    {step: 'print', say: 'yes'},
    {step: 'revoke', say: 'yes', typed: 't-204', reason: 'rehearsal'},
    {say: 'done', note: 'told them'},
    {step: 'finish', say: 'finish'},
  ];
  expect(await walk(here, answers(rehearsal), scripted([]))).toBe(0);
  const cases: [unknown[], RegExp][] = [
    [[{step: 'print', say: 'yes'}], /no answer for revoke/],
    [[{step: 'revoke', say: 'yes'}], /Answer 1 is for revoke, but print is asked/],
    [
      [{step: 'print', say: 'happened', reason: 'x'}, {say: 'yes'}],
      /Answer 1 was refused: "happened" is no answer here/,
    ],
  ];
  for (const [list, message] of cases) {
    await expect(walk(here, answers(list), scripted([]))).rejects.toThrow(message);
    const [open] = await here.desk.list();
    const run = await here.desk.open(open?.run ?? '', {walk: true});
    const {ask} = run.snapshot();
    await run.answer({id: ask.id, say: 'abort', reason: 'next case', shownAtMs: 0, answeredAtMs: 0});
    run.close();
  }
});

test('a file of answers that is none is refused with its name', () => {
  const file = join(tempDir(), 'answers.json');
  writeFileSync(file, '{}');
  for (const text of ['', '{}', '[]', '[{"say":"perhaps"}]', '[{"say":"yes","extra":1}]']) {
    expect(() => parseAnswers(text, file)).toThrow(file);
  }
});
