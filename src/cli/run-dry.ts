// A dry run: every step with what it would do, where, and what stands against it. Nothing is asked, done or recorded.
import {filledIn} from '../domain/fill-in.ts';
import {levelOf, type Item, type Level} from '../domain/run.ts';
import {planRun} from '../domain/run-plan.ts';
import type {Procedure, Runbook} from '../domain/runbook.ts';
import type {Site} from '../domain/site.ts';
import type {AskedVariable, Values} from '../domain/variables.ts';
import type {StepPlan} from '../define.ts';
import type {Plans} from '../engine/run/plans.ts';
import {judgePlan, textsForPlan, type Refusal, type StandingGuard} from '../guards/index.ts';

export interface DryScene {
  readonly runbook: Runbook;
  readonly procedure: Procedure;
  /** Undefined where there is none: the steps are shown all the same. */
  readonly site: Site | undefined;
  readonly service: string;
  readonly plans: Plans;
  readonly guards: readonly StandingGuard[];
  /** What is asked for before anything acts. */
  readonly asked: readonly AskedVariable[];
  /** Variables with a value: given on the command line, or the runbook's defaults. */
  readonly values: Values;
  /** Where commands of this machine run; absent: scripts are not looked at. */
  readonly cwd?: string;
  /** What stands in a script file; undefined: it cannot be had. */
  readonly scriptText: (path: string) => Promise<string | undefined>;
}

/** One step as it would be walked. */
export interface DryStep {
  readonly item: Item;
  readonly plan: StepPlan | undefined;
  readonly problem: string | undefined;
  /** Variables that it cannot do without, and that have no value yet. */
  readonly missing: readonly string[];
  readonly refusals: readonly Refusal[];
}

export interface DryRun {
  readonly walk: readonly DryStep[];
  readonly safe: readonly DryStep[];
  readonly rollback: readonly DryStep[];
  /** Steps that could not be walked, or would be refused. */
  readonly stuck: number;
}

/** The walk of a procedure, judged by the guards. */
export async function dryRun(scene: DryScene): Promise<DryRun> {
  const {runbook, procedure, plans, guards, asked, values, cwd, scriptText} = scene;
  const env = Object.fromEntries(values);
  const dry = async (item: Item): Promise<DryStep> => {
    const planned = plans.planOf(item);
    const filled = planned === undefined ? undefined : filledIn(planned, values);
    const plan =
      planned !== undefined && filled?.at === 'filled'
        ? {...planned, act: filled.act, lines: filled.lines}
        : planned;
    const problem = 'problem' in item.kind ? item.kind.problem : undefined;
    const texts = plan === undefined ? undefined : await textsForPlan(plan, {env, cwd}, scriptText);
    return {
      item,
      plan,
      problem: problem ?? (filled?.at === 'refused' ? filled.problem : undefined),
      missing: filled?.at === 'missing' ? filled.names : [],
      refusals:
        plan === undefined || texts === undefined
          ? []
          : judgePlan(plan, {guards, opened: [], env, cwd, texts}),
    };
  };
  const {walk, safe, rollback} = planRun(procedure, {
    classify: plans.classify,
    asks: asked,
    requires: runbook.meta.requires,
  });
  const each = async (items: readonly Item[]): Promise<readonly DryStep[]> => Promise.all(items.map(dry));
  const made = {walk: await each(walk), safe: await each(safe), rollback: await each(rollback)};
  const all = [...made.walk, ...made.safe, ...made.rollback];
  return {...made, stuck: all.filter(isStuck).length};
}

const isStuck = ({problem, refusals}: DryStep): boolean =>
  problem !== undefined || refusals.some(({certain}) => certain);

