import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {waitFor} from '../helpers/wait.ts';
import {tempDir} from '../helpers/temp.ts';
import {withEnvironment} from '../helpers/processes.ts';
import {sendBy} from './sending.ts';

const node = process.execPath;

test('the program gets the notice on its standard input, and of the environment only what it needs', async () => {
  const siteDir = tempDir();
  const script = `
    let text = '';
    process.stdin.on('data', chunk => (text += chunk));
    process.stdin.on('end', () => {
      require('fs').writeFileSync('told.json', JSON.stringify({text, names: Object.keys(process.env), args: process.argv.slice(1)}));
    });`;
  writeFileSync(join(siteDir, 'tell.cjs'), script);
  const env = {OTHER_TOKEN: 'not-for-it', HOME: '/home/x'};
  const params = {argv: [node, join(siteDir, 'tell.cjs'), '--urgent', '$(no shell)']};
  expect(await sendBy('command', params, {siteDir, env})).toEqual({at: 'sent', message: 'exit 0'});
  const told = JSON.parse(readFileSync(join(siteDir, 'told.json'), 'utf8')) as {
    text: string;
    names: string[];
    args: string[];
  };
  expect(JSON.parse(told.text)).toMatchObject({v: 1, site: 'acme', alerts: [{as: 'firing'}]});
  expect(told.text.endsWith('}\n')).toBe(true);
  expect(told.args.slice(1)).toEqual(['--urgent', '$(no shell)']);
  expect(told.names).toContain('HOME');
  expect(told.names).not.toContain('OTHER_TOKEN');
});

test('what it says about a failure is told, its first line', async () => {
  const script = 'process.stdin.resume(); console.error("no such room\\nand more"); process.exit(3)';
  expect(await sendBy('command', {argv: [node, '-e', script]})).toEqual({
    at: 'failed',
    about: 'channel',
    message: 'exit 3: no such room',
  });
});

test('one that is not there is said to be', async () => {
  expect(await sendBy('command', {argv: ['/no/such/program']})).toEqual({
    at: 'failed',
    about: 'channel',
    message: '/no/such/program is not on this machine',
  });
});

test('one that does not end is ended with everything that it started', async () => {
  const dir = tempDir();
  const child = `setInterval(() => {}, 1000)`;
  const script = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(child)}]);
    require('fs').writeFileSync('begun', ''); ${child}`;
  const stop = new AbortController();
  const sending = sendBy(
    'command',
    {argv: [node, '-e', script]},
    {siteDir: dir, signal: stop.signal, env: {USER: dir}},
  );
  await waitFor(() => withEnvironment(`USER=${dir}`).length >= 2, {
    what: 'the program and its child',
    timeoutMs: 20_000,
  });
  stop.abort(new Error('over'));
  expect(await sending).toMatchObject({at: 'failed'});
  await waitFor(() => withEnvironment(`USER=${dir}`).length === 0, {
    what: 'both to be gone',
    timeoutMs: 20_000,
  });
});
