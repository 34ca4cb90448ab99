// Puts the runbooks of the site on the screen; they are read once a session.
import type {Runbook} from '../../domain/runbook.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {runbookViews} from './runbooks.ts';

export const feedRunbooks = (store: ConsoleStore, runbooks: readonly Runbook[]): void => {
  store.feed({runbooks: runbookViews(runbooks)});
};
