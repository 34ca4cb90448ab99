// The keys that every screen has.
import type {Binding, Desk, Look} from '../src/define-screen.ts';
import {say} from '../src/domain/show.ts';
import {isBusy, openRunOf} from '../src/state/select.ts';
import {place} from '../src/state/ui.ts';
import {clampScroll, moved} from './parts/list.ts';

/** Moves the choice of a list, or scrolls a text, by items or rows. */
function move(look: Look, desk: Desk, by: number): void {
  const {body, place: at} = look;
  if (body?.list !== undefined) {
    const selected = moved(body.list.ids, at.selected, by);
    if (selected !== undefined) desk.change({selected});
  } else if (body?.scroll !== undefined) {
    const {total, page} = body.scroll;
    desk.change({scroll: clampScroll(clampScroll(at.scroll, total, page) + by, total, page)});
  }
}

const pageOf = ({body}: Look): number => Math.max(1, (body?.list?.page ?? body?.scroll?.page ?? 2) - 1);

const filters = ({body}: Look): boolean => body?.list !== undefined || body?.finds !== undefined;

export const everywhere: readonly Binding[] = [
  {
    keys: ['down', 'j'],
    label: say`down`,
    does: say`One item or row down.`,
    plain: true,
    run: (look, desk) => move(look, desk, 1),
  },
  {
    keys: ['up', 'k'],
    label: say`up`,
    does: say`One item or row up.`,
    plain: true,
    run: (look, desk) => move(look, desk, -1),
  },
  {
    keys: ['pagedown', 'space', 'ctrl-f'],
    label: say`page down`,
    does: say`One page down.`,
    plain: true,
    run: (look, desk) => move(look, desk, pageOf(look)),
  },
  {
    keys: ['pageup', 'ctrl-b'],
    label: say`page up`,
    does: say`One page up.`,
    plain: true,
    run: (look, desk) => move(look, desk, -pageOf(look)),
  },
  {
    keys: ['g', 'home'],
    label: say`top`,
    does: say`To the first item or row.`,
    plain: true,
    run: (look, desk) => move(look, desk, -1_000_000),
  },
  {
    keys: ['G', 'end'],
    label: say`end`,
    does: say`To the last item or row.`,
    plain: true,
    run: (look, desk) => move(look, desk, 1_000_000),
  },
  {
    keys: ['tab'],
    label: say`pane`,
    does: say`The next pane of this screen.`,
    bar: 4,
    plain: true,
    when: look => (look.body?.panes ?? 1) > 1,
    run: ({place: at, body}, desk) => desk.change({pane: (at.pane + 1) % (body?.panes ?? 1), scroll: 0}),
  },
  {
    keys: ['escape', 'backspace', 'h', 'left'],
    label: say`back`,
    does: say`One level back: the filter first, then the screen.`,
    plain: true,
    bar: 8,
    when: ({ui, place: at}) => ui.stack.length > 1 || at.filter !== '',
    run: (_look, desk) => desk.back(),
  },
  {
    keys: ['/'],
    label: say`find`,
    does: say`Show only the items that contain what you type; in a text: find it there.`,
    bar: 9,
    why: look => (filters(look) ? undefined : say`there is nothing to search in this pane`),
    run: ({place: at}, desk) => desk.open({at: 'filter', text: at.filter, before: at.filter}),
  },
  {
    keys: [':'],
    label: say`commands`,
    does: say`Everything that can be done here, by name.`,
    bar: 10,
    plain: true,
    run: (_look, desk) => desk.open({at: 'palette', text: '', chosen: 0}),
  },
  {
    keys: ['?'],
    label: say`keys`,
    does: say`All keys of this screen, and why one is disabled.`,
    run: ({place: at}, desk) => {
      if (at.screen !== 'help') desk.go(place('help', at.screen));
    },
  },
  {
    keys: ['S'],
    label: say`services`,
    does: say`Go to the services.`,
    run: (_look, desk) => desk.go(place('services')),
  },
  {
    keys: ['B'],
    label: say`runbooks`,
    does: say`Go to the runbooks and runs.`,
    bar: 4,
    run: (_look, desk) => desk.go(place('runbooks')),
  },
  {
    keys: ['L'],
    label: say`ledger`,
    does: say`Go to the ledger.`,
    bar: 5,
    run: (_look, desk) => desk.go(place('ledger')),
  },
  {
    keys: ['P'],
    label: say`promises`,
    does: say`Go to the service levels: what is promised, and how much of each error budget is left.`,
    bar: 11,
    run: (_look, desk) => desk.go(place('slos')),
  },
  {
    keys: ['J'],
    label: say`jobs`,
    does: say`Go to the schedule: jobs with their next and last runs.`,
    bar: 12,
    run: (_look, desk) => desk.go(place('schedule')),
  },
  {
    keys: ['A'],
    label: say`alerts`,
    does: say`Go to the alerts: what fires, what is held back or silenced, and what is still to be told.`,
    bar: 6,
    run: (_look, desk) => desk.go(place('alerts')),
  },
  {
    keys: ['O'],
    label: say`open run`,
    does: say`Go to the run in hand, or to the one that was left open last.`,
    why: ({app}) => (app.run === undefined && openRunOf(app) === undefined ? say`no run is open` : undefined),
    run: ({app}, desk) => {
      const left = openRunOf(app);
      const isDone = app.run === undefined || app.run.ask.at === 'over';
      if (isDone && left !== undefined) desk.actions.openRun(left.run);
      desk.go(place('run'));
    },
  },
  {
    keys: ['F'],
    label: say`fault`,
    does: say`Break the database of the demo, or mend it.`,
    bar: 3,
    when: look => look.can.fault && look.place.screen === 'services',
    run: (_look, desk) => desk.actions.fault?.('database-stopped'),
  },
  {
    keys: ['c'],
    label: say`copy`,
    does: say`Copy what is chosen, and show it on a bare page to select by hand.`,
    why: ({body}) => ((body?.copy?.length ?? 0) > 0 ? undefined : say`there is nothing to copy here`),
    run: ({body}, desk) => {
      if (body?.copy !== undefined) desk.copy(body.copy);
    },
  },
  {
    keys: ['ctrl-l'],
    label: say`repaint`,
    does: say`Draw the whole screen again.`,
    run: (_look, desk) => desk.repaint(),
  },
  {
    keys: ['ctrl-z'],
    label: say`suspend`,
    does: say`Give the terminal back to the shell; fg returns. Running steps go on.`,
    why: look => (look.can.suspend ? undefined : say`no shell is there to come back from`),
    run: (_look, desk) => desk.suspend(),
  },
  {
    keys: ['ctrl-c'],
    label: say`stop`,
    does: say`Ask what to do with a running step; else ask whether to leave.`,
    plain: true,
    run: ({app}, desk) => desk.open({at: isBusy(app.run) ? 'interrupt' : 'leave'}),
  },
  {
    keys: ['q'],
    label: say`leave`,
    does: say`Leave the console. A running step goes on without it.`,
    run: ({app}, desk) => (isBusy(app.run) ? desk.open({at: 'leave'}) : desk.leave()),
  },
];
