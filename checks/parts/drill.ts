// The facts of a backup drill, in the words in which drills report them.
import type {Look, Part} from '../../src/domain/verdict.ts';
import {sizeText} from './backups.ts';
import type {Comparison} from './compare.ts';
import {judge} from './expect.ts';
import type {Assertion} from './expect.ts';

/** The first few of a list, and how many there are. */
const some = (list: readonly string[]): string =>
  `${list.slice(0, 3).join(', ')}${list.length > 3 ? ` and ${list.length - 3} more` : ''}`;

/** What a comparison amounts to, with the facts of a drill as parts: `File set diff lines: 0`, `SHA_MATCH=yes`. */
export function drillLook(
  found: Comparison,
  {minFiles, name}: {readonly minFiles: number; readonly name: string},
): Look {
  const {missing, extra, changed, modes, moved, unread} = found;
  const lines = missing.length + extra.length;
  const set = [
    ...(missing.length === 0 ? [] : [`missing: ${some(missing)}`]),
    ...(extra.length === 0 ? [] : [`not expected: ${some(extra)}`]),
  ];
  const match = changed.length === 0 && found.compared > 0 ? 'yes' : 'no';
  const assertions: readonly (Assertion & {readonly line: string})[] = [
    {
      what: 'file set',
      ok: lines === 0,
      expected: 'the same files',
      actual: lines === 0 ? 'them' : set.join('; '),
      line: `File set diff lines: ${lines}`,
    },
    {
      what: 'sha256',
      ok: found.compared === 0 ? undefined : changed.length === 0,
      expected: 'the same content',
      actual: changed.length === 0 ? `${found.compared} files` : `others in ${some(changed)}`,
      line: `SHA_MATCH=${match}`,
    },
    {
      what: 'files compared',
      ok:
        moved.length + unread.length > 0 && found.compared < minFiles
          ? undefined
          : found.compared >= minFiles,
      expected: `at least ${minFiles}`,
      actual: String(found.compared),
      line: `Files compared: ${found.compared}`,
    },
    {
      what: 'modes',
      ok: modes.length === 0,
      expected: 'the same permissions',
      actual: modes.length === 0 ? 'them' : some(modes),
      line: `Modes that differ: ${modes.length}`,
    },
    ...(moved.length === 0
      ? []
      : [
          {
            what: 'source changed since the backup or during the drill',
            ok: false,
            otherwise: 'warn' as const,
            expected: 'a folder at rest',
            actual: some(moved),
            line: `Source changed: ${moved.length}`,
          },
        ]),
    ...(unread.length === 0
      ? []
      : [
          {
            what: 'unreadable',
            ok: undefined,
            expected: 'files that can be read',
            actual: some(unread),
            line: `Unreadable: ${unread.length}`,
          },
        ]),
  ];
  const size = `${found.compared} files, ${sizeText(found.bytes)}`;
  const look = judge(assertions, `File set diff lines: 0, SHA_MATCH=yes (${size}, from ${name})`);
  return {
    ...look,
    checked: found.compared + assertions.filter(({ok}) => ok !== undefined).length,
    parts: assertions.map(({what, ok, otherwise = 'fail', line, actual}): Part => ({
      name: what,
      verdict: ok === undefined ? 'unknown' : ok ? 'pass' : otherwise,
      message: ok === true ? line : `${line} (${actual})`,
    })),
  };
}
