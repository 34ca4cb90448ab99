// A run: where it stands, the step at hand with all that decides, what is forbidden, and the question.
import {defineScreen} from '../src/define-screen.ts';
import type {Body, Line, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import type {RunView} from '../src/state/model.ts';
import {askId} from '../src/state/store.ts';
import {barKeys} from './parts/bindings.ts';
import {blank, fit, span} from './parts/line.ts';
import {clampScroll} from './parts/list.ts';
import {runOutline} from './parts/run-outline.ts';
import {questionLines} from './parts/run-question.ts';
import {outputLines, outputTail, pinned, pinnedAll, proseLines, stepLines} from './parts/run-step.ts';
import {age} from './parts/time.ts';
import {runKeys} from './run-keys.ts';

export const run = defineScreen({
  id: 'run',
  title: look => (look.app.run === undefined ? say`run` : say`run ${look.app.run.short}`),
  summary: say`A run: its steps, the step at hand, and what it asks.`,
  keys: runKeys,
  view: look => {
    const {app, place: at} = look;
    const now = app.run;
    if (now === undefined) return {lines: [blank, [span(say`   Opening the run …`, 'dim')]]};
    const summary = summaryOf(now, look);
    const common = {summary, panes: 3, ...(now.detail === undefined ? {} : {copy: now.detail.command})};
    if (at.pane === 1) return {...common, ...page(outlinePage(now, look), look)};
    if (at.pane === 2)
      return {...common, ...page(outputLines(now, look.size.columns), look), copy: now.detail?.output ?? []};
    return {...common, ...stepPage(now, look)};
  },
});

function summaryOf(now: RunView, {app, size}: Look): Line {
  const done = now.steps.filter(({at}) => at === 'passed' || at === 'skipped').length;
  const progress = say`${now.current === undefined ? done : now.current + 1}/${now.steps.length}`;
  if (size.columns < 64) return [span(say`${now.service}  `), span(progress, 'dim')];
  return [
    span(say`${now.service} / ${now.procedure}   `),
    span(say`${now.operator}   `, 'dim'),
    span(say`step ${progress}   ${age(app.nowMs, now.startedMs)}`, 'dim'),
  ];
}

const outlinePage = (now: RunView, {size}: Look): readonly Line[] => [
  ...runOutline(now, {columns: size.columns, rows: now.steps.length}, 0),
  ...pinnedAll(now, size.columns),
];

/** A text of any length as a scrolled page. */
function page(text: readonly Line[], {place: at, size}: Look): Pick<Body, 'lines' | 'scroll'> {
  const top = clampScroll(at.scroll, text.length, size.rows);
  return {lines: text.slice(top, top + size.rows), scroll: {total: text.length, page: size.rows}};
}

/** The question and the prohibitions stay; the step scrolls between them and the outline when it must. */
function stepPage(now: RunView, look: Look): Pick<Body, 'lines' | 'scroll' | 'mustSee'> {
  const {app, ui, place: at, size} = look;
  const cells = size.columns;
  const token = askId(now);
  const seenRows = ui.seen?.token === token ? ui.seen.rows : 0;
  const must = stepLines(now, cells);
  const question = (keys: Look): readonly Line[] =>
    questionLines(now, barKeys(runKeys, keys).slice(0, 9), {nowMs: app.nowMs, cells});
  const asked = question(look);
  const notes = pinned(now, cells, Math.max(1, Math.floor(size.rows / 4)));
  const bottom = [...(notes.length > 0 ? [blank, ...notes] : []), blank, ...asked];
  const room = Math.max(2, size.rows - bottom.length);
  const spare = room - must.length - 1;
  const prose = proseLines(now, cells);
  const output = now.detail?.output.length ?? 0;
  // One row is left for what there is besides the step itself; output gets half of what is to spare.
  const besides =
    output > 0 ? Math.min(output, Math.max(3, Math.floor(spare / 2))) : Math.min(1, prose.length);
  const steps = Math.min(now.steps.length, spare - besides, Math.max(7, Math.floor(size.rows * 0.45)));
  const outline = steps >= 3 ? runOutline(now, {columns: cells, rows: steps}) : [];
  const top = outline.length > 0 ? [...outline, blank] : [];
  const window = room - top.length;
  const tail = outputTail(now, cells, Math.max(3, window - must.length));
  // The runbook's warning about this step comes before what an earlier one printed.
  const isOwn = now.detail?.outputOf === undefined;
  const text = isOwn ? [...must, ...tail, ...prose] : [...must, ...prose, ...tail];
  const from = clampScroll(at.scroll, text.length, window);
  const to = Math.min(text.length, from + window);
  const shown = from <= seenRows ? Math.min(must.length, Math.max(seenRows, to)) : seenRows;
  const mustSee = {token, shown, total: must.length};
  const middle = text.slice(from, to);
  while (middle.length < window) middle.push(blank);
  const rest = text.length - to;
  if (rest > 0 && middle.length > 0) {
    const last = middle.length - 1;
    // The row that says so may not hide one that decides.
    if (must.length <= to - 1) middle[last] = [span(say`   ${rest + 1} more rows: ↓`, 'dim')];
  }
  const seen = {...look, body: {lines: [], mustSee}};
  return {
    lines: [...top, ...middle, ...bottomWith(bottom, asked, question(seen))]
      .slice(0, size.rows)
      .map(line => fit(line, cells)),
    scroll: {total: text.length, page: window},
    mustSee,
  };
}

/** The question drawn again, now that it is known how much of the command is in view. */
const bottomWith = (
  bottom: readonly Line[],
  asked: readonly Line[],
  again: readonly Line[],
): readonly Line[] =>
  again.length === asked.length ? [...bottom.slice(0, bottom.length - asked.length), ...again] : bottom;
