// What the run offers right now, as the keys of its screen ask for it.
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Binding, Look} from '../../src/define-screen.ts';
import type {AskView, ChoiceView} from '../../src/state/model.ts';
import type {Reasoned} from '../../src/state/ui.ts';
import {askId} from '../../src/state/store.ts';

/** Only the step pane draws the question, so only there is it answered. */
export const isAsked = ({place}: Look): boolean => place.pane === 0;

export const asks =
  (...kinds: readonly AskView['at'][]) =>
  (look: Look): boolean => {
    const {run} = look.app;
    return isAsked(look) && run !== undefined && kinds.includes(run.ask.at);
  };

export const choice = (look: Look, say: ChoiceView['say']): ChoiceView | undefined =>
  look.app.run?.choices.find(one => one.say === say);

/** The engine's reason why this may not be chosen; else why nothing may. */
export const refused = (look: Look, kind: ChoiceView['say']): Shown | undefined =>
  choice(look, kind)?.disabled ?? look.app.session.readOnly;

/** A yes needs the whole command to have been on the screen. */
export function unread(look: Look): Shown | undefined {
  const must = look.body?.mustSee;
  return must !== undefined && must.shown < must.total
    ? say`rows ${must.shown + 1} to ${must.total} were not on the screen yet: scroll through them`
    : undefined;
}

/** The operator's own run, not over: what may be asked for at any time. */
export const mine = (look: Look): boolean => {
  const {run} = look.app;
  return run !== undefined && !run.watching && run.ask.at !== 'over';
};

export const offered =
  (kind: ChoiceView['say']) =>
  (look: Look): boolean =>
    isAsked(look) && mine(look) && choice(look, kind) !== undefined;

export const id = (look: Look): string => (look.app.run === undefined ? '' : askId(look.app.run));

export const reasoned =
  (kind: Reasoned): Binding['run'] =>
  (look, desk) =>
    desk.open({at: 'reason', say: kind, id: id(look), text: ''});

export const labels =
  (kind: ChoiceView['say'], otherwise: Shown) =>
  (look: Look): Shown =>
    choice(look, kind)?.label ?? otherwise;
