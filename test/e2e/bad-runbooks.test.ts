// Runbooks that are not as they should be: the file and line are named, and nothing is run by mistake.
import path from 'node:path';
import {expect, test} from 'vitest';
import {place} from './place.ts';

const fence = '```';

test('a runbook with unbalanced fences is refused with its line', async () => {
  const source = `# Broken\n\nProcedure:\n\n1. Do it\n\n   ${fence}sh {"name":"do","effect":"write"}\n   echo never\n`;
  const here = place({runbooks: {broken: source}});
  const lint = await here.qd('runbook', 'lint', path.join(here.site, 'runbooks', 'broken.md'));
  expect(lint.status).toBe(1);
  expect(lint.out).toMatch(/broken\.md:7: error/);
  const run = await here.qd('runbook', 'run', 'broken', '--service', 'api');
  expect(run.status).toBe(2);
  expect(run.err).toMatch(/broken\.md:7/);
  expect((await here.entries()).map(({kind}) => kind)).not.toContain('run.start');
});

test('an unknown annotation is named with its line and the nearest one that is known', async () => {
  const source = `# Odd\n\nProcedure:\n\n1. Do it\n\n   ${fence}sh {"name":"do","effekt":"write"}\n   echo never\n   ${fence}\n`;
  const here = place({runbooks: {odd: source}});
  const file = path.join(here.site, 'runbooks', 'odd.md');
  const lint = await here.qd('runbook', 'lint', file);
  expect(lint.out).toMatch(/odd\.md:7: warning .*"effekt"; did you mean "effect"/);
  expect((await here.qd('runbook', 'lint', '--strict', file)).status).toBe(1);
});
