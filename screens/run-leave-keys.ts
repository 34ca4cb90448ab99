// The keys of a run that stop, pass on or end it: pause, hand over, take over, escalate, abort.
import {say} from '../src/domain/show.ts';
import type {Binding} from '../src/define-screen.ts';
import {choice, id, isAsked, labels, mine, offered, reasoned, refused} from './parts/run-choice.ts';

export const leaveKeys: readonly Binding[] = [
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
    does: say`Show whom to call, what to say and the evidence; from there the run is ended as escalated.`,
    bar: 5,
    when: ({app}) => app.run !== undefined,
    run: (_look, desk) => desk.open({at: 'escalate', text: ''}),
  },
  {
    keys: ['p'],
    label: labels('pause', say`pause`),
    does: say`Let the run stand still and give its lease back; anybody may resume it. The reason is kept.`,
    bar: 7,
    when: offered('pause'),
    why: look => refused(look, 'pause'),
    run: reasoned('pause'),
  },
  {
    keys: ['H'],
    label: labels('hand-over', say`hand over`),
    does: say`Hand the run to somebody else, who resumes it at this step.`,
    bar: 8,
    when: offered('hand-over'),
    why: look => refused(look, 'hand-over'),
    run: (look, desk) => desk.open({at: 'hand-over', id: id(look), field: 'to', to: '', text: ''}),
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
];
