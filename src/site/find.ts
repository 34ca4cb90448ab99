// Which folder is the site.
import {basename, dirname, join, resolve} from 'node:path';
import {QdError} from '../domain/error.ts';
import type {Env, Files} from '../ports.ts';

export const siteFileName = 'quarterdeck.yaml';

/** `given`: named by `--site` or `$QUARTERDECK_SITE`; `found`: it lay in the current folder or above it. */
export interface SiteFolder {
  /** Absolute, links resolved. */
  readonly dir: string;
  readonly how: 'given' | 'found';
}

export interface FindRequest {
  readonly siteDir?: string | undefined;
  readonly cwd: string;
  readonly env: Env;
  readonly files: Files;
}

/** `--site`, else `$QUARTERDECK_SITE`, else upwards from `cwd`; throws SITE_NOT_FOUND. */
export async function findSite({siteDir, cwd, env, files}: FindRequest): Promise<SiteFolder> {
  const given = siteDir ?? env.get('QUARTERDECK_SITE');
  if (given !== undefined) {
    const said = siteDir === undefined ? '$QUARTERDECK_SITE' : '--site';
    return {dir: await givenFolder(resolve(cwd, given), said, files), how: 'given'};
  }
  for (let dir = resolve(cwd); ; dir = dirname(dir)) {
    if ((await files.stat(join(dir, siteFileName))) !== undefined) {
      return {dir: (await files.real(dir)) ?? dir, how: 'found'};
    }
    if (dir === dirname(dir)) break;
  }
  throw new QdError(
    'SITE_NOT_FOUND',
    `There is no ${siteFileName} in ${resolve(cwd)} or any folder above it.`,
    {
      hint:
        (await misnamed(resolve(cwd), files)) ??
        '`quarterdeck init DIR` makes a starter site; `--site DIR` names one.',
    },
  );
}

async function givenFolder(path: string, said: string, files: Files): Promise<string> {
  const real = await files.real(path);
  if (real === undefined) {
    throw new QdError('SITE_NOT_FOUND', `${said} names ${path}, which does not exist.`, {
      hint: '`quarterdeck init DIR` makes a starter site there.',
    });
  }
  const stat = await files.stat(real);
  const dir = stat?.kind === 'file' && basename(path) === siteFileName ? dirname(real) : real;
  if (stat?.kind !== 'directory' && dir === real) {
    throw new QdError('SITE_NOT_FOUND', `${said} names ${path}, which is no folder.`, {
      hint: `Give the folder that holds ${siteFileName}.`,
    });
  }
  if ((await files.stat(join(dir, siteFileName))) === undefined) {
    throw new QdError('SITE_NOT_FOUND', `There is no ${siteFileName} in ${dir}, which ${said} names.`, {
      hint: (await misnamed(dir, files)) ?? `\`quarterdeck init ${dir}\` makes a starter site there.`,
    });
  }
  return dir;
}

async function misnamed(dir: string, files: Files): Promise<string | undefined> {
  const other = 'quarterdeck.yml';
  if ((await files.stat(join(dir, other))) === undefined) return undefined;
  return `There is a ${other} in ${dir}: rename it to ${siteFileName}.`;
}
