// THE list of entry kinds, each with the schema of its body. A kind that is not here is never written (body.ts).
import {alertKinds} from './kinds-alert.ts';
import {caseKinds} from './kinds-case.ts';
import {ledgerKinds} from './kinds-ledger.ts';
import {lookingKinds} from './kinds-looking.ts';
import {runKinds} from './kinds-run.ts';
import {scheduleKinds} from './kinds-schedule.ts';
import {sessionKinds} from './kinds-session.ts';

export const entryKinds = {
  ...ledgerKinds,
  ...sessionKinds,
  ...lookingKinds,
  ...alertKinds,
  ...runKinds,
  ...caseKinds,
  ...scheduleKinds,
} as const;
