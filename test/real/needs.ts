// What a test against a real server needs. Whatever is missing is named and fails the run, or is skipped by name.
import {accessSync, constants, existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {onTestFinished} from 'vitest';

const folders = [
  ...(process.env['PATH'] ?? '').split(':'),
  '/usr/sbin',
  '/sbin',
  '/usr/lib/postgresql/15/bin',
];

const isProgram = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The absolute path of a program; throws naming the Debian package that brings it. */
export function program(name: string, debianPackage: string): string {
  const file = folders.map(dir => path.join(dir, name)).find(isProgram);
  if (file === undefined)
    throw new Error(`${name} is not on this machine: apt-get install ${debianPackage} (test/real/README.md)`);
  return file;
}

/** The bit of CAP_SYS_ADMIN, which mounting needs. */
const sysAdmin = 21n;

/** Why nothing can be mounted here; undefined when it can. */
export function whyNoMount(): string | undefined {
  const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return (effective >> sysAdmin) & 1n ? undefined : 'mounting needs root, or CAP_SYS_ADMIN';
}

/** Must hold, else the test fails naming what is missing. */
export function need(missing: string | undefined): void {
  if (missing !== undefined) throw new Error(`${missing} (test/real/README.md)`);
}

/** Runs when the test is over, whatever happened. */
export const afterwards = (work: () => Promise<unknown> | void): void =>
  onTestFinished(async () => {
    await work();
  });
