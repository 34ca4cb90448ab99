// The alerts: what fires, what is held back, what is still to be told, and what is silenced or worked on.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Body, Line, Look, Tone} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {AlertsView, AlertView, MaintenanceView, NoticeView, SilenceView} from '../src/state/model.ts';
import {place} from '../src/state/ui.ts';
import {alertDetail, alertSign, noticeText, noticeTone, silenceText, targetOf} from './parts/alert-detail.ts';
import {blank, columns, fit, paragraph, span} from './parts/line.ts';
import {listWindow} from './parts/list.ts';
import {tabs} from './parts/service-head.ts';
import {age, dated} from './parts/time.ts';

const panes = ['open', 'held back', 'queued', 'quiet'] as const;
type Pane = (typeof panes)[number];

type Held = AlertsView['held'][number];

/** A row of any pane, made when it is looked at: there may be thousands. */
interface Entry {
  readonly id: string;
  readonly row: () => Row;
}

/** What a row shows, what it is about, and what it says in full. */
interface Row {
  readonly line: (isChosen: boolean) => Line;
  /** `service/check`, or the service; undefined where it is about more than one. */
  readonly target: {readonly service: string; readonly check: string | undefined} | undefined;
  readonly detail: () => readonly Line[];
  readonly copy: Shown;
  readonly silence: string | undefined;
}

const paneOf = ({place: at}: Look): Pane => panes[at.pane] ?? 'open';

const mark = (isChosen: boolean): Line => [span(isChosen ? say` > ` : say`   `, 'accent')];

const isWide = ({size}: Look): boolean => size.columns >= 64;

function openRow(alert: AlertView, look: Look): Row {
  const {app, size} = look;
  const {glyph, word, tone} = alertSign(alert);
  const wide = isWide(look);
  const target = wide ? 26 : 22;
  return {
    target: alert,
    copy: say`${alert.severity} ${alert.title}: ${alert.message ?? ''}`,
    silence: alert.silence?.id,
    detail: () => alertDetail(alert, look),
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(glyph, tone),
          span(say` `),
          ...columns([
            {text: word, tone, cells: 9},
            {text: say`${alert.severity}`, cells: wide ? 6 : 0},
            {text: show(targetOf(alert)), tone: isChosen ? 'strong' : 'plain', cells: target},
            {text: age(app.nowMs, alert.sinceMs), tone: 'dim', cells: 6},
            {
              text:
                alert.acked === undefined ? (alert.message ?? say``) : say`${alert.acked.operator} has it`,
              tone: 'dim',
              cells: wide ? size.columns - 5 - 9 - 6 - target - 6 : 0,
            },
          ]),
        ],
        size.columns,
      ),
  };
}

const sentence = (text: Shown, {size}: Look, tone: Tone = 'plain'): readonly Line[] =>
  paragraph(text, size.columns - 1, 3, tone);

function heldRow(held: Held, look: Look): Row {
  const {size} = look;
  return {
    target: held,
    copy: say`${held.title}: ${held.why}`,
    silence: undefined,
    detail: () => [
      ...sentence(held.title, look),
      ...sentence(say`no alert is opened: ${held.why}`, look, 'warn'),
    ],
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(say`‖ `, 'dim'),
          ...columns([
            {text: say`${held.severity}`, cells: isWide(look) ? 6 : 0},
            {text: show(targetOf(held)), tone: isChosen ? 'strong' : 'plain', cells: isWide(look) ? 26 : 20},
            {text: held.why, tone: 'dim', cells: Math.max(1, size.columns - 5 - (isWide(look) ? 32 : 20))},
          ]),
        ],
        size.columns,
      ),
  };
}

