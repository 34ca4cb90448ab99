// The JSON of `runbook show --json`.
import type {Problem, Runbook, Step} from '../domain/runbook.ts';

const stepJson = (step: Step): Record<string, unknown> => ({
  id: step.id,
  type: step.type,
  title: step.title,
  line: step.line,
  ...(step.lang === undefined ? {} : {lang: step.lang}),
  ...(step.command === undefined ? {} : {command: step.command}),
  effect: step.effect,
  certainty: step.certainty,
  children: step.children.map(stepJson),
});

const problemJson = ({code, line, message}: Problem) => ({code, line, message});

/** A runbook as plain data, version 1 of the format. */
export function runbookJson(runbook: Runbook): Record<string, unknown> {
  const {file, sha256, id, title, procedures, placeholders, problems} = runbook;
  return {
    v: 1,
    file,
    sha256,
    id,
    title,
    procedures: procedures.map(procedure => ({
      id: procedure.id,
      title: procedure.title,
      line: procedure.line,
      phases: procedure.phases.map(({phase, title: name, line, steps}) => ({
        phase,
        title: name,
        line,
        steps: steps.map(stepJson),
      })),
      prohibitions: procedure.prohibitions.map(({text, line, patterns}) => ({text, line, patterns})),
    })),
    placeholders,
    problems: problems.map(problemJson),
  };
}
