// Who signs: the keys that the entries introduce, the files that repeat them, and the one that is in force.
import {QdError} from '../domain/error.ts';
import {fieldsOf, isFields} from '../ledger/form.ts';
import {epochOf} from '../ledger/judge/keys.ts';
import {
  isSigned,
  parseNote,
  parseSigner,
  parseVkey,
  rotationText,
  type Signer,
  type Verifier,
} from '../ledger/note.ts';
import type {Db} from './connect.ts';
import type {Paths} from './paths.ts';
import type {Store, Tools} from './state.ts';
import type {Statements} from './statements.ts';

const unreadable = (file: string, why: string, hint: string): QdError =>
  new QdError('LEDGER_UNREADABLE', `${file} ${why}.`, {hint, file});

/** The keys that the log itself names, and the entries that introduce them. */
export interface Keyring {
  /** Oldest first. */
  readonly verifiers: readonly Verifier[];
  readonly rotations: readonly {readonly seq: number}[];
}

/** The key in force for a checkpoint of `size`. */
export function keyFor({verifiers, rotations}: Keyring, size: number): readonly Verifier[] {
  const key = verifiers[epochOf(rotations, size)];
  return key === undefined ? [] : [key];
}

function bodyOf(line: Buffer): {readonly vkey: string; readonly note: string} {
  const body = fieldsOf(line)?.fields['body'];
  const text = (name: string): string => {
    const found = isFields(body) ? body[name] : undefined;
    return typeof found === 'string' ? found : '';
  };
  return {vkey: text('vkey'), note: text('note')};
}

/** Reads every rotation and checks that the key before vouches for it. Throws LEDGER_UNREADABLE. */
export function keyringOf(sql: Statements, origin: string, db: string): Keyring {
  const wrong = (seq: number): QdError =>
    unreadable(
      db,
      `names a signing key in entry ${seq} that cannot be believed`,
      'Run: quarterdeck ledger verify',
    );
  const first = sql.entry.get(0);
  const known = first === undefined ? undefined : parseVkey(bodyOf(first.line).vkey);
  if (known?.name !== origin) throw wrong(0);
  let last = known;
  const verifiers = [last];
  const rotations: {readonly seq: number}[] = [];
  for (const {seq, line} of sql.rotations.all()) {
    const {vkey, note} = bodyOf(line);
    const next = parseVkey(vkey);
    const parsed = parseNote(Buffer.from(note));
    if (next?.name !== origin || 'problem' in parsed || parsed.text !== rotationText(origin, seq, vkey))
      throw wrong(seq);
    if (!isSigned(parsed, [last])) throw wrong(seq);
    last = next;
    verifiers.push(next);
    rotations.push({seq});
  }
  return {verifiers, rotations};
}

const vkeyText = (verifiers: readonly Verifier[]): string => verifiers.map(({vkey}) => `${vkey}\n`).join('');

/**
 * The text of ledger.vkey as a reader takes it: where it only lacks the newest keys, because a rotation was cut short
 * or came in between, those that the entries introduce are added. `raw` must be read before the database.
 */
export function completeVkeys(raw: string | undefined, db: Db): string | undefined {
  const lines = db
    .prepare<[], Buffer>("SELECT line FROM entry WHERE seq = 0 OR kind = 'key.rotate' ORDER BY seq")
    .pluck()
    .all();
  const whole = lines.map(line => `${bodyOf(line).vkey}\n`).join('');
  return raw !== undefined && raw !== '' && raw.endsWith('\n') && whole.startsWith(raw) ? whole : raw;
}

