// What the console shows before anything was looked at: the site's services, all unknown.
import type {Actor} from '../../domain/entry.ts';
import {say, show} from '../../domain/show.ts';
import type {Site} from '../../domain/site.ts';
import type {Glance} from '../glance.ts';
import type {AppState} from '../../state/model.ts';
import {serviceViews} from './services.ts';

/** The trust of a site is known only once its files were read. */
export const firstState = (
  site: Glance & Partial<Pick<Site, 'trust'>>,
  actor: Actor,
  nowMs: number,
): AppState => ({
  nowMs,
  session: {
    site: show(site.name),
    environment: site.environment,
    operator: show(actor.operator),
    via: actor.via,
    readOnly:
      site.trust === undefined || site.trust.at === 'trusted'
        ? undefined
        : say`site not trusted: ${site.trust.why}`,
    monitor: {at: 'off', why: say`starting`},
    hint: undefined,
  },
  services: serviceViews({
    site,
    states: [],
    runbooks: [],
    strips: new Map(),
    attended: new Map(),
    held: new Map(),
  }),
  history: undefined,
  slos: undefined,
  schedule: undefined,
  alerts: undefined,
  runbooks: [],
  run: undefined,
  runs: [],
  glasses: [],
  ledger: {
    size: 0,
    rows: [],
    carried: {at: 'unknown'},
    verify: {at: 'never'},
    export: {at: 'never'},
    of: undefined,
    detail: undefined,
  },
  notice: undefined,
});
