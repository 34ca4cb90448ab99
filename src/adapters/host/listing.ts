// Files as stat(1) and ls(1) of another host write them.
import type {FileKind, HostFile} from '../../host-ports.ts';

/** Type bits of st_mode (inode(7)). */
const types: Readonly<Record<number, FileKind>> = {
  0o100000: 'file',
  0o040000: 'directory',
  0o120000: 'link',
  0o010000: 'fifo',
  0o140000: 'socket',
};

const letters: Readonly<Record<string, FileKind>> = {
  '-': 'file',
  d: 'directory',
  l: 'link',
  p: 'fifo',
  s: 'socket',
};

/** `%f %u %g %s %Y %i` of stat(1). */
export function statWords(words: readonly string[]): HostFile | undefined {
  const [mode = '', ...rest] = words;
  const raw = Number.parseInt(mode, 16);
  const [uid, gid, sizeBytes, seconds, inode] = rest.map(Number);
  if (Number.isNaN(raw) || uid === undefined || gid === undefined || sizeBytes === undefined)
    return undefined;
  if (seconds === undefined || inode === undefined || Number.isNaN(inode)) return undefined;
  return {
    kind: types[raw & 0o170000] ?? 'device',
    sizeBytes,
    mode: raw & 0o7777,
    uid,
    gid,
    modifiedMs: seconds * 1000,
    inode,
  };
}

/** Nine letters of ls(1) as bits. */
function bitsOf(letters: string): number {
  let bits = 0;
  for (let i = 0; i < 9; i++) if (/[rwxst]/.test(letters.charAt(i))) bits |= 1 << (8 - i);
  const special = [2, 5, 8].map(i => /[sStT]/.test(letters.charAt(i)));
  return special.reduce((all, is, i) => (is ? all | (0o4000 >> i) : all), bits);
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The time in a long listing: with the hour for the last half year, else with the year; in UTC, as it was asked for. */
function listedMs([month = '', day = '', rest = '']: readonly string[], nowMs: number): number {
  const at = months.indexOf(month);
  const [hour, minute] = rest.split(':').map(Number);
  if (minute === undefined) return Date.UTC(Number(rest), at, Number(day));
  const year = new Date(nowMs).getUTCFullYear();
  const thisYear = Date.UTC(year, at, Number(day), hour, minute);
  // A day is let pass: clocks differ.
  return thisYear > nowMs + 86_400_000 ? Date.UTC(year - 1, at, Number(day), hour, minute) : thisYear;
}

/** `ls -ldin`: inode, mode, links, uid, gid, size, time, name. */
export function lsWords(line: string, nowMs: number): {file: HostFile; name: string} | undefined {
  const found =
    /^\s*(\d+) ([-a-zA-Z])([-rwxsStT]{9})\S* +\d+ +(\d+) +(\d+) +(?:(\d+)|\d+, *\d+) +(\S+) +(\d+) +(\S+) (.*)$/s.exec(
      line,
    );
  if (found === null) return undefined;
  const [, inode, type = '', mode = '', uid, gid, size, month = '', day = '', time = '', name = ''] = found;
  return {
    file: {
      kind: letters[type] ?? 'device',
      sizeBytes: Number(size ?? 0),
      mode: bitsOf(mode),
      uid: Number(uid),
      gid: Number(gid),
      modifiedMs: listedMs([month, day, time], nowMs),
      inode: Number(inode),
    },
    name,
  };
}
