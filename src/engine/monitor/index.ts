// The monitor: slots, looks, strikes, samples, and which process runs it. Ports, ledger and telemetry are passed in.
export {createMonitor} from './monitor.ts';
export type {MonitorRequest} from './monitor.ts';
export {followMonitor, statesOf} from './follow.ts';
export {createStation} from './station.ts';
export type {Station} from './station.ts';
export {runOnce} from './run-once.ts';
export {isStale} from './slots.ts';
export type {CheckState, Monitor} from './state.ts';
