// `<name>` placeholders in commands: asked for once before a plain file runs.
import type {Procedure, Step} from '../domain/runbook.ts';

const notPlaceholders = new Set(
  'none nil null unknown pending details summary br hr a b i p img code pre em strong li ul ol div span table tr td th sub sup kbd'.split(
    ' ',
  ),
);

/** Names of the placeholders of all commands, in order of first use. */
export function findPlaceholders(procedures: readonly Procedure[]): string[] {
  const found = new Set<string>();
  const visit = (step: Step): void => {
    for (const name of placeholdersIn(step.command ?? '')) found.add(name);
    step.children.forEach(visit);
  };
  for (const procedure of procedures) for (const block of procedure.phases) block.steps.forEach(visit);
  return [...found];
}

/** Names inside one command text, without the angle brackets. */
function placeholdersIn(text: string): string[] {
  const names = [...text.matchAll(/(?<![<\d])<([A-Za-z][A-Za-z0-9_ ./:'-]{0,78}[A-Za-z0-9])>/g)].map(
    match => match[1] ?? '',
  );
  return names.filter(name => !notPlaceholders.has(name.toLowerCase()));
}