function queuedRow(notice: NoticeView, look: Look): Row {
  const {app, size} = look;
  const about = app.alerts?.open.find(({id}) => id === notice.alert);
  const text = noticeText(notice, app.nowMs);
  return {
    target: about,
    copy: say`${notice.channel}: ${text}`,
    silence: undefined,
    detail: () => [
      ...sentence(say`${notice.channel}: ${text}`, look, noticeTone(notice)),
      ...sentence(about === undefined ? say`about ${notice.alert}, which is over` : about.title, look, 'dim'),
    ],
    line: isChosen =>
      fit(
        [
          ...mark(isChosen),
          span(notice.error === undefined ? say`▶ ` : say`! `, noticeTone(notice)),
          ...columns([
            {text: notice.channel, tone: isChosen ? 'strong' : 'plain', cells: 16},
            {text: show(about === undefined ? notice.alert : targetOf(about)), cells: isWide(look) ? 24 : 0},
            {text, tone: 'dim', cells: Math.max(1, size.columns - 5 - (isWide(look) ? 40 : 16))},
          ]),
        ],
        size.columns,
      ),
  };
}

/** One row of what keeps alerts quiet. */
const quietLine = (isChosen: boolean, [word, on, text]: readonly [Shown, Shown, Shown], look: Look): Line =>
  fit(
    [
      ...mark(isChosen),
      span(say`‖ `, 'dim'),
      ...columns([
        {text: word, tone: 'dim', cells: isWide(look) ? 13 : 10},
        {text: on, tone: isChosen ? 'strong' : 'plain', cells: isWide(look) ? 24 : 14},
        {text, tone: 'dim', cells: Math.max(1, look.size.columns - 5 - (isWide(look) ? 37 : 24))},
      ]),
    ],
    look.size.columns,
  );

function silenceRow(silence: SilenceView, look: Look): Row {
  const text = silenceText(silence, look.app.nowMs);
  return {
    target: undefined,
    copy: say`${silence.id}: ${silence.on} ${text}`,
    silence: silence.id,
    detail: () => [...sentence(say`${silence.id}: ${silence.on}`, look), ...sentence(text, look, 'dim')],
    line: isChosen => quietLine(isChosen, [say`silenced`, silence.on, text], look),
  };
}

function maintenanceRow(work: MaintenanceView, look: Look): Row {
  const {app} = look;
  const isOn = work.fromMs <= app.nowMs;
  const times = isOn
    ? say`until ${dated(work.untilMs, app.nowMs)} UTC`
    : say`from ${dated(work.fromMs, app.nowMs)} until ${dated(work.untilMs, app.nowMs)} UTC`;
  const who = work.operator === undefined ? say`in the site file` : say`by ${work.operator}`;
  const text = say`${times}, ${who}: ${work.reason ?? '(the reason was erased)'}`;
  return {
    target: undefined,
    copy: say`${work.id}: ${work.on} ${text}`,
    silence: undefined,
    detail: () => [...sentence(say`${work.id}: ${work.on}`, look), ...sentence(text, look, 'dim')],
    line: isChosen => quietLine(isChosen, [isOn ? say`in work` : say`work to come`, work.on, text], look),
  };
}

const entriesOf = <T>(
  items: readonly T[],
  idOf: (item: T) => string,
  row: (item: T) => Row,
): readonly Entry[] => items.map(item => ({id: idOf(item), row: () => row(item)}));

const rowsIn: Record<Pane, (alerts: AlertsView, look: Look) => readonly Entry[]> = {
  open: ({open}, look) =>
    entriesOf(
      open,
      ({id}) => id,
      one => openRow(one, look),
    ),
  'held back': ({held}, look) =>
    entriesOf(
      held,
      one => `${targetOf(one)} ${one.title}`,
      one => heldRow(one, look),
    ),
  queued: ({queued}, look) =>
    entriesOf(
      queued,
      ({channel, alert, as}) => `${channel} ${alert} ${as}`,
      one => queuedRow(one, look),
    ),
  quiet: ({silences, maintenance}, look) => [
    ...entriesOf(
      silences,
      ({id}) => id,
      one => silenceRow(one, look),
    ),
    ...entriesOf(
      maintenance,
      ({id}) => id,
      one => maintenanceRow(one, look),
    ),
  ],
};

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
