// Ledgers and entries for measuring: the built worker, the real clock, entries of about 500 bytes.
import {mkdirSync} from 'node:fs';
import {realClock} from '../../src/adapters/clock.ts';
import {realRandom} from '../../src/adapters/random.ts';
import type {AppendRequest} from '../../src/domain/entry.ts';
import type {Ledger} from '../../src/ports.ts';
import {openLedger} from '../../src/store/ledger.ts';

export const distFile = (name: string): URL => new URL(`../../dist/${name}`, import.meta.url);

export const body = (i: number) => ({
  service: 'api',
  check: 'live',
  state: 'firing',
  verdict: 'fail',
  message: `status 500 instead of 200 at https://bench.example/health (attempt ${i}), after 2 tries`,
});

export const entry = (i: number): AppendRequest => ({entries: [{kind: 'check.change', body: body(i)}]});

export const actor = {operator: 'bench', uid: 1000, user: 'quarterdeck', via: 'local'} as const;

export async function open(dir: string, mode: 'write' | 'read' = 'write'): Promise<Ledger> {
  mkdirSync(dir, {recursive: true, mode: 0o700});
  return openLedger({
    dir,
    site: 'bench',
    host: 'bench',
    actor,
    session: 'bench-0123456789abcdef',
    clock: realClock(),
    random: realRandom,
    version: '0.0.0',
    worker: distFile('ledger-worker.cjs'),
    pollMs: 1000,
    mode,
  });
}
