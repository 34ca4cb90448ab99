// Uptime of services: the line of each look, looks outside the monitor, and figures by minute, hour and day.
export {artifactsOf, checkArtifacts} from './artifacts.ts';
export type {ArtifactFound} from './artifacts.ts';
export {createUptimeLog} from './log.ts';
export type {UptimeLog} from './log.ts';
export {lookAtUptime} from './once.ts';
export {countStates, dayStep, hourStep, uptimeOf, uptimePeriods} from './periods.ts';
export type {Uptime, UptimePeriod} from './periods.ts';
export {latencySeries, minuteStates} from './series.ts';
export {slotsOf, spanUpTo} from './slots.ts';
export type {Slot} from './slots.ts';
