// Jobs of the site with what is remembered of them → what the schedule screen shows.
import {refusedByHand, type JobRow} from '../../cli/schedule-desk.ts';
import type {Job} from '../../domain/schedule.ts';
import {say, show, type Shown} from '../../domain/show.ts';
import type {Site} from '../../domain/site.ts';
import type {JobEnd, JobView} from '../../state/duty.ts';

export interface JobFacts {
  readonly site: Pick<Site, 'trust'>;
  readonly isRunning: (id: string) => boolean;
  readonly byHand: ReadonlyMap<string, JobEnd>;
}

function doesOf({work}: Pick<Job, 'work'>): Shown {
  switch (work.at) {
    case 'own':
      return work.name === 'slo'
        ? say`evaluates what the services promise`
        : say`sees whether the monitor looks at everything in time`;
    case 'checks': {
      const types = work.types.map(type => `every check of type ${type}`);
      return say`looks at ${[...work.checks, ...types].join(', ')}`;
    }
    case 'command':
      return say`runs ${work.argv.join(' ')}`;
    case 'nothing':
      return say`not configured: ${work.why}`;
  }
}

export function jobView({job, record, nextMs, paused}: JobRow, {site, isRunning, byHand}: JobFacts): JobView {
  const {startedMs, endedMs, outcome, message = '', missed = 0, overruns = 0} = record ?? {};
  const refused = refusedByHand(site, job);
  // Another process may run it: then its beginning is noted, and no end.
  const isOpen = startedMs !== undefined && (endedMs === undefined || endedMs < startedMs);
  return {
    id: job.id,
    title: show(job.title),
    cron: show(job.cron),
    timezone: show(job.timezone),
    does: doesOf(job),
    acts: job.work.at === 'command',
    catchUp: job.catchUp,
    limitMs: job.limitMs,
    nextMs,
    paused: paused === undefined ? undefined : show(paused),
    running: isOpen || isRunning(job.id),
    startedMs,
    last:
      endedMs === undefined || outcome === undefined ? undefined : {endedMs, outcome, message: show(message)},
    missed,
    overruns,
    refused: refused === undefined ? undefined : show(refused),
    byHand: byHand.get(job.id),
  };
}
