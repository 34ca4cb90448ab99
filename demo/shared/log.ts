// Structured logs: one JSON line each, in logs/NAME.ndjson.
import {appendFileSync, existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Folder} from './folder.ts';

export type Log = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, unknown>>,
) => void;

/** A writer of one JSON line per call: {ts, level, service, event, …fields}. */
export function openLog(folder: Folder, service: string): Log {
  const path = join(folder.logs, `${service}.ndjson`);
  return (level, event, fields = {}) => {
    const line = {ts: new Date().toISOString(), level, service, event, ...fields};
    appendFileSync(path, `${JSON.stringify(line)}\n`, {mode: 0o600});
  };
}

/** The last lines of what a unit logged and printed, for an error that must say why. */
export function logTail(folder: Folder, service: string, lines = 5): string {
  return [`${service}.out`, `${service}.ndjson`]
    .map(name => join(folder.logs, name))
    .filter(path => existsSync(path))
    .flatMap(path => readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines))
    .filter(line => line !== '')
    .join('\n');
}
