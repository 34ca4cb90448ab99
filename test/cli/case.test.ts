import {createHash} from 'node:crypto';
import {chmodSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync} from 'node:fs';
import type {RequestListener} from 'node:http';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {createHttp} from '../../src/adapters/http.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import type {Secrets} from '../../src/ports.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {open, options} from '../store/helpers.ts';

const golden = z
  .object({cases: z.array(z.object({name: z.string(), file: z.string()}))})
  .parse(JSON.parse(readFileSync(path.join(import.meta.dirname, '../foreign/fixtures/golden.json'), 'utf8')));
const evidence = (name: string): string => golden.cases.find(one => one.name === name)?.file ?? '';
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
const masker = createMasker({values: []});
const secrets: Secrets = {
  text: text => masker.text(text),
  bytes: bytes => masker.bytes(bytes),
  json: value => masker.json(value),
  find: bytes => masker.find(bytes),
  values: () => [],
  resolve: async () => Promise.resolve({at: 'resolved', values: []}),
};
const adminKey = 'k9-canary-4f81d0c6a7b2';

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly json: unknown;
}

/** One data directory with its commands, on a host of this name. */
function place(host = 'bastion') {
  const dir = tempDir();
  const run = async (...argv: string[]): Promise<Ran> => {
    const talk = fakeTalk();
    const {signal} = new AbortController();
    const ledger = await open(dir);
    const status = await runCommand(['case', ...argv], {
      commands,
      groups,
      version: '0.1.0',
      talk,
      signal,
      context: () =>
        contextWith({
          talk,
          signal,
          cwd: dir,
          host,
          version: '0.1.0',
          clock: fakeClock(),
          random: realRandom,
          env: fakeEnv({ADMIN_KEY: adminKey}),
          secrets,
          files: realFiles,
          http: createHttp(),
          homeDir: async () => Promise.resolve(dir),
          ledger: async () => Promise.resolve(ledger),
          ledgerFiles: ledgerFiles(async at => Promise.resolve(options(at)), process.getuid?.() ?? -1),
        }),
      console: async () => Promise.resolve(0),
    });
    await ledger.close();
    return {status, out: [...talk.lines, ...talk.errors].join('\n'), json: talk.values[0]};
  };
  const at = (...names: string[]): string => path.join(dir, 'cases', ...names);
  const put = (name: string, text: string): void => {
    writeFileSync(path.join(dir, name), text);
  };
  return {dir, run, at, put};
}

const exporting =
  (headers: Record<string, string>, body = evidence('export: whole')): RequestListener =>
  (request, response) => {
    if (request.headers['x-admin-api-key'] !== adminKey) {
      response.writeHead(403, {'x-request-id': 'r-403'});
      response.end('{"error":{"code":"AUTH_INVALID","message":"no"}}');
      return;
    }
    response.writeHead(200, {'x-request-id': String(request.headers['x-request-id']), ...headers});
    response.end(body);
  };
const keyed = ['--header-env', 'X-Admin-Api-Key=ADMIN_KEY'];
const noStore = {'cache-control': 'no-store'};

