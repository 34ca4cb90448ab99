// Lines of a unit in the journal of systemd.
import type {Host} from '../../../src/host-ports.ts';
import {excerpt} from '../expect.ts';
import {isObject, parseJson} from '../json.ts';
import {unknown} from './could-not.ts';
import type {Line, LinesAnswer} from './log-lines.ts';
import {fullName} from './unit.ts';

const mostLines = 50_000;
const maxBytes = 16 * 1024 * 1024;

/** Text, or the bytes of what is no UTF-8. */
function messageOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return undefined;
  const bytes = value.filter((each: unknown): each is number => typeof each === 'number');
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function lineOf(text: string): Line | undefined {
  const entry = parseJson(text)?.value;
  if (!isObject(entry)) return undefined;
  const message = messageOf(entry['MESSAGE']);
  const us = Number(entry['__REALTIME_TIMESTAMP']);
  return message === undefined || Number.isNaN(us) ? undefined : {text: message, ms: Math.floor(us / 1000)};
}

/** Newest first is how it is asked, so that what is cut off is the oldest. */
export async function readJournal(
  host: Host,
  {unit, scope}: {readonly unit: string; readonly scope: 'system' | 'user'},
  sinceMs: number | undefined,
): Promise<LinesAnswer> {
  const answer = await host.run({
    argv: [
      'journalctl',
      ...(scope === 'user' ? ['--user'] : []),
      `--unit=${fullName(unit)}`,
      ...(sinceMs === undefined ? [] : [`--since=@${Math.floor(sinceMs / 1000)}`]),
      '--output=json',
      '--no-pager',
      '--quiet',
      '--reverse',
      `--lines=${mostLines + 1}`,
    ],
    inherit: ['XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
    graceMs: 1_000,
    maxOutputBytes: maxBytes,
  });
  if (answer.at === 'spawn') return {at: 'look', look: unknown(answer.kind, answer.message)};
  if (answer.at === 'hang')
    return {at: 'look', look: unknown('timeout', 'journalctl did not answer in its time')};
  const said = excerpt(new TextDecoder().decode(answer.stderr).trim().replaceAll('\n', ' '));
  const isHidden = /not seeing messages|permission denied|insufficient permissions/i.test(said);
  if (answer.status !== 0 || isHidden) {
    const why = said || `exit ${answer.status ?? answer.bySignal ?? '?'}`;
    const kind = isHidden ? 'permission' : 'noData';
    return {at: 'look', look: unknown(kind, `journalctl could not look: ${why}`)};
  }
  const parts = new TextDecoder().decode(answer.stdout).split('\n');
  // Without its end the last line is half of one.
  parts.pop();
  const lines = parts.flatMap(part => lineOf(part) ?? []).reverse();
  if (lines.length === 0) return {at: 'missing'};
  return {
    at: 'lines',
    lines: sinceMs === undefined ? lines : lines.filter(({ms}) => (ms ?? 0) >= sinceMs),
    earlier: [],
    whole: !answer.cut && lines.length <= mostLines,
    read: lines.length,
  };
}
