// The ledger: newest entries first, and the verdict of a verification.
import {defineScreen} from '../src/define-screen.ts';
import type {Line, Look, Span} from '../src/define-screen.ts';
import {say, show} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {LedgerRow} from '../src/state/model.ts';
import {blank, columns, fit, paragraph, span} from './parts/line.ts';
import {place} from '../src/state/ui.ts';
import {thousands} from './parts/frame.ts';
import {listWindow} from './parts/list.ts';

/** So many more are loaded at a time. */
const olderRows = 1000;

/** All loaded rows of this place: the newest of the log, or those of one run. */
const loaded = ({app, place: at}: Look): readonly LedgerRow[] =>
  at.of === undefined ? app.ledger.rows : app.ledger.of?.run === at.of ? app.ledger.of.rows : [];

const rowsOf = (look: Look): readonly LedgerRow[] => {
  const needle = look.place.filter.toLowerCase();
  return loaded(look).filter(row =>
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

/** The row that the cursor is on. */
function chosenRow(look: Look): LedgerRow | undefined {
  const rows = rowsOf(look);
  const ids = rows.map(({seq}) => String(seq));
  return rows[listWindow(ids, look.place.selected, 1).chosen];
}

const barCells = 20;

/** How far it is, as a bar and in numbers. */
function progress(sign: Shown, what: Shown, done: number, total: number): Line {
  const full = total === 0 ? 0 : Math.min(barCells, Math.floor((done * barCells) / total));
  const bar = show('▇'.repeat(full) + '▁'.repeat(barCells - full));
  return [
    span(say`   ${sign} ${what}  `, 'accent'),
    span(bar, 'dim'),
    span(say`  ${thousands(done)} of ${thousands(total)}`, 'accent'),
  ];
}

/** What the last export came to, or how far the running one is. */
function exported({app, size}: Look): readonly Line[] {
  const view = app.ledger.export;
  switch (view.at) {
    case 'never':
      return [];
    case 'running':
      return [progress(say`▶`, view.what, view.done, view.total)];
    case 'done':
      return [
        [span(say`   `), view.ok ? span(say`✔ exported`, 'good') : span(say`✖ not exported`, 'bad')],
        ...paragraph(view.text, size.columns - 1, 3, view.ok ? 'plain' : 'bad').slice(0, 4),
      ];
  }
}

function verdict({app}: Look): Line {
  const {verify} = app.ledger;
  if (verify.at === 'running') return progress(say`▶`, say`verifying`, verify.done, verify.total);
  const words: readonly Span[] =
    verify.at === 'never'
      ? [
          span(say`not verified in this session: `, 'dim'),
          span(say`v`, 'accent'),
          span(say` verifies`, 'dim'),
        ]
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
  title: ({place: at}) => (at.of === undefined ? say`ledger` : say`entries of ${at.of.slice(-8)}`),
  summary: say`Everything that was done, newest first, and whether it still verifies.`,
  keys: [
    {
      keys: ['enter', 'l', 'right'],
      label: say`show`,
      does: say`Show the chosen entry in full.`,
      bar: 1,
      why: look => (rowsOf(look).length === 0 ? say`the list is empty` : undefined),
      run: (look, desk) => {
        const row = chosenRow(look);
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
      keys: ['r'],
      label: say`its run`,
      does: say`Show only the entries of the chosen entry's run.`,
      bar: 4,
      when: look => look.place.of === undefined,
      why: look => (chosenRow(look)?.run === undefined ? say`this entry belongs to no run` : undefined),
      run: (look, desk) => {
        const run = chosenRow(look)?.run;
        if (run === undefined) return;
        desk.actions.entriesOf(run);
        desk.go(place('ledger', run));
      },
    },
    {
      keys: ['x'],
      label: say`export`,
      does: say`Write an evidence bundle that anybody can verify.`,
      bar: 3,
      why: ({app}) =>
        app.ledger.export.at === 'running'
          ? say`one is being written`
          : app.ledger.size === 0
            ? say`there is nothing to export`
            : app.session.readOnly,
      run: (_look, desk) => desk.open({at: 'export', chosen: 0, scope: undefined, text: ''}),
    },
    {
      keys: ['m'],
      label: say`older`,
      does: say`Load older entries into the list.`,
      bar: 5,
      when: look => look.place.of === undefined && look.app.ledger.rows.length < look.app.ledger.size,
      run: (look, desk) => desk.actions.ledgerWindow(0, look.app.ledger.rows.length + olderRows),
    },
  ],
  view: look => {
    const {app, place: at, size} = look;
    const head = [...[verdict(look), ...exported(look)].map(line => fit(line, size.columns)), blank];
    const room = Math.max(1, size.rows - head.length);
    const rows = rowsOf(look);
    const ids = rows.map(({seq}) => String(seq));
    const {from, to, chosen} = listWindow(ids, at.selected, room);
    const none =
      app.ledger.size === 0
        ? say`   The ledger is empty.`
        : loaded(look).length === 0
          ? say`   Reading …`
          : say`   No loaded entry matches. m loads older ones, Esc shows all.`;
    const following = at.of === undefined && chosen === 0 && from === 0 && rows.length > 0;
    const picked = rows[chosen];
    return {
      lines: [
        ...head,
        ...rows.slice(from, to).map((row, i) => entryLine(row, from + i === chosen, size.columns)),
        ...(rows.length === 0 ? [[span(none, 'dim')]] : []),
      ],
      summary: [
        ...(following ? [span(say`▶ live  `, 'good')] : []),
        span(
          at.of === undefined
            ? say`${thousands(app.ledger.rows.length)} of ${thousands(app.ledger.size)} loaded`
            : say`${thousands(loaded(look).length)} entries`,
          'dim',
        ),
      ],
      list: {ids, page: room},
      ...(picked === undefined
        ? {}
        : {copy: [say`${picked.seq} ${picked.time} ${picked.kind} ${picked.summary}`]}),
    };
  },
});
