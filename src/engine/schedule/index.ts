// Jobs at times of the clock: due, missed, caught up, within limits. Ports, ledger and what jobs do are passed in.
export {createScheduler} from './scheduler.ts';
export type {JobDone, JobState, Scheduler, SchedulerRequest} from './scheduler.ts';
export {jobRecords} from './records.ts';
export type {JobRecords} from './records.ts';
export {pausedJobs} from './paused.ts';
export {workOf} from './work.ts';
export type {WorkRequest} from './work.ts';
