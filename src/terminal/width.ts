// Cells of one grapheme.
import stringWidth from 'string-width';
import {isSure} from '../domain/sure-cells.ts';

/** Usually 0, 1 or 2; a few clusters of spacing marks take more. Counted as Ink does. */
export const cellsOf = (grapheme: string): number => (isSure(grapheme) ? 1 : stringWidth(grapheme));
