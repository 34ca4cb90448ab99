import {expect, test} from 'vitest';
import {allSteps, onlyStep, parse} from './parse.ts';

const step = (...lines: string[]) => onlyStep(parse('# B', '', '## Procedure', '', ...lines));

test('a paragraph before a fence is the title of its command', () => {
  expect(step('Restart it:', '', '```sh', 'systemctl restart x', '```')).toMatchObject({
    id: 'notes/1',
    type: 'command',
    title: 'Restart it:',
    line: 5,
    lang: 'sh',
    command: 'systemctl restart x',
    effect: 'write',
    certainty: 'guessed',
  });
});

test('prompts are cut and output lines become the expected output', () => {
  const found = step(
    '```console',
    '$ kubectl get pods \\',
    '    -n web',
    'NAME   READY',
    'web-1  1/1',
    '[root@db1 ~]# uptime',
    '```',
  );
  expect(found.command).toBe('kubectl get pods \\\n    -n web\nuptime');
  expect(found.expectedOutput).toBe('NAME   READY\nweb-1  1/1');
});

test('comments in a shell script are no prompts', () => {
  expect(step('```sh', '# look first', 'uptime', '```').command).toBe('# look first\nuptime');
});

test('a fence introduced as output belongs to the command before it and is not run', () => {
  const found = step(
    '```sh',
    'uptime',
    '```',
    '',
    'The output should look like this:',
    '',
    '```',
    'up 3 days',
    '```',
  );
  expect(found).toMatchObject({command: 'uptime', expectedOutput: 'up 3 days'});
});

test('data fences are shown, never run', () => {
  for (const lang of ['json', 'yaml', 'text', 'ruby', 'sql', 'promql'])
    expect(step('Apply this.', '', `\`\`\`${lang}`, 'x: 1', '```')).toMatchObject({
      type: 'manual',
      title: 'Apply this.',
      detail: ['x: 1'],
    });
});

test('an unlabelled fence is a command when its first word is a known program', () => {
  expect(step('```', 'sudo systemctl status x', '```')).toMatchObject({
    type: 'command',
    effect: 'read',
    certainty: 'guessed',
  });
  expect(allSteps(parse('# B', '', '## Procedure', '', '```', 'Hello there', '```'))[0]?.type).toBe('note');
});

test('an http fence is an http step; GET reads', () => {
  expect(step('```http', 'GET http://127.0.0.1:1/ready', '```')).toMatchObject({
    type: 'http',
    effect: 'read',
  });
  expect(step('```http', 'DELETE http://127.0.0.1:1/x', '```')).toMatchObject({
    type: 'http',
    effect: 'write',
  });
});

test('inline code is offered as a guessed command, split into argv', () => {
  expect(step('- Restart it with `systemctl restart "my unit"`.')).toMatchObject({
    type: 'command',
    certainty: 'guessed',
    effect: 'write',
    argv: ['systemctl', 'restart', 'my unit'],
  });
  const piped = step('- Look: `ps aux | grep x`');
  expect(piped).toMatchObject({type: 'command', effect: 'read'});
  expect(piped.argv).toBeUndefined();
  expect(step('- The class `db.unavailable` and `GET /ready`.').type).toBe('manual');
});

test('nested items that hold commands are sub-steps, others are detail', () => {
  const [group] =
    parse(
      '# B',
      '',
      '## Procedure',
      '1. Take a snapshot:',
      '   - quick: `make snap`',
      '   - full: `make full`',
    ).procedures[0]?.phases[0]?.steps ?? [];
  expect(group).toMatchObject({
    type: 'note',
    id: 'notes/1',
    children: [
      {id: 'notes/1.1', command: 'make snap'},
      {id: 'notes/1.2', command: 'make full'},
    ],
  });
  expect(step('1. Check the flags:', '   - `AUTH_MODE`', '   - `MODE`')).toMatchObject({
    type: 'manual',
    detail: ['- AUTH_MODE', '- MODE'],
    children: [],
  });
});

