// From a prepared step to the job of a step runner, field by field.
import {current, targetOf, type Item, type RunState} from '../../domain/run.ts';
import type {StepPlan} from '../../define.ts';
import type {Job} from '../runner/job.ts';
import {folderFor, type Prepared} from './prepare.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {RunWorld} from './world.ts';

interface JobScene {
  readonly world: RunWorld;
  readonly state: RunState;
  readonly runbook: Runbook;
  readonly prepared: Prepared;
}

/** The job for the step runner; undefined when the plan is nothing that a runner does. */
export function jobFor({world, state, runbook, prepared}: JobScene, item: Item): Job | undefined {
  const {plan, vars} = prepared;
  const act = plan === undefined ? undefined : actFor(plan);
  if (plan === undefined || act === undefined) return undefined;
  const {attempt} = current(state)?.state ?? {attempt: 1};
  const {on, runAs, retries, capture, onDisconnect, login, maxOutputBytes, expect, expected} = plan;
  const {cwd} = runbook.meta;
  return {
    v: 1,
    ledger: {dir: world.ledger.dir, ...placeOf(world.ledger.origin), version: world.version},
    actor: world.actor,
    run: state.run,
    step: item.id,
    attempt,
    confirm: state.head,
    fence: state.fence,
    runbook: runbook.sha256,
    effect: item.step.effect,
    target: targetOf(state, item),
    act,
    timeoutMs: plan.timeoutMs,
    graceMs: plan.graceMs,
    atLimit: plan.atLimit,
    console: world.processes.self(),
    cwd: folderFor(world, runbook, plan),
    vars: {...vars},
    ...(expect === undefined ? {} : {expect}),
    ...(expected === undefined ? {} : {expected}),
    ...(on === undefined ? {} : {on, ...(cwd === undefined ? {} : {remoteCwd: cwd})}),
    ...(runAs === undefined ? {} : {runAs}),
    ...(retries === undefined ? {} : {retries}),
    ...(capture === undefined ? {} : {capture}),
    ...(onDisconnect === undefined ? {} : {onDisconnect}),
    ...(onDisconnect === 'detach' && world.onward !== undefined
      ? {onward: onwardOf(world.onward(state.run))}
      : {}),
    ...(login === undefined ? {} : {login}),
    ...(maxOutputBytes === undefined ? {} : {maxOutputBytes}),
  };
}

/** As the schema has it, which is not read-only. */
const onwardOf = ([program, ...words]: readonly [string, ...string[]]): Job['onward'] => [program, ...words];

/** What the runner does, as its schema has it (which is not read-only). */
function actFor({act}: StepPlan): Job['act'] | undefined {
  switch (act.at) {
    case 'command':
      return {at: 'command', argv: [...act.argv]};
    case 'terminal':
      return {at: 'terminal', argv: [...act.argv]};
    case 'http':
      return {...act, headers: {...act.headers}};
    case 'sql':
      return {at: 'sql', source: {...act.source}, text: act.text};
    case 'promql':
      return {at: 'promql', source: {...act.source}, text: act.text};
    case 'collect':
      return {
        at: 'collect',
        items: act.items.map(item => (item.at === 'command' ? {...item, argv: [...item.argv]} : {...item})),
      };
    case 'look':
    case 'pause':
    case 'gate':
    case 'input':
    case 'attest':
    case 'person':
      return undefined;
  }
}

/** Site and host as the log's own name says them: `quarterdeck/<site>/<host>/<id>`. */
function placeOf(origin: string): {readonly site: string; readonly host: string} {
  const [, site = 'site', host = 'host'] = origin.split('/');
  return {site, host};
}
