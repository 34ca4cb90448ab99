// What the console shows before anything was looked at: the site's services, all unknown.
import type {Actor} from '../../domain/entry.ts';
import {say, show} from '../../domain/show.ts';
import type {Site} from '../../domain/site.ts';
import type {AppState} from '../../state/model.ts';
import {carriedWords} from './ledger.ts';
import {serviceViews} from './services.ts';

export const firstState = (site: Site, actor: Actor, nowMs: number): AppState => ({
  nowMs,
  session: {
    site: show(site.name),
    environment: site.environment,
    operator: show(actor.operator),
    via: actor.via,
    readOnly: site.trust.at === 'trusted' ? undefined : say`site not trusted: ${site.trust.why}`,
    monitor: {at: 'off', why: say`starting`},
    hint: undefined,
  },
  services: serviceViews({
    site,
    states: [],
    runbooks: [],
    strips: new Map(),
    attended: new Map(),
  }),
  runbooks: [],
  run: undefined,
  runs: [],
  ledger: {size: 0, rows: [], carried: carriedWords, verify: {at: 'never'}, detail: undefined},
  notice: undefined,
});
