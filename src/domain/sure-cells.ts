// Characters that take one terminal cell on every terminal; about all others terminals may disagree.

// Latin-1, arrows, box drawing, blocks, geometric shapes, braille, and the signs of the console.
const sure =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u00ff\u2013\u2014\u2016\u2018-\u201d\u2022\u2026\u203a\u2190-\u2193\u21b5\u2500-\u25a8\u25b2\u25b6\u25bc\u25cf\u2714\u2716\u2800-\u28ff]*$/;

/** True when every character takes exactly one cell, so that the width is the length. */
export const isSure = (text: string): boolean => sure.test(text);
