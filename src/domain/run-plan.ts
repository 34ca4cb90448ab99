// From a procedure to the walk: which steps come in which order, and what each is there for. Pure.
import type {Phase, PhaseBlock, Procedure, Runbook, Step} from './runbook.ts';
import type {Classify, Condition, Item, Role} from './run.ts';
import type {AskedVariable} from './variables.ts';

/** Phases that are read, not walked. */
const readPhases: readonly Phase[] = ['trigger', 'impact'];

/** What the steps of a phase are there for; a phase that is not here is shown, not walked. */
const roles: Partial<Record<Phase, Role>> = {
  trigger: 'read',
  impact: 'read',
  preconditions: 'precondition',
  diagnose: 'look',
  procedure: 'action',
  verify: 'verify',
  'exit-criteria': 'verify',
};

export interface Plan {
  readonly walk: readonly Item[];
  readonly safe: readonly Item[];
  readonly rollback: readonly Item[];
}

export const findProcedure = (runbook: Runbook, id: string): Procedure | undefined =>
  runbook.procedures.find(procedure => procedure.id === id);

/** The procedure that a file is walked from when none is named: the only one that no answer of the others leads to. */
export function entryProcedure(runbook: Runbook): Procedure | undefined {
  const links = (steps: readonly Step[]): string[] =>
    steps.flatMap(({options = [], children}) => [
      ...options.flatMap(({link}) => (link?.startsWith('#') === true ? [link.slice(1)] : [])),
      ...links(children),
    ]);
  const led = new Set(runbook.procedures.flatMap(({phases}) => phases.flatMap(({steps}) => links(steps))));
  const entries = runbook.procedures.filter(({id}) => !led.has(id));
  return entries.length === 1 ? entries[0] : undefined;
}

/** What a plan needs beside the procedure. */
export interface Planning {
  readonly classify: Classify;
  /** The linked file that the procedure stands in. */
  readonly file?: string | undefined;
  /** Variables that are asked for before anything acts. */
  readonly asks?: readonly AskedVariable[];
  /** Commands that must exist. */
  readonly requires?: readonly string[];
}

/** The steps of a procedure in walking order, and those that are offered when something fails. */
export function planRun(procedure: Procedure, planning: Planning): Plan {
  const {file, asks = [], requires = []} = planning;
  const classify: Classify = step => planning.classify(step, file);
  const from = file === undefined ? {} : {file};
  const make = (block: PhaseBlock, role: Role): Item[] =>
    block.steps.flatMap(step =>
      itemsOf(step, {procedure: procedure.id, phase: block.phase, role, classify, conditions: []}),
    );
  const of = (phase: Phase, role: Role): Item[] =>
    procedure.phases.filter(block => block.phase === phase).flatMap(block => make(block, role));
  const walk = walkingOrder(procedure.phases).flatMap(block => {
    const role = roles[block.phase];
    if (role === undefined) return [];
    return role === 'read' ? readingItems(block, procedure.id, classify) : make(block, role);
  });
  const read = walk.filter(({phase}) => readPhases.includes(phase));
  const rest = walk.filter(({phase}) => !readPhases.includes(phase));
  const found = rest.findIndex(({role, kind}) => role === 'action' || role === 'look' || isRun(kind));
  const first = found === -1 ? rest.length : found;
  const inputs = asks.map(variable => inputItem(variable, procedure, classify));
  const must = requires.length === 0 ? [] : [requiresItem(requires, procedure)];
  const placed = (items: readonly Item[]): Item[] => items.map(item => ({...item, ...from}));
  return {
    walk: placed([...read, ...must, ...rest.slice(0, first), ...inputs, ...rest.slice(first)]),
    safe: placed(of('safe-actions', 'safe')),
    rollback: placed(of('rollback', 'rollback')),
  };
}

const isRun = (kind: Item['kind']): boolean =>
  'by' in kind && (kind.by === 'runner' || kind.by === 'terminal');

/** A step that stands in no file: the run asks for something by itself. */
const ownStep = (step: Pick<Step, 'id' | 'type' | 'title' | 'line' | 'detail' | 'attributes'>): Step => ({
  ...step,
  effect: 'read',
  certainty: 'annotated',
  children: [],
});

function inputItem(variable: AskedVariable, {id, line}: Procedure, classify: Classify): Item {
  const {name, description, default: value, pattern} = variable;
  const step = ownStep({
    id: `${id}/value-${name}`,
    type: 'input',
    title: description === '' ? name : description,
    line,
    detail: [],
    attributes: {
      var: name,
      ...(value === undefined ? {} : {default: value}),
      ...(pattern === undefined ? {} : {pattern}),
    },
  });
  const kind = classify(step);
  // The variable itself knows best whether its value may look like an option.
  const asks = 'by' in kind && kind.asks?.at === 'value' ? {...kind.asks, may: variable.may} : undefined;
  return {
    id: step.id,
    step,
    phase: 'procedure',
    role: 'action',
    kind: asks === undefined ? kind : {...kind, asks},
    procedure: id,
  };
}

