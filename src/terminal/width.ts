// Cells of a grapheme, and whether terminals agree about it.
import stringWidth from 'string-width';

// Latin-1, arrows, box drawing, blocks, geometric shapes, braille and the console's own signs: one cell everywhere.
const sure =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u2013\u2014\u2018-\u201d\u2022\u2026\u2190-\u2193\u21b5\u2500-\u25a8\u25b2\u25b6\u25bc\u25cf\u2714\u2716\u2800-\u28ff]+$/;

/** True when every character takes one cell on every terminal. */
export const isSure = (text: string): boolean => sure.test(text);

/** Cells of one grapheme: 0, 1 or 2. */
export const cellsOf = (grapheme: string): number =>
  isSure(grapheme) ? 1 : Math.min(2, stringWidth(grapheme));
