import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {matching} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {openConsole, say} from './world.ts';

const restart = (dir: string): string => `# Restart the API

Symptoms:
- it hangs

Preconditions:
- You have a shell.

Procedure:

1. Append a line

   \`\`\`sh {"name":"append","effect":"write"}
   echo once >> ${dir}/out.txt; echo "as told by $QD_RUN"
   \`\`\`

Verify:

- Look at the file

  \`\`\`sh {"name":"look","effect":"read"}
  read -r line < ${dir}/out.txt; echo "$line"
  \`\`\`

What not to do:
- Do not delete the file
`;

test('a runbook is walked step by step, each action recorded before and after it happened', async () => {
  const dir = tempDir();
  const here = await openConsole({dir, runbooks: {restart: restart(dir)}});
  onTestFinished(async () => here.close());
  const run = await here.desk.start({runbook: 'restart', service: 'api'});
  onTestFinished(() => run.close());

  const asked: string[] = [];
  for (let i = 0; i < 10 && run.snapshot().ask.at !== 'over'; i += 1) {
    const {ask} = await waitFor(() => (run.snapshot().ask.at === 'busy' ? undefined : run.snapshot()), {
      what: 'the next question',
      timeoutMs: 10_000,
    });
    asked.push(ask.at);
    const answer =
      ask.at === 'manual'
        ? {say: 'done' as const}
        : ask.at === 'finish'
          ? {say: 'finish' as const}
          : {say: 'yes' as const};
    expect(await say(run, answer)).toEqual({ok: true});
  }
  const entries = await here.ledger.read({run: run.run});
  expect(entries.map(({entry}) => `${entry.kind} ${entry.step ?? ''}`.trim())).toEqual([
    'run.start',
    matching(/^step.confirm/),
    matching(/^step.outcome/),
    matching(/^step.confirm/),
    matching(/^step.outcome/),
    'step.confirm append',
    'step.intent append',
    'step.outcome append',
    'step.confirm look',
    'step.intent look',
    'step.outcome look',
    'run.finish',
  ]);
  expect(asked).toEqual(['read', 'manual', 'confirm', 'read', 'finish']);
  expect(readFileSync(join(dir, 'out.txt'), 'utf8')).toBe('once\n');
  expect(run.snapshot().state.over?.result).toBe('passed');
  const outcome = entries.find(({entry}) => entry.kind === 'step.outcome' && entry.step === 'append');
  const output = await run.output('append');
  expect(Buffer.from(output ?? []).toString()).toBe(`as told by ${run.run}\n`);
  expect(outcome?.entry.of).toBe(entries.find(({entry}) => entry.kind === 'step.intent')?.seq);
});