function requiresItem(requires: readonly string[], {id, line}: Procedure): Item {
  const step = ownStep({
    id: `${id}/requires`,
    type: 'check',
    title: `Commands that must exist: ${requires.join(', ')}`,
    line,
    detail: [],
    attributes: {},
  });
  return {
    id: step.id,
    step,
    phase: 'preconditions',
    role: 'precondition',
    kind: {by: 'engine'},
    procedure: id,
    requires,
  };
}

/** Reading first, then preconditions, then the file's order; a verify that stands before every action comes last. */
function walkingOrder(blocks: readonly PhaseBlock[]): readonly PhaseBlock[] {
  const read = blocks.filter(block => readPhases.includes(block.phase));
  const pre = blocks.filter(block => block.phase === 'preconditions');
  const rest = blocks.filter(block => !read.includes(block) && !pre.includes(block));
  const firstAction = rest.findIndex(
    block => roles[block.phase] === 'action' || roles[block.phase] === 'look',
  );
  const early = rest.slice(0, Math.max(firstAction, 0)).filter(block => roles[block.phase] === 'verify');
  return [...read, ...pre, ...rest.filter(block => !early.includes(block)), ...early];
}

/** A trigger or impact is one thing to read; what it holds for machines is walked as a look. */
function readingItems(block: PhaseBlock, procedure: string, classify: Classify): Item[] {
  const items = block.steps.flatMap(step =>
    itemsOf(step, {procedure, phase: block.phase, role: 'look', classify, conditions: []}),
  );
  const machine = items.filter(item => !('by' in item.kind) || item.kind.by !== 'operator');
  const detail = [
    ...block.prose,
    ...items.filter(item => !machine.includes(item)).map(item => `- ${item.step.title}`),
  ];
  if (detail.length === 0) return machine;
  const step: Step = {
    id: `${procedure}/${block.phase}-${block.line}`,
    type: 'note',
    title: block.title === '' ? block.phase : block.title,
    line: block.line,
    effect: 'read',
    certainty: 'annotated',
    detail,
    attributes: {},
    children: [],
  };
  return [
    {id: step.id, step, phase: block.phase, role: 'read', kind: {by: 'operator'}, procedure},
    ...machine,
  ];
}

interface Spot {
  readonly procedure: string;
  readonly phase: Phase;
  readonly role: Role;
  readonly classify: Classify;
  readonly group?: string;
  /** Of the steps around it. */
  readonly conditions: readonly Condition[];
}

/** A step that only groups others gives its children; looks named in `pre`, `verify` and `until` become steps. */
function itemsOf(step: Step, around: Spot): Item[] {
  const {when} = step.attributes;
  const own = when === undefined ? [] : [{step: step.id, text: when}];
  const spot: Spot = {...around, conditions: [...around.conditions, ...own]};
  const {procedure, phase, classify, group, conditions} = spot;
  const kind = classify(step);
  const children = step.children.flatMap(child => itemsOf(child, {...spot, group: step.title}));
  const isGroup =
    children.length > 0 &&
    step.command === undefined &&
    step.options === undefined &&
    (!('by' in kind) || (kind.by === 'operator' && kind.asks === undefined));
  const acts = spot.role === 'look' && step.effect !== 'read' ? 'action' : spot.role;
  const role = 'by' in kind && kind.reading === true ? 'read' : acts;
  const shared = {
    procedure,
    phase,
    ...(group === undefined ? {} : {group}),
    ...(conditions.length === 0 ? {} : {conditions}),
  };
  return [
    ...looksAround(step, 'pre', {...spot, role: 'verify'}),
    ...(isGroup && 'by' in kind ? [] : [{...shared, id: step.id, step, role, kind}]),
    ...children,
    ...looksAround(step, 'verify', {...spot, role: 'verify'}),
    ...looksAround(step, 'until', {...spot, role: 'verify'}),
  ];
}

/** The check that `pre`, `verify` or `until` of a step names, as a step of its own before or after it. */
function looksAround(step: Step, key: 'pre' | 'verify' | 'until', place: Spot): Item[] {
  const check = step.attributes[key];
  const own = step.attributes.check !== undefined || step.attributes.panel !== undefined;
  // A step that is itself a look or a wait uses these attributes itself.
  const kind = place.classify(step);
  if (check === undefined || own || ('by' in kind && kind.by === 'engine')) return [];
  const {within, timeout} = step.attributes;
  const limit = within ?? (key === 'until' ? timeout : undefined);
  const look: Step = {
    id: `${step.id}.${key}`,
    type: key === 'until' ? 'wait' : 'check',
    title: key === 'until' ? `Wait until ${check} passes` : `Check ${check}`,
    line: step.line,
    effect: 'read',
    certainty: 'annotated',
    detail: [],
    attributes: {
      ...(key === 'until' ? {until: check} : {check}),
      ...(limit === undefined ? {} : {within: limit}),
    },
    children: [],
  };
  return [
    {
      id: look.id,
      step: look,
      phase: place.phase,
      role: place.role,
      kind: place.classify(look),
      procedure: place.procedure,
      group: step.title,
      ...(place.conditions.length === 0 ? {} : {conditions: place.conditions}),
    },
  ];
}
