// Permissions as a site file writes them: three or four octal digits, as text.
import {z} from 'zod';

export const octalMode = z
  .string()
  .regex(/^[0-7]{3,4}$/, 'expected a mode such as "0600", in quotes')
  .describe('Octal, in quotes.');

export const bitsOf = (mode: string): number => Number.parseInt(mode, 8);

/** `0640`. */
export const modeSaid = (bits: number): string => bits.toString(8).padStart(4, '0');
