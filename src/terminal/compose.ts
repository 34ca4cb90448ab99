// One frame from the state: banner, breadcrumbs, the screen's body, a dialog over it, messages, key bar. Pure.
import {dialogsFor} from '../../screens/dialogs/index.ts';
import type {OpenDialog} from '../../screens/dialogs/index.ts';
import {everywhere} from '../../screens/everywhere.ts';
import {screens} from '../../screens/index.ts';
import {barKeys} from '../../screens/parts/bindings.ts';
import {
  banner,
  crumbs,
  drillRow,
  footer,
  glassRows,
  keyBar,
  messages,
  warningRows,
} from '../../screens/parts/frame.ts';
import {blank, fit, paragraph, span} from '../../screens/parts/line.ts';
import type {Body, Line, Look, ScreenDefinition, Size} from '../define-screen.ts';
import {say} from '../domain/show.ts';
import type {ConsoleState} from '../state/store.ts';
import {askId} from '../state/store.ts';
import {here} from '../state/ui.ts';

const dialogs = dialogsFor(screens);

/** Smaller than this, only a note is shown. */
export const smallest: Size = {columns: 45, rows: 20};

export interface Frame {
  /** As many lines as the terminal has rows. */
  readonly lines: readonly Line[];
  readonly look: Look;
  readonly screen: ScreenDefinition | undefined;
  readonly dialog: OpenDialog | undefined;
  /** Names what a key could decide right now; undefined = nothing. */
  readonly token: string | undefined;
}

const screenOf = (id: string): ScreenDefinition | undefined => screens.find(screen => screen.id === id);

/** Names the question in view, so that a key typed for another one does not answer it. */
function tokenOf({app, ui}: ConsoleState): string | undefined {
  const {run} = app;
  const {dialog} = ui;
  if (dialog?.at === 'job') return `dialog ${dialog.what} ${dialog.job}`;
  if (run === undefined) return undefined;
  const on = here(ui).screen === 'run';
  if (dialog?.at === 'escalate') return `dialog escalate ${run.run}`;
  if (dialog !== undefined && 'id' in dialog) return `dialog ${dialog.at} ${dialog.id}`;
  return on ? `${run.ask.at} ${askId(run)}` : undefined;
}

const nothing: Body = {lines: [[span(say`   There is no such screen.`, 'dim')]]};

/** The frame for a terminal of that size; never taller or wider. */
export function compose(state: ConsoleState, size: Size, can: Look['can']): Frame {
  const {app, ui} = state;
  const place = here(ui);
  const screen = screenOf(place.screen);
  const {columns, rows} = size;
  const notes = messages(ui.notice ?? app.notice, app.session.hint, columns);
  const drill = drillRow(app, columns);
  const warnings = [...drill, ...glassRows(app, columns), ...warningRows(app, columns)];
  const top = [banner(app, columns)];
  const look: Look = {
    app,
    ui,
    place,
    can,
    body: undefined,
    size: {columns, rows: Math.max(1, rows - 4 - notes.length - warnings.length - drill.length)},
  };
  const isSmall = columns < smallest.columns || rows < smallest.rows;
  const body = isSmall ? nothing : (screen?.view(look) ?? nothing);
  const seen: Look = {...look, body};
  const dialog = ui.dialog === undefined ? undefined : dialogs(ui.dialog);
  const frame = {look: seen, screen, dialog, token: tokenOf(state)};
  if (isSmall) return {...frame, lines: tooSmall(state, size)};
  const titles = ui.stack.map(at => screenOf(at.screen)?.title({...look, place: at}) ?? say`${at.screen}`);
  const bar =
    dialog === undefined
      ? barKeys([...(screen?.keys ?? []), ...everywhere], seen)
      : dialog.keys.map(one => ({...one, disabled: false}));
  const filter = place.filter === '' ? [] : [span(say`/${place.filter}   `, 'accent')];
  const middle = overlaid(body.lines, dialog?.view(seen) ?? [], look.size);
  const lines = [
    ...top,
    crumbs(titles, [...filter, ...(body.summary ?? [])], columns),
    ...warnings,
    blank,
    ...middle,
    ...notes,
    ...drill,
    keyBar(bar, footer(app), columns, dialog === undefined),
  ];
  return {...frame, lines: lines.slice(0, rows).map(line => fit(line, columns))};
}

/** Whether two frames are the same to the eye, and decide the same. */
export function looksSame(a: Frame, b: Frame): boolean {
  const [seenA, seenB] = [a.look.body?.mustSee, b.look.body?.mustSee];
  return (
    a.token === b.token &&
    seenA?.token === seenB?.token &&
    seenA?.shown === seenB?.shown &&
    a.lines.length === b.lines.length &&
    a.lines.every((line, y) => isSameLine(line, b.lines[y] ?? []))
  );
}

const isSameLine = (a: Line, b: Line): boolean =>
  a.length === b.length && a.every(({text, tone}, i) => b[i]?.text === text && b[i].tone === tone);

/** The body, filled to its rows, with the dialog over its end. */
function overlaid(body: readonly Line[], dialog: readonly Line[], {columns, rows}: Size): readonly Line[] {
  const over = dialog.length === 0 ? [] : [blank, ...dialog].slice(0, rows);
  const kept = body.slice(0, rows - over.length);
  const fill = Array.from({length: rows - over.length - kept.length}, () => blank);
  return [...kept, ...fill, ...over].map(line => fit(line, columns));
}

/** A terminal that is too small still says where one is and what is going on. */
function tooSmall({app}: ConsoleState, {columns, rows}: Size): readonly Line[] {
  const {session, run} = app;
  const lines = [
    ...paragraph(say`${session.environment.toUpperCase()} ${session.site}`, columns, 0, 'strong'),
    ...paragraph(
      say`This terminal is ${columns}×${rows}; the console needs ${smallest.columns}×${smallest.rows}. Make it larger: nothing is lost. q leaves.`,
      columns,
      0,
    ),
    ...(run === undefined ? [] : paragraph(say`run ${run.short}: ${run.ask.at}`, columns, 0, 'accent')),
  ];
  const fill = Array.from({length: Math.max(0, rows - lines.length)}, () => blank);
  return [...lines, ...fill].slice(0, rows).map(line => fit(line, columns));
}
