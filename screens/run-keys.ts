// The keys of a run. Which of them mean something depends on what the run asks.
import {say} from '../src/domain/show.ts';
import type {Binding, Look} from '../src/define-screen.ts';
import type {ChoiceView} from '../src/state/model.ts';
import {place} from '../src/state/ui.ts';
import {asks, choice, id, isAsked, labels, offered, reasoned, refused, unread} from './parts/run-choice.ts';
import {leaveKeys} from './run-leave-keys.ts';

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
    label: labels('yes', say`hand over the terminal`),
    does: say`Hand this terminal to the program that is shown; it comes back when that ends.`,
    bar: 1,
    confirms: true,
    when: asks('terminal'),
    why: look => refused(look, 'yes') ?? unread(look),
    run: (look, desk) => desk.answer({id: id(look), say: 'yes'}),
  },
  {
    keys: ['enter', 'y'],
    label: say`give the value`,
    does: say`Type the value that is asked for, or take one of earlier runs.`,
    bar: 1,
    when: asks('input'),
    why: look => refused(look, 'value'),
    run: (look, desk) =>
      desk.open({at: 'value', id: id(look), text: '', typed: '', row: -1, sent: undefined}),
  },
  {
    keys: ['y'],
    label: labels('done', say`attest`),
    does: say`Say that it is so, with what you saw.`,
    bar: 1,
    when: asks('attest'),
    why: look => refused(look, 'done') ?? unread(look),
    run: reasoned('done'),
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
    keys: ['r'],
    label: labels('resume', say`resume`),
    does: say`Go on with this run at the step where it was paused.`,
    bar: 1,
    confirms: true,
    when: look => asks('paused')(look) && choice(look, 'resume') !== undefined,
    why: look => refused(look, 'resume'),
    run: (look, desk) => desk.answer({id: id(look), say: 'resume'}),
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
    keys: ['u'],
    label: labels('take-back', say`take the answer back`),
    does: say`Take the newest answer to a question back, as long as nothing was done after it.`,
    bar: 5,
    confirms: true,
    when: offered('take-back'),
    why: look => refused(look, 'take-back'),
    run: (look, desk) => desk.answer({id: id(look), say: 'take-back'}),
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
  ...leaveKeys,
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
