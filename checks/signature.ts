import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {listBackups} from './parts/backups.ts';
import {absolutePath} from './parts/fields.ts';
import {encodings, keyKinds} from './parts/keys.ts';
import {programEnv, programWords} from './parts/program.ts';
import {signatureForms} from './parts/signatures.ts';
import {schemes, verifierOf} from './parts/verifiers.ts';
import type {Artifact, Verifier} from './parts/verifiers.ts';
import {unknown} from './parts/host/could-not.ts';

const fingerprint = z
  .string()
  .regex(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'expected 64 hex digits, with or without colons');

const params = z
  .strictObject({
    artifacts: z
      .array(absolutePath)
      .min(1)
      .describe('Files, absolute; `*` and `?` stand for parts of a name in the last folder.'),
    newest: z.int().min(1).optional().describe('Only so many of them, the newest: a sample.'),
    scheme: z
      .enum(schemes)
      .describe(
        '`detached`: a signature file beside it. `minisign`. `foreign`: evidence that carries its own signature or chain. `command`: a program says so by its exit status 0, such as cosign.',
      ),
    key: z
      .string()
      .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path')
      .optional()
      .describe('The public key or certificate; `file:/path` or `env:NAME`.'),
    keyKind: z.enum(keyKinds).default('pem').describe('Its form, for `detached`.'),
    keyEncoding: z.enum(encodings).default('hex').describe('Of `raw` keys.'),
    signature: z
      .string()
      .includes('{file}')
      .optional()
      .describe('Where the signature is; else `{file}.sig`, or `{file}.minisig`.'),
    form: z.enum(signatureForms).default('base64').describe('How the signature file is written.'),
    digest: z.enum(['sha256', 'sha384', 'sha512']).default('sha256').describe('For RSA and ECDSA.'),
    padding: z.enum(['pkcs1', 'pss']).default('pkcs1').describe('For RSA.'),
    dsaEncoding: z.enum(['der', 'ieee-p1363']).default('der').describe('For ECDSA.'),
    command: programWords.optional().describe('For `command`: `{file}` and `{signature}` are filled in.'),
    env: programEnv.describe('Variables of the program; `env:NAME` passes one on.'),
    tenant: z.string().min(1).optional().describe('For `foreign`: whom it must be about.'),
    knownIdentities: z
      .array(fingerprint)
      .default([])
      .describe('SHA-256 of keys; what another key signed is a failure.'),
    maxBytes: z
      .int()
      .min(1)
      .default(64 * 1024 * 1024)
      .describe('A larger file is not read.'),
  })
  .superRefine(({scheme, key, command}, context) => {
    const issue = (message: string): void => {
      context.addIssue({code: 'custom', message});
    };
    if ((scheme === 'detached' || scheme === 'minisign') && key === undefined) issue(`${scheme} needs a key`);
    if (scheme === 'command' && command?.some(word => word.includes('{file}')) !== true)
      issue('command needs a program with {file} in its arguments');
  });
type Params = z.infer<typeof params>;

/** The files that are meant, newest first; a name without wildcards must be there. */
async function artifactsOf(
  given: Params,
  context: CheckContext,
): Promise<readonly Artifact[] | {readonly look: Look}> {
  const found = new Map<string, Artifact>();
  for (const named of given.artifacts) {
    const cut = named.lastIndexOf('/');
    const [folder, name] = [named.slice(0, cut) || '/', named.slice(cut + 1)];
    if (!/[*?]/.test(name)) {
      const entry = await context.folders.entry(named);
      if (entry === undefined)
        return {look: {verdict: 'fail', kind: 'assertion', checked: 1, message: `${named} is not there`}};
      found.set(named, {path: named, name, mtimeMs: entry.mtimeMs});
      continue;
    }
    const listed = await listBackups({folder, name}, context);
    if ('look' in listed)
      return {
        look: unknown(
          listed.look.kind === 'assertion' ? 'noData' : listed.look.kind,
          `${folder} cannot be looked into`,
        ),
      };
    const beside = (given.signature ?? '').replace('{file}', '');
    for (const one of listed) if (beside === '' || !one.path.endsWith(beside)) found.set(one.path, one);
  }
  const all = [...found.values()].sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? -1 : 1));
  return given.newest === undefined ? all : all.slice(0, given.newest);
}

