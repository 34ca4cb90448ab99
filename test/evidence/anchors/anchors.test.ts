import {chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import {sendCheckpoint} from '../../../src/evidence/anchors.ts';
import {syslogLine} from '../../../src/evidence/anchors/syslog.ts';
import {notesIn} from '../../../src/ledger/bundle/notes-file.ts';
import {parseCheckpoint} from '../../../src/ledger/checkpoint.ts';
import type {Ledger} from '../../../src/ports.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {noted, open, written} from '../../store/helpers.ts';
import {exited, fileAnchor, programs, remote, sendOne, sshAnchor, syslogAnchor, toolsOf} from './carrying.ts';

const receipts = async (ledger: Ledger) =>
  (await ledger.read({kinds: ['anchor.receipt']})).map(({entry}) => entry.body);
const checkpointOf = (ledger: Ledger): Buffer => readFileSync(path.join(ledger.dir, 'checkpoint'));

describe('what is sent, and when', () => {
  test('the newest checkpoint goes over ssh on standard input, and the receipt says what was read back', async () => {
    const ledger = await open(tempDir());
    written(await ledger.append(noted('something')));
    const exec = programs();
    const other = remote();
    exec.answers.push(other.take);
    const answer = await sendOne(sshAnchor, toolsOf(ledger, exec));
    expect(answer).toMatchObject({at: 'sent', size: 2, readBack: true, lost: undefined, isRecorded: true});
    expect(other.file).toBe(checkpointOf(ledger).toString());
    const [asked] = exec.asked;
    expect(asked?.argv.slice(0, 4)).toEqual(['ssh', '-T', '-o', 'BatchMode=yes']);
    expect(asked?.argv).toContain('ConnectTimeout=10');
    expect(asked?.argv.slice(-3, -1)).toEqual(['--', 'ops@w']);
    expect(asked?.env).toEqual({PATH: '/bin', HOME: '/home/ada', LC_ALL: 'C'});
    const parsed = parseCheckpoint(checkpointOf(ledger));
    expect(await receipts(ledger)).toEqual([
      {
        anchor: 'witness',
        type: 'ssh',
        to: 'ops@w:qd/notes',
        offHost: true,
        size: 2,
        root: 'problem' in parsed ? '' : parsed.root.toString('hex'),
        ok: true,
        readBack: true,
        message: 'added and read back',
      },
    ]);
  });

  test('receipts, seals and sessions are no reason to send again; anything else is; by hand it always is', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    const other = remote();
    exec.answers.push(other.take);
    const tools = toolsOf(ledger, exec);
    expect(await sendOne(sshAnchor, tools)).toMatchObject({at: 'sent', size: 1});
    for (let round = 0; round < 3; round += 1) {
      written(await ledger.append({entries: [{kind: 'ledger.seal', body: {idleMs: 1}}]}));
      written(await ledger.append({entries: [{kind: 'session.close', body: {why: 'ended'}}]}));
      expect(await sendOne(sshAnchor, tools)).toMatchObject({at: 'current', size: 1, isRecorded: false});
    }
    expect(await ledger.head()).toMatchObject({size: 8});
    exec.answers.push(other.take);
    expect(await sendOne(sshAnchor, tools, {always: true})).toMatchObject({at: 'sent', size: 8});
    written(await ledger.append(noted('something')));
    exec.answers.push(other.take);
    expect(await sendOne(sshAnchor, tools)).toMatchObject({at: 'sent', size: 10});
    // Another place under the same name has nothing yet.
    exec.answers.push(remote().take);
    expect(await sendOne({...sshAnchor, host: 'new'}, tools)).toMatchObject({at: 'sent', lost: undefined});
    expect(exec.answers).toEqual([]);
  });

  test('an outage has one failed receipt, however often it is tried, and one when it works again', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    const tools = toolsOf(ledger, exec);
    const down = () => exited(255, '', 'debug\nssh: connect to host w port 22: Connection refused\r\n');
    exec.answers.push(down, down, down, remote().take, down);
    const said = [];
    for (let i = 0; i < 5; i += 1) said.push(await sendOne(sshAnchor, tools, {always: true}));
    expect(said.map(({at, isRecorded}) => [at, isRecorded])).toEqual([
      ['failed', true],
      ['failed', false],
      ['failed', false],
      ['sent', true],
      ['failed', true],
    ]);
    expect((await receipts(ledger)).map(({ok, message}) => [ok, message])).toEqual([
      [false, 'ssh: connect to host w port 22: Connection refused (exit 255)'],
      [true, 'added and read back'],
      [false, 'ssh: connect to host w port 22: Connection refused (exit 255)'],
    ]);
  });

  test('who leaves does not wait: what has not answered is pending and leaves no receipt, what has is sent', async () => {
    const ledger = await open(tempDir());
    const disk = fileAnchor(path.join(tempDir(), 'notes'));
    const exec = programs();
    const leaving = new AbortController();
    let wasStopped = false;
    exec.answers.push(
      async ({signal}) =>
        new Promise(resolve => {
          signal.addEventListener('abort', () => {
            wasStopped = true;
            resolve({at: 'hang', stdout: new Uint8Array(), stderr: new Uint8Array(), durationMs: 1});
          });
        }),
    );
    const tools = toolsOf(ledger, exec);
    const leftAfterOne: Ledger = {
      ...{origin: ledger.origin, dir: ledger.dir, readOnly: undefined, watch: () => () => undefined},
      ...{head: async () => ledger.head(), checkpoint: async () => ledger.checkpoint()},
      ...{
        read: async query => ledger.read(query),
        disclosure: async (seq, ptr) => ledger.disclosure(seq, ptr),
        close: async () => ledger.close(),
      },
      append: async request => {
        const result = await ledger.append(request);
        setImmediate(() => leaving.abort());
        return result;
      },
    };
    const answers = await sendCheckpoint([sshAnchor, disk], {...tools, ledger: leftAfterOne}, leaving);
    expect(answers.map(({anchor, at}) => [anchor.name, at])).toEqual([
      ['witness', 'pending'],
      ['disk', 'sent'],
    ]);
    expect(wasStopped).toBe(true);
    expect((await receipts(ledger)).map(({anchor}) => anchor)).toEqual(['disk']);
  });

  test('a ledger that cannot be written sends nothing and says why', async () => {
    const ledger = await open(tempDir());
    const stuck: Ledger = {...ledger, origin: ledger.origin, dir: ledger.dir, readOnly: 'the disk is full'};
    expect(await sendOne(sshAnchor, toolsOf(stuck))).toMatchObject({
      at: 'failed',
      message: 'nothing can be recorded: the disk is full',
      isRecorded: false,
    });
  });
});

