// One ledger entry in full.
import {defineScreen} from '../src/define-screen.ts';
import type {Desk, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import {blank, paragraph, span} from './parts/line.ts';
import {place} from '../src/state/ui.ts';
import {clampScroll} from './parts/list.ts';

function show(seq: number | undefined, desk: Desk): void {
  if (seq === undefined) return;
  desk.actions.showEntry(seq);
  // In place of this one: Esc leads back to the list, however many were looked at.
  desk.back();
  desk.go(place('entry', String(seq)));
}

function step({app, place: at}: Look, desk: Desk, by: number): void {
  const seq = Number(at.of) + by;
  if (seq >= 0 && seq < app.ledger.size) show(seq, desk);
}

export const entry = defineScreen({
  id: 'entry',
  title: look => say`entry ${look.place.of ?? ''}`,
  summary: say`One ledger entry in full.`,
  keys: [
    {
      keys: ['p'],
      label: say`previous`,
      does: say`Show the entry before this one: the one that its prev names.`,
      bar: 1,
      why: ({place: at}) => (at.of === '0' ? say`this is the first` : undefined),
      run: (look, desk) => step(look, desk, -1),
    },
    {
      keys: ['n'],
      label: say`next`,
      does: say`Show the entry after this one.`,
      bar: 2,
      why: ({app, place: at}) => (Number(at.of) + 1 >= app.ledger.size ? say`this is the newest` : undefined),
      run: (look, desk) => step(look, desk, 1),
    },
    {
      keys: ['i'],
      label: say`its intent`,
      does: say`Show the intent that this outcome belongs to.`,
      bar: 3,
      when: ({app}) => app.ledger.detail?.intent !== undefined,
      run: ({app}, desk) => show(app.ledger.detail?.intent, desk),
    },
    {
      keys: ['r'],
      label: say`its run`,
      does: say`Show the entries of this entry's run.`,
      bar: 4,
      when: ({app}) => app.ledger.detail?.run !== undefined,
      run: ({app}, desk) => {
        const run = app.ledger.detail?.run;
        if (run === undefined) return;
        desk.actions.entriesOf(run);
        desk.go(place('ledger', run));
      },
    },
  ],
  view: ({app, place: at, size}) => {
    const {detail} = app.ledger;
    if (detail === undefined || String(detail.seq) !== at.of) {
      return {lines: [blank, [span(say`   Reading entry ${at.of ?? ''} …`, 'dim')]]};
    }
    const text = detail.lines.flatMap(line => paragraph(line, size.columns - 1, 3));
    const top = clampScroll(at.scroll, text.length, size.rows);
    return {
      lines: text.slice(top, top + size.rows),
      summary: [span(say`${Math.min(text.length, top + size.rows)} of ${text.length} rows`, 'dim')],
      scroll: {total: text.length, page: size.rows},
      copy: detail.lines,
    };
  },
});
