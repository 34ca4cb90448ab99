// Talking over the process's own streams.
import {lineTalk, type LineTalk} from '../adapters/talk.ts';

const widthWithoutTerminal = 100;

export const standardTalk = (signal: AbortSignal): LineTalk =>
  lineTalk({
    input: process.stdin,
    output: process.stdout,
    error: process.stderr,
    interactive: process.stdin.isTTY && process.stdout.isTTY,
    columns: process.stdout.columns || widthWithoutTerminal,
    signal,
  });
