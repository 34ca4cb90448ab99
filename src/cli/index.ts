// One file per command; this is THE list. Commands get everything through their context and import no adapters.
import type {AnyCommand} from '../define.ts';
import {ack} from './ack.ts';
import {alerts, alertsTest} from './alerts.ts';
import {alertsWhy} from './alerts-why.ts';
import {attest} from './attest.ts';
import {breakglassClose, breakglassList, breakglassOpen} from './breakglass.ts';
import {caseAdd} from './case-add.ts';
import {caseFetch} from './case-fetch.ts';
import {caseOpen} from './case-open.ts';
import {casePack} from './case-pack.ts';
import {caseList, caseShow} from './case-show.ts';
import {caseRecord, caseVerify} from './case-verify.ts';
import {check} from './check.ts';
import {daemon} from './daemon.ts';
import {evidenceExport} from './evidence-export.ts';
import {evidenceTransfer} from './evidence-transfer.ts';
import {evidenceVerify} from './evidence-verify.ts';
import {guardsList, guardsTest} from './guards.ts';
import {init} from './init.ts';
import {ledgerAnchor} from './ledger-anchor.ts';
import {ledgerArchive} from './ledger-archive.ts';
import {ledgerCheckpoint} from './ledger-checkpoint.ts';
import {ledgerHoldLift, ledgerHoldList, ledgerHoldSet} from './ledger-hold.ts';
import {ledgerKey} from './ledger-key.ts';
import {ledgerNewOrigin} from './ledger-new-origin.ts';
import {ledgerRedact} from './ledger-redact.ts';
import {ledgerRetention} from './ledger-retention.ts';
import {ledgerRotateKey} from './ledger-rotate-key.ts';
import {ledgerQuery} from './ledger-query.ts';
import {ledgerShow} from './ledger-show.ts';
import {ledgerTail} from './ledger-tail.ts';
import {ledgerVerify} from './ledger-verify.ts';
import {maintenanceEnd, maintenanceList, maintenanceSet} from './maintenance.ts';
import {runbookImport} from './runbook-import.ts';
import {runbookAttach} from './runbook-attach.ts';
import {runbookLint} from './runbook-lint.ts';
import {runbookList} from './runbook-list.ts';
import {runbookReport} from './runbook-report.ts';
import {runbookResume} from './runbook-resume.ts';
import {runbookRun} from './runbook-run.ts';
import {runbookShow} from './runbook-show.ts';
import {scheduleList, schedulePause, scheduleResume, scheduleRun} from './schedule.ts';
import {silence, silenceLift, silenceList} from './silence.ts';
import {siteLint} from './site-lint.ts';
import {siteShow} from './site-show.ts';
import {siteTrust} from './site-trust.ts';
import {slo} from './slo.ts';
import {sloReport} from './slo-report.ts';
import {status} from './status.ts';
import {uptime} from './uptime.ts';
import {uptimeArtifacts} from './uptime-artifacts.ts';

/** In the order of `--help`. `completion` is added by the frame. */
export const commands: readonly AnyCommand[] = [
  init,
  siteShow,
  siteLint,
  siteTrust,
  check,
  attest,
  status,
  uptime,
  uptimeArtifacts,
  slo,
  sloReport,
  daemon,
  scheduleList,
  scheduleRun,
  schedulePause,
  scheduleResume,
  alerts,
  alertsTest,
  alertsWhy,
  ack,
  silence,
  silenceList,
  silenceLift,
  maintenanceSet,
  maintenanceList,
  maintenanceEnd,
  runbookList,
  runbookShow,
  runbookLint,
  runbookImport,
  runbookRun,
  runbookResume,
  runbookAttach,
  runbookReport,
  guardsList,
  guardsTest,
  breakglassOpen,
  breakglassClose,
  breakglassList,
  ledgerTail,
  ledgerShow,
  ledgerQuery,
  ledgerVerify,
  ledgerCheckpoint,
  ledgerAnchor,
  ledgerKey,
  ledgerRotateKey,
  ledgerRedact,
  ledgerHoldSet,
  ledgerHoldLift,
  ledgerHoldList,
  ledgerRetention,
  ledgerArchive,
  ledgerNewOrigin,
  evidenceExport,
  evidenceVerify,
  evidenceTransfer,
  caseOpen,
  caseAdd,
  caseFetch,
  caseVerify,
  caseRecord,
  caseShow,
  caseList,
  casePack,
];

/** One line for each first word that holds several commands. */
export const groups: Readonly<Record<string, string>> = {
  site: 'the site: services, checks, trust',
  maintenance: 'work that was announced: no alert is opened meanwhile',
  ledger: 'the record of everything that was done',
  'ledger hold': 'what must not be erased',
  guards: 'rules that no step may break',
  breakglass: 'open such rules for a while, for a reason',
  schedule: 'jobs at times of the clock',
  runbook: 'read, check and walk runbooks',
  case: 'evidence of other systems, kept unchanged',
  evidence: 'bundles for auditors: hand over, verify',
};
