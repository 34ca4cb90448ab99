// The alerts: what fires, what is held back, what is still to be told, and what is silenced or worked on.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Body, Line, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import {place} from '../src/state/ui.ts';
import {alertSign, targetOf} from './parts/alert-detail.ts';
import {panes, rowsIn} from './parts/alert-rows.ts';
import type {Entry, Pane, Row} from './parts/alert-rows.ts';
import {blank, fit, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {tabs} from './parts/service-head.ts';

const paneOf = ({place: at}: Look): Pane => panes[at.pane] ?? 'open';

const isFound = ({copy, target}: Row, needle: string): boolean =>
  `${copy} ${target === undefined ? '' : targetOf(target)}`.toLowerCase().includes(needle);

const shown = (look: Look): readonly Entry[] => {
  const {alerts} = look.app;
  const needle = look.place.filter.toLowerCase();
  if (alerts === undefined) return [];
  const all = rowsIn[paneOf(look)](alerts, look);
  return needle === '' ? all : all.filter(({row}) => isFound(row(), needle));
};

function chosen(look: Look): Row | undefined {
  const all = shown(look);
  const ids = all.map(({id}) => id);
  return all[listWindow(ids, look.place.selected, 1).chosen]?.row();
}

const nothing: Record<Pane, Shown> = {
  open: say`   No alert is open.`,
  'held back': say`   Nothing that fires is held back.`,
  queued: say`   Nothing waits to be told.`,
  quiet: say`   Nothing is silenced, and no work is announced.`,
};

const empty = (look: Look): Line => {
  if (look.app.alerts === undefined) return [span(say`   Being read: nothing is known yet.`, 'unknown')];
  return look.place.filter === ''
    ? [span(nothing[paneOf(look)], 'dim')]
    : [span(say`   Nothing matches ${look.place.filter}. Esc shows all.`, 'dim')];
};

const mayWrite = ({app}: Look): Shown | undefined =>
  app.session.readOnly === undefined ? undefined : say`read only: ${app.session.readOnly}`;

const needs = (isMissing: (row: Row | undefined, look: Look) => Shown | undefined): Pick<Binding, 'why'> => ({
  why: look => isMissing(chosen(look), look),
});

const needsTarget = needs((row, look) =>
  row?.target === undefined ? say`nothing about one service is chosen` : mayWrite(look),
);

/** What is wrong with telling itself, above everything else. */
const notes = ({app, size}: Look): readonly Line[] => {
  const {off, problems = []} = app.alerts ?? {};
  return [
    ...(off === undefined ? [] : [fit([span(say`   ! ${off}`, 'warn')], size.columns)]),
    ...problems.slice(0, 2).map(one => fit([span(say`   ✖ ${one}`, 'bad')], size.columns)),
  ];
};

function summary({app}: Look): Line {
  const open = app.alerts?.open ?? [];
  const firing = open.filter(one => alertSign(one).word === 'firing').length;
  const failing = (app.alerts?.queued ?? []).filter(({error}) => error !== undefined).length;
  return [
    span(app.alerts === undefined ? say`` : say`${open.length} open`, 'dim'),
    ...(firing === 0 ? [] : [span(say`   ✖ ${firing} firing`, 'bad')]),
    ...(failing === 0 ? [] : [span(say`   ! ${failing} not told yet`, 'warn')]),
  ];
}

export const alerts = defineScreen({
  id: 'alerts',
  title: () => say`alerts`,
  summary: say`What fires, what is held back or silenced, and what is still to be told.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: say`open`,
      does: say`Open the service of the chosen alert, with its check.`,
      bar: 1,
      ...needs(row => (row?.target === undefined ? say`nothing about one service is chosen` : undefined)),
      run: (look, desk) => {
        const target = chosen(look)?.target;
        if (target === undefined) return;
        desk.go(place('service', target.service));
        if (target.check !== undefined) desk.change({pane: 0, selected: target.check, filter: ''});
      },
    },
    {
      keys: ['a'],
      label: say`take`,
      does: say`Acknowledge what fires of the chosen alert’s check or service, with what you do about it.`,
      bar: 2,
      when: look => paneOf(look) === 'open',
      ...needsTarget,
      run: (look, desk) => {
        const target = chosen(look)?.target;
        if (target !== undefined) desk.open({at: 'words', what: 'ack', of: targetOf(target), text: ''});
      },
    },
    {
      keys: ['s'],
      label: say`silence`,
      does: say`Tell nobody about the chosen alert’s check or service for a while, for a reason.`,
      bar: 3,
      when: look => paneOf(look) === 'open' || paneOf(look) === 'held back',
      ...needsTarget,
      run: (look, desk) => {
        const target = chosen(look)?.target;
        if (target !== undefined)
          desk.open({at: 'silence', on: targetOf(target), field: 'for', forMs: 0, text: '2h'});
      },
    },
    {
      keys: ['u'],
      label: say`lift`,
      does: say`End the chosen silence, or the one that covers the chosen alert.`,
      bar: 4,
      when: look => chosen(look)?.silence !== undefined,
      ...needs((_, look) => mayWrite(look)),
      run: (look, desk) => {
        const silence = chosen(look)?.silence;
        if (silence !== undefined) desk.actions.liftSilence(silence);
      },
    },
    {
      keys: ['w'],
      label: say`why`,
      does: say`Why the chosen alert’s check is red: root causes, what hangs on them, and runbooks.`,
      bar: 3,
      ...needs(row => (row?.target === undefined ? say`nothing about one service is chosen` : undefined)),
      run: (look, desk) => {
        const target = chosen(look)?.target;
        if (target !== undefined) desk.go(place('why', targetOf(target)));
      },
    },
  ],
  view: (look): Body => {
    const {app, place: at, size} = look;
    const all = shown(look);
    const ids = all.map(({id}) => id);
    const picked = chosen(look);
    const {open = [], held = [], queued = [], silences = [], maintenance = []} = app.alerts ?? {};
    const counts: Record<Pane, number> = {
      open: open.length,
      'held back': held.length,
      queued: queued.length,
      quiet: silences.length + maintenance.length,
    };
    const head = [
      ...notes(look),
      tabs(
        panes.map(pane => (app.alerts === undefined ? say`${pane}` : say`${pane} ${counts[pane]}`)),
        panes.indexOf(paneOf(look)),
        size.columns,
      ),
    ];
    const room = Math.max(1, size.rows - head.length);
    const detail = size.rows >= 12 && picked !== undefined ? picked.detail() : [];
    const page = Math.max(
      1,
      detail.length === 0
        ? room
        : Math.min(Math.max(3, all.length), Math.max(room - detail.length - 1, Math.floor(room / 2))),
    );
    const {from, to, chosen: index} = listWindow(ids, at.selected, page);
    const rows = all.slice(from, to).map(({row}, i) => row().line(from + i === index));
    return {
      lines: [
        ...head,
        ...(rows.length === 0 ? [blank, empty(look)] : rows),
        ...(detail.length === 0 ? [] : [blank, ...detail]),
      ]
        .slice(0, size.rows)
        .map(line => fit(line, size.columns)),
      summary: summary(look),
      list: {ids, page},
      panes: panes.length,
      ...(picked === undefined ? {} : {copy: [picked.copy]}),
    };
  },
});
