// What services promise, the worst first: objective, what was seen, budget, burn, forecast, alerts; the chosen one in full.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Line, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import type {SloState, SloView} from '../src/state/duty.ts';
import {place} from '../src/state/ui.ts';
import {budgetBar, leftText, sloSign} from './parts/budget.ts';
import {blank, columns, fit, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {listWithDetail} from './parts/list-detail.ts';
import {sloDetail} from './parts/slo-detail.ts';

const rank: Record<SloState, number> = {exhausted: 0, unknown: 1, burning: 2, atRisk: 3, ok: 4};

/** The worst first, then by what is left. */
const shown = ({app, place: at}: Look): readonly SloView[] =>
  (app.slos ?? [])
    .filter(({service, title}) => `${service} ${title}`.toLowerCase().includes(at.filter.toLowerCase()))
    .toSorted(
      (a, b) =>
        rank[a.state] - rank[b.state] ||
        (a.remaining ?? 0) - (b.remaining ?? 0) ||
        (a.service < b.service ? -1 : 1),
    );

const chosen = (look: Look): SloView | undefined => {
  const all = shown(look);
  return all[
    listWindow(
      all.map(({service}) => service),
      look.place.selected,
      1,
    ).chosen
  ];
};

/** Columns by width; those of 0 are left out. */
function widths(cells: number) {
  const none = {target: 0, now: 0, seen: 0, bar: 0, burn: 0, gone: 0};
  if (cells < 64) return {...none, name: cells - 5 - 9 - 11, state: 9, left: 11};
  const wide = cells >= 110;
  const rest = {
    state: 8,
    target: 8,
    now: 9,
    seen: wide ? 9 : 0,
    bar: wide ? 22 : 0,
    left: 9,
    burn: 8,
    gone: 17,
  };
  const used = Object.values(rest).reduce((sum, one) => sum + one, 0);
  return {name: Math.min(40, cells - 5 - used), ...rest};
}

function header(cells: number): Line {
  const {name, state, target, now, seen, bar, left, burn, gone} = widths(cells);
  const tone = 'dim' as const;
  return fit(
    [
      span(say`     `),
      ...columns([
        {text: say`SERVICE`, tone, cells: name},
        {text: say`STATE`, tone, cells: state},
        {text: say`TARGET`, tone, cells: target, right: true},
        {text: say`NOW`, tone, cells: now, right: true},
        {text: say`SEEN`, tone, cells: seen, right: true},
        {text: say`  BUDGET`, tone, cells: bar},
        {text: say`LEFT`, tone, cells: left, right: true},
        {text: say`BURN`, tone, cells: burn, right: true},
        {text: say`  FORECAST`, tone, cells: gone},
      ]),
    ],
    cells,
  );
}

function row(slo: SloView, isChosen: boolean, cells: number): Line {
  const {name, state, target, now, seen, bar, left, burn, gone} = widths(cells);
  const {glyph, word, tone} = sloSign(slo.state);
  return fit(
    [
      span(isChosen ? say` > ` : say`   `, 'accent'),
      span(glyph, tone),
      span(say` `),
      ...columns([
        {text: slo.title, tone: isChosen ? 'strong' : 'plain', cells: name},
        {text: word, tone, cells: state},
        {text: slo.target, tone: 'dim', cells: target, right: true},
        {text: slo.availability ?? say`no data`, cells: now, right: true},
        {text: slo.coverage ?? say`–`, tone: slo.isThin ? 'warn' : 'dim', cells: seen, right: true},
        {text: say``, cells: 1},
      ]).slice(0, -1),
      ...(bar === 0 ? [] : [span(say`  `), ...budgetBar(slo, bar - 2)]),
      ...columns([
        {text: leftText(slo), cells: left, right: true},
        {text: slo.burn ?? say`–`, tone: 'dim', cells: burn, right: true},
        {text: say`  ${forecast(slo)}`, tone: slo.goneIn === undefined ? 'dim' : 'warn', cells: gone},
      ]),
    ],
    cells,
  );
}

const forecast = ({goneIn, remaining, burn}: SloView): ReturnType<typeof say> =>
  goneIn ?? (remaining === undefined || burn === undefined ? say`not known` : say`lasts`);

function summary({app}: Look): Line {
  const all = app.slos ?? [];
  const count = (state: SloState): number => all.filter(one => one.state === state).length;
  const part = (state: SloState): Line => {
    const {glyph, word, tone} = sloSign(state);
    return count(state) === 0 ? [] : [span(say`   ${glyph} ${count(state)} ${word}`, tone)];
  };
  return [
    span(say`${all.length} ${all.length === 1 ? 'promise' : 'promises'}`, 'dim'),
    ...part('exhausted'),
    ...part('unknown'),
    ...part('atRisk'),
  ];
}

const empty = ({app, place: at}: Look): ReturnType<typeof say> =>
  app.slos === undefined
    ? say`   Not measured yet: nothing is known.`
    : app.slos.length === 0
      ? say`   No service promises anything: give one an slo in quarterdeck.yaml.`
      : say`   No service matches ${at.filter}. Esc shows all.`;

const needsOne: Pick<Binding, 'why'> = {
  why: look => (chosen(look) === undefined ? say`no promise is in the list` : undefined),
};

export const slos = defineScreen({
  id: 'slos',
  title: () => say`service levels`,
  summary: say`What services promise, and how much of each error budget is left.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: say`open`,
      does: say`Open the service of the chosen promise.`,
      bar: 1,
      ...needsOne,
      run: (look, desk) => {
        const slo = chosen(look);
        if (slo !== undefined) desk.go(place('service', slo.service));
      },
    },
    {
      keys: ['w'],
      label: say`why`,
      does: say`Why the service of the chosen promise is red: root causes and runbooks.`,
      bar: 2,
      ...needsOne,
      run: (look, desk) => {
        const slo = chosen(look);
        if (slo !== undefined) desk.go(place('why', slo.service));
      },
    },
  ],
  view: look => {
    const all = shown(look);
    const picked = chosen(look);
    const {columns} = look.size;
    return listWithDetail(look, {
      ids: all.map(({service}) => service),
      header: header(columns),
      row: (index, isChosen) => {
        const slo = all[index];
        return slo === undefined ? blank : row(slo, isChosen, columns);
      },
      empty: empty(look),
      picked,
      detail: slo => sloDetail(slo, look),
      summary: summary(look),
      copy: picked && [
        say`${picked.title}: ${picked.availability ?? 'no data'} of ${picked.target}, ${leftText(picked)} left`,
      ],
    });
  },
});
