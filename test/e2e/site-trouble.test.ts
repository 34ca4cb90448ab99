// Sites that are not trusted, or wrong: what the operator is told, and what is refused.
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {launcher, place, pressUntil, runToEnd, siteText, textOf} from './place.ts';

const answers = [{step: 'append', say: 'yes'}, {say: 'done'}, {step: 'finish', say: 'finish'}];

test('a site that was found upwards is read-only until it is trusted; then its runbook runs', async () => {
  const here = place({env: {QUARTERDECK_SITE: ''}});
  const inside = {cwd: path.join(here.site, 'runbooks'), env: here.env};
  const qd = async (...args: string[]) => runToEnd(process.execPath, [launcher, ...args], inside);

  const on = here.console({cwd: inside.cwd});
  await on.sees('✖ port', 30_000);
  await on.sees('site not trusted');
  await pressUntil(on, 'r', '> Append a line');
  await on.press('enter');
  await on.sees('trust', 10_000);
  await on.settles(500);
  expect(textOf(on)).not.toMatch(/RUN [0-9a-f]{8}/);
  await on.press('escape', 'q');
  expect((await on.ended(15_000)).exitCode).toBe(0);

  const file = path.join(here.dir, 'answers.json');
  writeFileSync(file, JSON.stringify(answers));
  const walk = ['runbook', 'run', 'append', '--service', 'api', '--answers', file];
  const refused = await qd(...walk);
  expect(refused.status).toBe(3);
  expect(refused.err).toContain('quarterdeck site trust');
  expect(here.lines()).toBe(0);

  const trusted = await qd('site', 'trust', '--yes');
  expect(trusted.status).toBe(0);
  const walked = await qd(...walk);
  expect(walked).toMatchObject({status: 0, err: ''});
  expect(walked.out).toContain('is over: passed');
  expect(here.lines()).toBe(1);

  // A change takes the trust away again.
  writeFileSync(path.join(here.site, 'quarterdeck.yaml'), siteText.replace('every: 5s', 'every: 6s'));
  const changed = await qd(...walk);
  expect(changed.status).toBe(3);
  expect(here.lines()).toBe(1);
});

test.each([
  ['an unknown key', siteText.replace('title:', 'titel:'), /quarterdeck\.yaml:7:5: .*titel.*title/s],
  ['a wrong type', siteText.replace('port: 9,', 'port: nine,'), /quarterdeck\.yaml:9:\d+: .*port/s],
  [
    'an unknown check type',
    siteText.replace('type: tcp', 'type: tpc'),
    /quarterdeck\.yaml:9:\d+: .*tpc.*tcp/s,
  ],
  [
    'an alias bomb',
    `a: &a [x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b]\n`,
    /quarterdeck\.yaml:\d+:\d+: .*(?:alias|anchor)/s,
  ],
  [
    'a file of five mebibytes',
    `# ${'x'.repeat(5 * 1024 * 1024)}\n`,
    /quarterdeck\.yaml.*1048576 is the most/s,
  ],
] as const)('a site file with %s is refused with its place, exit 2', async (_, text, says) => {
  const here = place({siteText: text});
  const said = await here.qd('status');
  expect(said.status).toBe(2);
  expect(said.err).toMatch(says);
  const on = here.console({cols: 200});
  expect((await on.ended(20_000)).exitCode).toBe(2);
  expect(on.isAlternate()).toBe(false);
  // The terminal breaks long lines wherever they end.
  expect(textOf(on).replaceAll('\n', '')).toMatch(says);
});

test('a site that is not there is named with the way out, exit 2', async () => {
  const here = place();
  const env = {...here.env, QUARTERDECK_SITE: path.join(here.dir, 'nowhere')};
  const said = await runToEnd(process.execPath, [launcher], {cwd: here.dir, env});
  expect(said.status).toBe(2);
  expect(said.err).toContain(path.join(here.dir, 'nowhere'));
  expect(said.err).toMatch(/quarterdeck init|--site/);
});
