// What is wrong with a parsed runbook beyond its syntax: dangling names, missing verify and rollback, overdue review.
import {didYouMean} from '../domain/nearest.ts';
import {instantOf} from '../domain/time.ts';
import {durationMs} from '../domain/duration.ts';
import {parseGuardPattern} from '../domain/guard-pattern.ts';
import type {Problem, Procedure, Runbook, Step} from '../domain/runbook.ts';
import {nameProblem} from '../domain/variables.ts';
import {disagreement} from './alert.ts';
import {nestedShells, textProblems} from './lint-text.ts';

export interface LintContext {
  /** Check names of the site (`service/check`); without them, names are not looked up. */
  readonly checks?: readonly string[];
  /** RFC 3339 date or instant; without it, the review date is not looked at. */
  readonly today?: string;
  /** Known step types; without them, types are not looked up. */
  readonly types?: readonly string[];
  /** Data sources and gates of the site; without them, those names are not looked up. */
  readonly sources?: readonly string[];
  readonly gates?: readonly string[];
  /** Linked files that are not there. */
  readonly missing?: readonly string[];
}

/** The parser's problems and everything lint finds, by line. An `error` means: not runnable until it is mended. */
export function lintRunbook(runbook: Runbook, context: LintContext = {}): Problem[] {
  const found: Problem[] = [...runbook.problems];
  const seen = new Set<Step>();
  const names = new Set(
    runbook.procedures
      .flatMap(stepsOf)
      .flatMap(step => (step.attributes.name === undefined ? [] : [step.attributes.name])),
  );
  for (const procedure of runbook.procedures) {
    const verified = procedure.phases.some(block => block.phase === 'verify' && block.steps.length > 0);
    const undone = procedure.phases.some(block => block.phase === 'rollback' && block.steps.length > 0);
    for (const step of stepsOf(procedure)) {
      if (seen.has(step)) continue;
      seen.add(step);
      found.push(...namesOf(step, names, context), ...danger(step, {verified, undone}));
    }
  }
  found.push(
    ...links(runbook),
    ...deadFiles(runbook, context.missing ?? []),
    ...textProblems(runbook),
    ...guardPatterns(runbook),
    ...review(runbook, context.today),
  );
  for (const procedure of runbook.procedures) found.push(...nestedShells(procedure, seen));
  if (
    runbook.procedures.every(procedure => stepsOf(procedure).length === 0) &&
    !found.some(({level}) => level === 'error')
  )
    found.push({
      code: 'no-steps',
      line: 1,
      level: 'warning',
      message: 'No step was found: there is nothing to walk.',
    });
  const told = new Set<string>();
  return found
    .filter(({code, line, message}) => {
      const key = `${line} ${code} ${message}`;
      const isNew = !told.has(key);
      told.add(key);
      return isNew;
    })
    .sort((a, b) => a.line - b.line);
}

/** A pattern that cannot be used guards nothing, which nobody would notice. */
function guardPatterns(runbook: Runbook): Problem[] {
  const all = [runbook, ...runbook.procedures].flatMap(({prohibitions}) => prohibitions);
  const found = new Map<string, Problem>();
  for (const {line, patterns} of all) {
    for (const pattern of patterns) {
      const read = parseGuardPattern(pattern);
      if (!('problem' in read)) continue;
      const message = `The guard pattern "${pattern}" cannot be used: ${read.problem}.`;
      found.set(`${line} ${pattern}`, {code: 'guard-pattern', line, level: 'error', message});
    }
  }
  return [...found.values()];
}

/** Every step of a procedure with its sub-steps, in document order. */
export function stepsOf(procedure: Procedure): Step[] {
  const flat = (step: Step): Step[] => [step, ...step.children.flatMap(flat)];
  return procedure.phases.flatMap(block => block.steps.flatMap(flat));
}

const checkAttributes = ['check', 'pre', 'verify', 'until'] as const;

