// One check as a row of its service: state, name, panel, words, its hour and times where there is room, and its age.
import type {Line, Look} from '../../src/define-screen.ts';
import {say, show} from '../../src/domain/show.ts';
import type {CheckView} from '../../src/state/model.ts';
import {historyOf} from '../../src/state/select.ts';
import {columns, fit, lineWidth, span} from './line.ts';
import {glyph, toneOf} from './status.ts';
import {strip} from './strip.ts';
import {age} from './time.ts';

const stripCells = 20;
const timesCells = 14;

/** p50 and p95 of the newest minute that has them. */
function times(p50: readonly (number | undefined)[], p95: readonly (number | undefined)[]): string {
  const [newest, slowest] = [p50.findLast(one => one !== undefined), p95.findLast(one => one !== undefined)];
  return newest === undefined || slowest === undefined ? '–' : `${newest}/${slowest} ms`;
}

export function checkRow(check: CheckView, chosen: boolean, {app, place, size}: Look): Line {
  const wide = size.columns >= 64;
  const roomy = size.columns >= 110;
  const history = historyOf(app, place.of);
  const hour = history?.checks.find(({id}) => id === check.id);
  const extra = roomy ? stripCells + timesCells + 2 : 0;
  const bars =
    roomy && hour !== undefined && history !== undefined
      ? strip(hour.strip, {nowMs: history.atMs, cells: stripCells})
      : [];
  const message = size.columns - 6 - 18 - (wide ? 22 : 6) - extra;
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      glyph(check),
      span(say` `),
      ...columns([
        {text: check.id, tone: chosen ? 'strong' : 'plain', cells: 18},
        {text: say`${check.panel}`, tone: 'dim', cells: wide ? 11 : 0},
        {text: check.message, tone: toneOf(check) === 'good' ? 'dim' : 'plain', cells: message},
        {text: say``, cells: 1},
      ]).slice(0, -1),
      ...bars,
      ...(roomy ? [span(show(' '.repeat(Math.max(0, stripCells - lineWidth(bars)) + 1)))] : []),
      ...columns([
        {
          text: hour === undefined ? say`` : show(times(hour.p50, hour.p95)),
          tone: 'dim',
          cells: roomy ? timesCells : 0,
          right: true,
        },
        {text: age(app.nowMs, check.seenMs), tone: check.stale ? 'unknown' : 'dim', cells: 6, right: true},
      ]),
    ],
    size.columns,
  );
}
