// The demo in the console: a line above the keys says what a newcomer can do next, and F breaks the database.
import {askSupervisor} from '../../demo/shared/control.ts';
import {faultNames, readFault} from '../../demo/shared/faults.ts';
import {folderAt} from '../../demo/shared/folder.ts';
import {say, type Shown} from '../domain/show.ts';
import type {AppState} from '../state/model.ts';
import type {ConsoleStore} from '../state/store.ts';
import {runConsole} from './console.ts';
import type {Opened} from './context.ts';

/** `dir` is the folder of the running demo. */
export const demoConsole = async (opened: Opened, dir: string): Promise<number> => {
  const {clock, talk, actor} = opened.context;
  return runConsole({
    clock,
    talk,
    actor,
    glance: undefined,
    open: () => Promise.resolve(opened),
    hint: guide,
    fault: name => void toggle(name, dir),
  });
};

/** Turns a fault on, or off when it is on. */
async function toggle(wanted: string, dir: string): Promise<void> {
  const name = faultNames.find(fault => fault === wanted);
  if (name === undefined) return;
  const folder = folderAt(dir);
  const on = readFault(folder, name) === undefined;
  await askSupervisor(folder, {op: 'fault', name, on, target: null});
}

function guide(store: ConsoleStore): void {
  const tell = (): void => {
    const {app} = store.api.getState();
    const hint = hintFor(app);
    if (app.session.hint !== hint) store.feed({session: {...app.session, hint}});
  };
  store.api.subscribe(tell);
  tell();
}

/** What comes next in the story, from what is on the screen. */
function hintFor({services, run, ledger}: AppState): Shown {
  if (run !== undefined && run.ask.at !== 'over')
    return say`Demo: walk the steps; each shows its key. Nothing runs before you confirm it.`;
  if (services.some(({verdict}) => verdict === 'fail'))
    return say`Demo: red. Choose the Event ledger API and press r to walk its runbook.`;
  if (ledger.verify.at === 'done')
    return say`Demo: verified. That was the whole story; q leaves, ? shows more.`;
  if (run !== undefined) return say`Demo: the run is over. L opens the ledger, v there verifies all of it.`;
  if (services.every(({verdict}) => verdict === 'pass'))
    return say`Demo: all is well. Press F to break the database, for real.`;
  return say`Demo: looking at the services …`;
}