describe('case fetch', () => {
  test('the bytes are kept as they came, read-only, with their hash beside, and are verified', async () => {
    const {run, at} = place();
    const {origin} = await httpServer(exporting(noStore));
    expect((await run('open', 'audit', '--title', 'yearly audit')).status).toBe(0);
    const first = await run('fetch', 'audit', `${origin}/admin/system/export`, ...keyed);
    expect(first.out).toMatch(/system ledger export: verified \(quarterdeck 0\.1\.0 on bastion\)/);
    expect(first.status).toBe(0);
    expect(first.out).not.toContain('WARN');
    const file = at('audit', 'system-export.json');
    expect(readFileSync(file, 'utf8')).toBe(evidence('export: whole'));
    expect(statSync(file).mode & 0o777).toBe(0o444);
    expect(statSync(at('audit')).mode & 0o777).toBe(0o700);
    const line = `${sha256(readFileSync(file))}  system-export.json\n`;
    expect(readFileSync(`${file}.sha256`, 'utf8')).toBe(line);
    const kept = statSync(file).ino;
    expect((await run('fetch', 'audit', `${origin}/admin/system/export`, ...keyed)).status).toBe(0);
    expect(statSync(file).ino).toBe(kept);
    const manifest = readFileSync(at('audit', 'manifest.jsonl'), 'utf8').trim().split('\n');
    expect(manifest.map(text => JSON.parse(text) as unknown)).toMatchObject([
      {
        file: 'system-export.json',
        cache_control: 'no-store',
        request_id: expect.stringMatching(/^qd-/) as unknown,
      },
      {file: 'system-export-2.json', exported_at: '2026-01-02T03:04:05.000Z'},
    ]);
  });

  test('an answer that may be cached is kept with a warning that is recorded', async () => {
    const {run} = place();
    const {origin} = await httpServer(exporting({'cache-control': 'private, max-age=60'}));
    await run('open', 'audit', '--title', 'x');
    const fetched = await run('fetch', 'audit', `${origin}/a/export`, ...keyed);
    expect(fetched.out).toContain('WARN a-export.json: no Cache-Control: no-store (private, max-age=60)');
    expect(fetched.status).toBe(0);
    expect((await run('show', 'audit')).out).toContain('WARN no Cache-Control: no-store');
  });

  test('a refusal stores nothing and names the code and the request', async () => {
    const {run, at} = place();
    const {origin} = await httpServer(exporting(noStore));
    await run('open', 'audit', '--title', 'x');
    const refused = await run('fetch', 'audit', `${origin}/admin/system/export`);
    expect(refused.status).toBe(2);
    expect(refused.out).toContain('answered 403 AUTH_INVALID (request r-403)');
    expect(existsSync(at('audit'))).toBe(false);
  });

  test.each([
    [['http://user:pw@127.0.0.1:1/x'], 'holds a user name or a password'],
    [['ftp://127.0.0.1/x'], 'no http or https URL'],
    [['http://127.0.0.1:1/x', '--header-env', 'X-Key=value with spaces'], 'not of the form HEADER=VARIABLE'],
    [['http://127.0.0.1:1/x', '--header-env', 'X-Key=NOT_SET'], 'NOT_SET is not set'],
  ])('%j is a usage error that says what to write', async (args, words) => {
    const {run} = place();
    await run('open', 'audit', '--title', 'x');
    const {status, out} = await run('fetch', 'audit', ...args);
    expect(out).toContain(words);
    expect(status).toBe(64);
  });

  test('an export that does not verify is kept, recorded, and exits 1', async () => {
    const {run, at} = place();
    const {origin} = await httpServer(exporting(noStore, evidence('export: resource_id changed')));
    await run('open', 'audit', '--title', 'x');
    const fetched = await run('fetch', 'audit', `${origin}/admin/system/export`, ...keyed);
    expect(fetched.out).toContain('NOT VERIFIED at index 2: event_hash mismatch');
    expect(fetched.status).toBe(1);
    expect(existsSync(at('audit', 'system-export.json'))).toBe(true);
  });

  test('neither the key nor a token in the URL reaches the data directory', async () => {
    const {run, dir} = place();
    const {origin} = await httpServer(exporting(noStore));
    await run('open', 'audit', '--title', 'x');
    await run('fetch', 'audit', `${origin}/a/export?access_token=canary-77&from=3`, ...keyed);
    for (const name of readdirSync(dir, {recursive: true, encoding: 'utf8'})) {
      if (!statSync(path.join(dir, name)).isFile()) continue;
      const text = readFileSync(path.join(dir, name)).toString('latin1');
      expect(text.includes(adminKey), name).toBe(false);
      expect(text.includes('canary-77'), name).toBe(false);
    }
    expect((await run('show', 'audit')).out).toContain('access_token=withheld&from=3');
  });
});

