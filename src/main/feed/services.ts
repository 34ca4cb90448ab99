// Check states → what the service screens show.
import {show} from '../../domain/show.ts';
import type {Service, Site} from '../../domain/site.ts';
import {runbooksFor} from '../../domain/runbook-find.ts';
import type {Runbook} from '../../domain/runbook.ts';
import {rollUp, type Panel, type Verdict} from '../../domain/verdict.ts';
import type {CheckState} from '../../engine/monitor/index.ts';
import type {CheckView, ServiceView} from '../../state/model.ts';

export interface ServiceFacts {
  readonly site: Pick<Site, 'services'>;
  readonly states: readonly CheckState[];
  readonly runbooks: readonly Runbook[];
  /** One verdict per minute of the last hour, by service. */
  readonly strips: ReadonlyMap<string, readonly (Verdict | undefined)[]>;
  /** Who walks a run on which service right now. */
  readonly attended: ReadonlyMap<string, string>;
  /** What a check (`service/check`) depends on that is down, so that nobody is told about it. */
  readonly held: ReadonlyMap<string, string>;
}

export const serviceViews = (facts: ServiceFacts): readonly ServiceView[] =>
  facts.site.services.map(service => serviceView(service, facts));

function serviceView(
  service: Service,
  {states, runbooks, strips, attended, held}: ServiceFacts,
): ServiceView {
  const own = states.filter(({spec}) => spec.service === service.id);
  const counted = own.filter(({spec}) => spec.rollup);
  const whole = summary(counted);
  const bad = counted
    .filter(({hard}) => hard === 'fail' || hard === 'unknown')
    .flatMap(({sinceMs}) => sinceMs ?? []);
  const seen = own.flatMap(({seenMs}) => seenMs ?? []);
  const who = attended.get(service.id);
  return {
    id: service.id,
    title: show(service.title),
    owner: service.owner === undefined ? undefined : show(service.owner),
    verdict: whole?.verdict ?? 'unknown',
    stale: whole?.stale ?? false,
    health: summary(inPanel(counted, 'health')),
    readiness: summary(inPanel(counted, 'readiness')),
    checks: own.map(state => checkView(state, held.get(`${service.id}/${state.spec.id}`))),
    strip: strips.get(service.id) ?? [],
    // The oldest look decides how fresh the row is.
    seenMs:
      own.length === 0 || seen.length < own.length
        ? undefined
        : seen.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER),
    failingSinceMs:
      bad.length === 0 || (whole?.verdict !== 'fail' && whole?.verdict !== 'unknown')
        ? undefined
        : Math.min(...bad),
    runbooks: runbooksOf(service, {own, runbooks}),
    attended: who === undefined ? undefined : show(who),
  };
}

const inPanel = (states: readonly CheckState[], panel: Panel): readonly CheckState[] =>
  states.filter(({spec}) => spec.panel === panel);

/** Stale as soon as one that matters is: what was not looked at lately says nothing about now. */
function summary(states: readonly CheckState[]): {verdict: Verdict; stale: boolean} | undefined {
  if (states.length === 0) return undefined;
  return {verdict: rollUp(states.map(verdictOf)), stale: states.some(({stale}) => stale)};
}

const verdictOf = ({last}: CheckState): Verdict => last?.verdict ?? 'unknown';

function checkView(state: CheckState, heldBy: string | undefined): CheckView {
  const {spec, last, stale, seenMs, sinceMs, phase, strikes} = state;
  return {
    id: show(spec.id),
    panel: spec.panel,
    type: spec.type,
    verdict: verdictOf(state),
    stale,
    message: show(last?.message ?? 'not looked at yet'),
    expected: last?.expected === undefined ? undefined : show(last.expected),
    actual: last?.actual === undefined ? undefined : show(last.actual),
    parts: (last?.parts ?? []).map(({name, verdict, message}) => ({
      name: show(name),
      verdict,
      message: show(message),
    })),
    seenMs,
    sinceMs,
    severity: last?.severity ?? spec.severity,
    durationMs: last?.durationMs,
    phase,
    flapping: strikes.flapping !== undefined,
    rollup: spec.rollup,
    dependsOn: spec.dependsOn ?? [],
    heldBy: heldBy === undefined ? undefined : show(heldBy),
  };
}

type Links = ServiceView['runbooks'];

/** What was found for an alert, until the runbooks are others: states change every few seconds. */
const found = new WeakMap<readonly Runbook[], Map<string, Links>>();

/** What the site names for the service; while a check fails, what else is about it, the best first. */
function runbooksOf(
  {id, runbooks: suggested, labels}: Service,
  {own, runbooks}: {readonly own: readonly CheckState[]; readonly runbooks: readonly Runbook[]},
): Links {
  const named = suggested.map(name => runbookLink(name, runbooks));
  const failing = own.find(state => state.spec.rollup && verdictOf(state) === 'fail');
  if (failing === undefined) return named;
  const parts = (failing.last?.parts ?? []).flatMap(({name, verdict}) => (verdict === 'fail' ? [name] : []));
  const known = found.get(runbooks) ?? new Map<string, Links>();
  found.set(runbooks, known);
  const key = JSON.stringify([id, failing.spec.id, parts]);
  const links =
    known.get(key) ??
    runbooksFor({service: id, suggested, tags: labels, check: failing.spec.id, parts, runbooks}).map(
      ({runbook, procedure, why}) => ({
        id: runbook.id,
        procedure: procedure?.id,
        title: show(procedure?.title ?? runbook.title),
        why: show(why.join(', ')),
      }),
    );
  known.set(key, links);
  return [...named.filter(one => !links.some(({id: other}) => other === one.id)), ...links];
}

/** `database-unavailable`, or `file#procedure`. */
function runbookLink(name: string, runbooks: readonly Runbook[]): ServiceView['runbooks'][number] {
  const [id = name, procedure] = name.split('#');
  const runbook = runbooks.find(one => one.id === id);
  const part = runbook?.procedures.find(one => one.id === procedure);
  return {id, procedure, title: show(part?.title ?? runbook?.title ?? name), why: undefined};
}
