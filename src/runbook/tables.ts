// A table in an acting phase: rows that hold a command are steps, the others are read.
import type {Table, TableRow} from '../markdown/index.ts';
import type {Draft} from './draft.ts';
import {inlineSteps} from './inline.ts';
import {plain} from '../markdown/index.ts';

/** A step for each command of a row, titled by the row's other cells; undefined for a row that has none. */
function rowSteps(row: TableRow): Draft[] | undefined {
  const words: string[] = [];
  const steps: Draft[] = [];
  for (const cell of row.children) {
    const found = inlineSteps(cell, '');
    steps.push(...found);
    // A cell of nothing but its command says nothing more.
    if (found.length === 0 || plain(cell) !== found[0]?.command) words.push(plain(cell));
  }
  const title = words.filter(each => each !== '').join(': ');
  return steps.length === 0
    ? undefined
    : steps.map(step => ({...step, line: row.line, title: title === '' ? (step.command ?? '') : title}));
}

/** The rows of a table (its head left out), each as steps or as a line to read. */
export const tableRows = (table: Table): readonly (Draft[] | string)[] =>
  table.children.slice(1).map(row => rowSteps(row) ?? `- ${row.children.map(plain).join(': ')}`);
