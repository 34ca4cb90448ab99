// The program's version: put in by the build, read from package.json in a checkout.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {root} from './paths.ts';

declare const __QD_VERSION__: string | undefined;

function fromPackage(): string {
  const found = /"version":\s*"([^"]+)"/.exec(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return found?.[1] ?? 'unknown';
}

export const version: string = typeof __QD_VERSION__ === 'string' ? __QD_VERSION__ : fromPackage();
