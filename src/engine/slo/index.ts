// Promises of services: measured from roll-ups, evaluated with memory, written to the guard's log and the ledger.
export {evaluateSlos, promisedIn, sloRecords} from './evaluate.ts';
export {createSloJob} from './job.ts';
export type {SloJob, SloJobOutcome} from './job.ts';
export {isSloKey} from './findings.ts';
export {measureSlos} from './measure.ts';
export type {Promised, SloState, SloStatus} from './measure.ts';
export {reportSlos} from './report.ts';
export {createSloWatch} from './watch.ts';
export type {SloWatch} from './watch.ts';
export type {SloReport} from './report.ts';
