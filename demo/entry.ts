// The reference service that the demo and the shipped runbooks operate: small real processes on 127.0.0.1; imports nothing from src.
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';

/** The programs of the reference service; each is `<name>.ts` here and `demo-<name>.cjs` in a bundle. */
export type EntryName = 'supervisor' | 'database' | 'blackhole' | 'upstream' | 'gateway' | 'ctl' | 'fault';

/** The folder of this file: the source folder, or the bundle's folder (a CommonJS bundle has `__dirname`, a module has not). */
export function ownFolder(): string {
  return typeof __dirname === 'string' ? __dirname : dirname(fileURLToPath(import.meta.url));
}

/** The program file to run for a part: bundled when the folder holds the bundle, else the source. Throws when there is neither. */
export function entryFile(name: EntryName, folder: string = ownFolder()): string {
  const candidates = [
    join(folder, `demo-${name}.cjs`),
    join(folder, `${name}.ts`),
    join(folder, '..', `${name}.ts`),
  ];
  const found = candidates.find(file => existsSync(file));
  if (found === undefined) {
    throw new Error(
      `The demo program "${name}" is missing: looked for ${candidates.join(', ')}. Run \`npm run build\`.`,
    );
  }
  return found;
}
