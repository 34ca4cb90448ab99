// Alerts: what is wrong becomes an alert, and an alert is told to whom it concerns. Ledger, queue, channels and what is
// found are passed in.
export {createAlerts} from './alerts.ts';
export type {Alerts} from './alerts.ts';
export {suppression, type FindingSource} from './decide.ts';
export {deliver, resolveParams} from './deliver.ts';
export {findingsOf, keyOfCheck} from './findings.ts';
export {holdFor, planned, waysOf} from './plan.ts';
export {heldFindings, standings, waitingIn, type Standing} from './standing.ts';
export type {ChannelFacts, PlanScene} from './plan.ts';
