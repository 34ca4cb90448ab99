// Running a job now, or resuming one: what it does is in view before Enter does it.
import type {DialogDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {paragraph} from '../parts/line.ts';
import {titleRow} from './edit.ts';

type JobDialog = Extract<Dialog, {at: 'job'}>;

export const job: DialogDefinition<JobDialog> = {
  keys: [
    {key: say`↵`, label: say`do it`},
    {key: say`esc`, label: say`do nothing`},
  ],
  view: ({what, job: id}, {app, size}) => {
    const found = app.schedule?.jobs.find(one => one.id === id);
    const {session} = app;
    const cells = size.columns - 1;
    return [
      titleRow(
        what === 'run'
          ? say`Run the job ${id} now, on ${session.environment.toUpperCase()} ${session.site}?`
          : say`Let the job ${id} run again, at its next time?`,
        found?.acts === true && what === 'run' ? 'warn' : 'accent',
      ),
      ...(found === undefined ? [] : paragraph(found.does, cells, 3)),
      ...(what === 'resume' && found?.paused !== undefined
        ? paragraph(say`paused: ${found.paused}`, cells, 3, 'dim')
        : []),
      ...paragraph(
        what === 'run'
          ? found?.acts === true
            ? say`It is recorded before it starts, and what came of it after. Its own times stay as they are.`
            : say`It only looks. Its own times stay as they are.`
          : say`That is recorded. Nothing is caught up.`,
        cells,
        3,
        'dim',
      ),
    ];
  },
  key: ({what, job: id}, key, _look, desk) => {
    if (key.name !== 'enter') return;
    desk.close();
    if (what === 'resume') desk.actions.resumeJob(id);
    else desk.actions.runJob(id);
  },
};