/** Everything that a dry run prints, raw text line by line. */
export function dryLines(scene: DryScene, run: DryRun): readonly string[] {
  const {runbook, procedure, site, service} = scene;
  const where = site === undefined ? 'NO SITE' : site.environment.toUpperCase();
  const title = runbook.title === procedure.title ? runbook.title : `${runbook.title}: ${procedure.title}`;
  const trust =
    site === undefined || site.trust.at === 'trusted' ? [] : [`This site is not trusted: ${site.trust.why}`];
  const errors = runbook.problems.filter(({level}) => level === 'error');
  return [
    'DRY RUN  nothing is asked, nothing is done, nothing is recorded',
    `${where}${service === '' ? '' : `  ${service}`}  ${title}`,
    `${runbook.file}  sha256 ${runbook.sha256.slice(0, 12)}`,
    ...trust,
    ...errors.map(({line, code, message}) => `✖ line ${line}: ${code} ${message}`),
    ...(procedure.prohibitions.length === 0 ? [] : ['What not to do:']),
    ...procedure.prohibitions.map(({text}) => `  ✖ ${text}`),
    ...secretLines(runbook),
    ...run.walk.flatMap((step, i) => ['', ...stepLines(step, `${i + 1}`, scene)]),
    ...offered('Offered when something fails:', run.safe, scene),
    ...offered('To undo what ran, newest first:', run.rollback, scene),
    '',
    ...totals(run),
  ];
}

const offered = (heading: string, steps: readonly DryStep[], scene: DryScene): string[] =>
  steps.length === 0 ? [] : ['', heading, ...steps.flatMap(step => stepLines(step, '·', scene))];

function secretLines({meta}: Runbook): string[] {
  const names = Object.keys(meta.secrets);
  return names.length === 0 ? [] : [`Secrets, looked up when a step runs: ${names.join(', ')}`];
}

/** What a step that asks for a variable would get now. */
function inputLines(plan: StepPlan | undefined, values: Values): string[] {
  if (plan?.act.at !== 'input') return [];
  const {name, default: value} = plan.act;
  const given = values.get(name);
  return [
    ...(given === undefined ? [] : [`here: ${name}=${given}`]),
    ...(value === undefined || value === given ? [] : [`default ${value}`]),
  ];
}

function stepLines(
  {item, plan, problem, missing, refusals}: DryStep,
  number: string,
  scene: DryScene,
): string[] {
  const {step, role} = item;
  const machine = 'by' in item.kind && item.kind.by !== 'operator';
  const guessed = machine && step.certainty === 'guessed' ? ', guessed' : '';
  const prompt = plan?.act.at === 'command' || plan?.act.at === 'terminal' ? '$ ' : '';
  const command = plan?.lines ?? step.command?.split('\n') ?? [];
  const rest = [
    ...command.map(line => `  ${prompt}${line}`),
    ...step.detail.filter(line => line !== step.title).flatMap(text => text.split('\n')),
    ...(step.expected === undefined ? [] : [expectedLine(step.expected, plan)]),
    ...(step.options ?? []).map(({answer, link}) => `${answer}${link === undefined ? '' : ` → ${link}`}`),
    ...inputLines(plan, scene.values),
    ...(machine && plan !== undefined ? actLines(item, plan, scene) : []),
    ...(machine || levelOf(item) === 'typed' ? [confirmations[levelOf(item)](targetIn(item, scene))] : []),
    ...aroundLines(item),
    ...(missing.length === 0 ? [] : [`asks for ${missing.join(', ')} first`]),
    ...(problem === undefined ? [] : [`✖ cannot be walked: ${problem}`]),
    ...refusals.map(refusalLine),
  ];
  return [
    `${number.padStart(3)}  ${step.title}`,
    `     ${role}, ${step.type}, ${step.effect}${guessed}, line ${step.line}${item.group === undefined ? '' : `, in "${item.group}"`}`,
    ...rest.map(line => `       ${line}`),
  ];
}

const expectedLine = (expected: string, plan: StepPlan | undefined): string =>
  plan?.expected === undefined
    ? `expected: ${expected}`
    : `expected: ${expected}; however it ends, you say whether it was so`;

const targetIn = ({step}: Item, {service, procedure}: DryScene): string =>
  step.attributes.target ?? (service === '' ? procedure.id : service);