/** Holds ledger.vkey to the entries. It may be older than they are, never other. Throws LEDGER_UNREADABLE. */
export function assertVkeys(raw: Buffer | undefined, paths: Paths, {verifiers}: Keyring): void {
  const lines = (raw?.toString() ?? '').split('\n').filter(line => line !== '');
  if (lines.length === 0 || lines.some(line => parseVkey(line) === undefined)) {
    throw unreadable(
      paths.vkey,
      'is missing or malformed',
      'It holds one verifier key a line; entry 0 of the ledger names the first, each key.rotate entry the next.',
    );
  }
  const verify = 'Run: quarterdeck ledger verify';
  if (lines[0] !== verifiers[0]?.vkey)
    throw unreadable(paths.vkey, 'does not begin with the key that entry 0 names', verify);
  if (lines.some((line, i) => line !== verifiers[i]?.vkey))
    throw unreadable(paths.vkey, 'holds a key that no entry introduces', verify);
}

/** The private key that belongs to `vkey`: in force, or waiting where a rotation was cut short. */
export function signerOf({disk}: Tools, paths: Paths, vkey: string | undefined): Signer | undefined {
  // Between two looks the waiting one may have moved to its place.
  for (const file of [paths.key, paths.nextKey, paths.key]) {
    const signer = parseSigner(disk.read(file)?.toString() ?? '');
    if (signer?.vkey === vkey) return signer;
  }
  return undefined;
}

/** As `signerOf`; throws LEDGER_UNREADABLE. */
export function readSigner(tools: Tools, paths: Paths, {verifiers}: Keyring): Signer {
  const signer = signerOf(tools, paths, verifiers.at(-1)?.vkey);
  if (signer !== undefined) return signer;
  if (parseSigner(tools.disk.read(paths.key)?.toString() ?? '') === undefined) {
    throw unreadable(
      paths.key,
      'is missing or malformed, so nothing can be signed',
      'Run: quarterdeck ledger verify. If the key is lost for good, start again with a new origin that names the old one: quarterdeck ledger new-origin --reason "…"',
    );
  }
  throw unreadable(
    paths.key,
    'is not the key of this ledger',
    'Put back the keys directory that belongs to it.',
  );
}

/** Takes notice of keys that another process has put in force. Throws LEDGER_UNREADABLE. */
export function refreshKeyring(store: Store): Keyring {
  if (store.sql.countOf.get('key.rotate') !== store.keyring.rotations.length)
    store.keyring = keyringOf(store.sql, store.origin, store.paths.db);
  return store.keyring;
}

/** The key in force now. Only under the write lock, else another may follow before it has signed. Throws LEDGER_UNREADABLE. */
export function refreshSigner(store: Store): Signer | undefined {
  const newest = refreshKeyring(store).verifiers.at(-1)?.vkey;
  if (store.signer !== undefined && store.signer.vkey !== newest)
    store.signer = readSigner(store, store.paths, store.keyring);
  return store.signer;
}

/** Whether the files say something else than the entries: a rotation was cut short. */
export function areKeysUnsettled({disk, paths, keyring}: Store): boolean {
  return (
    disk.name(paths.nextKey) !== undefined ||
    disk.read(paths.vkey)?.toString() !== vkeyText(keyring.verifiers)
  );
}

/**
 * Makes the files follow the entries: ledger.vkey, then the private key, whose predecessor is overwritten and removed.
 * Only under the write lock; doing it twice, or being cut short anywhere, does no harm.
 */
export function settleKeys(store: Store): void {
  const {disk, paths} = store;
  const signer = refreshSigner(store);
  if (signer === undefined) return;
  const text = vkeyText(store.keyring.verifiers);
  if (disk.read(paths.vkey)?.toString() !== text) disk.replace(paths.vkey, text);
  if (parseSigner(disk.read(paths.key)?.toString() ?? '')?.vkey !== signer.vkey) {
    // The waiting copy is the only one from here until the new file is in its place.
    disk.wipe(paths.key);
    disk.replace(paths.key, `${signer.text}\n`);
  }
  if (disk.name(paths.nextKey) === undefined) return;
  disk.wipe(paths.nextKey);
  disk.remove(paths.nextKey);
}
