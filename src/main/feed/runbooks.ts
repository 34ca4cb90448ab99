// Parsed runbooks → the list and the reading view.
import {show} from '../../domain/show.ts';
import {reviewDueMs} from '../../domain/review.ts';
import {entryProcedure} from '../../domain/run-plan.ts';
import type {Procedure, Runbook, Step} from '../../domain/runbook.ts';
import {readingLines} from '../../runbook/index.ts';
import type {RunbookLine, RunbookView} from '../../state/model.ts';

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
    services: meta.services.map(show),
    severity: meta.severity === undefined ? undefined : show(meta.severity),
    reviewDueMs: reviewDueMs(meta),
    problems: problems.length,
    entry: entryProcedure(runbook)?.id,
    procedures: procedures.map(procedure => ({
      id: procedure.id,
      title: show(procedure.title),
      line: procedure.line,
      steps: countSteps(procedure),
      phases: procedure.phases.map(({phase}) => phase),
      prohibitions: procedure.prohibitions.map(({text}) => forbidden(text)),
    })),
    lines: lines(runbook),
  };
}

/** What is forbidden, without the words that forbid it: the label beside it says them. */
export const forbidden = (text: string): ReturnType<typeof show> =>
  show(text.replace(/^(?:do not|don['’]t|never)\s+/i, ''));

/** Every line of the text, with the steps that run something and the beginnings of procedures marked. */
function lines(runbook: Runbook): readonly RunbookLine[] {
  const acting = new Map<number, Step['certainty']>();
  const visit = (step: Step): void => {
    if (step.command !== undefined) acting.set(step.line, step.certainty);
    step.children.forEach(visit);
  };
  for (const {phases} of runbook.procedures) for (const {steps} of phases) steps.forEach(visit);
  const begins = new Map(runbook.procedures.map(({line, id}) => [line, id]));
  const marked = new Set<number>();
  return readingLines(runbook).map((line): RunbookLine => {
    // The screen has its own bullet.
    const bare = line.role === 'item' || line.role === 'dont' ? line.text.replace(/^- /, '') : line.text;
    const isFirst = line.role !== 'blank' && !marked.has(line.line);
    if (isFirst) marked.add(line.line);
    const step = isFirst ? acting.get(line.line) : undefined;
    const procedure = isFirst ? begins.get(line.line) : undefined;
    return {
      ...line,
      text: show(bare.replaceAll('\t', '  ')),
      ...(step === undefined ? {} : {step}),
      ...(procedure === undefined ? {} : {procedure}),
    };
  });
}

const countSteps = ({phases}: Procedure): number => phases.reduce((sum, {steps}) => sum + steps.length, 0);
