// The program's version: put in by the build, read from package.json in a checkout.
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {root} from './paths.ts';

declare const __QD_VERSION__: string | undefined;

const fromPackage = (): string =>
  z.object({version: z.string()}).parse(JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')))
    .version;

export const version: string = typeof __QD_VERSION__ === 'string' ? __QD_VERSION__ : fromPackage();
