// The ledger: newest entries first, and the verdict of a verification.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look, Span} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import type {LedgerRow} from '../src/state/model.ts';
import {blank, columns, fit, span} from './parts/line.ts';
import {place} from '../src/state/ui.ts';
import {thousands} from './parts/frame.ts';
import {listWindow} from './parts/list.ts';

const rowsOf = ({app, place: at}: Look): readonly LedgerRow[] => {
  const needle = at.filter.toLowerCase();
  return app.ledger.rows.filter(row =>
    `${row.seq} ${row.kind} ${row.operator} ${row.summary}`.toLowerCase().includes(needle),
  );
};

function entryLine(row: LedgerRow, chosen: boolean, cells: number): Line {
  const wide = cells >= 64;
  const roomy = cells >= 100;
  const summary = cells - 3 - 7 - 17 - (wide ? 23 : 0) - (roomy ? 12 : 0);
  return fit(
    [
      span(chosen ? say` > ` : say`   `, 'accent'),
      ...columns([
        {text: thousands(row.seq), tone: 'dim', cells: 7, right: true},
        {text: say`  ${row.time}`, tone: 'dim', cells: wide ? 23 : 0},
        {text: say` ${row.kind}`, tone: chosen ? 'strong' : 'plain', cells: 17},
        {text: row.operator, tone: 'dim', cells: roomy ? 12 : 0},
        {text: row.summary, cells: Math.max(6, summary)},
      ]),
    ],
    cells,
  );
}

function verdict({app}: Look): Line {
  const {verify} = app.ledger;
  const words: readonly Span[] =
    verify.at === 'never'
      ? [
          span(say`not verified in this session: `, 'dim'),
          span(say`v`, 'accent'),
          span(say` verifies`, 'dim'),
        ]
      : verify.at === 'running'
        ? [span(say`▶ verifying  ${thousands(verify.done)} of ${thousands(verify.total)}`, 'accent')]
        : [
            verify.verified
              ? span(say`✔ verified  ${thousands(verify.size)} entries  `, 'good')
              : span(say`✖ not verified  `, 'bad'),
            span(verify.text, verify.verified ? 'plain' : 'bad'),
          ];
  return [span(say`   `), ...words];
}

export const ledger = defineScreen({
  id: 'ledger',
  title: () => say`ledger`,
  summary: say`Everything that was done, newest first, and whether it still verifies.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: say`show`,
      does: say`Show the chosen entry in full.`,
      bar: 1,
      why: look => (rowsOf(look).length === 0 ? say`the list is empty` : undefined),
      run: (look, desk) => {
        const rows = rowsOf(look);
        const row =
          rows[
            listWindow(
              rows.map(({seq}) => String(seq)),
              look.place.selected,
              1,
            ).chosen
          ];
        if (row === undefined) return;
        desk.actions.showEntry(row.seq);
        desk.go(place('entry', String(row.seq)));
      },
    },
    {
      keys: ['v'],
      label: say`verify`,
      does: say`Verify the whole ledger: every hash, every link, the signed checkpoint.`,
      bar: 2,
      why: look => (look.app.ledger.verify.at === 'running' ? say`it is running` : undefined),
      run: (_look, desk) => desk.actions.verify(),
    },
    {
      keys: ['m'],
      label: say`older`,
      does: say`Load older entries into the list.`,
      bar: 3,
      why: look =>
        look.app.ledger.rows.length >= look.app.ledger.size ? say`these are all entries` : undefined,
      run: (look, desk) => desk.actions.ledgerWindow(0, look.app.ledger.rows.length + 200),
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const head = [fit(verdict(look), size.columns), blank];
    const room = Math.max(1, size.rows - head.length);
    const rows = rowsOf(look);
    const ids = rows.map(({seq}) => String(seq));
    const {from, to, chosen} = listWindow(ids, at.selected, room);
    const none =
      app.ledger.size === 0 ? say`   The ledger is empty.` : say`   No loaded entry matches. Esc shows all.`;
    const picked = rows[chosen];
    return {
      lines: [
        ...head,
        ...rows.slice(from, to).map((row, i) => entryLine(row, from + i === chosen, size.columns)),
        ...(rows.length === 0 ? [[span(none, 'dim')]] : []),
      ],
      summary: [
        span(say`${thousands(app.ledger.rows.length)} of ${thousands(app.ledger.size)} loaded`, 'dim'),
      ],
      list: {ids, page: room},
      ...(picked === undefined
        ? {}
        : {copy: [say`${picked.seq} ${picked.time} ${picked.kind} ${picked.summary}`]}),
    };
  },
});
