// `:`: everything that can be done here, found by a few letters of its name.
import type {Binding, Desk, DialogDefinition, Line, Look, ScreenDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {fuzzy} from '../../src/state/select.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {place} from '../../src/state/ui.ts';
import {everywhere} from '../everywhere.ts';
import {active, keyWord, labelOf} from '../parts/bindings.ts';
import {columns, fit, span} from '../parts/line.ts';
import {listWindow} from '../parts/list.ts';
import {edited, field} from './edit.ts';

interface Item {
  readonly text: Shown;
  readonly key: Shown;
  readonly why: Shown | undefined;
  readonly run: (look: Look, desk: Desk) => void;
}

function fromBinding(one: Binding, look: Look): Item {
  const key = keyWord(one.keys[0]);
  return {
    text: say`${labelOf(one, look)}: ${one.does}`,
    key,
    why: one.why?.(look),
    // What decides is pressed with the command in view, never picked from a list that covers it.
    run: one.confirms
      ? (_look, desk) => desk.tell('info', say`${key} decides: press it here, with the command in view.`)
      : one.run,
  };
}

const goTo = (look: Look): readonly Item[] => [
  ...look.app.services.map((one): Item => ({
    text: say`service: ${one.title}`,
    key: say``,
    why: undefined,
    run: (_, desk) => desk.go(place('service', one.id)),
  })),
  ...look.app.runbooks.map((one): Item => ({
    text: say`runbook: ${one.title}`,
    key: say``,
    why: undefined,
    run: (_, desk) => desk.go(place('runbook', one.id)),
  })),
  ...look.app.runs.map((one): Item => ({
    text: say`run ${one.short}: ${one.title}`,
    key: say``,
    why: undefined,
    run: (_, desk) => {
      desk.actions.openRun(one.run);
      desk.go(place('run'));
    },
  })),
];

/** Matches, the best first; without a text: the keys of the screen, then those of all. */
function items(text: string, look: Look, screen: ScreenDefinition | undefined): readonly Item[] {
  const keys = active([...(screen?.keys ?? []), ...everywhere], look).filter(one => one.plain !== true);
  const all = [...keys.map(one => fromBinding(one, look)), ...goTo(look)];
  if (text.trim() === '') return all;
  return all
    .flatMap(item => {
      const score = fuzzy(text, item.text);
      return score === undefined ? [] : [{item, score}];
    })
    .sort((a, b) => a.score - b.score)
    .map(({item}) => item);
}

export const paletteFor = (
  screens: readonly ScreenDefinition[],
): DialogDefinition<Extract<Dialog, {at: 'palette'}>> => {
  const found = (text: string, look: Look): readonly Item[] =>
    items(
      text,
      look,
      screens.find(({id}) => id === look.place.screen),
    );
  return {
    keys: [
      {key: say`↵`, label: say`do it`},
      {key: say`↑↓`, label: say`move`},
      {key: say`esc`, label: say`close`},
    ],
    view: ({text, chosen}, look) => {
      const list = found(text, look);
      const {columns: cells, rows} = look.size;
      const page = Math.max(2, Math.min(8, rows - 3));
      const window = listWindow(
        list.map((_, i) => String(i)),
        String(chosen),
        page,
      );
      const lines = list.slice(window.from, window.to).map((item, i): Line => {
        const mine = window.from + i === window.chosen;
        return fit(
          [
            span(mine ? say` > ` : say`   `, 'accent'),
            ...columns([
              {text: item.key, tone: 'accent', cells: 7},
              {
                text: item.why === undefined ? item.text : say`${item.text} (disabled: ${item.why})`,
                tone: item.why !== undefined ? 'dim' : mine ? 'strong' : 'plain',
                cells: cells - 11,
              },
            ]),
          ],
          cells,
        );
      });
      const none: readonly Line[] =
        list.length === 0 ? [[span(say`   Nothing here is called that.`, 'dim')]] : [];
      return [...field(say`:`, text, {cells}), ...lines, ...none];
    },
    key: (dialog, key, look, desk) => {
      const list = found(dialog.text, look);
      const move = (by: number): void =>
        desk.open({...dialog, chosen: Math.max(0, Math.min(list.length - 1, dialog.chosen + by))});
      if (key.name === 'down' || key.name === 'tab') {
        move(1);
        return;
      }
      if (key.name === 'up') {
        move(-1);
        return;
      }
      if (key.name !== 'enter') {
        const text = edited(dialog.text, key);
        if (text !== undefined) desk.open({at: 'palette', text, chosen: 0});
        return;
      }
      const item = list[dialog.chosen];
      if (item === undefined) return;
      if (item.why !== undefined) {
        desk.tell('error', say`Disabled: ${item.why}.`);
        return;
      }
      desk.close();
      item.run(look, desk);
    },
  };
};
