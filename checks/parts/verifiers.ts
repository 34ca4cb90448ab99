// Ways to verify an artifact: by a signature beside it, by what it carries itself, or by a program.
import type {CheckContext} from '../../src/define.ts';
import {secretReference} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {verifyForeign} from '../../src/foreign/index.ts';
import {fingerprint256, fingerprints, readKeys} from './keys.ts';
import type {Keys, KeyForm, KeyKind} from './keys.ts';
import {lastLine, runProgram} from './program.ts';
import {isSigned, minisignKey, minisignProblem, signatureBytes} from './signatures.ts';
import type {DetachedForm, SignatureForm} from './signatures.ts';
import {unknown} from './host/could-not.ts';

export const schemes = ['detached', 'minisign', 'foreign', 'command'] as const;

export interface VerifierFields extends DetachedForm {
  readonly scheme: (typeof schemes)[number];
  readonly key?: string | undefined;
  readonly keyKind: KeyKind;
  readonly keyEncoding: KeyForm['encoding'];
  readonly signature?: string | undefined;
  readonly form: SignatureForm;
  readonly command?: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly tenant?: string | undefined;
}

export interface Artifact {
  readonly path: string;
  readonly name: string;
  readonly mtimeMs: number;
}

export type Answer =
  | {readonly at: 'good'; readonly signers: readonly string[]; readonly open?: readonly string[]}
  | {readonly at: 'bad'; readonly why: string}
  | {readonly at: 'look'; readonly look: Look};

/** Judges bytes in the place of a file. */
export type Verifier = (bytes: Uint8Array, artifact: Artifact) => Promise<Answer>;

const signaturePath = (given: VerifierFields, {path}: Artifact): string =>
  (given.signature ?? (given.scheme === 'minisign' ? '{file}.minisig' : '{file}.sig')).replace(
    '{file}',
    () => path,
  );

const maxSignatureBytes = 64 * 1024;

async function readSignature(
  given: VerifierFields,
  artifact: Artifact,
  {files}: CheckContext,
): Promise<Uint8Array | Answer> {
  const path = signaturePath(given, artifact);
  const read = await files.read(path, maxSignatureBytes);
  if (read.at === 'read') return read.bytes;
  return read.why === 'missing'
    ? {at: 'bad', why: `there is no signature ${path.split('/').at(-1) ?? ''}`}
    : {at: 'look', look: unknown('noData', `${path}: ${read.message}`)};
}

const isAnswer = (value: Uint8Array | Answer): value is Answer =>
  'at' in value && typeof value.at === 'string';

async function keyText(
  given: VerifierFields,
  {files, env}: CheckContext,
): Promise<string | {readonly look: Look}> {
  const reference = secretReference(given.key ?? '');
  if (reference.at === 'env') {
    const value = env.get(reference.name);
    return (
      value ?? {
        look: unknown('config', `the key needs the environment variable ${reference.name}, which is not set`),
      }
    );
  }
  // A public key may be read by everybody, so that its mode says nothing.
  const path = reference.at === 'file' ? reference.path : '';
  const read = await files.read(path, maxSignatureBytes);
  if (read.at === 'read') return new TextDecoder().decode(read.bytes);
  return {look: unknown('noData', `the key ${path} cannot be read: ${read.message}`)};
}

const signersOf = (keys: Keys): string[] => fingerprints.flatMap(of => fingerprint256(keys, of) ?? []);

/** What judges bytes by this scheme; the look says why there is none. */
export async function verifierOf(
  given: VerifierFields,
  context: CheckContext,
): Promise<Verifier | {readonly look: Look}> {
  switch (given.scheme) {
    case 'foreign':
      return async bytes => Promise.resolve(foreign(bytes, given));
    case 'command':
      return async (bytes, artifact) => byCommand(bytes, {artifact, given, context});
    case 'minisign': {
      const text = await keyText(given, context);
      if (typeof text !== 'string') return text;
      const key = minisignKey(text);
      if (key === undefined) return {look: unknown('config', 'the key is no public key of minisign')};
      const signers = signersOf({key: key.key, publicKey: key.key, chain: []});
      return async (message, artifact) => {
        const file = await readSignature(given, artifact, context);
        if (isAnswer(file)) return file;
        const why = minisignProblem(key, {message, signatureFile: new TextDecoder().decode(file)});
        return why === undefined ? {at: 'good', signers} : {at: 'bad', why};
      };
    }
    case 'detached': {
      const text = await keyText(given, context);
      if (typeof text !== 'string') return text;
      const keys = readKeys(text, {kind: given.keyKind, holds: 'public', encoding: given.keyEncoding});
      if ('problem' in keys) return {look: unknown('config', `the key: ${keys.problem}`)};
      const {publicKey} = keys;
      if (publicKey === undefined) return {look: unknown('config', 'the key has no public half')};
      return async (message, artifact) => {
        const file = await readSignature(given, artifact, context);
        if (isAnswer(file)) return file;
        const signature = signatureBytes(file, given.form);
        if (signature === undefined) return {at: 'bad', why: `its signature is no ${given.form}`};
        return isSigned(publicKey, {message, signature}, given)
          ? {at: 'good', signers: signersOf(keys)}
          : {at: 'bad', why: 'the signature does not hold'};
      };
    }
  }
}

function foreign(bytes: Uint8Array, {tenant}: VerifierFields): Answer {
  const verdict = verifyForeign(bytes, tenant === undefined ? {} : {tenant});
  if (verdict.at === 'unreadable') return {at: 'bad', why: verdict.why};
  const {answer, what, notProved} = verdict;
  if (!answer.verified) {
    const where = answer.failure_index === null ? '' : ` at ${answer.failure_index}`;
    return {at: 'bad', why: `${what}: ${answer.failure_reason ?? 'not verified'}${where}`};
  }
  return {at: 'good', signers: answer.signer === undefined ? [] : [answer.signer], open: notProved};
}

/** The bytes lie in a private folder for the program, under the name of the file. */
async function byCommand(
  bytes: Uint8Array,
  {
    artifact,
    given,
    context,
  }: {readonly artifact: Artifact; readonly given: VerifierFields; readonly context: CheckContext},
): Promise<Answer> {
  const {folders, files} = context;
  const made = await folders.makeScratch(undefined);
  if (made.at === 'failed')
    return {at: 'look', look: unknown('config', `no folder for the verifier: ${made.message}`)};
  try {
    const file = `${made.path}/${artifact.name.split('/').at(-1) ?? 'file'}`;
    const written = await files.write(file, bytes, {mode: 0o600});
    if (written.at === 'failed')
      return {at: 'look', look: unknown('config', `no file for the verifier: ${written.message}`)};
    const argv = (given.command ?? []).map(word =>
      word.replaceAll('{file}', file).replaceAll('{signature}', signaturePath(given, artifact)),
    );
    const ran = await runProgram({argv, env: given.env}, context);
    if (!ran.ok) return {at: 'look', look: ran.look};
    if (ran.status === 0) return {at: 'good', signers: []};
    const said = lastLine(ran.err) || lastLine(ran.out);
    return {
      at: 'bad',
      why: `${argv[0] ?? ''} ended with ${ran.status ?? 'a signal'}${said === '' ? '' : ` (${said})`}`,
    };
  } finally {
    await folders.removeScratch(made.path);
  }
}
