// Names of the files of a data directory, and whether it is a safe place.
import fs from 'node:fs';
import path from 'node:path';
import {QdError} from '../domain/error.ts';

export interface Paths {
  readonly dir: string;
  readonly db: string;
  readonly wal: string;
  readonly checkpoint: string;
  readonly vkey: string;
  readonly keys: string;
  readonly key: string;
  /** The next key, while it is put in force. */
  readonly nextKey: string;
  readonly artifacts: string;
  /** One file for each erasure that is not finished. */
  readonly erasing: string;
  readonly reserve: string;
  readonly spool: string;
}

/** The directory without links, as the genesis entry names it. */
export const realPath = (dir: string): string => fs.realpathSync(dir);

export const pathsOf = (dir: string): Paths => ({
  dir,
  db: path.join(dir, 'ledger.db'),
  wal: path.join(dir, 'ledger.db-wal'),
  checkpoint: path.join(dir, 'checkpoint'),
  vkey: path.join(dir, 'ledger.vkey'),
  keys: path.join(dir, 'keys'),
  key: path.join(dir, 'keys', 'ledger.key'),
  nextKey: path.join(dir, 'keys', 'ledger.key.next'),
  artifacts: path.join(dir, 'artifacts'),
  erasing: path.join(dir, 'erasing'),
  reserve: path.join(dir, 'ledger.reserve'),
  spool: path.join(dir, 'spool'),
});

/** statfs types whose locks cannot be trusted between machines. */
const networkTypes: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x564c, 'NCP'],
  [0x5346414f, 'AFS'],
  [0x73757245, 'Coda'],
  [0x00c36400, 'Ceph'],
  [0x0bd00bd0, 'Lustre'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);

/** Name of the network file system behind a statfs type, or undefined for a local one. */
export const networkName = (type: number): string | undefined => networkTypes.get(type >>> 0);

const unsafe = (dir: string, why: string, hint: string): QdError =>
  new QdError('HOME_UNSAFE', `${dir} ${why}.`, {hint, file: dir});

/** Throws HOME_UNSAFE unless the data directory is a real, local directory of ours that nobody else can enter. */
export function assertSafeDir(dir: string, uid: number): void {
  const found = fs.lstatSync(dir, {throwIfNoEntry: false});
  const elsewhere = 'Name another data directory with --home.';
  if (found === undefined) throw unsafe(dir, 'does not exist', elsewhere);
  if (found.isSymbolicLink())
    throw unsafe(dir, 'is a symbolic link', 'Name the directory itself with --home.');
  if (!found.isDirectory()) throw unsafe(dir, 'is not a directory', elsewhere);
  if (uid >= 0 && found.uid !== uid)
    throw unsafe(dir, `belongs to uid ${found.uid}, not to ${uid}`, elsewhere);
  if ((found.mode & 0o077) !== 0) throw unsafe(dir, 'is open to other accounts', `Run: chmod 700 ${dir}`);
  const network = networkName(fs.statfsSync(dir).type);
  if (network !== undefined) {
    throw unsafe(
      dir,
      `lies on ${network}, a network file system, where locks cannot be trusted`,
      'Name a local directory with --home.',
    );
  }
}

/** Throws HOME_UNSAFE when the database is a link or has a second name. */
export function assertPlainFile(file: string): void {
  const found = fs.lstatSync(file, {throwIfNoEntry: false});
  if (found === undefined) return;
  if (!found.isFile())
    throw unsafe(file, 'is not a regular file', 'Move it away, or name another directory with --home.');
  if (found.nlink > 1) throw unsafe(file, 'has a second name (hard link)', 'Remove the other name first.');
}
