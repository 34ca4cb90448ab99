// Exporting evidence: which entries, then where to. A bundle is a new directory; nothing is ever overwritten.
import type {DialogDefinition, Line, Look} from '../../src/define-screen.ts';
import type {Scope} from '../../src/domain/kinds-ledger.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {timestamp} from '../../src/domain/time.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {thousands} from '../parts/frame.ts';
import {fit, span} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

type Export = Extract<Dialog, {at: 'export'}>;

interface Choice {
  readonly scope: Scope;
  readonly text: Shown;
  readonly note: Shown;
}

/** The run that the screen is about: its own entries, or those of the chosen or shown entry. */
function runHere({app, place, body}: Look): string | undefined {
  if (place.screen === 'ledger' && place.of !== undefined) return place.of;
  if (place.screen === 'entry') return app.ledger.detail?.run;
  const seq = place.selected ?? body?.list?.ids[0];
  return app.ledger.rows.find(row => String(row.seq) === seq)?.run;
}

function choices(look: Look): readonly Choice[] {
  const run = runHere(look);
  const {size} = look.app.ledger;
  return [
    ...(run === undefined
      ? []
      : [
          {
            scope: {at: 'run', run} as const,
            text: say`The run ${run}`,
            note: say`from its first entry to its last`,
          },
        ]),
    {scope: {at: 'all'}, text: say`The whole ledger`, note: say`${thousands(size)} entries, as a C2SP log`},
  ];
}

/** A name that is free unless one exports twice a minute. */
function nameFor(scope: Scope, nowMs: number): string {
  const stamp = timestamp(nowMs).slice(0, 16).replaceAll(/[-:]/g, '');
  const what = scope.at === 'run' ? scope.run.slice(-8) : 'all';
  return `evidence-${what}-${stamp}`.toLowerCase();
}

export const exportDialog: DialogDefinition<Export> = {
  keys: [
    {key: say`↵`, label: say`go on`},
    {key: say`esc`, label: say`export nothing`},
  ],
  view: (dialog, look) => {
    const {size} = look;
    if (dialog.scope === undefined) {
      return [
        titleRow(say`Export what?`),
        ...choices(look).map(({text, note}, i): Line => {
          const mine = i === dialog.chosen;
          return fit(
            [
              span(mine ? say` > ` : say`   `, 'accent'),
              span(text, mine ? 'strong' : 'plain'),
              span(say`   ${note}`, 'dim'),
            ],
            size.columns,
          );
        }),
      ];
    }
    return [
      titleRow(say`To which new directory?`),
      ...field(say`directory`, dialog.text, {cells: size.columns}),
      fit(
        [span(say`   It is verified after it was written, and recorded in the ledger.`, 'dim')],
        size.columns,
      ),
    ];
  },
  key: (dialog, key, look, desk) => {
    const {scope} = dialog;
    if (scope === undefined) {
      const all = choices(look);
      const move = (by: number): void => {
        desk.open({...dialog, chosen: Math.max(0, Math.min(all.length - 1, dialog.chosen + by))});
      };
      if (key.name === 'down' || key.name === 'j') move(1);
      else if (key.name === 'up' || key.name === 'k') move(-1);
      else if (key.name === 'enter') {
        const choice = all[dialog.chosen] ?? all[0];
        if (choice !== undefined)
          desk.open({...dialog, scope: choice.scope, text: nameFor(choice.scope, look.app.nowMs)});
      }
      return;
    }
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text});
      return;
    }
    const path = dialog.text.trim();
    if (path === '') {
      desk.tell('error', say`Type the name of a directory that does not exist yet.`);
      return;
    }
    desk.close();
    desk.actions.exportEvidence(scope, path);
  },
};
