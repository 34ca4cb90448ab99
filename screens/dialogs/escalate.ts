// Whom to call, what to say, and the evidence: in view at any time, without a network. Enter ends the run as escalated.
import type {DialogDefinition, Line, Look} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {askId} from '../../src/state/store.ts';
import {blank, paragraph} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

/** Why the run cannot be ended as escalated right now; the rest of the dialog is of use all the same. */
function barred({app}: Look): Shown | undefined {
  const {run} = app;
  if (run === undefined) return say`there is no run`;
  const choice = run.choices.find(one => one.say === 'escalate');
  if (choice === undefined) return run.watching ? say`somebody else walks this run` : say`the run is over`;
  return choice.disabled ?? app.session.readOnly;
}

const contacts = ({app, size}: Look): readonly Line[] => {
  const list = app.run?.escalation ?? [];
  if (list.length === 0)
    return paragraph(
      say`The site names nobody to call (escalation: in quarterdeck.yaml).`,
      size.columns - 1,
      3,
      'warn',
    );
  return list.flatMap(text => paragraph(text, size.columns - 1, 3, 'strong'));
};

export const escalate: DialogDefinition<Extract<Dialog, {at: 'escalate'}>> = {
  keys: [
    {key: say`↵`, label: say`end the run`},
    {key: say`^Y`, label: say`copy`},
    {key: say`esc`, label: say`back`},
  ],
  view: ({text}, look) => {
    const {app, size} = look;
    const {columns: cells} = size;
    const why = barred(look);
    const brief = app.run?.brief ?? [];
    return [
      titleRow(say`Escalate: call`, 'warn'),
      ...contacts(look),
      ...(why === undefined
        ? field(say`why`, text, {cells})
        : paragraph(say`The run is not ended from here: ${why}.`, cells - 1, 1, 'dim')),
      ...(brief.length === 0 ? [] : [titleRow(say`What to say`, 'dim')]),
      ...brief.flatMap(line => paragraph(line, cells - 1, 3)),
      ...(size.rows < 16 ? [] : [blank]),
      titleRow(say`Evidence to hand over, in another terminal`, 'dim'),
      ...paragraph(app.run?.evidence ?? say``, cells - 1, 3, 'accent'),
    ];
  },
  key: (dialog, key, look, desk) => {
    const {run} = look.app;
    if (run === undefined) {
      desk.close();
      return;
    }
    if (key.name === 'ctrl-y') {
      desk.copy([...run.escalation, ...run.brief, run.evidence]);
      return;
    }
    const why = barred(look);
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined && why === undefined) desk.open({...dialog, text});
      return;
    }
    if (why !== undefined) {
      desk.tell('error', say`Not now: ${why}.`);
      return;
    }
    const reason = dialog.text.trim();
    if (reason === '') {
      desk.tell('error', say`Type why, in a few words: they are kept with the entry.`);
      return;
    }
    desk.close();
    desk.answer({id: askId(run), say: 'escalate', reason});
  },
};
