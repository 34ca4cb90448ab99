import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {family, rootOf, signalOne} from '../../src/adapters/exec-tree.ts';
import {pauseLine} from '../helpers/programs.ts';

/** Without a turn for Node, which would collect it: an ended child stays in /proc until then. */
function untilOver(pid: number): void {
  const deadline = performance.now() + 10_000;
  const isOver = (): boolean => / [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  while (!isOver()) if (performance.now() > deadline) throw new Error('the shell did not end');
}

test('what a command left behind is found even when the command was over before anybody looked at it', () => {
  const child = spawn('sh', ['-c', `${pauseLine(60_000)} >/dev/null 2>&1 &`], {
    detached: true,
    stdio: 'ignore',
  });
  const {pid = -1} = child;
  untilOver(pid);
  const root = rootOf(pid);
  if (root === undefined) throw new Error('the ended shell was not seen');
  const left = family(root, 'no mark');
  onTestFinished(() => {
    for (const seen of left) signalOne(seen, 'SIGKILL');
  });
  expect(left.map(({session}) => session)).toEqual([pid]);
  expect(left.map(seen => seen.pid)).not.toContain(pid);
});
