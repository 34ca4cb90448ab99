import {createHash} from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createNarrowing} from '../../src/adapters/narrow.ts';
import type {CheckContext} from '../../src/define.ts';
import {recordedHeal} from '../../src/engine/monitor/heal.ts';
import {memoryLedger} from '../engine/monitor/parts.ts';
import {containing} from '../helpers/like.ts';
import {withoutRights} from '../helpers/rights.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {accepts, look} from './looking.ts';

const uid = process.getuid?.() ?? 0;

function aFile(content = 'hello\n', mode = 0o640): string {
  const path = join(tempDir(), 'app.conf');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const at = async (path: string, expected: Record<string, unknown> = {}, more: Record<string, unknown> = {}) =>
  look('file', {path, expect: expected, ...more});

describe('what a file is', () => {
  test('there, or not there, as it must be', async () => {
    const path = aFile();
    expect(await at(path)).toMatchObject({verdict: 'pass', checked: 1});
    expect(await at(`${path}.tmp`)).toMatchObject({verdict: 'fail', checked: 1, expected: `${path}.tmp`});
    expect(await at(`${path}.tmp`, {exists: false})).toMatchObject({verdict: 'pass', checked: 1});
    expect(await at(path, {exists: false})).toMatchObject({verdict: 'fail', actual: 'a regular file'});
    expect((await at(join(path, 'below'))).verdict).toBe('fail');
  });

  test('its permissions, exactly or at most', async () => {
    const path = aFile('x', 0o640);
    expect((await at(path, {mode: '0640'})).verdict).toBe('pass');
    expect((await at(path, {mode: '640', maxMode: '0644'})).verdict).toBe('pass');
    expect(await at(path, {mode: '0600'})).toMatchObject({
      verdict: 'fail',
      expected: 'mode 0600',
      actual: 'mode 0640',
    });
    expect(await at(path, {maxMode: '0600'})).toMatchObject({verdict: 'fail', expected: 'mode at most 0600'});
    chmodSync(path, 0o4755);
    expect(await at(path, {maxMode: '0755'})).toMatchObject({verdict: 'fail', actual: 'mode 4755'});
    expect((await at(path, {executable: true})).verdict).toBe('pass');
    expect((await at(path, {executable: false})).verdict).toBe('fail');
  });

  test('its owner and group by name or number; an account that nobody knows owns nothing', async () => {
    const path = aFile();
    const {gid} = statSync(path);
    expect((await at(path, {owner: uid, group: gid})).verdict).toBe('pass');
    expect(await at(path, {owner: uid + 1})).toMatchObject({verdict: 'fail', expected: `owner ${uid + 1}`});
    expect((await at('/etc/passwd', {owner: 'root', group: 'root'})).verdict).toBe('pass');
    expect(await at('/etc/passwd', {owner: 'no-such-account'})).toMatchObject({
      verdict: 'fail',
      actual: 'owner root',
    });
  });

  test('its size, its age by the clock of its host, its hash', async () => {
    const path = aFile('12345');
    // The clock of these tests stands at 2026-01-02T03:04:05Z.
    utimesSync(path, 1_767_322_445, 1_767_322_445);
    expect((await at(path, {size: {gte: 5, lt: 6}, age: {min: '9m', max: '10m'}})).verdict).toBe('pass');
    expect(await at(path, {age: {max: '9m'}})).toMatchObject({
      verdict: 'fail',
      actual: 'changed "2026-01-02T02:54:05.000Z" (600 s ago)',
    });
    expect((await at(path, {size: 0})).verdict).toBe('fail');
    const sha256 = createHash('sha256').update('12345').digest('hex');
    expect((await at(path, {sha256})).verdict).toBe('pass');
    expect((await at(path, {sha256: sha256.replace(/^./, sha256.startsWith('0') ? '1' : '0')})).verdict).toBe(
      'fail',
    );
  });

  test('its content, as text and as JSON', async () => {
    const path = aFile('{"state": "ok", "items": [1, 2]}');
    expect((await at(path, {content: {contains: '"ok"', notMatches: 'BEGIN .*KEY'}})).verdict).toBe('pass');
    expect((await at(path, {json: {'$.state': 'ok', '$.items': {length: {gte: 2}}}})).verdict).toBe('pass');
    expect((await at(path, {json: {'$.state': 'bad'}})).verdict).toBe('fail');
    expect(await at(aFile('{'), {json: {'$.state': 'ok'}})).toMatchObject({
      verdict: 'fail',
      expected: 'content JSON',
    });
    expect((await at(aFile(''), {content: {length: {gt: 0}}})).verdict).toBe('fail');
  });

  test('of a huge file only what its beginning proves is decided', async () => {
    const path = aFile('begin');
    truncateSync(path, 50e9);
    expect((await at(path, {content: {contains: 'begin'}})).verdict).toBe('pass');
    expect((await at(path, {content: {notContains: 'begin'}})).verdict).toBe('fail');
    expect(await at(path, {content: {contains: 'end'}})).toMatchObject({verdict: 'unknown'});
    expect(await at(path, {content: {notContains: 'end'}})).toMatchObject({verdict: 'unknown'});
    expect(await at(path, {json: {'$.a': 1}})).toMatchObject({verdict: 'unknown'});
    const sha256 = '0'.repeat(64);
    expect(await at(path, {sha256})).toMatchObject({verdict: 'unknown', kind: 'config'});
  });

  test('what a secret file holds is not quoted', async () => {
    const path = aFile(
      'password = hunter2hunter2\n-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----\n',
    );
    const seen = await at(path, {content: {contains: 'nothing'}});
    expect(seen.verdict).toBe('fail');
    expect(JSON.stringify(seen)).not.toMatch(/hunter2|MIIabc/);
  });
});

describe('links, folders and things that are no files', () => {
  test('a link is followed unless it must not be', async () => {
    const path = aFile();
    const link = `${path}.link`;
    symlinkSync('app.conf', link);
    expect((await at(link, {type: 'file', mode: '0640'})).verdict).toBe('pass');
    expect((await at(link, {linkTo: 'app.conf', type: 'file'})).verdict).toBe('pass');
    expect(await at(link, {linkTo: 'other'})).toMatchObject({verdict: 'fail', actual: 'link app.conf'});
    expect(await at(path, {linkTo: 'app.conf'})).toMatchObject({verdict: 'fail', actual: 'link no link'});
    expect((await at(link, {type: 'link'})).verdict).toBe('pass');
    expect(await at(link, {type: 'file'}, {noFollow: true})).toMatchObject({
      verdict: 'fail',
      expected: 'no link',
      actual: 'a link to app.conf',
    });
    rmSync(path);
    expect(await at(link)).toMatchObject({verdict: 'fail', message: containing('leads nowhere')});
  });

  test('folders, sockets and devices are told apart, and never read', async () => {
    const dir = tempDir();
    expect((await at(dir, {type: 'directory', mode: '0700'})).verdict).toBe('pass');
    expect(await at(dir, {type: 'file'})).toMatchObject({verdict: 'fail', actual: 'type a directory'});
    const socket = join(dir, 'socket');
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await waitFor(() => statSync(socket, {throwIfNoEntry: false}), {what: 'the socket'});
    expect((await at(socket, {type: 'socket'})).verdict).toBe('pass');
    expect(await at(socket, {content: {contains: 'a'}})).toMatchObject({
      verdict: 'fail',
      actual: 'content a socket',
    });
    expect(await at('/dev/null', {sha256: '0'.repeat(64)})).toMatchObject({
      verdict: 'fail',
      actual: 'sha256 a device',
    });
  });

  test('what may not be seen is no permission', async () => {
    const path = aFile('secret', 0o000);
    expect(await withoutRights(async () => at(path, {content: {contains: 'a'}}))).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
      checked: 0,
    });
  });
});

