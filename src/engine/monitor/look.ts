// One look: runs a check within its limit and gives a result whatever happens.
import type {AnyCheck, CheckContext, Ports} from '../../define.ts';
import type {CheckSpec, Site} from '../../domain/site.ts';
import {timestamp} from '../../domain/time.ts';
import {honest} from '../../domain/verdict.ts';
import type {CheckResult, Look} from '../../domain/verdict.ts';
import type {Cancel} from '../../ports.ts';
import {attestationsFrom} from './attested.ts';
import {runCanary} from './canary.ts';
import {reaching} from './reach.ts';

export interface LookRequest {
  readonly spec: CheckSpec;
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly trusted: boolean;
  readonly siteDir?: string | undefined;
  /** What the site says about looking as such. */
  readonly site?: SiteFacts | undefined;
  /** Aborted when whoever asked stops. */
  readonly signal: AbortSignal;
  readonly input: CheckContext['input'];
}

export type SiteFacts = Pick<Site, 'sources' | 'network'> & Partial<Pick<Site, 'services'>>;

/** How long past its limit a check may take to clean up (a command is killed after its grace) before it is given up. */
const cleanUpMs = 10_000;

const unknown = (kind: Look['kind'], message: string): Look => ({
  verdict: 'unknown',
  kind,
  checked: 0,
  message,
});

/** What AbortSignal.timeout would give, without its timer. */
function timeLimit(): Error {
  const error = new Error('time limit');
  error.name = 'TimeoutError';
  return error;
}

async function run(definition: AnyCheck, request: LookRequest): Promise<Look> {
  const {spec, ports, trusted, siteDir, site, signal, input} = request;
  const limit = new AbortController();
  const stop = (): void => {
    limit.abort(signal.reason);
  };
  signal.addEventListener('abort', stop, {once: true});
  if (signal.aborted) stop();
  let cancel: Cancel = () => undefined;
  const givenUp = new Promise<Look>(resolve => {
    cancel = ports.clock.after(spec.timeoutMs, () => {
      cancel = ports.clock.after(cleanUpMs, () => {
        resolve(unknown('hang', `the check itself did not end within ${spec.timeoutMs + cleanUpMs} ms`));
      });
      limit.abort(timeLimit());
    });
  });
  try {
    const limits = {signal: limit.signal, timeoutMs: spec.timeoutMs};
    const context: CheckContext = {
      // A site that is not trusted does not choose what may be reached.
      ...reaching(ports, trusted ? (site?.network?.allow ?? []) : []),
      service: site?.services?.find(({id}) => id === spec.service),
      sources: site?.sources ?? [],
      heal: async wanted => {
        if (!trusted) return {at: 'refused', kind: 'permission', message: 'the site is not trusted'};
        return ports.heal.narrow({...wanted, service: spec.service, check: spec.id});
      },
      host: await ports.hosts.open(spec.host, limits),
      signal: limit.signal,
      timeoutMs: spec.timeoutMs,
      trusted,
      input,
      previous: input(spec.id),
      attestations: attestationsFrom(ports.records, spec),
      ...(siteDir === undefined ? {} : {siteDir}),
    };
    return await Promise.race([definition.run(spec.params, context), givenUp]);
  } catch (error) {
    return unknown(
      'config',
      `the check could not run: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

async function lookFor(request: LookRequest): Promise<Look> {
  const {spec, checks, trusted} = request;
  const definition = checks.find(({type}) => type === spec.type);
  if (definition === undefined) return unknown('config', `there is no check type ${spec.type}`);
  // Another host would be contacted, with this account's keys, because a file says so.
  if ((definition.needsTrust || spec.host !== undefined) && !trusted)
    return unknown('permission', 'not run: the site is not trusted; `quarterdeck site trust` changes that');
  if (definition.mutates === undefined) return run(definition, request);
  const {mutates} = definition;
  const {records} = request.ports;
  return runCanary({spec, mutates, records, run: async () => run(definition, request)});
}

/** The result of looking now. Never throws; a pass that checked nothing comes back as `unknown` (vacuous). */
export async function lookOnce(request: LookRequest): Promise<CheckResult> {
  const {spec, ports} = request;
  const at = timestamp(ports.clock.nowMs());
  const began = ports.clock.monoMs();
  const look = honest(await lookFor(request));
  const {service, id: check, type, panel} = spec;
  return {...look, service, check, type, panel, at, durationMs: Math.round(ports.clock.monoMs() - began)};
}

/** The other checks of the service that this one compares; none when its type or fields are not known. */
export function inputsOf(spec: CheckSpec, checks: readonly AnyCheck[]): readonly string[] {
  try {
    return checks.find(({type}) => type === spec.type)?.inputs(spec.params) ?? [];
  } catch {
    return [];
  }
}