/** The same with one bit turned: in a hash where there is one, for not every byte of JSON is under a signature. */
function tampered(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return new Uint8Array([0]);
  const copy = bytes.slice();
  const text = new TextDecoder('latin1').decode(bytes);
  const found = /[0-9a-f]{64}/.exec(text);
  const at = found === null ? Math.floor(bytes.length / 2) : found.index + 32;
  const before = copy[at] ?? 0;
  // A digit of a hash stays one, so that the file can still be read.
  copy[at] = found === null ? before ^ 0x01 : before === 0x30 ? 0x31 : 0x30;
  return copy;
}

interface Judged {
  readonly part: Part;
  readonly open: readonly string[];
  readonly look?: Look;
}

async function judgeOne(
  artifact: Artifact,
  verify: Verifier,
  given: Params,
  context: CheckContext,
): Promise<Judged> {
  const part = (verdict: Part['verdict'], message: string): Judged => ({
    part: {name: artifact.name, verdict, message},
    open: [],
  });
  const read = await context.files.read(artifact.path, given.maxBytes);
  if (read.at === 'failed')
    return {...part('unknown', read.message), look: unknown('noData', `${artifact.path}: ${read.message}`)};
  const answer = await verify(read.bytes, artifact);
  if (answer.at === 'look') return {...part(answer.look.verdict, answer.look.message), look: answer.look};
  if (answer.at === 'bad') return part('fail', answer.why);
  const known = given.knownIdentities.map(one => one.replaceAll(':', '').toLowerCase());
  if (known.length > 0 && !answer.signers.some(one => known.includes(one))) {
    const [signer] = answer.signers;
    return part(
      'fail',
      signer === undefined ? 'it names no signer' : `signed by ${signer}, who is not known`,
    );
  }
  const control = await verify(tampered(read.bytes), artifact);
  if (control.at === 'look') return {...part('unknown', control.look.message), look: control.look};
  if (control.at === 'good')
    return part('fail', 'a copy with one byte changed is accepted too: this verifier proves nothing');
  const [signer] = answer.signers;
  return {
    ...part('pass', signer === undefined ? 'verified' : `verified, signed by ${signer.slice(0, 16)}…`),
    open: answer.open ?? [],
  };
}

export const signature = defineCheck({
  type: 'signature',
  summary: 'Artifacts verify against their signatures, and a copy with one byte changed does not',
  example: `type: signature
artifacts: [/srv/artifacts/*.json]
newest: 3
scheme: detached
key: file:/etc/app/signing.pub
signature: "{file}.sig"`,
  needsTrust: true,
  everyMs: 3_600_000,
  timeoutMs: 60_000,
  params,
  run: async (given, context) => {
    const isStopped = (): boolean => context.signal.aborted;
    if (isStopped()) return unknown('noData', 'stopped before it was looked at');
    const artifacts = await artifactsOf(given, context);
    if ('look' in artifacts) return artifacts.look;
    if (artifacts.length === 0) return unknown('noData', 'no artifact is there: nothing is verified');
    const verify = await verifierOf(given, context);
    if (typeof verify !== 'function') return verify.look;
    const judged: Judged[] = [];
    for (const artifact of artifacts) {
      if (isStopped()) return unknown('noData', 'stopped before the last artifact');
      judged.push(await judgeOne(artifact, verify, given, context));
    }
    const bad = judged.filter(({part}) => part.verdict === 'fail');
    const blind = judged.find(({part}) => part.verdict === 'unknown');
    const open = [...new Set(judged.flatMap(one => one.open))];
    const parts = [
      ...judged.map(({part}) => part),
      ...open.map((message): Part => ({name: 'not proved', verdict: 'skipped', message})),
    ];
    const checked = judged.filter(({part}) => part.verdict === 'pass' || part.verdict === 'fail').length;
    if (bad.length > 0) {
      const told = bad.slice(0, 3).map(({part}) => `${part.name}: ${part.message}`);
      const more = bad.length > 3 ? ` and ${bad.length - 3} more` : '';
      return {
        verdict: 'fail',
        kind: bad[0]?.look?.kind ?? 'assertion',
        checked,
        message: `${told.join('; ')}${more}`,
        parts,
      };
    }
    if (blind !== undefined) return {...(blind.look ?? unknown('noData', blind.part.message)), parts};
    return {
      verdict: 'pass',
      kind: 'assertion',
      checked,
      message: `${checked} ${checked === 1 ? 'artifact' : 'artifacts'} verified; a changed copy of each is refused`,
      parts,
    };
  },
});
