// Home: every service, the worst first, and what is wrong with the chosen one.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Line, Look} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {ServiceView} from '../src/state/model.ts';
import {countServices, serviceOf, serviceOrder} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {blank, columns, fit, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {serviceDetail} from './parts/service-detail.ts';
import {glyph, status} from './parts/status.ts';
import {strip} from './parts/strip.ts';
import {age} from './parts/time.ts';

interface Widths {
  readonly name: number;
  readonly panel: number;
  readonly strip: number;
}

/** As many bars as minutes, or one for two or three minutes; the rest of the row is the name's. */
const widths = (cells: number): Widths => {
  if (cells < 64) return {name: cells - 17, panel: 0, strip: 0};
  const room = cells - 10 - 20;
  const bars = [60, 30, 20].find(count => room - count >= 24) ?? 12;
  return {name: Math.min(36, room - bars - 2), panel: 10, strip: bars};
};

function header(cells: number): Line {
  const {name, panel, strip: bars} = widths(cells);
  return columns([
    {text: say`   SERVICE`, tone: 'dim', cells: name + 5},
    ...(panel === 0 ? [{text: say`STATE`, tone: 'dim' as const, cells: 8}] : []),
    {text: say`HEALTH`, tone: 'dim', cells: panel},
    {text: say`READY`, tone: 'dim', cells: panel},
    {text: say`LAST HOUR`, tone: 'dim', cells: bars === 0 ? 0 : bars + 2},
    {text: say`SEEN`, tone: 'dim', cells: 4},
  ]);
}

function row(service: ServiceView, chosen: boolean, {app, size}: Look): Line {
  const {name, panel, strip: bars} = widths(size.columns);
  const health = status(service.health);
  const ready = status(service.readiness);
  const hour = bars === 0 ? [] : strip(service.strip, {nowMs: app.nowMs, cells: bars});
  const drawn = hour.reduce((sum, {text}) => sum + text.length, 0);
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      glyph(service),
      span(say` `),
      ...columns([
        {text: service.title, cells: name},
        ...(panel === 0 ? [{...status(service), cells: 8, text: show(status(service).text.slice(2))}] : []),
        {...health, cells: panel},
        {...ready, cells: panel},
        {text: say``, cells: 1},
      ]).slice(0, -1),
      ...hour,
      span(show(' '.repeat(bars === 0 ? 0 : Math.max(0, bars - drawn) + 2))),
      span(age(app.nowMs, service.seenMs), service.stale ? 'unknown' : 'dim'),
    ],
    size.columns,
  );
}

function summary({app, size}: Look): Line {
  const {total, fail, unknown, warn} = countServices(app);
  const parts: Line = [
    span(size.columns < 64 ? say`` : say`${total} ${total === 1 ? 'service' : 'services'}`, 'dim'),
    ...(fail > 0 ? [span(say`   ✖ ${fail} fail`, 'bad')] : []),
    ...(unknown > 0 ? [span(say`   ? ${unknown} unknown`, 'unknown')] : []),
    ...(warn > 0 ? [span(say`   ! ${warn} warn`, 'warn')] : []),
  ];
  return total > 0 && fail + unknown + warn === 0 ? [...parts, span(say`   ✔ all pass`, 'good')] : parts;
}

const chosen = (look: Look): ServiceView | undefined => {
  const order = serviceOrder(look.app, look.place.filter);
  const ids = order.map(({id}) => id);
  return order[listWindow(ids, look.place.selected, 1).chosen];
};

const needsOne: Pick<Binding, 'why'> = {
  why: look => (chosen(look) === undefined ? say`no service is in the list` : undefined),
};

export const services = defineScreen({
  id: 'services',
  title: () => say`services`,
  summary: say`Every service with its health, the worst first.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: say`open`,
      does: say`Open the chosen service: its checks, and what they expected and got.`,
      bar: 1,
      ...needsOne,
      run: (look, desk) => {
        const service = chosen(look);
        if (service !== undefined) desk.go(place('service', service.id));
      },
    },
    {
      keys: ['r'],
      label: say`run`,
      does: say`Choose a runbook for the chosen service and start it, or rehearse it (h there).`,
      bar: 2,
      ...needsOne,
      run: (look, desk) => {
        const service = chosen(look);
        if (service !== undefined) desk.open({at: 'start', plan: {service: service.id}, chosen: 0});
      },
    },
    {
      keys: ['w'],
      label: say`why`,
      does: say`Why the chosen service is red: root causes, what hangs on them, and runbooks.`,
      bar: 2,
      ...needsOne,
      run: (look, desk) => {
        const service = chosen(look);
        if (service !== undefined) desk.go(place('why', service.id));
      },
    },
    {
      keys: ['n'],
      label: say`look now`,
      does: say`Look at the chosen service now instead of at its next slot.`,
      bar: 13,
      ...needsOne,
      run: (look, desk) => {
        const service = chosen(look);
        if (service === undefined) return;
        desk.actions.checkNow(service.id);
        desk.tell('info', say`looking at ${service.title} now`);
      },
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const order = serviceOrder(app, at.filter);
    const ids = order.map(({id}) => id);
    const roomy = size.columns >= 64 && size.rows >= 14;
    const wanted = roomy ? Math.max(4, Math.min(order.length, size.rows - 11)) : size.rows - 1;
    const page = Math.max(1, Math.min(wanted, size.rows - 1));
    const {from, to, chosen: index} = listWindow(ids, at.selected, page);
    const lines: Line[] = [header(size.columns)];
    order.slice(from, to).forEach((service, i) => lines.push(row(service, from + i === index, look)));
    if (order.length === 0) lines.push(blank, [span(empty(look), 'dim')]);
    const picked = serviceOf(app, ids[index]);
    if (roomy && picked !== undefined) {
      while (lines.length < page + 1) lines.push(blank);
      lines.push(more(from, to, order.length));
      lines.push(...serviceDetail(picked, app, {columns: size.columns, rows: size.rows - lines.length}));
    }
    return {
      lines,
      summary: summary(look),
      list: {ids, page},
      ...(picked === undefined ? {} : {copy: [say`${picked.id}: ${status(picked).text}`]}),
    };
  },
});

const empty = ({app, place: at}: Look): ReturnType<typeof say> =>
  app.services.length === 0
    ? say`   This site has no services yet: add some to quarterdeck.yaml.`
    : say`   No service matches ${at.filter}. Esc shows all.`;

const more = (from: number, to: number, total: number): Line =>
  to - from === total ? blank : [span(say`   ${from + 1} to ${to} of ${total}`, 'dim')];