test('a question with answers is a decision', () => {
  expect(step('1. Is it stopped?', '   - **Yes** → [start it](#start)', '   - **No** → wait')).toMatchObject({
    type: 'decide',
    effect: 'read',
    options: [
      {answer: 'Yes', link: '#start', text: 'Yes → start it'},
      {answer: 'No', text: 'No → wait'},
    ],
  });
});

test('a comment in an item makes it a check, a wait or whatever it says', () => {
  expect(step('- It is ready.', '  <!-- qd: {"check":"api/ready"} -->')).toMatchObject({
    type: 'check',
    certainty: 'annotated',
    effect: 'read',
    title: 'It is ready.',
  });
  expect(step('- Wait.', '', '  <!-- qd: {"until":"api/ready","within":"1m"} -->')).toMatchObject({
    type: 'wait',
  });
  expect(step('Wait a while.', '', '<!-- qd: {"type":"wait","for":"5s"} -->')).toMatchObject({
    type: 'wait',
    title: 'Wait a while.',
  });
});

test('attributes are read from the raw source, so escapes survive', () => {
  const found = step('```sh {"name":"count","effect":"read","re":"\\\\d+ &amp; up"}', 'uptime', '```');
  expect(found).toMatchObject({id: 'count', certainty: 'annotated', attributes: {re: '\\d+ &amp; up'}});
});

test('an alert raises the effect, never lowers it', () => {
  expect(step('> [!CAUTION]', '> Gone for good.', '', '```sh', 'rm -r x', '```')).toMatchObject({
    effect: 'irreversible',
    alert: 'caution',
    detail: ['Gone for good.'],
  });
  expect(step('> [!NOTE]', '> Slow.', '', '```sh {"effect":"irreversible"}', 'rm -r x', '```')).toMatchObject(
    {effect: 'irreversible', alert: 'note'},
  );
});

test('blocks that open a nested shell are marked terminal', () => {
  for (const text of [
    'ssh db1',
    'oc debug node/n1',
    'kubectl exec -it web -- sh',
    'psql -U x',
    'chroot /host',
    'sudo -i',
    'vim /etc/x',
  ])
    expect([text, step('```sh', text, '```').type]).toEqual([text, 'terminal']);
  for (const text of ['ssh db1 uptime', 'psql -c "select 1"', 'kubectl exec web -- ls'])
    expect([text, step('```sh', text, '```').type]).toEqual([text, 'command']);
});

test('task items are steps, in any phase', () => {
  expect(onlyStep(parse('# B', '', '## Overview', '', '- [ ] Tell the team'))).toMatchObject({
    type: 'manual',
    title: 'Tell the team',
  });
});

test('effects are guessed towards write', () => {
  const effect = (text: string) => step('```sh', text, '```').effect;
  for (const text of [
    'cat x',
    'grep a b | wc -l',
    'kubectl -n web get pods',
    'systemctl status x',
    'curl -fsS http://h/ready',
    'git log',
    'alembic heads',
    'ls 2>/dev/null',
  ])
    expect([text, effect(text)]).toEqual([text, 'read']);
  for (const text of [
    'systemctl restart x',
    'cat x > y',
    'curl -X POST http://h',
    'curl -d a=b http://h',
    'find . -delete',
    'sed -i s/a/b/ x',
    'cat $(rm x)',
    'frobnicate',
    'echo a; rm b',
    'eval "cat x"',
    'cat x | sh',
  ])
    expect([text, effect(text)]).toEqual([text, 'write']);
});

test('placeholders of commands are collected once', () => {
  const runbook = parse(
    '# B',
    '',
    '## Procedure',
    '```sh',
    'kubectl -n <namespace> logs <pod name>',
    'cat <<EOF >out',
    'kubectl -n <namespace> get x # <none>',
    'EOF',
    '```',
  );
  expect(runbook.placeholders).toEqual(['namespace', 'pod name']);
});
