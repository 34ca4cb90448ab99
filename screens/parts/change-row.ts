// One entry about a service: when, what, and what it says.
import type {Line} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {ChangeRow} from '../../src/state/model.ts';
import {columns, fit, span} from './line.ts';
import {status} from './status.ts';
import {dated} from './time.ts';

/** No wider than `cells`. */
export function changeRow(
  {atMs, verdict, what, text}: ChangeRow,
  {chosen, cells, nowMs}: {readonly chosen: boolean; readonly cells: number; readonly nowMs: number},
): Line {
  const state =
    verdict === undefined ? {text: say``, tone: 'plain' as const} : status({verdict, stale: false});
  const wide = cells >= 64;
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      ...columns([
        {text: dated(atMs, nowMs), tone: 'dim', cells: wide ? 13 : 12},
        {text: what, tone: chosen ? 'strong' : 'plain', cells: wide ? 14 : 9},
        {...state, cells: 10},
        {text, cells: Math.max(1, cells - 3 - (wide ? 37 : 31))},
      ]),
    ],
    cells,
  );
}
