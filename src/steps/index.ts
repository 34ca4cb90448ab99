// One file per step type; this is THE list. A step says what would happen; the engine and the step runner do it.
import type {StepDefinition} from '../define.ts';
import {check} from './check.ts';
import {command} from './command.ts';
import {decide} from './decide.ts';
import {http} from './http.ts';
import {manual} from './manual.ts';
import {note} from './note.ts';
import {wait} from './wait.ts';

export const steps: readonly StepDefinition[] = [manual, command, http, check, decide, wait, note];
