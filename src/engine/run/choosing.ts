// Which procedure of a runbook is meant: one rule for whoever starts a run, and whoever only shows what it would do.
import {QdError} from '../../domain/error.ts';
import {didYouMean} from '../../domain/nearest.ts';
import {entryProcedure, findProcedure} from '../../domain/run-plan.ts';
import type {Procedure, Runbook} from '../../domain/runbook.ts';

/** The procedure with this slug, else the one that the file is walked from; throws RUNBOOK_NOT_FOUND naming them all. */
export function procedureOf(runbook: Runbook, slug: string | undefined): Procedure {
  const ids = runbook.procedures.map(({id}) => id);
  const found = slug === undefined ? entryProcedure(runbook) : findProcedure(runbook, slug);
  if (found !== undefined) return found;
  const what =
    slug === undefined
      ? `${runbook.id} holds ${ids.length} procedures.`
      : `${runbook.id} has no procedure "${slug}".${didYouMean(slug, ids)}`;
  throw new QdError('RUNBOOK_NOT_FOUND', what, {
    ...(ids.length === 0 ? {} : {hint: `Name one: ${ids.map(id => `${runbook.id}#${id}`).join(', ')}`}),
  });
}
