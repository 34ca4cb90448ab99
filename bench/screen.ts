// Bytes on the wire: a key press and a quiet minute on the services screen, with an hour of steady history.
import {mkdirSync, rmSync} from 'node:fs';
import path from 'node:path';
import {robot} from '../test/helpers/robot.ts';
import {waitFor} from '../test/helpers/wait.ts';
import {openTelemetry} from '../src/store/telemetry.ts';
import {benchSite, benchServices} from './start.ts';
import {median, type Figure} from './figure.ts';
import {outputBench} from './output.ts';

const root = path.resolve(import.meta.dirname, '..');
const minuteMs = 60_000;

/** An hour of passes for every check, as a monitor that ran would have left it. */
async function writeHistory(home: string): Promise<void> {
  mkdirSync(home, {recursive: true, mode: 0o700});
  const nowMs = Date.now();
  const telemetry = openTelemetry(path.join(home, 'telemetry.db'), nowMs);
  telemetry.register(
    benchServices.map(
      service =>
        ({service, id: 'port', type: 'tcp', panel: 'health', everyMs: 15_000, rollup: true}) as const,
    ),
  );
  for (let minute = 0; minute < 60; minute++) {
    const slotMs = Math.floor(nowMs / minuteMs - minute) * minuteMs;
    for (const service of benchServices)
      telemetry.sample(
        {
          service,
          check: 'port',
          type: 'tcp',
          panel: 'health',
          at: new Date(slotMs).toISOString(),
          durationMs: 2,
          verdict: 'pass',
          kind: 'assertion',
          checked: 1,
          message: 'steady',
        },
        slotMs,
      );
  }
  await telemetry.flush();
  await telemetry.close();
}

export async function screenBench(): Promise<readonly Figure[]> {
  const {dir, env, listen} = benchSite();
  const server = await listen();
  const home = path.join(dir, 'data');
  try {
    await writeHistory(home);
    const qd = robot({command: process.execPath, args: ['bin/quarterdeck'], cwd: root, env});
    try {
      await qd.sees('all pass', 20_000);
      await qd.settles(1500);
      const first = qd.bytes();
      const keys: number[] = [];
      for (const key of ['j', 'k', 'j', 'j', 'j', 'k', 'k', 'k']) {
        const mark = qd.bytes();
        await qd.press(key);
        await waitFor(() => qd.bytesSince(mark) > 0, {what: `${key} to change the screen`});
        await qd.settles(300);
        keys.push(qd.bytesSince(mark));
      }
      // A whole minute in which nothing changes but the clock.
      const mark = qd.bytes();
      await new Promise(resolve => setTimeout(resolve, minuteMs));
      const quiet = qd.bytesSince(mark);
      const worst = Math.max(...keys);
      return [
        {name: 'first screen', value: first, unit: 'bytes', ok: true},
        {name: 'key press (j, k), median', value: median(keys), unit: 'bytes', ok: true},
        {
          name: 'key press (j, k), worst of 8',
          value: worst,
          unit: 'bytes',
          budget: '≤ 500',
          ok: worst <= 500,
        },
        {name: 'a minute without changes', value: quiet, unit: 'bytes', budget: '≤ 200', ok: quiet <= 200},
        ...(await outputBench()),
      ];
    } finally {
      qd.kill();
    }
  } finally {
    server.close();
    rmSync(dir, {recursive: true, force: true});
  }
}
