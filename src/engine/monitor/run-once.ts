// Looking once, without slots, strikes or memory: for `check` and for the check steps of runbooks.
import PQueue from 'p-queue';
import type {AnyCheck, Ports} from '../../define.ts';
import type {CheckSpec} from '../../domain/site.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import {inputsOf, lookOnce, type SiteFacts} from './look.ts';

export interface RunOnceRequest {
  readonly specs: readonly CheckSpec[];
  /** Every check of the site: checks that compare are given their inputs from here, looked at first. */
  readonly all?: readonly CheckSpec[];
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly trusted: boolean;
  readonly siteDir?: string;
  readonly site?: SiteFacts;
  readonly signal?: AbortSignal;
}

const concurrency = 8;

const nameOf = (service: string, check: string): string => `${service}/${check}`;

/** One result for each of `specs`, in their order. */
export async function runOnce(request: RunOnceRequest): Promise<readonly CheckResult[]> {
  const {specs, all = specs, checks, ports, trusted, siteDir, site} = request;
  const signal = request.signal ?? new AbortController().signal;
  const results = new Map<string, CheckResult>();
  const queue = new PQueue({concurrency});
  const look = async (spec: CheckSpec): Promise<void> => {
    const input = (check: string) => results.get(nameOf(spec.service, check));
    const result = await queue.add(() =>
      lookOnce({spec, checks, ports, trusted, siteDir, site, signal, input}),
    );
    results.set(nameOf(spec.service, spec.id), result);
  };
  const needed = new Set(
    specs.flatMap(spec => inputsOf(spec, checks).map(check => nameOf(spec.service, check))),
  );
  const isChosen = new Set(specs.map(spec => nameOf(spec.service, spec.id)));
  const wanted = all.filter(
    ({service, id}) => isChosen.has(nameOf(service, id)) || needed.has(nameOf(service, id)),
  );
  const compares = (spec: CheckSpec): boolean => inputsOf(spec, checks).length > 0;
  await Promise.all(wanted.filter(spec => !compares(spec)).map(look));
  await Promise.all(wanted.filter(compares).map(look));
  return specs.flatMap(({service, id}) => results.get(nameOf(service, id)) ?? []);
}
