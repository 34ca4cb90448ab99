// What the list of step types says about the steps of one runbook and of the files that it links to.
import {gotoOf, placeOf} from '../../domain/run-moves.ts';
import type {Asks, Book, Classified, Item, Place} from '../../domain/run.ts';
import type {Runbook, Step, Variable} from '../../domain/runbook.ts';
import {variablesOf, type Need} from '../../domain/variables.ts';
import {readPattern} from '../../pattern.ts';
import type {StepDefinition, StepPlan, StepSetting} from '../../define.ts';

export type Linked = ReadonlyMap<string, Runbook>;

export interface Plans extends Book {
  readonly linked: Linked;
  /** Exactly what the step would do, before values are filled in; undefined when it cannot be walked. */
  readonly planOf: (item: Item) => StepPlan | undefined;
  /** The file that the item stands in. */
  readonly runbookOf: (item: Item) => Runbook;
  /** Where the link of an answer leads; undefined when it leads to no steps. */
  readonly leads: (link: string, file: string | undefined) => Lead | undefined;
  /** Names that steps cannot do without and that `isSet` in the environment already. */
  readonly ambient: (isSet: (name: string) => boolean) => readonly string[];
}

export type Lead = {readonly goto: string} | {readonly problem: string};

/** A type that is not in the list, or a step that cannot be planned, is a problem that stops the walk there. */
export function plansFor(
  runbook: Runbook,
  definitions: readonly StepDefinition[],
  site: StepSetting['site'] = {},
  linked: Linked = new Map(),
): Plans {
  const fileOf = (file: string | undefined): Runbook =>
    file === undefined ? runbook : (linked.get(file) ?? runbook);
  // The walk is folded anew at every entry, and a plan of a script is parsed: once for each step is enough.
  const made = new WeakMap<Step, Planned | NotPlanned>();
  const plan = (step: Step, file: string | undefined): Planned | NotPlanned => {
    const known = made.get(step) ?? planned(step, file);
    made.set(step, known);
    return known;
  };
  const planned = (step: Step, file: string | undefined): Planned | NotPlanned => {
    const definition = definitions.find(({type}) => type === step.type);
    if (definition === undefined) {
      const known = definitions.map(({type}) => type).join(', ');
      return {
        problem: `"${step.type}" (line ${step.line}) is no step type that this version walks; it knows ${known}`,
      };
    }
    const done = planStep(step, {definition, of: fileOf(file), site, shared: runbook.meta.vars});
    if (!('problem' in done)) return {definition, plan: done};
    const problem = `line ${step.line}: ${done.problem}`;
    return definition.neverSkipped === true ? {problem, never: true} : {problem};
  };
  const needsOf = ({procedure, file}: Pick<Place, 'procedure' | 'file'>): readonly Need[] =>
    procedure.phases
      .flatMap(({steps}) => allSteps(steps))
      .flatMap(step => {
        const one = plan(step, file);
        return 'problem' in one ? [] : (one.plan.needs ?? []).map(name => ({name, step}));
      });
  const book: Book = {
    runbook,
    linked,
    classify: (step, file) => classified(plan(step, file)),
    asks: ({runbook: of, procedure, file}, ambient) =>
      variablesOf(of, procedure, {
        needs: needsOf({procedure, file}),
        isSet: name => ambient.includes(name),
      }),
  };
  return {
    ...book,
    linked,
    planOf: ({step, file, requires}) => {
      if (requires !== undefined) return requiresPlan(requires);
      const one = plan(step, file);
      return 'problem' in one ? undefined : one.plan;
    },
    runbookOf: ({file}) => fileOf(file),
    leads: (link, file) => lead(book, link, file),
    ambient: isSet => {
      const files: readonly (readonly [string | undefined, Runbook])[] = [[undefined, runbook], ...linked];
      const names = files.flatMap(([file, {procedures}]) =>
        procedures.flatMap(procedure => needsOf({procedure, file}).map(({name}) => name)),
      );
      return [...new Set(names)].filter(isSet);
    },
  };
}

