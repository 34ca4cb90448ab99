// Damages, one or more for each rule of docs/formats/ledger.md, with the verdict that every verifier gives.
import {beside} from './beside.ts';
import {forms, moreForms} from './forms.ts';
import {good} from './good.ts';
import {lines, roots} from './roots.ts';
import {signatures} from './signatures.ts';
import {containers} from './small-files.ts';
import type {Case} from './tools.ts';

export const cases: readonly Case[] = [
  ...good,
  ...containers,
  ...beside,
  ...signatures,
  ...roots,
  ...lines,
  ...forms,
  ...moreForms,
];
