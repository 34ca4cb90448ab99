// Checkpoints carried for real: over OpenSSH to a loopback sshd, and to a receiver of syslog messages.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {z} from 'zod';
import {place, siteText, type Place} from '../e2e/place.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';
import {sshServer, type Sshd} from './sshd.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A folder with an `ssh` that is the real one, with the options that a host's section of ~/.ssh/config would give. */
function sshWith(options: readonly string[]): string {
  const dir = tempDir();
  const file = path.join(dir, 'ssh');
  const ssh = program('ssh', 'openssh-client');
  writeFileSync(file, `#!/bin/sh\nexec ${ssh} ${options.map(quoted).join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return dir;
}

interface Witness {
  readonly here: Place;
  readonly server: Sshd;
  /** The file on the other side. */
  readonly notes: string;
}

async function witness(): Promise<Witness> {
  const server = await sshServer();
  const notes = path.join(tempDir(), 'notes');
  const anchors = `anchors:\n  witness: {type: ssh, host: ${server.destination}, path: ${notes}}\n`;
  const way = `${sshWith(server.options)}:${process.env['PATH'] ?? '/usr/bin:/bin'}`;
  return {here: place({siteText: `${siteText}${anchors}`, env: {PATH: way}}), server, notes};
}

const answers = z.object({
  anchors: z.array(
    z.object({
      ok: z.boolean(),
      size: z.number(),
      readBack: z.boolean(),
      lost: z.number().optional(),
      message: z.string(),
    }),
  ),
});

/** What `ledger anchor` says of the one anchor. */
async function anchorNow({here}: Pick<Witness, 'here'>) {
  const {out, err, status} = await here.qd('ledger', 'anchor', '--json');
  const [answer] = answers.parse(JSON.parse(out === '' ? err : out)).anchors;
  if (answer === undefined) throw new Error(out);
  return {...answer, status};
}

const receipts = async ({here}: Pick<Witness, 'here'>) =>
  (await here.entries()).filter(({kind}) => kind === 'anchor.receipt').map(({body}) => body);

/** A command that records something. */
const act = async ({here}: Pick<Witness, 'here'>) =>
  here.qd('ledger', 'hold', 'set', '--all', '--reason', 'looked into');

test('over ssh: the note arrives whole, is read back, and proves what the log was', async () => {
  const at = await witness();
  const {here, notes} = at;
  expect(await anchorNow(at)).toMatchObject({ok: true, readBack: true, status: 0});
  // A command that wrote carries its own end along, and says nothing about it.
  expect(await act(at)).toMatchObject({status: 0, err: ''});
  expect(readFileSync(notes, 'utf8').match(/^— /gm)).toHaveLength(2);
  const {status, out} = await here.qd('ledger', 'verify', '--checkpoint', notes, '--json');
  expect(status).toBe(0);
  const last = (await receipts(at)).at(-1);
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'intact',
    witnessed: {where: 'witness', size: last?.['size']},
  });
  expect(last).toMatchObject({type: 'ssh', offHost: true, ok: true, readBack: true});
  // Looking is no reason to send again, and sending is none either.
  await here.qd('status');
  await here.qd('ledger', 'checkpoint');
  expect(await receipts(at)).toHaveLength(2);
});

test('a host that is down, then a wrong key: one failed receipt for the outage, and one when it works again', async () => {
  const at = await witness();
  const {server} = at;
  const key = readFileSync(server.at('authorized'));
  const other = path.join(tempDir(), 'other');
  execFileSync(program('ssh-keygen', 'openssh-client'), ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
  writeFileSync(server.at('authorized'), readFileSync(`${other}.pub`));
  const refused = await anchorNow(at);
  expect(refused).toMatchObject({ok: false, status: 2});
  expect(refused.message).toMatch(/Permission denied/);
  const said = await act(at);
  expect(said.status).toBe(0);
  expect(said.err).toMatch(/not anchored at witness: .*Permission denied/);
  expect((await receipts(at)).map(({ok}) => ok)).toEqual([false]);
  writeFileSync(server.at('authorized'), key);
  expect(await anchorNow(at)).toMatchObject({ok: true, status: 0});
  expect((await receipts(at)).map(({ok}) => ok)).toEqual([false, true]);
  server.kill();
  await waitFor(async () => !(await anchorNow(at)).ok, {what: 'the host to be down', timeoutMs: 20_000});
  expect((await anchorNow(at)).message).toMatch(/Connection refused|closed/);
});

test('a host that does not answer: leaving waits three seconds and says that the anchor is pending', async () => {
  const at = await witness();
  const {server} = at;
  process.kill(server.pid, 'SIGSTOP');
  afterwards(() => void process.kill(server.pid, 'SIGCONT'));
  const began = performance.now();
  const {status, err} = await act(at);
  expect(status).toBe(0);
  expect(err).toMatch(/anchor witness is pending/);
  expect(performance.now() - began).toBeLessThan(12_000);
  expect(await receipts(at)).toEqual([]);
  const hung = await anchorNow(at);
  expect(hung).toMatchObject({ok: false, status: 2});
  expect(hung.message).toMatch(/timed out|no answer/);
});

test('a file on the other side that was replaced is told; a link is not followed', async () => {
  const at = await witness();
  const {notes} = at;
  const first = await anchorNow(at);
  rmSync(notes);
  await act(at);
  const [, second] = await receipts(at);
  expect(second).toMatchObject({ok: true, readBack: true, lost: first.size});
  expect((await anchorNow(at)).lost).toBeUndefined();
  rmSync(notes);
  symlinkSync('/dev/null', notes);
  const third = await anchorNow(at);
  expect(third).toMatchObject({ok: false});
  expect(third.message).toMatch(/is a link/);
  rmSync(notes);
  symlinkSync('/nowhere/at/all', notes);
  expect(await anchorNow(at)).toMatchObject({ok: false});
});

test('a forced command on the other side, as docs/anchors.md writes it, takes notes and nothing else', async () => {
  const at = await witness();
  const {server, notes} = at;
  const page = readFileSync(path.resolve(import.meta.dirname, '../../docs/anchors.md'), 'utf8');
  const [, script] = /```sh\n(#!\/bin\/sh\n# Takes one signed note[^]*?)```/.exec(page) ?? [];
  const file = path.join(tempDir(), 'take-note');
  writeFileSync(file, (script ?? '').replace('/var/lib/quarterdeck-notes/$1', `${notes}.$1`));
  chmodSync(file, 0o755);
  const key = readFileSync(server.at('authorized'), 'utf8');
  writeFileSync(server.at('authorized'), `restrict,command="${file} bastion" ${key}`);
  expect(await anchorNow(at)).toMatchObject({ok: true, readBack: true});
  expect(readFileSync(`${notes}.bastion`, 'utf8')).toMatch(/^quarterdeck\/small\//);
  const ssh = program('ssh', 'openssh-client');
  const ask = (input: string): string => {
    try {
      return execFileSync(ssh, [...server.options, server.destination, 'cat', '/etc/passwd'], {
        input,
        encoding: 'utf8',
        stdio: ['pipe', 'pipe', 'ignore'],
      });
    } catch {
      return 'refused';
    }
  };
  expect(ask('scribble\n')).toBe('refused');
  expect(ask('quarterdeck/a\n1\nx\n\n— half a line')).toBe('refused');
  expect(readFileSync(`${notes}.bastion`, 'utf8').match(/^— /gm)).toHaveLength(1);
});

test('syslog: the whole note in one message, from which it comes back byte for byte', async () => {
  program('logger', 'bsdutils');
  const python = program('python3', 'python3');
  const socket = path.join(tempDir(), 'log');
  const listen = [
    'import socket, sys',
    's = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)',
    's.bind(sys.argv[1])',
    'print("bound", flush=True)',
    'while True: print(s.recv(65536).decode("utf-8"), flush=True)',
  ].join('\n');
  const receiver = spawn(python, ['-I', '-c', listen, socket], {stdio: ['ignore', 'pipe', 'inherit']});
  afterwards(() => void receiver.kill('SIGKILL'));
  let log = '';
  receiver.stdout.setEncoding('utf8').on('data', (text: string) => (log += text));
  await waitFor(() => log.includes('bound\n'), {what: 'the receiver to listen', timeoutMs: 20_000});
  const here = place({siteText: `${siteText}anchors:\n  log: {type: syslog, socket: ${socket}}\n`});
  const sent = await anchorNow({here});
  expect(sent).toMatchObject({ok: true, readBack: false, status: 0});
  await waitFor(() => log.includes('quarterdeck: checkpoint'), {what: 'the message'});
  const [, json = ''] = / quarterdeck: checkpoint (".*")$/m.exec(log) ?? [];
  const kept = path.join(here.dir, 'kept');
  writeFileSync(kept, String(JSON.parse(json)));
  expect((await here.qd('ledger', 'verify', '--checkpoint', kept)).status).toBe(0);
  expect(readFileSync(kept, 'utf8')).toMatch(
    new RegExp(`^quarterdeck/small/[^\\n]+\\n${sent.size}\\n[^\\n]+\\n\\n— [^\\n]+\\n$`),
  );
  const [receipt] = await receipts({here});
  expect(receipt).toMatchObject({type: 'syslog', offHost: false, ok: true});
  expect(receipt).not.toHaveProperty('readBack');

  receiver.kill('SIGKILL');
  await waitFor(() => receiver.signalCode !== null, {what: 'the receiver to be gone'});
  expect(await anchorNow({here})).toMatchObject({ok: false, status: 2});
});
