import {createHash, generateKeyPairSync, sign, type KeyObject} from 'node:crypto';
import {readFileSync, readdirSync, utimesSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {createFolders} from '../../src/adapters/folders.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {certificate} from './certificates.ts';
import {nodePath} from './looking-programs.ts';
import {accepts, look} from './looking.ts';

const spki = (key: KeyObject) => key.export({format: 'pem', type: 'spki'}).toString();
const fingerprint = (key: KeyObject) =>
  createHash('sha256')
    .update(key.export({format: 'der', type: 'spki'}))
    .digest('hex');

function keep(name: string, content: string | Uint8Array, dir = tempDir()): string {
  const file = path.join(dir, name);
  writeFileSync(file, content);
  return file;
}

const pair = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');

/** A folder of artifacts, each with an Ed25519 signature in base64 beside it. */
function signedFolder(names: readonly string[], key = pair.privateKey) {
  const dir = tempDir();
  for (const [i, name] of names.entries()) {
    const text = `{"artifact": ${i}}\n`;
    keep(name, text, dir);
    keep(`${name}.sig`, `${sign(null, Buffer.from(text), key).toString('base64')}\n`, dir);
  }
  return dir;
}

async function verified(params: Record<string, unknown>, more = {}) {
  const seen = await look('signature', params, more);
  return {...seen, lines: seen.parts?.map(({name, verdict, message}) => `${name} ${verdict}: ${message}`)};
}

describe('signature check of detached signatures', () => {
  const key = () => `file:${keep('signing.pub', spki(pair.publicKey))}`;

  test('every artifact verifies, and a changed copy of each does not', async () => {
    const dir = signedFolder(['a.json', 'b.json']);
    const seen = await verified({artifacts: [`${dir}/*.json`], scheme: 'detached', key: key()});
    expect(seen).toMatchObject({
      verdict: 'pass',
      checked: 2,
      message: '2 artifacts verified; a changed copy of each is refused',
    });
    expect(seen.lines).toHaveLength(2);
  });

  test('a changed artifact, another signer and a missing signature are failures that name the file', async () => {
    const dir = signedFolder(['a.json', 'b.json', 'c.json']);
    writeFileSync(path.join(dir, 'a.json'), '{"artifact": 9}\n');
    writeFileSync(
      path.join(dir, 'b.json.sig'),
      sign(null, Buffer.from('{"artifact": 1}\n'), stranger.privateKey).toString('base64'),
    );
    const seen = await verified({
      artifacts: [`${dir}/a.json`, `${dir}/b.json`, `${dir}/c.json`],
      scheme: 'detached',
      key: key(),
    });
    expect(seen).toMatchObject({verdict: 'fail', checked: 3});
    expect(seen.lines?.sort()).toEqual([
      'a.json fail: the signature does not hold',
      'b.json fail: the signature does not hold',
      containing('c.json pass: verified'),
    ]);
    const bare = keep('d.json', '{}');
    expect((await verified({artifacts: [bare], scheme: 'detached', key: key()})).message).toBe(
      'd.json: there is no signature d.json.sig',
    );
    const odd = keep('e.json', '{}');
    writeFileSync(`${odd}.sig`, 'this is no base64!');
    expect((await verified({artifacts: [odd], scheme: 'detached', key: key()})).verdict).toBe('fail');
  });

  test('the key must be one that is known', async () => {
    const dir = signedFolder(['a.json']);
    const asked = async (...knownIdentities: string[]) =>
      verified({artifacts: [`${dir}/a.json`], scheme: 'detached', key: key(), knownIdentities});
    expect((await asked(fingerprint(pair.publicKey))).verdict).toBe('pass');
    expect(
      (
        await asked(
          fingerprint(pair.publicKey)
            .toUpperCase()
            .replace(/(..)(?=.)/g, '$1:'),
        )
      ).verdict,
    ).toBe('pass');
    expect(await asked(fingerprint(stranger.publicKey))).toMatchObject({
      verdict: 'fail',
      message: containing('who is not known'),
    });
  });

  test('RSA, with both paddings, ECDSA in both encodings, and raw and hex signatures', async () => {
    const rsa = generateKeyPairSync('rsa', {modulusLength: 2048});
    const ec = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
    const message = Buffer.from('{"artifact": 7}');
    const cases = [
      [rsa.publicKey, sign('sha256', message, rsa.privateKey), {}],
      [
        rsa.publicKey,
        sign('sha512', message, {key: rsa.privateKey, padding: 6, saltLength: 32}),
        {padding: 'pss', digest: 'sha512'},
      ],
      [ec.publicKey, sign('sha256', message, ec.privateKey), {}],
      [
        ec.publicKey,
        sign('sha384', message, {key: ec.privateKey, dsaEncoding: 'ieee-p1363'}),
        {digest: 'sha384', dsaEncoding: 'ieee-p1363'},
      ],
    ] as const;
    for (const [publicKey, signed, more] of cases) {
      const file = keep('a.json', message);
      for (const [form, content] of [
        ['raw', signed],
        ['hex', signed.toString('hex')],
      ] as const) {
        writeFileSync(`${file}.sig`, content);
        const params = {
          artifacts: [file],
          scheme: 'detached',
          key: `file:${keep('key', spki(publicKey))}`,
          form,
        };
        expect((await verified({...params, ...more})).verdict).toBe('pass');
        if (Object.keys(more).length > 0) expect((await verified(params)).verdict).toBe('fail');
      }
    }
  });

  test('a certificate may hold the key', async () => {
    const made = certificate({from: new Date(0), to: new Date('2046-01-01')});
    const file = keep('a.json', '{}');
    writeFileSync(`${file}.sig`, sign(null, Buffer.from('{}'), made.privatePem).toString('base64'));
    const params = {artifacts: [file], scheme: 'detached', key: `file:${keep('cert.pem', made.pem)}`};
    const known = {keyKind: 'x509', knownIdentities: [made.fingerprint]};
    expect((await verified({...params, ...known})).verdict).toBe('pass');
    expect(await verified({...params, keyKind: 'pem', key: `file:${keep('k', 'no key')}`})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });

  test('nothing to verify is unknown, what is named and not there is a failure', async () => {
    expect(
      await verified({artifacts: [`${tempDir()}/*.json`], scheme: 'detached', key: key()}),
    ).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
    });
    expect(
      await verified({artifacts: [`${tempDir()}/a.json`], scheme: 'detached', key: key()}),
    ).toMatchObject({
      verdict: 'fail',
      checked: 1,
    });
    const gone = {artifacts: [keep('a', '')], scheme: 'detached', key: `file:${tempDir()}/gone.pub`};
    expect(await verified(gone)).toMatchObject({verdict: 'unknown', kind: 'noData'});
  });

  test('a sample takes the newest', async () => {
    const dir = signedFolder(['a.json', 'b.json', 'c.json']);
    utimesSync(path.join(dir, 'b.json'), 4_000_000_000, 4_000_000_000);
    const seen = await verified({artifacts: [`${dir}/*.json`], newest: 1, scheme: 'detached', key: key()});
    expect(seen.lines).toEqual([containing('b.json pass')]);
  });
});

