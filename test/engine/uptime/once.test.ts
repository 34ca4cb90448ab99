import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import {createNdjsonLog} from '../../../src/engine/logs/index.ts';
import {lookAtUptime} from '../../../src/engine/uptime/index.ts';
import {openTelemetry} from '../../../src/store/telemetry.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {answer, memoryLedger, portsOf, scripted, siteOf, spec} from '../monitor/parts.ts';

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A data directory in which one look after the other is made, each with everything opened anew. */
function place() {
  const dir = tempDir();
  const clock = fakeClock(nowMs);
  const ledger = memoryLedger();
  const site = siteOf([spec('live'), spec('aside')]);
  let pid = 100;
  let told = 0;
  const look = async (verdict: Verdict, alive: (pid: number) => boolean = () => false) => {
    const telemetry = openTelemetry(join(dir, 'telemetry.db'), nowMs);
    const ports = portsOf(clock, {pid: (pid += 1), start: '1', boot: 'b'});
    const looked = await lookAtUptime({
      site,
      specs: [spec('live')],
      checks: [
        scripted(async () => Promise.resolve({...answer(verdict), code: verdict === 'pass' ? 200 : 503})),
      ],
      ports: {...ports, processes: {...ports.processes, alive: name => alive(name.pid)}},
      signal: new AbortController().signal,
      telemetry,
      ledger: async () => Promise.resolve(ledger),
      log: createNdjsonLog({files: realFiles, dir: join(dir, 'logs'), name: 'uptime'}),
      who: 'ada',
      tell: async () => {
        told += 1;
        return Promise.resolve(undefined);
      },
    });
    await telemetry.close();
    return looked;
  };
  const lines = (): string[] => readFileSync(join(dir, 'logs/uptime.ndjson'), 'utf8').trimEnd().split('\n');
  return {dir, clock, ledger, look, lines, told: () => told};
}

describe('one look outside the monitor', () => {
  test('two that fail are one outage, with one entry for it, and two that pass again end it', async () => {
    const {ledger, look, lines, clock, told} = place();
    for (const verdict of ['pass', 'fail', 'fail', 'fail', 'pass', 'pass'] as const) {
      expect((await look(verdict)).results.map(one => one.verdict)).toEqual([verdict]);
      await clock.advance(30_000);
    }
    expect(told()).toBe(6);
    expect(ledger.entries.map(({kind, body}) => [kind, body['verdict']])).toEqual([
      ['check.change', 'pass'],
      ['check.change', 'fail'],
      ['check.change', 'pass'],
    ]);
    expect(lines()).toEqual([
      '{"ts":"2026-01-02T03:04:05Z","latency_ms":0,"ok":true,"code":200}',
      '{"ts":"2026-01-02T03:04:35Z","latency_ms":0,"ok":false,"code":503}',
      '{"ts":"2026-01-02T03:05:05Z","latency_ms":0,"ok":false,"code":503}',
      '{"ts":"2026-01-02T03:05:35Z","latency_ms":0,"ok":false,"code":503}',
      '{"ts":"2026-01-02T03:06:05Z","latency_ms":0,"ok":true,"code":200}',
      '{"ts":"2026-01-02T03:06:35Z","latency_ms":0,"ok":true,"code":200}',
    ]);
  });

  test('the first look of a slot is its sample, and the lease is given back', async () => {
    const {dir, look} = place();
    await look('fail');
    await look('pass');
    const telemetry = openTelemetry(join(dir, 'telemetry.db'), nowMs);
    onTestFinished(() => telemetry.close());
    expect((await telemetry.recent('api', 'live', 9)).map(({verdict}) => verdict)).toEqual(['fail']);
    expect(await telemetry.monitorHolder()).toBeUndefined();
  });

  test('while somebody else runs the monitor it looks, and moves nothing', async () => {
    const {dir, look, ledger, told} = place();
    const telemetry = openTelemetry(join(dir, 'telemetry.db'), nowMs);
    const holder = {pid: 7, start: '7', boot: 'b', session: 's', who: 'daemon', sinceMs: nowMs};
    await telemetry.takeMonitor(holder, () => true);
    const looked = await look('fail', pid => pid === 7);
    expect(looked.heldBy).toMatchObject({who: 'daemon'});
    expect(looked.results.map(({verdict}) => verdict)).toEqual(['fail']);
    expect(await telemetry.recent('api', 'live', 9)).toEqual([]);
    expect(await telemetry.lastLooks()).toEqual([]);
    expect(await telemetry.monitorHolder()).toMatchObject({pid: 7});
    expect(ledger.entries).toEqual([]);
    expect(told()).toBe(0);
    expect(existsSync(join(dir, 'logs'))).toBe(false);
    await telemetry.close();
  });

  test('what cannot be recorded is said, and the look counts all the same', async () => {
    const {ledger, look} = place();
    ledger.refuse = 'no room';
    expect((await look('pass')).problem).toContain('no room');
  });
});
