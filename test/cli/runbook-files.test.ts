import {createHash} from 'node:crypto';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {QdError} from '../../src/domain/error.ts';
import {loadRunbooks} from '../../src/runbook/index.ts';
import {steps} from '../../src/steps/index.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';

const good = [
  '# Mend it',
  '',
  '## What not to do',
  '- Do not guess.',
  '',
  '## Procedure',
  '1. Look.',
  '',
  '   ```sh {"name":"look","effect":"read"}',
  '   kubectl -n <ns> get pods',
  '   ```',
  '',
  '## Verify',
  '- It is up.',
  '',
].join('\n');

/** A folder with `site/runbooks/mend.md` and whatever files are given. */
function folder(files: Readonly<Record<string, string>> = {}): string {
  const dir = tempDir();
  mkdirSync(join(dir, 'site/runbooks'), {recursive: true});
  for (const [name, text] of Object.entries({'site/runbooks/mend.md': good, ...files}))
    writeFileSync(join(dir, name), text);
  return dir;
}

async function qd(
  cwd: string,
  ...argv: readonly string[]
): Promise<{readonly status: number; readonly talk: FakeTalk}> {
  const talk = fakeTalk();
  const status = await runCommand(argv, {
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: () =>
      contextWith({
        talk,
        cwd,
        files: realFiles,
        clock: fakeClock(),
        steps,
        site: async () => Promise.reject(new QdError('SITE_NOT_FOUND', 'no site')),
        runbooks: async () =>
          loadRunbooks({files: realFiles, siteDir: join(cwd, 'site'), shippedDir: undefined}),
      }),
    console: async () => Promise.resolve(0),
  });
  return {status, talk};
}

test('runbook list names each runbook and says which cannot be walked', async () => {
  const cwd = folder({'site/runbooks/broken.md': '# Broken\n\n```sh\nuptime\n'});
  const {status, talk} = await qd(cwd, 'runbook', 'list');
  expect(status).toBe(0);
  expect(talk.lines).toEqual([
    'broken  Broken  1 error: cannot be walked, see runbook lint',
    'mend    Mend it',
  ]);
  const json = await qd(cwd, 'runbook', 'list', '--json');
  expect(json.talk.values).toMatchObject([
    {
      v: 1,
      runbooks: [
        {id: 'broken', problems: 1},
        {id: 'mend', procedures: [{id: 'mend', title: 'Mend it'}]},
      ],
    },
  ]);
});

test('runbook show --json prints exactly the documented shape, by id and by file', async () => {
  const cwd = folder();
  for (const name of ['mend', 'site/runbooks/mend.md']) {
    const {status, talk} = await qd(cwd, 'runbook', 'show', name, '--json');
    expect(status).toBe(0);
    const prohibition = {text: 'Do not guess.', line: 4, patterns: []};
    expect(talk.values).toEqual([
      {
        v: 1,
        file: name === 'mend' ? join(cwd, 'site/runbooks/mend.md') : name,
        sha256: createHash('sha256').update(good).digest('hex'),
        id: 'mend',
        title: 'Mend it',
        procedures: [
          {
            id: 'mend',
            title: 'Mend it',
            line: 1,
            phases: [
              {phase: 'dont', title: 'What not to do', line: 3, steps: []},
              {
                phase: 'procedure',
                title: 'Procedure',
                line: 6,
                steps: [
                  {
                    id: 'look',
                    type: 'command',
                    title: 'Look.',
                    line: 7,
                    lang: 'sh',
                    command: 'kubectl -n <ns> get pods',
                    effect: 'read',
                    certainty: 'annotated',
                    children: [],
                  },
                ],
              },
              {
                phase: 'verify',
                title: 'Verify',
                line: 13,
                steps: [
                  {
                    id: 'mend/2',
                    type: 'manual',
                    title: 'It is up.',
                    line: 14,
                    effect: 'read',
                    certainty: 'guessed',
                    children: [],
                  },
                ],
              },
            ],
            prohibitions: [prohibition],
          },
        ],
        placeholders: ['ns'],
        problems: [],
      },
    ]);
  }
});

test('runbook show prints steps, commands and prohibitions for people', async () => {
  const {talk} = await qd(folder(), 'runbook', 'show', 'mend');
  expect(talk.lines).toEqual(
    expect.arrayContaining([
      '  1 Look.  [command, read, annotated, line 7]',
      '      $ kubectl -n <ns> get pods',
      '  ! Do not guess.',
      'To be filled in: <ns>',
    ]),
  );
});

test('runbook show names the nearest id when there is none', async () => {
  const {status, talk} = await qd(folder(), 'runbook', 'show', 'mned');
  expect(status).toBe(64);
  expect(talk.errors.join('\n')).toContain('There is no runbook "mned". Did you mean `mend`?');
});

test('runbook lint gives 0 for clean files and warnings, 1 for errors or strict warnings, 2 for unreadable files', async () => {
  const cwd = folder({
    'warn.md': '# W\n\n```sh\nsystemctl restart x\n```\n',
    'bad.md': '# B\n\n- Do:\n\n  ```sh {"name":\n  uptime\n',
  });
  const lint = async (...argv: string[]) => qd(cwd, 'runbook', 'lint', ...argv);
  expect(await lint('site/runbooks/mend.md')).toMatchObject({
    status: 0,
    talk: {lines: ['1 file, nothing wrong']},
  });
  expect((await lint('warn.md')).status).toBe(0);
  expect((await lint('--strict', 'warn.md')).status).toBe(1);
  const bad = await lint('warn.md', 'bad.md');
  expect(bad.status).toBe(1);
  expect(bad.talk.lines[0]).toMatch(/^warn\.md:3: warning missing-verify /);
  expect(bad.talk.lines.slice(1).map(line => line.split(' ').slice(0, 3).join(' '))).toEqual([
    'bad.md:5: error unbalanced-fence',
    'bad.md:5: error annotation-json',
  ]);
  const missing = await lint('nowhere.md');
  expect(missing).toMatchObject({
    status: 2,
    talk: {lines: ['nowhere.md:1: error unreadable The file cannot be read: there is no such file.']},
  });
});