const confirmations: Record<Level, (target: string) => string> = {
  enter: () => 'confirmed by Enter',
  yes: () => 'confirmed by y',
  typed: target => `confirmed by typing "${target}"`,
};

const seconds = (ms: number): string => `${ms / 1000} s`;

function actLines(item: Item, plan: StepPlan, scene: DryScene): string[] {
  const {timeoutMs, graceMs, atLimit, on, runAs, expect, capture, retries, onDisconnect, uses = []} = plan;
  const limit =
    atLimit === 'kill'
      ? `time limit ${seconds(timeoutMs)}, then TERM, ${seconds(graceMs)}, KILL`
      : `asks after ${seconds(timeoutMs)} and keeps running`;
  const lines = [
    `on ${on ?? 'local'}${runAs === undefined ? '' : ` as ${runAs}`}, target ${targetIn(item, scene)}, ${limit}`,
  ];
  if (uses.length > 0) {
    const known = uses.map(name => {
      const value = scene.values.get(name);
      return value === undefined ? name : `${name}=${value}`;
    });
    lines.push(`gets ${known.join(', ')}`);
  }
  if (expect !== undefined)
    lines.push(
      typeof expect === 'number' ? `expects status ${expect}` : `expects the text ${JSON.stringify(expect)}`,
    );
  if (capture !== undefined)
    lines.push(
      `keeps ${capture.re === undefined ? 'its output' : `/${capture.re}/ of its output`} as ${capture.name}`,
    );
  if (retries !== undefined && retries > 0) lines.push(`tried again up to ${retries} times`);
  if (onDisconnect !== undefined && onDisconnect !== 'finish')
    lines.push(`when the connection is lost: ${onDisconnect}`);
  return lines;
}

/** What the annotations say about before and after. */
function aroundLines({step: {attributes}}: Item): string[] {
  const {when, pre, verify, until, rollback} = attributes;
  return [
    ...(when === undefined ? [] : [`only when ${when}`]),
    ...(pre === undefined ? [] : [`before: ${pre} must pass`]),
    ...(verify === undefined ? [] : [`verified by ${verify}`]),
    ...(until === undefined ? [] : [`waits until ${until} passes`]),
    ...(rollback === undefined ? [] : [`undone by ${rollback}`]),
  ];
}

function refusalLine({guard, title, line, pattern, matched, absolute, certain}: Refusal): string {
  const at = line === 0 ? '' : `, line ${line}`;
  if (!certain) return `! cannot be judged (${title}): asks for a typed confirmation: ${matched}`;
  const way = absolute ? 'nothing opens it' : `opened only by \`quarterdeck breakglass open ${guard}\``;
  return `✖ refused by ${guard}${at}: ${title} (${pattern} matches ${matched}); ${way}`;
}

function totals({walk, safe, rollback}: DryRun): string[] {
  const count = (of: (step: DryStep) => boolean): number => walk.filter(of).length;
  const machine = ({item}: DryStep): boolean => 'by' in item.kind && item.kind.by !== 'operator';
  const facts = [
    `${count(machine)} by machine`,
    `${count(step => machine(step) && step.item.step.effect === 'write')} write`,
    `${count(step => machine(step) && step.item.step.effect === 'irreversible')} irreversible`,
    `${count(step => machine(step) && step.item.step.certainty === 'guessed')} guessed`,
  ];
  const all = [...walk, ...safe, ...rollback];
  const refused = all.filter(({refusals}) => refusals.some(({certain}) => certain)).length;
  const broken = all.filter(({problem}) => problem !== undefined).length;
  return [
    `${walk.length} steps: ${facts.join(', ')}; ${safe.length} safe actions, ${rollback.length} to undo`,
    ...(refused === 0 ? [] : [`✖ ${refused} would be refused by a guard`]),
    ...(broken === 0 ? [] : [`✖ ${broken} cannot be walked`]),
  ];
}
