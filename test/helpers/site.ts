// Sites on disk for tests: written files, private settings, the real check types.
import {mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {checks} from '../../checks/index.ts';
import {realFiles} from '../../src/adapters/files.ts';
import type {LoadRequest} from '../../src/site/load.ts';
import {fakeEnv} from './fakes.ts';
import {tempDir} from './temp.ts';

export interface SiteFolderOnDisk {
  /** The site's folder; `config` and `above` lie beside it. */
  readonly dir: string;
  readonly above: string;
  readonly config: string;
  readonly write: (path: string, content: string | Uint8Array) => string;
  readonly request: (
    more?: Partial<LoadRequest> & {readonly vars?: Readonly<Record<string, string>>},
  ) => LoadRequest;
}

/** A site folder in a private temporary directory, with its settings away from the real home. */
export function siteOnDisk(files: Readonly<Record<string, string | Uint8Array>> = {}): SiteFolderOnDisk {
  const above = tempDir();
  const dir = join(above, 'site');
  const config = join(above, 'config');
  mkdirSync(dir, {mode: 0o755});
  const write = (path: string, content: string | Uint8Array): string => {
    const file = join(dir, path);
    mkdirSync(dirname(file), {recursive: true, mode: 0o755});
    writeFileSync(file, content, {mode: 0o644});
    return file;
  };
  for (const [path, content] of Object.entries(files)) write(path, content);
  return {
    dir,
    above,
    config,
    write,
    request: ({vars = {}, ...more} = {}) => ({
      siteDir: dir,
      cwd: above,
      env: fakeEnv({XDG_CONFIG_HOME: config, ...vars}),
      files: realFiles,
      checks,
      runbookIds: ['shipped-one'],
      uid: process.getuid?.() ?? 0,
      ...more,
    }),
  };
}

export const smallSite = `site: small
environment: staging
services:
  api:
    checks:
      port: {type: tcp, host: 127.0.0.1, port: 9}
`;
