// What the runbook commands share: a runbook by file or id, and what lint may know about the site.
import {isAbsolute, resolve} from 'node:path';
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {Runbook} from '../domain/runbook.ts';
import {timestamp} from '../domain/time.ts';
import {readRunbook} from '../runbook/index.ts';
import type {LintContext, ReadContext} from '../runbook/index.ts';

/** Check names of the site when there is one, step types, and today. */
export async function lintContext(context: CommandContext): Promise<ReadContext> {
  const known = {today: timestamp(context.clock.nowMs()), types: context.steps.map(({type}) => type)};
  try {
    const site = await context.site();
    return {
      ...known,
      ...(site.phases === undefined ? {} : {phases: site.phases}),
      root: site.dir,
      sources: (site.sources ?? []).map(({name}) => name),
      gates: (site.gates ?? []).map(({name}) => name),
      checks: site.services.flatMap(({checks}) => checks.map(({service, id}) => `${service}/${id}`)),
    };
  } catch (error) {
    if (error instanceof QdError && error.code === 'SITE_NOT_FOUND') return known;
    throw error;
  }
}

/** A file as typed, parsed and linted; one that cannot be read has the problem `unreadable`. The path stays as typed. */
export async function fileRunbook(
  context: CommandContext,
  path: string,
  lint: LintContext,
): Promise<Runbook> {
  const full = isAbsolute(path) ? path : resolve(context.cwd, path);
  return {...(await readRunbook(context.files, full, lint)), file: path};
}

/** Whether a name is a file's, not an id. */
export const looksLikePath = (name: string): boolean => /[\\/]|\.(?:md|markdown|txt)$/i.test(name);

/** The runbook with this id, else the file of this name; throws RUNBOOK_NOT_FOUND. */
export async function anyRunbook(context: CommandContext, name: string): Promise<Runbook> {
  const isPath = looksLikePath(name);
  const runbooks = isPath ? [] : await context.runbooks();
  const found = runbooks.find(({id}) => id === name);
  if (found !== undefined) return found;
  const runbook = await fileRunbook(context, name, await lintContext(context));
  const unreadable = runbook.problems.find(({code}) => code === 'unreadable');
  if (unreadable === undefined) return runbook;
  const ids = runbooks.map(({id}) => id);
  throw isPath
    ? new QdError('RUNBOOK_NOT_FOUND', unreadable.message, {
        file: name,
        hint: 'Give a Markdown file, or an id of `quarterdeck runbook list`.',
      })
    : new QdError('RUNBOOK_NOT_FOUND', `There is no runbook "${name}".${didYouMean(name, ids)}`, {
        hint: 'See `quarterdeck runbook list`, or give a file.',
      });
}
