// Taking permissions away from a file of this account: never through a link, never from anything but that very file.
import {constants, lstatSync} from 'node:fs';
import {open, readlink, type FileHandle} from 'node:fs/promises';
import type {Kind} from '../domain/verdict.ts';
import type {NarrowFile, Narrowing} from '../host-ports.ts';

type Refusal = Extract<Awaited<ReturnType<Narrowing['open']>>, {at: 'refused'}>;

const refused = (kind: Kind, message: string): Refusal => ({at: 'refused', kind, message});

/** The first part of the path that is a link; undefined when there is none, as far as it can be seen. */
function linkIn(path: string): string | undefined {
  const parts = path.split('/').slice(1);
  return parts
    .map((_, i) => `/${parts.slice(0, i + 1).join('/')}`)
    .find(part => lstatSync(part, {throwIfNoEntry: false})?.isSymbolicLink() === true);
}

function whyNot(error: unknown, path: string): Refusal {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ELOOP') return refused('config', `${path} is a link, which is not followed`);
  if (code === 'EACCES' || code === 'EPERM') return refused('permission', `${path}: permission denied`);
  return refused('noData', `${path}: ${error instanceof Error ? error.message : String(error)}`);
}

/** Where the kernel says that the open file is: no link that was put in the way meanwhile goes unseen. */
const placeOf = async (file: FileHandle): Promise<string | undefined> =>
  readlink(`/proc/self/fd/${file.fd}`).catch(() => undefined);

async function problemOf(file: FileHandle, path: string, uid: number): Promise<Refusal | undefined> {
  const info = await file.stat();
  if (!info.isFile()) return refused('config', `${path} is not a regular file`);
  if (info.uid !== uid) return refused('permission', `${path} belongs to another account (uid ${info.uid})`);
  if (info.nlink !== 1)
    return refused('config', `${path} has ${info.nlink} names, of which only this one is known`);
  const place = await placeOf(file);
  if (place === undefined)
    return refused('notInstalled', 'without /proc it cannot be seen which file was opened');
  if (place !== path) return refused('config', `${path} is reached through a link: it is ${place}`);
  return undefined;
}

/** `uid`: the account that the file must belong to; root owns no file that it did not make itself either. */
export const createNarrowing = (uid: number): Narrowing => ({
  async open({path, mask}) {
    const link = linkIn(path);
    if (link !== undefined) return refused('config', `${link} is a link, which is not followed`);
    const {O_RDONLY, O_NOFOLLOW, O_NONBLOCK} = constants;
    let file: FileHandle;
    try {
      file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    } catch (error) {
      return whyNot(error, path);
    }
    const problem = await problemOf(file, path, uid).catch((error: unknown) => whyNot(error, path));
    if (problem !== undefined) {
      await file.close();
      return problem;
    }
    return narrowFile(file, mask);
  },
});

async function narrowFile(file: FileHandle, mask: number): Promise<NarrowFile> {
  const {mode, ino, uid} = await file.stat();
  const before = mode & 0o7777;
  return {
    at: 'ready',
    before,
    after: before & mask,
    inode: ino,
    uid,
    async apply() {
      try {
        // What it has by now, so that nothing is ever added.
        const now = (await file.stat()).mode & 0o7777;
        await file.chmod(now & mask);
        await file.sync();
        return {mode: (await file.stat()).mode & 0o7777};
      } catch (error) {
        return {problem: error instanceof Error ? error.message : String(error)};
      }
    },
    close: async () => file.close(),
  };
}
