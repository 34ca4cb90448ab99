import {expect, test} from 'vitest';
import {stepProblems} from '../../../src/engine/run/step-problems.ts';
import {parseRunbook} from '../../../src/runbook/index.ts';
import {steps} from '../../../src/steps/index.ts';

const text = `# Restart

## Procedure

1. Stop it.

   \`\`\`sh {"effect":"write","retries":3}
   stopctl api
   \`\`\`

2. Count.

   \`\`\`sh
   echo $((<n> + 1))
   \`\`\`

3. Look at the database.

   \`\`\`sql {"source":"orders"}
   select 1
   \`\`\`

4. Keep what is there.

   \`\`\`text {"type":"collect"}
   file: /var/log/api.log
   run: ps aux
   \`\`\`

5. The lead agrees. <!-- qd: {"type":"approve","role":"lead"} -->
`;
const runbook = parseRunbook({file: 'restart.md', bytes: new TextEncoder().encode(text)});
const said = (site: Parameters<typeof stepProblems>[1]['site']): string[] =>
  stepProblems(runbook, {definitions: steps, site}).map(
    ({line, level, code, message}) => `${line} ${level} ${code} ${message.slice(0, 60)}`,
  );

test('what cannot be walked is named with its line; a guess is a warning', () => {
  expect(said({})).toEqual([
    '5 error step-plan This step cannot be walked: "retries" is for reads only: wha',
    '11 warning step-plan This step cannot be walked: <n> stands in arithmetic, where ',
    '17 error step-plan This step cannot be walked: "source": there is no "orders" u',
    '23 warning step-hint "run: ps aux" is gone sooner than what is collected before i',
    '30 error step-plan This step cannot be walked: approvals are not part of this v',
  ]);
});

test('without a site, what depends on one is not looked at', () => {
  expect(said(undefined).map(line => line.split(' ')[0])).toEqual(['5', '11', '23', '30']);
});

test('a line that has an error already is not told twice', () => {
  const problems = [{code: 'x', line: 5, level: 'error', message: 'm'}] as const;
  const found = stepProblems({...runbook, problems}, {definitions: steps, site: undefined});
  expect(found.map(({line}) => line)).toEqual([11, 23, 30]);
});
