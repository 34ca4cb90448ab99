// verify.py as an auditor runs it: what it prints, how it ends, and from where it reads.
import {spawnSync} from 'node:child_process';
import {cpSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {concat, utf8} from '../../src/ledger/bytes.ts';
import {sha256} from '../../src/ledger/hash.ts';
import {signNote} from '../../src/ledger/note.ts';
import {accessTo, readTar, tarOf} from '../../src/ledger/bundle/tar.ts';
import {tempDir} from '../helpers/temp.ts';
import {oursOf, pythonsOf, write} from './three.ts';
import {origin, sealed, signerOf, type Files} from './build.ts';
import {slice, turned, whole} from './cases/tools.ts';
import {program, pythonProblem, startPython, type Python} from './python.ts';

const problem = pythonProblem();
const signer = signerOf(1);

function run(...args: readonly string[]): {status: number | null; stdout: string; stderr: string} {
  const {status, stdout, stderr} = spawnSync('python3', ['-I', program, ...args], {encoding: 'utf8'});
  expect(stderr).not.toMatch(/Traceback|internal error/);
  return {status, stdout, stderr};
}

async function tarBytes(files: Files): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const listed = [...files].map(([path, bytes]) => ({path, sizeBytes: bytes.length, chunks: [bytes]}));
  for await (const chunk of tarOf(listed)) chunks.push(chunk);
  return concat(chunks);
}

const verdictOf = (report: unknown): unknown =>
  typeof report === 'object' && report !== null && 'verdict' in report ? report.verdict : undefined;

const changed = (files: Files): Files =>
  new Map(files).set(
    'entries.jsonl',
    utf8(
      Buffer.from(files.get('entries.jsonl') ?? [])
        .toString()
        .replace('mono', 'nono'),
    ),
  );

