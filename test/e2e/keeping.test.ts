// The keeping of a ledger by the real program: its key, its daemon, and what must never leave it.
import {spawn} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import type {NewEntry} from '../../src/domain/entry.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {tcpServer} from '../helpers/http-server.ts';
import {waitFor} from '../helpers/wait.ts';
import {note, options, written} from '../store/helpers.ts';
import {launcher, place, siteText} from './place.ts';

const vkeys = (home: string): string[] =>
  readFileSync(path.join(home, 'ledger.vkey'), 'utf8').trim().split('\n');
const secretPart = (home: string): string =>
  readFileSync(path.join(home, 'keys/ledger.key'), 'utf8').trim().split('+').slice(4).join('+');

test('right after rotate-key the ledger verifies with the old key and with the new one', async () => {
  const {qd, home, entries} = place();
  expect((await qd('ledger', 'hold', 'set', '--all', '--reason', 'x')).status).toBe(0);
  const rotated = await qd('ledger', 'rotate-key', '--reason', 'yearly');
  expect(rotated).toMatchObject({status: 0, err: ''});
  const [old = '', fresh = '', ...more] = vkeys(home);
  expect(more).toEqual([]);
  expect(rotated.out).toContain(`verifier key ${fresh}`);
  for (const key of [old, fresh]) {
    const verified = await qd('ledger', 'verify', '--vkey', key, '--json');
    expect(JSON.parse(verified.out)).toMatchObject({verdict: 'intact', verified: true});
    expect(verified.status).toBe(0);
  }
  const kinds = (await entries()).map(({kind}) => kind);
  expect(kinds.slice(-5)).toEqual([
    'session.open',
    'site.load',
    'key.rotate',
    'ledger.seal',
    'session.close',
  ]);
  const again = await qd('ledger', 'rotate-key', '--reason', 'twice', '--json');
  expect(JSON.parse(again.out)).toMatchObject({signed: true, vkey: vkeys(home)[2]});
  for (const key of vkeys(home)) expect((await qd('ledger', 'verify', '--vkey', key)).status).toBe(0);
});

test('what a command erases belongs to a session of its own', async () => {
  const {qd, home, entries} = place();
  mkdirSync(home, {mode: 0o700});
  const ledger = await openLedger(options(home));
  written(await ledger.append({entries: [note('a private note')]}));
  await ledger.close();
  expect((await qd('ledger', 'redact', '1', '--all', '--reason', 'x', '--yes')).status).toBe(0);
  const said = (await entries()).slice(2);
  expect(said.map(({kind}) => kind)).toEqual(['session.open', 'site.load', 'redact', 'session.close']);
  expect(new Set(said.map(({session}) => session)).size).toBe(1);
});

test("the ledger's own signing key is found in what would be handed over, and never printed", async () => {
  const {qd, home, dir} = place();
  expect((await qd('case', 'open', 'audit', '--title', 'An audit')).status).toBe(0);
  const secret = secretPart(home);
  const copy = path.join(dir, 'copy.txt');
  writeFileSync(copy, `a copied file\nvalue ${secret}\n`);
  expect((await qd('case', 'add', 'audit', copy)).status).toBe(0);
  const packed = await qd('case', 'pack', 'audit', path.join(dir, 'pack'), '--accept-doubts');
  expect(packed.status).not.toBe(0);
  expect(packed.err).toMatch(/ledger.signing.key/);
  const hold = await qd('ledger', 'hold', 'set', '--all', '--reason', `pasted ${secret} here`);
  expect(hold.status).toBe(0);
  const shown = await qd('ledger', 'hold', 'list');
  expect(shown.out).toMatch(/pasted \[secret ledger.signing.key\] here/);
  for (const {out, err} of [packed, hold, shown]) expect(out + err).not.toContain(secret);
});

test('a daemon watches, archives and erases what is due, and ends cleanly when it is told to', async () => {
  const port = await tcpServer(socket => void socket.end());
  const here = place();
  const archive = path.join(here.dir, 'archive');
  mkdirSync(archive);
  mkdirSync(here.home, {mode: 0o700});
  const text = siteText.replace('port: 9, every', `port: ${port}, every`);
  const retention = `retention:\n  notes: 2d\n  archive: {after: 1d, dir: ${archive}}\n`;
  writeFileSync(path.join(here.site, 'quarterdeck.yaml'), `${text}${retention}`);
  // Written on a day long ago, by the same ledger with another clock.
  const ledger = await openLedger(options(here.home));
  const notes = Array.from({length: 299}, (_, i): NewEntry => note(`note ${i}`));
  written(await ledger.append({entries: [note('the first'), ...notes]}));
  await ledger.close();

  const daemon = spawn(process.execPath, [launcher, 'daemon'], {env: here.env, cwd: here.dir});
  onTestFinished(() => void daemon.kill('SIGKILL'));
  const said = {out: '', err: ''};
  daemon.stdout.setEncoding('utf8').on('data', (chunk: string) => (said.out += chunk));
  daemon.stderr.setEncoding('utf8').on('data', (chunk: string) => (said.err += chunk));
  const ended = new Promise<number | null>(resolve => void daemon.on('close', resolve));
  const events = (): {readonly event: string}[] =>
    said.out
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line) as {event: string});
  const of = (name: string) => events().filter(({event}) => event === name);
  const what = (): string => `the daemon to keep house; it said ${said.out}${said.err}`;
  await waitFor(() => of('retention').length > 0, {timeoutMs: 40_000, what});
  expect(of('check')).toMatchObject([{check: 'api/port', state: 'pass'}]);
  expect(of('archive')).toMatchObject([{from: 0, to: 256}]);
  expect(of('retention')).toMatchObject([{values: 300, held: 0}]);
  daemon.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(said.err).toBe('');
  expect(of('problem')).toEqual([]);
  expect(events().at(-1)?.event).toBe('stop');

  const verified = await here.qd('ledger', 'verify', '--json');
  expect(JSON.parse(verified.out)).toMatchObject({verdict: 'intact', redacted: 300});
  const [bundle = ''] = readdirSync(archive);
  const archived = await here.qd('evidence', 'verify', path.join(archive, bundle), '--json');
  expect(JSON.parse(archived.out)).toMatchObject({verdict: 'intact', verified: true});
  const kinds = (await here.entries()).map(({kind}) => kind);
  expect(kinds).toEqual(
    expect.arrayContaining(['session.open', 'export', 'retention.apply', 'session.close']),
  );
});
