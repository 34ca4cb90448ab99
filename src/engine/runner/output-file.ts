// Where the output of a running step can be watched.
import {join} from 'node:path';

/** A file of the data directory's `running` folder; gone once the outcome is in the ledger. */
export const outputFile = (
  dir: string,
  {run, step, attempt}: {readonly run: string; readonly step: string; readonly attempt: number},
): string => join(dir, 'running', `${run}.${encodeURIComponent(step)}.${attempt}.out`);

/** The file never grows beyond this: the beginning of the output, a line that says what is left out, its newest bytes. */
export const watchedBytes = {head: 128 * 1024, tail: 128 * 1024} as const;
