// Small disks in memory, for faults of the disk. Needs root.
import {execFileSync} from 'node:child_process';
import {closeSync, fsyncSync, mkdirSync, openSync, writeSync} from 'node:fs';
import path from 'node:path';

export interface Disk {
  readonly remount: (options: string) => void;
  readonly unmount: () => void;
}

export function mounted(dir: string, sizeMiB: number): Disk {
  mkdirSync(dir, {recursive: true});
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m,mode=0700`, 'tmpfs', dir]);
  return {
    remount: options => void execFileSync('mount', ['-o', `remount,${options}`, dir]),
    unmount: () => void execFileSync('umount', ['--lazy', dir]),
  };
}

/** Writes until nothing more fits; gives the file's name. */
export function fill(dir: string): string {
  const file = path.join(dir, 'filler');
  const fd = openSync(file, 'w');
  for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 4)) {
    try {
      while (writeSync(fd, Buffer.alloc(size, 1)) === size);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
    }
  }
  fsyncSync(fd);
  closeSync(fd);
  return file;
}