/** A check that heals, with a ledger that remembers. */
function healing() {
  const ledger = memoryLedger();
  const recorded = recordedHeal({
    narrowing: createNarrowing(uid),
    ledger: async () => Promise.resolve(ledger),
  });
  const heal: CheckContext['heal'] = async wanted =>
    recorded.narrow({...wanted, service: 'api', check: 'mode'});
  const run = async (path: string, mode = '0600', more: Record<string, unknown> = {}) =>
    look('file', {path, heal: {mode}, ...more}, {heal});
  return {ledger, run, kinds: () => ledger.entries.map(({kind}) => kind)};
}

const modeOf = (path: string): number => statSync(path).mode & 0o7777;

describe('healing', () => {
  test('takes permissions away, records it before and after, and is judged by looking again', async () => {
    const {ledger, run} = healing();
    const path = aFile('{}', 0o644);
    expect(await run(path, '0600', {expect: {mode: '0600'}})).toMatchObject({
      verdict: 'pass',
      parts: [
        {
          name: 'heal',
          verdict: 'pass',
          message: 'mode 0644 narrowed to 0600',
          expected: '0600',
          actual: '0644',
        },
      ],
    });
    expect(modeOf(path)).toBe(0o600);
    const {ino} = statSync(path);
    const body = {service: 'api', check: 'mode', path, before: '0644', after: '0600'};
    expect(ledger.entries).toMatchObject([
      {kind: 'heal.intent', body: {...body, inode: ino, uid}},
      {kind: 'heal.outcome', body: {...body, verdict: 'pass'}},
    ]);
    expect((await run(path)).parts).toBeUndefined();
    expect(ledger.entries.length).toBe(2);
  });

  test.each([
    [0o644, '0600', 0o600],
    [0o4755, '0755', 0o755],
    [0o440, '0600', 0o400],
    [0o222, '0444', 0o000],
    [0o400, '0600', 0o400],
  ])('of %o with %s makes %o: never anything more', async (before, mask, after) => {
    const {run} = healing();
    const path = aFile('x', before);
    await run(path, mask);
    expect(modeOf(path)).toBe(uid === 0 || (before & 0o400) !== 0 ? after : before);
  });

  test('a mode that it may not reach stays a failure', async () => {
    const {run} = healing();
    expect(await run(aFile('x', 0o444), '0600', {expect: {mode: '0600'}})).toMatchObject({
      verdict: 'fail',
      actual: 'mode 0400',
    });
  });

  test('a link in its place, or anywhere on the way, is refused, and what it leads to is not touched', async () => {
    const {run, kinds} = healing();
    const path = aFile('x', 0o644);
    const dir = tempDir();
    symlinkSync(path, join(dir, 'link'));
    symlinkSync(join(path, '..'), join(dir, 'folder'));
    for (const way of [join(dir, 'link'), join(dir, 'folder', 'app.conf')]) {
      const seen = await run(way);
      expect(seen).toMatchObject({verdict: 'fail', message: containing('is a link, which is not followed')});
    }
    expect(modeOf(path)).toBe(0o644);
    expect(kinds()).toEqual([]);
  });

  test('what counts is where the kernel says that the opened file is, not how it was named', async () => {
    const path = aFile('x', 0o644);
    const opened = await createNarrowing(uid).open({path: path.replace(/\/(?=[^/]*$)/, '//'), mask: 0o600});
    expect(opened).toMatchObject({
      at: 'refused',
      message: containing(`is reached through a link: it is ${path}`),
    });
    expect(modeOf(path)).toBe(0o644);
  });

  test('another account’s file, a file with two names, a folder and a missing file are refused', async () => {
    const {run, kinds} = healing();
    const path = aFile('x', 0o644);
    linkSync(path, `${path}.too`);
    expect(await run(path)).toMatchObject({verdict: 'fail', message: containing('has 2 names')});
    const dir = tempDir();
    chmodSync(dir, 0o755);
    expect(await run(dir)).toMatchObject({verdict: 'fail', message: containing('not a regular file')});
    expect((await run(join(dir, 'no'))).verdict).toBe('fail');
    const foreign = createNarrowing(uid + 1);
    expect(await foreign.open({path: aFile('x', 0o644), mask: 0o600})).toMatchObject({
      at: 'refused',
      kind: 'permission',
      message: containing('belongs to another account'),
    });
    expect(modeOf(path)).toBe(0o644);
    expect(kinds()).toEqual([]);
  });

  test('acts on the file that was opened, whatever its name means by then', async () => {
    const path = aFile('old', 0o644);
    const opened = await createNarrowing(uid).open({path, mask: 0o600});
    if (opened.at !== 'ready') throw new Error(opened.message);
    renameSync(path, `${path}.old`);
    writeFileSync(path, 'new');
    chmodSync(path, 0o644);
    expect(await opened.apply()).toEqual({mode: 0o600});
    await opened.close();
    expect([modeOf(path), modeOf(`${path}.old`)]).toEqual([0o644, 0o600]);
  });

  test('without a ledger that can be written nothing is healed, and it says so', async () => {
    const path = aFile('x', 0o644);
    const {ledger, run} = healing();
    ledger.refuse = 'The disk is full.';
    expect(await run(path)).toMatchObject({
      verdict: 'fail',
      message: containing('not healed: the ledger cannot be written: The disk is full.'),
      parts: [{name: 'heal', verdict: 'fail'}],
    });
    expect(modeOf(path)).toBe(0o644);
    const readOnly = recordedHeal({
      narrowing: createNarrowing(uid),
      ledger: async () => Promise.resolve({...memoryLedger(), readOnly: 'opened to read'}),
    });
    const gone = recordedHeal({
      narrowing: createNarrowing(uid),
      ledger: async () => Promise.reject(new Error('no database')),
    });
    for (const [heal, why] of [
      [readOnly, 'opened to read'],
      [gone, 'no database'],
    ] as const)
      expect(await heal.narrow({path, mask: 0o600, service: 'api', check: 'mode'})).toMatchObject({
        at: 'refused',
        message: containing(why),
      });
    expect(modeOf(path)).toBe(0o644);
  });

  test('what was healed and could not be recorded after it says so', async () => {
    const path = aFile('x', 0o644);
    const ledger = memoryLedger();
    let appends = 0;
    const heal = recordedHeal({
      narrowing: createNarrowing(uid),
      ledger: async () =>
        Promise.resolve({
          ...ledger,
          append: async request => {
            appends += 1;
            if (appends > 1) ledger.refuse = 'The disk is full.';
            return ledger.append(request);
          },
        }),
    });
    const seen = await look(
      'file',
      {path, heal: {mode: '0600'}},
      {heal: async wanted => heal.narrow({...wanted, service: 'api', check: 'mode'})},
    );
    expect(seen).toMatchObject({
      verdict: 'pass',
      parts: [
        {name: 'heal', verdict: 'warn', message: containing('could not be recorded: The disk is full.')},
      ],
    });
    expect(modeOf(path)).toBe(0o600);
  });

  test('is asked for only on this machine, with a mode in quotes', () => {
    expect(accepts('file', {path: '/a', heal: {mode: '0600'}})).toBe(true);
    expect(accepts('file', {path: '/a', on: 'db1', heal: {mode: '0600'}})).toBe(false);
    expect(accepts('file', {path: '/a', heal: {mode: 600}})).toBe(false);
    expect(accepts('file', {path: '/a', heal: {mode: '0900'}})).toBe(false);
    expect(accepts('file', {path: '/a/../b'})).toBe(false);
    expect(accepts('file', {path: 'a'})).toBe(false);
  });
});

test('a folder that vanished while it was looked at is not nothing', async () => {
  const dir = tempDir();
  mkdirSync(join(dir, 'a'));
  expect((await at(join(dir, 'a'), {type: 'directory'})).verdict).toBe('pass');
  rmSync(join(dir, 'a'), {recursive: true});
  expect((await at(join(dir, 'a'), {type: 'directory'})).verdict).toBe('fail');
});
