// Looking now, for check steps: the site's own checks through the monitor's `runOnce`.
import type {AnyCheck, Ports} from '../../define.ts';
import type {Site} from '../../domain/site.ts';
import {runOnce} from '../monitor/index.ts';
import type {LookNow} from './world.ts';

/** Looks at the checks of `site` that are asked for, without slots, strikes or memory. */
export const lookNow =
  ({
    site,
    checks,
    ports,
  }: {
    readonly site: Site;
    readonly checks: readonly AnyCheck[];
    readonly ports: Ports;
  }): LookNow =>
  async ({service, check, panel}, signal) => {
    const all = site.services.flatMap(one => one.checks);
    const specs = all.filter(
      spec =>
        spec.service === service &&
        (check === undefined || spec.id === check) &&
        (panel === undefined || spec.panel === panel) &&
        (check !== undefined || spec.rollup),
    );
    if (specs.length === 0) return [];
    return runOnce({
      specs,
      all,
      checks,
      ports,
      trusted: site.trust.at === 'trusted',
      siteDir: site.dir,
      sources: site.sources,
      signal,
    });
  };
