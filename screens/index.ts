// THE list of screens. Adding one costs a file, a line here, and its test.
import type {ScreenDefinition} from '../src/define-screen.ts';
import {alerts} from './alerts.ts';
import {entry} from './entry.ts';
import {helpFor} from './help.ts';
import {ledger} from './ledger.ts';
import {run} from './run.ts';
import {runbook} from './runbook.ts';
import {runbooks} from './runbooks.ts';
import {schedule} from './schedule.ts';
import {serviceScreen} from './service.ts';
import {services} from './services.ts';
import {slos} from './slos.ts';
import {whyScreen} from './why.ts';

const about: readonly ScreenDefinition[] = [
  services,
  serviceScreen,
  whyScreen,
  alerts,
  slos,
  schedule,
  runbooks,
  runbook,
  run,
  ledger,
  entry,
];

export const screens: readonly ScreenDefinition[] = [...about, helpFor(about)];