describe('what comes back is compared', () => {
  test('another text at the end of the file is a failure', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    exec.answers.push(({input}) => exited(0, new TextDecoder().decode(input).replace('\n1\n', '\n2\n')));
    expect(await sendOne(sshAnchor, toolsOf(ledger, exec))).toMatchObject({
      at: 'failed',
      message: 'what was read back is not what was sent: something else stands there',
    });
  });

  test('a file in which the note before is gone is told, once; an end that is too short to see it is none', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    const tools = toolsOf(ledger, exec);
    const other = remote();
    exec.answers.push(other.take);
    await sendOne(sshAnchor, tools);
    other.file = '';
    written(await ledger.append(noted('something')));
    exec.answers.push(other.take);
    expect(await sendOne(sshAnchor, tools)).toMatchObject({at: 'sent', lost: 1});
    expect((await receipts(ledger)).at(-1)).toMatchObject({ok: true, lost: 1});
    exec.answers.push(other.take);
    expect(await sendOne(sshAnchor, tools, {always: true})).toMatchObject({at: 'sent', lost: undefined});
    other.file = 'x'.repeat(20_000) + '\n';
    exec.answers.push(other.take);
    expect(await sendOne(sshAnchor, tools, {always: true})).toMatchObject({at: 'sent', lost: undefined});
  });
});

