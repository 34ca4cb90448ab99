// Damages, by what is done and one or more for each rule of docs/formats/ledger.md, with the verdict that every verifier gives.
import {attacks} from './attacks/index.ts';
import {beside} from './beside.ts';
import {forms, moreForms} from './forms.ts';
import {good} from './good.ts';
import {lines, roots} from './roots.ts';
import {signatures} from './signatures.ts';
import {containers} from './small-files.ts';
import type {Case, Group} from './tools.ts';

export const groups: readonly Group[] = [
  ...attacks,
  {title: 'What holds', cases: good},
  {title: 'Rules 1 and 2: the small files', cases: containers},
  {title: 'Rules 2 and 6: context, values, tiles, manifest, derived files', cases: beside},
  {title: 'Rule 3: signatures and keys', cases: signatures},
  {title: 'Rules 4 to 6: checkpoints that contradict', cases: roots},
  {title: 'Rule 6: lines', cases: lines},
  {title: 'Rule 7: form', cases: [...forms, ...moreForms]},
];

export const cases: readonly Case[] = groups.flatMap(group => group.cases);
