// All keys of a screen, with what they do and why one is disabled. Made from the definitions.
import {defineScreen} from '../src/define-screen.ts';
import type {Binding, Line, Look, ScreenDefinition} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import {here} from '../src/state/ui.ts';
import {everywhere} from './everywhere.ts';
import {keyWord} from './parts/bindings.ts';
import {blank, heading, labelled, span} from './parts/line.ts';
import {clampScroll} from './parts/list.ts';

function keyLines(keys: readonly Binding[], look: Look): readonly Line[] {
  const wide = look.size.columns >= 64;
  return keys.flatMap(one => {
    const names = one.keys.map(name => keyWord(name)).join(' ');
    const applies = one.when?.(look) ?? true;
    const why = applies ? one.why?.(look) : say`not now`;
    const text = why === undefined ? one.does : say`${one.does} (disabled: ${why})`;
    return labelled(span(show(`   ${names}`), why === undefined ? 'accent' : 'dim'), text, {
      cells: look.size.columns - 1,
      at: wide ? 26 : 16,
      tone: why === undefined ? 'plain' : 'dim',
    });
  });
}

/** The help screen knows all other screens; it is made last, from their list. */
export function helpFor(screens: readonly ScreenDefinition[]): ScreenDefinition {
  const about = (look: Look): ScreenDefinition | undefined => screens.find(({id}) => id === look.place.of);
  return defineScreen({
    id: 'help',
    title: () => say`keys`,
    summary: say`All keys of a screen.`,
    keys: [],
    view: look => {
      const screen = about(look);
      const stack = look.ui.stack.slice(0, -1);
      const under = stack[stack.length - 1] ?? here(look.ui);
      const there: Look = {...look, place: under};
      const seen: Look = {...there, body: screen?.view(there)};
      const lines = [
        ...(screen === undefined
          ? []
          : [heading(screen.summary), blank, ...keyLines(screen.keys, seen), blank]),
        heading(say`On every screen`),
        blank,
        ...keyLines(everywhere, seen),
        blank,
        heading(say`Signs`),
        blank,
        [
          span(say`   ✔ pass  `, 'good'),
          span(say`! warn  `, 'warn'),
          span(say`✖ fail  `, 'bad'),
          span(say`? unknown or stale  `, 'unknown'),
          span(say`– skipped`, 'dim'),
        ],
        [
          span(say`   ▇ pass  `, 'good'),
          span(say`▅ warn  `, 'warn'),
          span(say`▁ fail  `, 'bad'),
          span(say`· unknown`, 'unknown'),
        ],
      ];
      const top = clampScroll(look.place.scroll, lines.length, look.size.rows);
      return {
        lines: lines.slice(top, top + look.size.rows),
        summary: [span(say`${Math.min(lines.length, top + look.size.rows)} of ${lines.length} rows`, 'dim')],
        scroll: {total: lines.length, page: look.size.rows},
      };
    },
  });
}