describe('a file', () => {
  test('holds one note after another, which come back one by one', async () => {
    const ledger = await open(tempDir());
    const anchor = fileAnchor(path.join(tempDir(), 'notes'));
    const tools = toolsOf(ledger);
    const sent: Buffer[] = [];
    for (const text of ['a', 'b', 'c']) {
      written(await ledger.append(noted(text)));
      expect(await sendOne(anchor, tools)).toMatchObject({at: 'sent', readBack: true, lost: undefined});
      sent.push(checkpointOf(ledger));
    }
    expect(notesIn(readFileSync(anchor.path)).map(note => Buffer.from(note))).toEqual(sent);
  });

  test('what was there before is never touched: no link is followed, no half note is continued', async () => {
    const ledger = await open(tempDir());
    const dir = tempDir();
    const tools = toolsOf(ledger);
    const at = (name: string): string => path.join(dir, name);
    writeFileSync(at('other'), 'precious');
    symlinkSync(at('other'), at('link'));
    mkdirSync(at('folder'));
    writeFileSync(at('half'), 'quarterdeck/acme\n12');
    const why = async (name: string) => {
      const {at: how, message} = await sendOne({...fileAnchor(at(name)), name}, tools);
      return `${how}: ${message}`;
    };
    expect(await why('link')).toBe('failed: it is a link, which is not followed');
    expect(await why('folder')).toBe('failed: it is not a regular file');
    expect(await why('half')).toBe(
      'failed: the file does not end with a whole note: move it away, and a new one is made',
    );
    expect(await why('none/notes')).toBe('failed: there is no such file');
    expect(readFileSync(at('other'), 'utf8')).toBe('precious');
    expect(readFileSync(at('half'), 'utf8')).toBe('quarterdeck/acme\n12');
  });

  test('replaced by an empty one: the next receipt says what is lost', async () => {
    const ledger = await open(tempDir());
    const anchor = fileAnchor(path.join(tempDir(), 'notes'));
    const tools = toolsOf(ledger);
    await sendOne(anchor, tools);
    rmSync(anchor.path);
    written(await ledger.append(noted('something')));
    expect(await sendOne(anchor, tools)).toMatchObject({at: 'sent', lost: 1});
  });

  test.skipIf(process.getuid?.() === 0)('that may not be written is a failure (not as root)', async () => {
    const ledger = await open(tempDir());
    const anchor = fileAnchor(path.join(tempDir(), 'notes'));
    writeFileSync(anchor.path, '');
    chmodSync(anchor.path, 0o400);
    expect(await sendOne(anchor, toolsOf(ledger))).toMatchObject({
      at: 'failed',
      message: 'permission denied',
    });
  });

  test('on a mount that answers nobody is given up after ten seconds', async () => {
    const clock = fakeClock();
    const ledger = await open(tempDir());
    const asked = Promise.withResolvers<void>();
    const files = {
      ...realFiles,
      stat: async () => {
        asked.resolve();
        return new Promise<undefined>(() => undefined);
      },
    };
    const sending = sendOne(fileAnchor('/mnt/dead/notes'), {...toolsOf(ledger), files, clock});
    await asked.promise;
    await clock.advance(10_000);
    expect(await sending).toMatchObject({at: 'failed', message: 'no answer within 10 s', isRecorded: true});
  });
});

describe('syslog', () => {
  test('gets the whole note in one message; nothing claims that it arrived', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    exec.answers.push(() => exited(0));
    expect(await sendOne(syslogAnchor, toolsOf(ledger, exec))).toMatchObject({at: 'sent', readBack: false});
    const argv = exec.asked[0]?.argv ?? [];
    expect(argv.slice(0, 2)).toEqual(['logger', '--socket-errors=on']);
    expect(argv.at(-1)).toBe(syslogLine(checkpointOf(ledger).toString()));
    const [receipt] = await receipts(ledger);
    expect(receipt).toMatchObject({
      ok: true,
      offHost: false,
      message: 'handed to syslog, which confirms nothing',
    });
    expect(receipt).not.toHaveProperty('readBack');
  });

  test('the message is one line of ASCII that gives the note back', () => {
    const note = 'quarterdeck/a\n1\nAAA=\n\n— quarterdeck/a "\\n€😀\u007f\n';
    const line = syslogLine(note);
    expect(line).toMatch(/^checkpoint "[\x20-\x7e]*"$/);
    expect(JSON.parse(line.slice('checkpoint '.length))).toBe(note);
  });

  test('without logger, or without a receiver, it fails and says so', async () => {
    const ledger = await open(tempDir());
    const exec = programs();
    exec.answers.push(
      () => ({at: 'spawn', kind: 'notInstalled', message: 'logger is not on this machine'}),
      () => exited(1, '', 'logger: socket /dev/log: No such file or directory\n'),
    );
    const tools = toolsOf(ledger, exec);
    expect((await sendOne(syslogAnchor, tools)).message).toBe('logger is not on this machine');
    expect((await sendOne(syslogAnchor, tools)).message).toBe(
      'logger: socket /dev/log: No such file or directory (exit 1)',
    );
  });
});