describe('signature check of minisign', () => {
  // Made with minisign 0.11: prehashed, and the older form.
  const publicKey =
    'untrusted comment: minisign public key 10EBA5F2C75D2C47\nRWRHLF3H8qXrELU2Kl3lcqtchGgzYTt+ygbxmjEXNolWG8MhepkesoIi\n';
  const hashed =
    'untrusted comment: signature from minisign secret key\nRURHLF3H8qXrEFG+VmZgU1H9EuOZZKV3df0qMoXeJN6co/73OQcVnI9ONOpfIDr/GOHtpPo0JE6UnnNRIyDwRJtGyvB/31YLcA0=\ntrusted comment: made for a test\nM/kHAf5wqUWCKEchDt1Jsby6fERuSVqA9jGzrssKgrKXvdHjQLHQhXSZaSt/qRm5KuzDjEYoKEnbO3AtHJrfCg==\n';
  const legacy =
    'untrusted comment: signature from minisign secret key\nRWRHLF3H8qXrEHWbHyfpEQ/aLX31GFwwo4mPLR188UJsS/hEhYLLcuArLpDZE9eyDynUr7dPNNviGDSLWPSpIxAykdDOqceGvw4=\ntrusted comment: made for a test\nTQTbnG7I+uubOWTS2qog/DfblOk3ekHZP3H6QsJkl9Qwu4yYbF1kLabRcKwCUfqp6NiPBJKlEusHxV1VllXSCw==\n';

  const asked = async (signature: string, text = 'evidence of the day\n', key = publicKey) => {
    const file = keep('a.txt', text);
    writeFileSync(`${file}.minisig`, signature);
    return verified({artifacts: [file], scheme: 'minisign', key: `file:${keep('k.pub', key)}`});
  };

  test('both forms verify; a changed file, comment, key id and signature do not', async () => {
    expect((await asked(hashed)).verdict).toBe('pass');
    expect((await asked(legacy)).verdict).toBe('pass');
    expect((await asked(hashed, 'evidence of the dax\n')).message).toContain('the signature does not hold');
    expect((await asked(hashed.replace('made for', 'meant for'))).message).toContain(
      'the trusted comment was changed',
    );
    expect((await asked(hashed.replace('RURHLF3H8qXrE', 'RURHLF3H8qXqE'))).message).toContain(
      'another key signed it',
    );
    expect((await asked('hello\n')).message).toContain('no minisign signature');
    expect(await asked(hashed, undefined, 'no key')).toMatchObject({verdict: 'unknown', kind: 'config'});
  });
});