function namesOf(
  step: Step,
  names: ReadonlySet<string>,
  {checks, types, sources, gates}: LintContext,
): Problem[] {
  const {line, attributes} = step;
  const out: Problem[] = [];
  const must = (
    key: string,
    name: string | undefined,
    known: readonly string[] | undefined,
    what: string,
  ): void => {
    if (name !== undefined && known !== undefined && !known.includes(name))
      out.push({
        code: 'dangling-name',
        line,
        level: 'error',
        message: `"${key}" names "${name}", but the site has no such ${what}.${didYouMean(name, known)}`,
      });
  };
  must('source', attributes.source, sources, 'data source');
  must('gate', attributes.gate, gates, 'gate');
  for (const key of ['capture', 'var'] as const) {
    const why = attributes[key] === undefined ? undefined : nameProblem(attributes[key]);
    if (why !== undefined)
      out.push({code: 'variable-name', line, level: 'error', message: `"${key}": ${why}.`});
  }
  for (const key of checkAttributes) must(key, attributes[key], checks, 'check');
  const {rollback} = attributes;
  if (rollback !== undefined && !names.has(rollback))
    out.push({
      code: 'dangling-name',
      line,
      level: 'error',
      message: `"rollback" names "${rollback}", but no step of this file has that name.${didYouMean(rollback, names)}`,
    });
  if (types !== undefined && attributes.type !== undefined && !types.includes(attributes.type))
    out.push({
      code: 'unknown-type',
      line,
      level: 'error',
      message: `There is no step type "${attributes.type}".${didYouMean(attributes.type, types)}`,
    });
  return out;
}

function danger(step: Step, {verified, undone}: {verified: boolean; undone: boolean}): Problem[] {
  const {line, attributes, effect, title} = step;
  const out: Problem[] = [];
  const clash = disagreement(attributes.effect, step.alert);
  if (clash !== undefined) out.push({code: 'effect-alert', line, level: 'warning', message: clash});
  const acts = step.command !== undefined && effect !== 'read';
  if (acts && !verified && attributes.verify === undefined && attributes.until === undefined)
    out.push({
      code: 'missing-verify',
      line,
      level: 'warning',
      message: `Nothing verifies the writing step "${short(title)}": add "verify", or a Verify section to its procedure.`,
    });
  if (effect === 'irreversible' && !undone && attributes.rollback === undefined)
    out.push({
      code: 'missing-rollback',
      line,
      level: 'warning',
      message: `The irreversible step "${short(title)}" has neither "rollback" nor a Rollback section that says what to do afterwards.`,
    });
  return out;
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text);

/** Answers of a decision that lead to a heading which this file does not have. */
function links(runbook: Runbook): Problem[] {
  const ids = runbook.procedures.map(({id}) => id);
  const steps = runbook.procedures.flatMap(stepsOf);
  return steps.flatMap(step =>
    (step.options ?? []).flatMap(({link}): Problem[] => {
      if (link?.startsWith('#') !== true || ids.includes(link.slice(1))) return [];
      const message = `The answer leads to "${link}", which is no procedure of this file.${didYouMean(link.slice(1), ids)}`;
      return [{code: 'dangling-link', line: step.line, level: 'warning', message}];
    }),
  );
}

function deadFiles({source}: Runbook, missing: readonly string[]): Problem[] {
  const lines = missing.length === 0 ? [] : source.split('\n');
  return missing.map(file => ({
    code: 'dead-link',
    line:
      Math.max(
        0,
        lines.findIndex(line => line.includes(file)),
      ) + 1,
    level: 'warning',
    message: `"${file}" is linked to, but there is no such file.`,
  }));
}

const dayMs = 86_400_000;

function review({meta}: Runbook, today: string | undefined): Problem[] {
  if (meta.reviewed === undefined || meta.reviewEvery === undefined) return [];
  const warn = (message: string): Problem[] => [{code: 'review', line: 1, level: 'warning', message}];
  const every = durationMs(meta.reviewEvery);
  const reviewed = instant(meta.reviewed);
  if (every === undefined)
    return warn(`"review_every" must be a duration such as 180d, not "${meta.reviewEvery}".`);
  if (reviewed === undefined)
    return warn(`"reviewed" must be a date such as 2026-01-31, not "${meta.reviewed}".`);
  const now = today === undefined ? undefined : instant(today.slice(0, 10));
  if (now === undefined || now <= reviewed + every) return [];
  const days = Math.floor((now - reviewed - every) / dayMs);
  return warn(
    `The review is overdue by ${days} day${days === 1 ? '' : 's'} (last ${meta.reviewed}, every ${meta.reviewEvery}).`,
  );
}

const instant = (day: string): number | undefined => instantOf(`${day}T00:00:00.000Z`);
