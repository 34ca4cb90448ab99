// One ledger entry in full.
import {defineScreen} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import {blank, paragraph, span} from './parts/line.ts';
import {clampScroll} from './parts/list.ts';

export const entry = defineScreen({
  id: 'entry',
  title: look => say`entry ${look.place.of ?? ''}`,
  summary: say`One ledger entry in full.`,
  keys: [],
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