describe.skipIf(problem !== undefined)(
  `verify.py${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    test('a good bundle: exit 0, what was verified, and what was not proved', () => {
      const dir = write(whole(), tempDir());
      const {status, stdout, stderr} = run(dir);
      expect({status, stderr}).toEqual({status: 0, stderr: ''});
      expect(stdout).toContain(`${dir}: intact\n`);
      expect(stdout).toContain(`key:          ${signer.id}, read from the bundle itself`);
      expect(stdout).toContain('erased:       1 values');
      expect(stdout).toContain('Not proved:\n  - who signed');
      expect(stdout).toContain(`This verifier: SHA-256 ${sha256(readFileSync(program)).toString('hex')}`);
    });

    test('a key from elsewhere is named as such', () => {
      const {status, stdout} = run('--vkey', signer.vkey, write(whole(), tempDir()));
      expect(status).toBe(0);
      expect(stdout).toContain(`${signer.id}, given with --vkey`);
      expect(stdout).not.toContain('who signed');
    });

    test('a changed entry: exit 1 and its number', () => {
      const {status, stdout} = run(write(changed(slice()), tempDir()));
      expect(status).toBe(1);
      expect(stdout).toContain(': modified\n');
      expect(stdout).toContain('first bad entry: 2\n');
    });

    test('a fork is proved by its two notes, with --json on the other stream', () => {
      const temp = tempDir();
      const dir = write(whole(), temp);
      const note = join(temp, 'kept.txt');
      writeFileSync(note, signNote(`${origin}\n10\n${Buffer.alloc(32).toString('base64')}\n`, signer));
      const human = run('--checkpoint', note, dir);
      expect(human.status).toBe(1);
      expect(human.stdout).toContain('two signed notes that cannot both be true');
      expect(human.stdout.match(/ \| quarterdeck\/acme/g)).toHaveLength(2);
      const json = run('--json', `--checkpoint=${note}`, dir);
      expect(JSON.parse(json.stdout)).toMatchObject({verdict: 'forked', verified: false});
      expect(json.stderr.match(/ \| quarterdeck\/acme/g)).toHaveLength(2);
    });

    test('of a file of several notes those that are newer than the bundle are left out, and that is said', () => {
      const temp = tempDir();
      const dir = write(whole(), temp);
      const file = join(temp, 'notes');
      const own = Buffer.from(whole().get('checkpoint') ?? []).toString();
      const later = [100, 160].map(size =>
        signNote(`${origin}\n${size}\n${Buffer.alloc(32).toString('base64')}\n`, signer),
      );
      writeFileSync(file, [own, ...later].join(''));
      const found = run('--json', '--checkpoint', file, dir);
      expect(found).toMatchObject({
        status: 0,
        stderr: `2 notes in ${file} are of a later state of the log (up to size 160) and were not compared\n`,
      });
      writeFileSync(file, later[1] ?? '');
      const alone = run('--checkpoint', file, dir);
      expect(alone).toMatchObject({status: 1, stderr: ''});
      expect(alone.stdout).toMatch(
        /truncated\n.*covers 160 entries, this bundle \d+: either the log went on after the bundle was made, or/,
      );
      const unread = write(new Map(whole()).set('range.json', utf8('{}')), temp);
      writeFileSync(file, [own, ...later].join(''));
      expect(run('--checkpoint', file, unread)).toMatchObject({status: 1, stderr: ''});
    });

    test('--help says how it is called', () => {
      for (const word of ['--help', '-h']) {
        const {status, stdout, stderr} = run(word);
        expect({status, stderr}).toEqual({status: 0, stderr: ''});
        expect(stdout).toMatch(/^usage: verify\.py [^]*--require-complete[^]*Exit status: 0 verified/);
      }
    });

    test('a reader that went away does not change how it ends', () => {
      const temp = tempDir();
      for (const [files, status] of [
        [whole(), 0],
        [changed(slice()), 1],
      ] as const) {
        const dir = write(files, temp);
        // A pipe that was opened for reading once, and has no reader any more.
        const script = 'mkfifo "$2" && exec 3<>"$2" 4>"$2" 3<&- && python3 -I "$0" "$1" >&4';
        const pipe = join(temp, `pipe-${status}`);
        const ended = spawnSync('sh', ['-c', script, program, dir, pipe], {encoding: 'utf8'});
        expect({status: ended.status, stderr: ended.stderr}).toEqual({status, stderr: ''});
      }
    });

    test('what was erased fails only where completeness is asked for', () => {
      const dir = write(whole(), tempDir());
      expect(JSON.parse(run('--json', dir).stdout)).toMatchObject({verified: true, redacted: 1});
      expect(run('--require-complete', dir)).toMatchObject({
        status: 1,
        stderr: '1 values were erased, and --require-complete was given\n',
      });
      expect(run('--require-complete', write(turned(), tempDir())).status).toBe(0);
    });

    test('without a path it verifies the bundle in which it lies, and leaves nothing there', () => {
      const files = sealed(whole().set('verify.py', readFileSync(program)), signer);
      const dir = write(files, tempDir());
      const before = readdirSync(dir, {recursive: true}).sort();
      const {status, stdout} = spawnSync('python3', ['-I', join(dir, 'verify.py'), '--json'], {
        encoding: 'utf8',
      });
      expect({status, verdict: Object(JSON.parse(stdout)) as unknown}).toMatchObject({
        status: 0,
        verdict: {verdict: 'intact'},
      });
      expect(readdirSync(dir, {recursive: true}).sort()).toEqual(before);
    });

    test('what is no bundle, or not there, ends with 2', () => {
      const temp = tempDir();
      writeFileSync(join(temp, 'text'), 'hello');
      writeFileSync(join(temp, 'zeros'), Buffer.alloc(2048));
      mkdirSync(join(temp, 'empty'));
      for (const name of ['text', 'zeros', 'empty', 'missing']) {
        const {status, stdout, stderr} = run(join(temp, name));
        expect({name, status, stdout}).toEqual({name, status: 2, stdout: ''});
        expect(stderr).toMatch(/^not readable: /);
      }
      expect(run('--checkpoint', join(temp, 'missing'), write(whole(), temp)).status).toBe(2);
    });

    test('wrong usage ends with 64 and says what is right', () => {
      for (const args of [['--vkey', 'x'], ['--vkey'], ['--nope'], ['a', 'b'], ['--json=1']]) {
        const {status, stderr} = run(...args);
        expect({args, status}).toEqual({args, status: 64});
        expect(stderr).toContain('usage: verify.py');
      }
    });

    test('text of the log cannot steer the terminal', () => {
      const dir = write(new Map(whole()).set('checkpoint', utf8('\u001b[31m')), tempDir());
      mkdirSync(join(dir, 'x\u001b[2J'));
      writeFileSync(join(dir, 'x\u001b[2J', 'y'), '');
      const {status, stdout} = run(dir);
      expect(status).toBe(1);
      expect(stdout).not.toContain('\u001b');
    });

    test('links and odd names are refused, empty directories mean nothing', () => {
      const temp = tempDir();
      const dir = write(whole(), temp);
      mkdirSync(join(dir, 'Empty', 'also empty'), {recursive: true});
      expect(run(dir).status).toBe(0);
      const linked = join(temp, 'linked');
      cpSync(dir, linked, {recursive: true});
      rmSync(join(linked, 'entries.jsonl'));
      symlinkSync(join(dir, 'entries.jsonl'), join(linked, 'entries.jsonl'));
      expect(run(linked).stdout).toContain('entries.jsonl is a link or a special file');
      writeFileSync(Buffer.concat([Buffer.from(`${dir}/`), Buffer.from([0x61, 0xff])]), 'x');
      expect(run(dir).stdout).toContain('malformed');
    });
  },
);

describe.skipIf(problem !== undefined)('verify.py and tars', () => {
  let python: Python;
  beforeAll(() => {
    python = startPython();
  });
  afterAll(() => python.stop());

  test('a tar gives the report of its directory', async () => {
    const temp = tempDir();
    for (const files of [whole(), slice(), turned(), changed(whole())]) {
      const tar = join(temp, 'bundle.tar');
      writeFileSync(tar, await tarBytes(files));
      expect(await pythonsOf(python, tar)).toEqual(await pythonsOf(python, write(files, temp)));
    }
  });

  test('a path that needs the prefix of a header is read', async () => {
    const long = `${'d'.repeat(80)}/${'e'.repeat(60)}/${'f'.repeat(90)}`;
    const tar = join(tempDir(), 'bundle.tar');
    writeFileSync(tar, await tarBytes(sealed(whole().set(long, utf8('x')), signer)));
    expect(await pythonsOf(python, tar)).toMatchObject({verdict: 'intact'});
  });

  test('any damage to a tar gives one verdict: both read it or neither does', async () => {
    const good = await tarBytes(slice());
    const tar = join(tempDir(), 'bundle.tar');
    const headers: number[] = [];
    for (let at = 0; at < good.length; at += 512)
      if (Buffer.from(good.subarray(at + 257, at + 262)).toString() === 'ustar') headers.push(at);
    const start = fc.constantFrom(...headers);
    const place = fc.oneof(
      fc.tuple(start, fc.nat(511)).map(([at, byte]) => at + byte),
      fc.nat(good.length - 1),
    );
    const how = fc.constantFrom('change', 'cut', 'insert', 'leave out');
    const apply = (what: string, [at, to, n]: readonly [number, number, number]): Uint8Array => {
      if (what === 'cut') return good.slice(0, at);
      if (what === 'insert') return concat([good.slice(0, at), new Uint8Array(n), good.slice(at)]);
      if (what === 'leave out') return concat([good.slice(0, at - (at % 512)), good.slice(to)]);
      const bytes = good.slice();
      bytes[at] = (bytes[at] ?? 0) ^ (1 + (n % 255));
      return bytes;
    };
    await fc.assert(
      fc.asyncProperty(how, fc.tuple(place, start, fc.nat(600)), async (what, where) => {
        const bytes = apply(what, where);
        writeFileSync(tar, bytes);
        const said = await pythonsOf(python, tar);
        const source = await readTar(accessTo(bytes));
        if ('problem' in source)
          expect(said).toSatisfy(one => one === 'no bundle' || verdictOf(one) === 'malformed');
        else expect(said).toEqual(await oursOf(source));
      }),
      {numRuns: 150},
    );
  });
});
