// One file per step type; this is THE list. A step says what would happen; the engine and the step runner do it.
import type {StepDefinition} from '../define.ts';
import {approve} from './approve.ts';
import {attest} from './attest.ts';
import {check} from './check.ts';
import {collect} from './collect.ts';
import {command} from './command.ts';
import {decide} from './decide.ts';
import {gate} from './gate.ts';
import {http} from './http.ts';
import {input} from './input.ts';
import {manual} from './manual.ts';
import {note} from './note.ts';
import {promql} from './promql.ts';
import {sql} from './sql.ts';
import {terminal} from './terminal.ts';
import {wait} from './wait.ts';

export const steps: readonly StepDefinition[] = [
  manual,
  command,
  http,
  sql,
  promql,
  check,
  gate,
  decide,
  wait,
  approve,
  input,
  attest,
  collect,
  terminal,
  note,
];
