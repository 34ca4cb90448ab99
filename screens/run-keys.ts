// The keys of a run. Which of them mean something depends on what the run asks.
import {say} from '../src/domain/show.ts';
import type {Shown} from '../src/domain/show.ts';
import type {Binding, Look} from '../src/define-screen.ts';
import type {AskView, ChoiceView} from '../src/state/model.ts';
import type {Reasoned} from '../src/state/ui.ts';
import {askId} from '../src/state/store.ts';
import {place} from '../src/state/ui.ts';

/** Only the step pane draws the question, so only there is it answered. */
const isAsked = ({place}: Look): boolean => place.pane === 0;

const asks =
  (...kinds: readonly AskView['at'][]) =>
  (look: Look): boolean => {
    const {run} = look.app;
    return isAsked(look) && run !== undefined && kinds.includes(run.ask.at);
  };

const choice = (look: Look, say: ChoiceView['say']): ChoiceView | undefined =>
  look.app.run?.choices.find(one => one.say === say);

/** The engine's reason why this may not be chosen; else why nothing may. */
const refused = (look: Look, kind: ChoiceView['say']): Shown | undefined =>
  choice(look, kind)?.disabled ?? look.app.session.readOnly;

/** A yes needs the whole command to have been on the screen. */
function unread(look: Look): Shown | undefined {
  const must = look.body?.mustSee;
  return must !== undefined && must.shown < must.total
    ? say`rows ${must.shown + 1} to ${must.total} were not on the screen yet: scroll through them`
    : undefined;
}

/** The operator's own run, not over: what may be asked for at any time. */
const mine = (look: Look): boolean => {
  const {run} = look.app;
  return run !== undefined && !run.watching && run.ask.at !== 'over';
};

const offered =
  (kind: ChoiceView['say']) =>
  (look: Look): boolean =>
    isAsked(look) && mine(look) && choice(look, kind) !== undefined;

const id = (look: Look): string => (look.app.run === undefined ? '' : askId(look.app.run));

const reasoned =
  (kind: Reasoned): Binding['run'] =>
  (look, desk) =>
    desk.open({at: 'reason', say: kind, id: id(look), text: ''});

const labels =
  (kind: ChoiceView['say'], otherwise: Shown) =>
  (look: Look): Shown =>
    choice(look, kind)?.label ?? otherwise;

const options: readonly Binding[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key => ({
  keys: [key],
  label: say`choose`,
  does: say`Answer ${key}.`,
  confirms: true,
  when: look => {
    const ask = look.app.run?.ask;
    return isAsked(look) && ask?.at === 'decide' && ask.options.some(option => option.key === key);
  },
  why: look => refused(look, 'option'),
  run: (look, desk) => desk.answer({id: id(look), say: 'option', key}),
}));

const safeOf = (look: Look, key: string): ChoiceView | undefined =>
  look.app.run?.choices.find(one => one.say === 'safe' && one.key === key);

const safeActions: readonly Binding[] = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].map(key => ({
  keys: [key],
  label: look => safeOf(look, key)?.label ?? say`safe action`,
  does: say`Take safe action ${key} of this runbook.`,
  bar: 3,
  confirms: true,
  when: look => isAsked(look) && safeOf(look, key) !== undefined,
  why: look => safeOf(look, key)?.disabled ?? look.app.session.readOnly,
  run: (look, desk) => desk.answer({id: id(look), say: 'safe', key: safeOf(look, key)?.option ?? key}),
}));

