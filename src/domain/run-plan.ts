// From a procedure to the walk: which steps come in which order, and what each is there for. Pure.
import type {Phase, PhaseBlock, Procedure, Runbook, Step} from './runbook.ts';
import type {Classify, Item, Role} from './run.ts';

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

/** The steps of a procedure in walking order, and those that are offered when something fails. */
export function planRun(procedure: Procedure, classify: Classify): Plan {
  const make = (block: PhaseBlock, role: Role): Item[] =>
    block.steps.flatMap(step => itemsOf(step, {procedure: procedure.id, phase: block.phase, role, classify}));
  const of = (phase: Phase, role: Role): Item[] =>
    procedure.phases.filter(block => block.phase === phase).flatMap(block => make(block, role));
  const walk = walkingOrder(procedure.phases).flatMap(block => {
    const role = roles[block.phase];
    if (role === undefined) return [];
    return role === 'read' ? readingItems(block, procedure.id, classify) : make(block, role);
  });
  return {walk, safe: of('safe-actions', 'safe'), rollback: of('rollback', 'rollback')};
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
    itemsOf(step, {procedure, phase: block.phase, role: 'look', classify}),
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

interface Place {
  readonly procedure: string;
  readonly phase: Phase;
  readonly role: Role;
  readonly classify: Classify;
  readonly group?: string;
}

/** A step that only groups others gives its children; looks named in `pre`, `verify` and `until` become steps. */
function itemsOf(step: Step, place: Place): Item[] {
  const {procedure, phase, classify, group} = place;
  const kind = classify(step);
  const children = step.children.flatMap(child => itemsOf(child, {...place, group: step.title}));
  const isGroup =
    children.length > 0 &&
    step.command === undefined &&
    step.options === undefined &&
    (!('by' in kind) || kind.by === 'operator');
  if (isGroup && 'by' in kind) return children;
  const acts = place.role === 'look' && step.effect !== 'read' ? 'action' : place.role;
  const role = 'by' in kind && kind.reading === true ? 'read' : acts;
  const shared = {procedure, phase, ...(group === undefined ? {} : {group})};
  return [
    ...looksAround(step, 'pre', {...place, role: 'verify'}),
    {...shared, id: step.id, step, role, kind},
    ...children,
    ...looksAround(step, 'verify', {...place, role: 'verify'}),
    ...looksAround(step, 'until', {...place, role: 'verify'}),
  ];
}

/** The check that `pre`, `verify` or `until` of a step names, as a step of its own before or after it. */
function looksAround(step: Step, key: 'pre' | 'verify' | 'until', place: Place): Item[] {
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
    },
  ];
}
