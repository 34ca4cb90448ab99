// Ledgers for tests: a fresh data directory, the real worker, steered time and chance.
import {expect, onTestFinished} from 'vitest';
import {openLedger, type OpenLedgerOptions} from '../../src/store/ledger.ts';
import type {AppendRequest, AppendResult, NewEntry} from '../../src/domain/entry.ts';
import type {Ledger} from '../../src/ports.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {bundle} from '../helpers/programs.ts';

const workerFile = bundle('ledger-worker.cjs');

export function options(dir: string, more: Partial<OpenLedgerOptions> = {}): OpenLedgerOptions {
  return {
    dir,
    site: 'acme',
    host: 'bastion',
    actor: {operator: 'ada', uid: 0, user: 'root', via: 'local'},
    session: 'session-a',
    clock: fakeClock(),
    random: realRandom,
    version: '0.1.0',
    worker: workerFile,
    pollMs: 50,
    mode: 'write',
    reserveBytes: 65_536,
    ...more,
  };
}

/** Opens a ledger that is closed when the test ends. */
export async function open(dir: string, more: Partial<OpenLedgerOptions> = {}): Promise<Ledger> {
  const ledger = await openLedger(options(dir, more));
  onTestFinished(async () => {
    await ledger.close().catch(() => undefined);
  });
  return ledger;
}

export const note = (text: string): NewEntry => ({
  kind: 'note',
  body: {},
  disclosed: [{ptr: '/body/text', value: text}],
});

export const noted = (text: string): AppendRequest => ({entries: [note(text)]});

/** The entries of a successful append; throws what it said otherwise. */
export function written(result: AppendResult): readonly number[] {
  if (!result.ok) throw new Error(`not written: ${result.why}: ${result.message}`);
  return result.entries.map(({seq}) => seq);
}

const zeros = '0'.repeat(64);

export const runStart = (run: string): NewEntry => ({
  kind: 'run.start',
  run,
  body: {
    runbook: 'start',
    title: 'Start',
    file: 'start.md',
    sha256: zeros,
    procedure: 'start',
    procedureTitle: 'Start',
    service: 'api',
    environment: 'production',
    site: 'acme',
    siteSha256: zeros,
    writes: true,
  },
});

export const intent = (run: string, fence: number): NewEntry => ({
  kind: 'step.intent',
  run,
  step: 'start/1',
  fence,
  body: {
    attempt: 1,
    confirm: 1,
    argv: ['true'],
    target: 'api',
    effect: 'write',
    vars: [],
    runbook: zeros,
    runner: {pid: 4242, start: '1', boot: 'fake-boot'},
    timeoutMs: 1000,
    graceMs: 100,
    atLimit: 'ask',
  },
});

export const outcome = (run: string, of: number, fence?: number): NewEntry => ({
  kind: 'step.outcome',
  run,
  step: 'start/1',
  of,
  ...(fence === undefined ? {} : {fence}),
  body: {attempt: 1, verdict: 'pass', message: 'exit 0', by: 'machine', status: 0, durationMs: 5},
});

export const finish = (run: string): NewEntry => ({
  kind: 'run.finish',
  run,
  body: {result: 'passed', durationMs: 10, done: 1, skipped: 0, notReached: 0},
});

/** Text that matches, inside an expected object. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);
/** An error or object with at least these fields. */
export const having = (fields: Readonly<Record<string, unknown>>): unknown => expect.objectContaining(fields);