describe('signature check of evidence that carries its own', () => {
  const golden = z
    .object({
      cases: z.array(
        z.object({
          name: z.string(),
          file: z.string(),
          answer: z.looseObject({verified: z.boolean(), signer: z.string().optional()}),
        }),
      ),
    })
    .parse(JSON.parse(readFileSync(new URL('../foreign/fixtures/golden.json', import.meta.url), 'utf8')));
  const asked = async (name: string, more: Record<string, unknown> = {}) => {
    const found = golden.cases.find(one => one.name === name);
    if (found === undefined) throw new Error(`no vector ${name}`);
    return {
      found,
      seen: await verified({artifacts: [keep('evidence.json', found.file)], scheme: 'foreign', ...more}),
    };
  };

  test('a signed lineage is verified, by whom it is known to be, about whom it must be', async () => {
    const {found, seen} = await asked('lineage: signed, not ASCII');
    expect(seen.verdict).toBe('pass');
    const signer = found.answer.signer ?? '';
    expect(signer).toMatch(/^[0-9a-f]{64}$/);
    expect((await asked(found.name, {knownIdentities: [signer]})).seen.verdict).toBe('pass');
    expect((await asked(found.name, {knownIdentities: ['0'.repeat(64)]})).seen.message).toContain(
      'not known',
    );
    expect((await asked(found.name, {tenant: 'somebody else'})).seen.message).toContain('tenant mismatch');
  });

  test('an export is verified by its chain, and says what that leaves open; unsigned it has no known signer', async () => {
    const {seen} = await asked('export: whole');
    expect(seen.verdict).toBe('pass');
    expect(seen.lines?.some(line => line.startsWith('not proved skipped: '))).toBe(true);
    expect((await asked('export: whole', {knownIdentities: ['0'.repeat(64)]})).seen.message).toContain(
      'it names no signer',
    );
    expect((await asked('export: payload_hash changed')).seen).toMatchObject({
      verdict: 'fail',
      message: 'evidence.json: system ledger export: event_hash mismatch at 2',
    });
    expect((await asked('export: empty')).seen.verdict).toBe('fail');
  });
});

describe('signature check by a program', () => {
  const program = (line: string) => [process.execPath, '-e', line, '{file}', '{signature}'];
  const isGood = `const [file, signature] = process.argv.slice(1); const fs = require('node:fs');
    const hash = require('node:crypto').createHash('sha256').update(fs.readFileSync(file)).digest('hex');
    if (fs.readFileSync(signature, 'utf8').trim() !== hash) { console.error('digest differs'); process.exit(1); }`;

  test('its status says so; one that takes a changed copy too proves nothing', async () => {
    const file = keep('a.bin', 'content');
    writeFileSync(`${file}.sig`, createHash('sha256').update('content').digest('hex'));
    const folders = createFolders();
    const asked = async (line: string) =>
      verified({artifacts: [file], scheme: 'command', command: program(line)}, {...nodePath(), folders});
    expect((await asked(isGood)).verdict).toBe('pass');
    expect((await asked('0')).message).toContain('a copy with one byte changed is accepted too');
    writeFileSync(file, 'changed');
    expect((await asked(isGood)).message).toContain('digest differs');
    expect(
      await verified({artifacts: [file], scheme: 'command', command: ['no-such-verifier', '{file}']}),
    ).toMatchObject({verdict: 'unknown', kind: 'notInstalled', checked: 0});
    const left = readdirSync(tmpdir()).filter(name => name.startsWith(`quarterdeck-scratch-${process.pid}-`));
    expect(left).toEqual([]);
  });
});

test('a scheme without what it needs is refused in the site file', () => {
  expect(accepts('signature', {artifacts: ['/a'], scheme: 'detached'})).toBe(false);
  expect(accepts('signature', {artifacts: ['/a'], scheme: 'command', command: ['cosign']})).toBe(false);
  expect(accepts('signature', {artifacts: [], scheme: 'foreign'})).toBe(false);
  expect(accepts('signature', {artifacts: ['a'], scheme: 'foreign'})).toBe(false);
});
