// Cells of one grapheme.
import stringWidth from 'string-width';
import {isSure} from '../domain/sure-cells.ts';

/** 0, 1 or 2. */
export const cellsOf = (grapheme: string): number =>
  isSure(grapheme) ? 1 : Math.min(2, stringWidth(grapheme));