describe('case add, verify and show', () => {
  test('files are copied under safe names; nothing is stored when one of them cannot be read', async () => {
    const {run, put, at} = place();
    put('Proof of Ä.json', evidence('consent proof: signed'));
    await run('open', 'c1', '--title', 'x');
    expect((await run('add', 'c1', 'Proof of Ä.json', 'missing.json')).status).toBe(2);
    expect(existsSync(at('c1'))).toBe(false);
    expect((await run('add', 'c1', 'Proof of Ä.json')).status).toBe(0);
    expect(readdirSync(at('c1'))).toContain('proof-of-.json');
    expect((await run('add', 'nope', 'Proof of Ä.json')).status).toBe(64);
    expect((await run('open', 'c1', '--title', 'again')).status).toBe(3);
    expect((await run('open', 'C 1', '--title', 'x')).status).toBe(64);
  });

  test('the expected tenant is asked for', async () => {
    const {run, put} = place();
    put('l.json', evidence('lineage: signed'));
    await run('open', 'c1', '--title', 'x');
    await run('add', 'c1', 'l.json');
    expect((await run('verify', 'c1', '--tenant', 'tenant-1')).status).toBe(0);
    const other = await run('verify', 'c1', 'l.json', '--tenant', 'tenant-2', '--json');
    expect(other.status).toBe(1);
    expect(other.json).toMatchObject({
      verified: false,
      failure_reason: 'tenant mismatch: it is about tenant-1',
    });
    expect((await run('verify', 'c1', 'nope.json')).status).toBe(64);
  });

  test('a file that was changed in the folder is found by show and by verify', async () => {
    const {run, put, at} = place();
    put('e.json', evidence('export: whole'));
    await run('open', 'c1', '--title', 'x');
    await run('add', 'c1', 'e.json');
    expect((await run('show', 'c1')).status).toBe(0);
    chmodSync(at('c1', 'e.json'), 0o600);
    writeFileSync(at('c1', 'e.json'), evidence('export: created_at changed is not seen'));
    const shown = await run('show', 'c1');
    expect(shown.out).toContain('CHANGED');
    expect(shown.status).toBe(1);
    expect(await run('verify', 'c1')).toMatchObject({status: 1});
    rmSync(at('c1', 'e.json'));
    expect((await run('show', 'c1')).out).toContain('GONE');
  });

  test('a folder that others can enter is not used', async () => {
    const {run, put, at} = place();
    put('e.json', evidence('export: whole'));
    await run('open', 'c1', '--title', 'x');
    await run('add', 'c1', 'e.json');
    chmodSync(at('c1'), 0o755);
    const refused = await run('add', 'c1', 'e.json');
    expect(refused.out).toContain('that nobody else can enter');
    expect(refused.status).toBe(3);
  });
});

describe('a critical case', () => {
  /** What a second environment says about the same bytes. */
  async function elsewhere(name: string): Promise<string> {
    const other = place('workstation');
    other.put('e.json', evidence(name));
    await other.run('open', 'copy', '--title', 'x');
    await other.run('add', 'copy', 'e.json');
    return JSON.stringify((await other.run('verify', 'copy', 'e.json', '--json')).json);
  }
  async function opened() {
    const here = place();
    here.put('e.json', evidence('export: whole'));
    await here.run('open', 'c1', '--title', 'x', '--critical');
    await here.run('add', 'c1', 'e.json');
    return here;
  }

  test('it is 1 of 2 until a second host says the same about the same bytes', async () => {
    const {run, put} = await opened();
    expect((await run('show', 'c1')).out).toContain('not verified (0 of 2)');
    expect((await run('verify', 'c1')).out).toContain('e.json: verified by 1 of 2');
    expect((await run('verify', 'c1')).out).toContain('e.json: verified by 1 of 2');
    put('second.json', await elsewhere('export: whole'));
    const recorded = await run('record', 'c1', 'second.json');
    expect(recorded.out).toContain('e.json: verified by 2 of 2 (bastion, workstation)');
    expect(recorded.status).toBe(0);
    expect((await run('list')).out).toMatch(/c1 +1\/1 verified, critical {2}x/);
  });

  test('a run about other bytes is recorded, and counts for nothing', async () => {
    const {run, put} = await opened();
    await run('verify', 'c1');
    put('second.json', await elsewhere('export: created_at changed is not seen'));
    const recorded = await run('record', 'c1', 'second.json');
    expect(recorded.out).toContain('about other bytes');
    expect(recorded.status).toBe(1);
    const shown = await run('show', 'c1');
    expect(shown.out).toMatch(/verified by 1 of 2[^]*a run on workstation was about other bytes/);
  });

  test('a disagreement is loud, recorded, and exits 1 from then on', async () => {
    const {run, put, dir} = await opened();
    await run('verify', 'c1');
    const agreed: unknown = JSON.parse(await elsewhere('export: whole'));
    const said = z.record(z.string(), z.unknown()).parse(agreed);
    put(
      'second.json',
      JSON.stringify({...said, verified: false, failure_index: 2, failure_reason: 'event_hash mismatch'}),
    );
    const recorded = await run('record', 'c1', 'second.json');
    expect(recorded.out).toContain('DISAGREEMENT about e.json');
    expect(recorded.status).toBe(1);
    expect(await run('show', 'c1')).toMatchObject({status: 1});
    expect((await run('list')).out).toContain('DISAGREEMENT');
    const ledger = await open(dir);
    const [entry] = await ledger.read({kinds: ['case.verify'], reverse: true, limit: 1});
    expect(entry?.entry.body).toMatchObject({disagrees: true, by: 'elsewhere', host: 'workstation'});
  });

  test.each([
    ['not json', 'is not JSON'],
    ['{"host":"h"}', 'no verifier'],
    ['{"host":"h","tool":"t","input_sha256":"abc","verified":true}', 'input_sha256'],
  ])('%s is no result', async (text, words) => {
    const {run, put} = await opened();
    put('r.json', text);
    const refused = await run('record', 'c1', 'r.json');
    expect(refused.out).toContain(words);
    expect(refused.status).toBe(2);
  });
});

