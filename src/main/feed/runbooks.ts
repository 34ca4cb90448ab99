// Parsed runbooks → the list and the reading view.
import {show} from '../../domain/show.ts';
import {entryProcedure} from '../../domain/run-plan.ts';
import type {Procedure, Runbook} from '../../domain/runbook.ts';
import {readingLines} from '../../runbook/index.ts';
import type {RunbookView} from '../../state/model.ts';

export const runbookViews = (runbooks: readonly Runbook[]): readonly RunbookView[] =>
  runbooks.map(runbookView);

function runbookView(runbook: Runbook): RunbookView {
  const {id, title, file, meta, problems, procedures} = runbook;
  return {
    id,
    title: show(title),
    file: show(file),
    owner: meta.owner === undefined ? undefined : show(meta.owner),
    tags: meta.tags.map(show),
    problems: problems.length,
    entry: entryProcedure(runbook)?.id,
    procedures: procedures.map(procedure => ({
      id: procedure.id,
      title: show(procedure.title),
      steps: countSteps(procedure),
      phases: procedure.phases.map(({phase}) => phase),
    })),
    lines: readingLines(runbook).map(line => ({
      ...line,
      // The screen has its own bullet.
      text: show(line.role === 'item' || line.role === 'dont' ? line.text.replace(/^- /, '') : line.text),
    })),
  };
}

const countSteps = ({phases}: Procedure): number => phases.reduce((sum, {steps}) => sum + steps.length, 0);
