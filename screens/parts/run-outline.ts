// The steps of a run with their states, a window around the current one.
import {say} from '../../src/domain/show.ts';
import type {RunView} from '../../src/state/model.ts';
import type {Line} from '../../src/define-screen.ts';
import {columns, fit, span} from './line.ts';
import {stepSign} from './status.ts';
import {width} from './text.ts';

/** `rows` steps at most, the current one among them with what comes next. */
export function runOutline(
  run: RunView,
  size: {columns: number; rows: number},
  from?: number,
): readonly Line[] {
  const at = run.current ?? run.steps.findLastIndex(({at}) => at !== 'waiting');
  const top = Math.max(
    0,
    Math.min(from ?? at - Math.floor((size.rows - 1) / 2), run.steps.length - size.rows),
  );
  const numbers = Math.max(2, ...run.steps.map(({number}) => number.length)) + 1;
  const wide = size.columns >= 64;
  const widest = Math.max(...run.steps.map(({title}) => width(title)), 10) + 3;
  const title = Math.min(widest, Math.floor((size.columns - 6 - numbers) * (wide ? 0.55 : 0.7)));
  return run.steps.slice(top, top + size.rows).map((step, i) => {
    const {glyph, tone, word} = stepSign(step.at);
    const isNow = top + i === run.current;
    return fit(
      [
        span(isNow ? say` > ` : say`   `, 'accent'),
        span(glyph, tone),
        span(say` `),
        ...columns([
          {text: say`${step.number}`, tone: 'dim', cells: numbers},
          {text: step.title, tone: isNow ? 'strong' : step.at === 'waiting' ? 'dim' : 'plain', cells: title},
          {
            text:
              step.result ??
              (step.at === 'waiting' ? say`` : step.at === 'current' && run.watching ? say`now` : word),
            tone: step.at === 'failed' || step.at === 'unknown' ? tone : 'dim',
            cells: Math.max(6, size.columns - 6 - numbers - title),
          },
        ]),
      ],
      size.columns,
    );
  });
}