describe('case pack', () => {
  async function filled() {
    const here = place();
    here.put('e.json', evidence('export: whole'));
    here.put('l.json', evidence('lineage: signed'));
    await here.run('open', 'c1', '--title', 'yearly audit');
    await here.run('add', 'c1', 'e.json', 'l.json');
    await here.run('verify', 'c1');
    return here;
  }

  test('it holds evidence, verifier outputs, ids, times and instructions under one manifest; the same case gives the same bytes', async () => {
    const {run, dir} = await filled();
    expect((await run('pack', 'c1', 'out')).status).toBe(0);
    const manifest = readFileSync(path.join(dir, 'out/manifest-sha256.txt'), 'utf8');
    for (const line of manifest.trim().split('\n'))
      expect(sha256(readFileSync(path.join(dir, 'out', line.slice(66))))).toBe(line.slice(0, 64));
    expect(
      manifest
        .trim()
        .split('\n')
        .map(line => line.slice(66)),
    ).toEqual([
      'README.txt',
      'case.json',
      'evidence/e.json',
      'evidence/l.json',
      'manifest.jsonl',
      'verifier-output/e.json.run-here.json',
      'verifier-output/l.json.run-here.json',
    ]);
    expect(readFileSync(path.join(dir, 'out/evidence/e.json'), 'utf8')).toBe(evidence('export: whole'));
    expect(readFileSync(path.join(dir, 'out/README.txt'), 'utf8')).toContain(
      'sha256sum -c manifest-sha256.txt',
    );
    await run('pack', 'c1', 'again.tar', '--tar');
    await run('pack', 'c1', 'once-more.tar', '--tar');
    expect(
      readFileSync(path.join(dir, 'again.tar')).equals(readFileSync(path.join(dir, 'once-more.tar'))),
    ).toBe(true);
    expect((await run('pack', 'c1', 'out')).status).toBe(3);
    expect((await run('pack', 'c1', 'again.tar', '--tar')).status).toBe(3);
  });

  test.each([
    ['a database URL', 'notes.txt', 'DATABASE_URL=postgres://db.internal/ledger\n'],
    [
      'a private key',
      'key.pem',
      `-----BEGIN PRIVATE KEY-----\n${'MC4CAQAwBQYDK2VwBCIEIA'.repeat(3)}\n-----END PRIVATE KEY-----\n`,
    ],
  ])('%s in the case folder refuses the pack, names the file, and is recorded', async (_what, name, text) => {
    const {run, at, dir} = await filled();
    writeFileSync(at('c1', name), text);
    const refused = await run('pack', 'c1', 'out');
    expect(refused.out).toContain(`${name} holds `);
    expect(refused.status).toBe(3);
    expect(existsSync(path.join(dir, 'out'))).toBe(false);
    const ledger = await open(dir);
    const [entry] = await ledger.read({kinds: ['case.pack']});
    expect(entry?.entry.body).toMatchObject({result: 'refused'});
  });

  test('a recorded file with a secret is refused too, what only looks like one until it is accepted', async () => {
    const {run, put} = await filled();
    put('notes.txt', 'the password=hunter2hunter2 was in use\n');
    await run('add', 'c1', 'notes.txt');
    const refused = await run('pack', 'c1', 'out');
    expect(refused.out).toMatch(/notes\.txt holds [^]*--accept-doubts/);
    expect(refused.status).toBe(3);
    expect((await run('pack', 'c1', 'out', '--accept-doubts')).status).toBe(0);
  });

  test('a stray file and a changed file refuse the pack', async () => {
    const {run, at} = await filled();
    writeFileSync(at('c1', 'stray.txt'), 'hello\n');
    expect((await run('pack', 'c1', 'out')).out).toContain('is not recorded');
    rmSync(at('c1', 'stray.txt'));
    chmodSync(at('c1', 'e.json'), 0o600);
    writeFileSync(at('c1', 'e.json'), '{"events":[]}');
    const refused = await run('pack', 'c1', 'out');
    expect(refused.out).toContain('e.json is NOT what was recorded');
    expect(refused.status).toBe(1);
  });
});
