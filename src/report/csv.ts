// Rows of population.csv and timeline.csv: RFC 4180 with LF, safe to open in a spreadsheet.
import {shown} from './text.ts';

/** Begins of cells that a spreadsheet takes for a formula, in plain and full width; such a cell gets a `'` before it. */
const formula = /^[=+\-@\uff1d\uff0b\uff0d\uff20]/;

/** Most cells: nothing in them changes. */
const harmless = /^[A-Za-z0-9][ !#-+\--~]*$/;

/** A cell holds no control character (they are shown as `\u{hex}`), so a row is always one line. */
function cell(value: string | number): string {
  if (typeof value === 'number' || harmless.test(value)) return String(value);
  const text = shown(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** One row with its LF; what does not apply is empty. */
export const row = (cells: readonly (string | number | undefined)[]): string =>
  `${cells.map(value => (value === undefined ? '' : cell(value))).join(',')}\n`;

export const populationHead = 'seq,ts,kind,operator,via,uid,user,session,run,step,of,fence,leaf,bytes\n';
export const timelineHead = 'seq,ts,operator,kind,what,run,step,service,verdict,values\n';
