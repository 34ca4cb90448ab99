// Programs for checks to find on their PATH.
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import type {CheckContext} from '../../src/define.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';

/** An environment whose PATH has only the given programs, each a Node script. */
export function programs(scripts: Readonly<Record<string, string>>): Partial<CheckContext> {
  const dir = tempDir();
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(path.join(dir, name), `#!${process.execPath}\n${script}\n`, {mode: 0o755});
  return {env: fakeEnv({PATH: dir})};
}

export const nodePath = (): Partial<CheckContext> => ({env: fakeEnv({PATH: path.dirname(process.execPath)})});

/** A systemctl that answers with these properties. */
export const systemctl = (said: string): Partial<CheckContext> =>
  programs({systemctl: `process.stdout.write(${JSON.stringify(said)})`});