interface StepPlanning {
  readonly definition: StepDefinition;
  /** The file that the step stands in. */
  readonly of: Pick<Runbook, 'meta' | 'placeholders'>;
  readonly site: StepSetting['site'];
  /** What the runbook declares, where that file says nothing of a variable. */
  readonly shared?: readonly Variable[];
}

/** What a step would do: as its type says, and as `vars` declare the variable that it asks for, or that takes its output. */
export function planStep(
  step: Step,
  {definition, of: {meta, placeholders}, site, shared = []}: StepPlanning,
): StepPlan | {readonly problem: string} {
  const vars = [...meta.vars, ...shared];
  const plan = definition.plan(asDeclared(step, vars), {
    shell: meta.shell,
    placeholders,
    secrets: Object.keys(meta.secrets),
    site,
  });
  if ('problem' in plan) return plan;
  if (plan.capture === undefined) return {...plan, ...inWords(step, {definition, plan})};
  const {name} = plan.capture;
  const pattern = vars.find(one => one.name === name)?.pattern;
  if (pattern === undefined) return plan;
  const read = readPattern(pattern);
  return 'problem' in read
    ? {problem: `"vars": the pattern of ${name}: ${read.problem}`}
    : {...plan, capture: {...plan.capture, pattern}};
}

/** What the file says in words counts where nothing else tells how a program's end is judged. */
function inWords(
  {expected}: Step,
  {definition: {by}, plan}: {readonly definition: StepDefinition; readonly plan: StepPlan},
): Pick<StepPlan, 'expected'> {
  const isProgram = by === 'runner' || by === 'terminal';
  return expected === undefined || plan.expect !== undefined || !isProgram ? {} : {expected};
}

/** An `input` step takes what is declared of its variable, where it says nothing of its own. */
function asDeclared(step: Step, vars: readonly Variable[]): Step {
  const declared = step.type === 'input' ? vars.find(({name}) => name === step.attributes.var) : undefined;
  if (declared === undefined) return step;
  const {pattern, default: value} = declared;
  const said = {
    ...(pattern === undefined ? {} : {pattern}),
    ...(value === undefined ? {} : {default: value}),
  };
  return {...step, attributes: {...said, ...step.attributes}};
}

interface Planned {
  readonly definition: StepDefinition;
  readonly plan: StepPlan;
}

interface NotPlanned {
  readonly problem: string;
  readonly never?: boolean;
}

const allSteps = (steps: readonly Step[]): readonly Step[] =>
  steps.flatMap(step => [step, ...allSteps(step.children)]);

function classified(planned: Planned | NotPlanned): Classified {
  if ('problem' in planned) return planned;
  const {definition, plan} = planned;
  const {by, reading = false} = definition;
  const asks = asksFor(plan);
  return {by, reading, ...(asks === undefined ? {} : {asks})};
}

function asksFor({act}: StepPlan): Asks | undefined {
  if (act.at === 'attest') return {at: 'note'};
  if (act.at !== 'input') return undefined;
  return {...act, at: 'value'};
}

/** A look for commands, which the console does by itself. */
const requiresPlan = (names: readonly string[]): StepPlan => ({
  act: {at: 'look', until: false},
  lines: [`look for the commands ${names.join(', ')}`],
  timeoutMs: 10_000,
  graceMs: 0,
  atLimit: 'kill',
});

/** A link within the file that is no procedure is text; one into another file must lead to steps that are pinned. */
function lead(book: Book, link: string, file: string | undefined): Lead | undefined {
  const place = placeOf(book, link, file);
  if (place !== undefined) return {goto: gotoOf(place)};
  if (link.startsWith('#') || !/\.(?:md|markdown)(?:#|$)/i.test(link)) return undefined;
  if (/^[a-z][a-z0-9+.-]*:/i.test(link)) return undefined;
  return {problem: `"${link}" leads to no procedure that is pinned with this run`};
}