export const runKeys: readonly Binding[] = [
  {
    keys: ['enter'],
    label: labels('yes', say`look`),
    does: say`Run this step; it only looks.`,
    bar: 1,
    confirms: true,
    when: asks('read'),
    why: look => refused(look, 'yes') ?? unread(look),
    run: (look, desk) => desk.answer({id: id(look), say: 'yes'}),
  },
  {
    keys: ['y'],
    label: say`run`,
    does: say`Run exactly the command that is shown.`,
    bar: 1,
    confirms: true,
    when: asks('confirm'),
    why: look => refused(look, 'yes') ?? unread(look),
    run: (look, desk) => desk.answer({id: id(look), say: 'yes'}),
  },
  {
    keys: ['y'],
    label: say`type the name`,
    does: say`Type the name of the target, which runs the command that is shown.`,
    bar: 1,
    when: asks('typed'),
    why: look => refused(look, 'yes') ?? unread(look),
    run: (look, desk) => desk.open({at: 'typed', id: id(look), field: 'name', name: '', text: ''}),
  },
  {
    keys: ['y'],
    label: labels('done', say`it is done`),
    does: say`Say that this was done by hand.`,
    bar: 1,
    confirms: true,
    when: asks('manual'),
    why: look => refused(look, 'done') ?? unread(look),
    run: (look, desk) => desk.answer({id: id(look), say: 'done'}),
  },
  {
    keys: ['N'],
    label: say`done, with a note`,
    does: say`Say that this was done by hand, and add a note.`,
    bar: 3,
    when: asks('manual'),
    why: look => refused(look, 'done') ?? unread(look),
    run: reasoned('done'),
  },
  {
    keys: ['n'],
    label: labels('fails', say`it does not`),
    does: say`Say that it does not hold, or was not done; what you saw is kept.`,
    bar: 2,
    when: offered('fails'),
    why: look => refused(look, 'fails') ?? unread(look),
    run: reasoned('fails'),
  },
  ...options,
  ...safeActions,
  {
    keys: ['z'],
    label: labels('stop', say`stop`),
    does: say`Stop what is running: a step gets TERM, then KILL; a wait just ends.`,
    bar: 1,
    when: offered('stop'),
    why: look => refused(look, 'stop'),
    run: (look, desk) => {
      if (look.app.run?.steps.some(({at}) => at === 'running') === true) reasoned('stop')(look, desk);
      else desk.answer({id: id(look), say: 'stop', reason: 'stopped waiting'});
    },
  },
  {
    keys: ['r'],
    label: labels('retry', say`try again`),
    does: say`Try the step again.`,
    bar: 1,
    confirms: true,
    when: offered('retry'),
    why: look => refused(look, 'retry') ?? unread(look),
    run: (look, desk) => desk.answer({id: id(look), say: 'retry'}),
  },
  {
    keys: ['i'],
    label: say`it happened`,
    does: say`Decide that the step did happen, with what you saw.`,
    bar: 1,
    when: asks('unknown'),
    why: look => refused(look, 'happened'),
    run: reasoned('happened'),
  },
  {
    keys: ['d'],
    label: say`it did not happen`,
    does: say`Decide that the step did not happen, with what you saw.`,
    bar: 2,
    when: asks('unknown'),
    why: look => refused(look, 'did-not-happen'),
    run: reasoned('did-not-happen'),
  },
  {
    keys: ['enter', 'y'],
    label: labels('finish', say`finish`),
    does: say`Finish the run with this result.`,
    bar: 1,
    confirms: true,
    when: asks('finish'),
    why: look => refused(look, 'finish'),
    run: (look, desk) => desk.answer({id: id(look), say: 'finish'}),
  },
  {
    keys: ['f'],
    label: labels('finish', say`finish`),
    does: say`Finish the run although a step failed or could not be told; the reason is kept.`,
    bar: 4,
    when: look => asks('failed')(look) && offered('finish')(look),
    why: look => refused(look, 'finish'),
    run: reasoned('finish'),
  },
  {
    keys: ['b'],
    label: labels('undo', say`undo`),
    does: say`Undo what this step did, with the step that the runbook names.`,
    bar: 3,
    confirms: true,
    when: offered('undo'),
    why: look => refused(look, 'undo'),
    run: (look, desk) => desk.answer({id: id(look), say: 'undo'}),
  },
  {
    keys: ['s'],
    label: labels('skip', say`skip`),
    does: say`Skip this step; the reason is kept.`,
    bar: 4,
    when: offered('skip'),
    why: look => refused(look, 'skip'),
    run: reasoned('skip'),
  },
  {
    keys: ['T'],
    label: say`take over`,
    does: say`Take this run over from the other operator; the reason is kept.`,
    bar: 1,
    when: look => isAsked(look) && choice(look, 'take-over') !== undefined,
    why: look => refused(look, 'take-over'),
    run: reasoned('take-over'),
  },
  {
    keys: ['e'],
    label: say`escalate`,
    does: say`Show whom to call, and end the run as escalated.`,
    bar: 5,
    when: mine,
    why: look => choice(look, 'escalate')?.disabled,
    run: reasoned('escalate'),
  },
  {
    keys: ['x'],
    label: say`abort`,
    does: say`End the run here; the reason is kept.`,
    bar: 6,
    when: mine,
    why: look => refused(look, 'abort'),
    run: reasoned('abort'),
  },
  {
    keys: ['E'],
    label: say`entries`,
    does: say`Show every ledger entry of this run.`,
    when: ({app}) => app.run !== undefined,
    run: ({app}, desk) => {
      if (app.run === undefined) return;
      desk.actions.entriesOf(app.run.run);
      desk.go(place('ledger', app.run.run));
    },
  },
];
