// The real monitor on real HTTP checks in a process of its own: `SERVICES CHECKS EVERY_MS SECONDS PORT`; prints what it cost.
import {mkdtempSync, rmSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {checks} from '../../checks/index.ts';
import type {CheckSpec, Site} from '../../src/domain/site.ts';
import {createMonitor} from '../../src/engine/monitor/index.ts';
import {realPorts} from '../../src/main/ports.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {silentLedger} from './silent-ledger.ts';

const [services = 1, each = 1, everyMs = 1000, seconds = 5, port = 0] = process.argv.slice(2).map(Number);
const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-monitor-'));
const telemetry = openTelemetry(path.join(dir, 'telemetry.db'), Date.now());
let samples = 0;
const counted = {
  ...telemetry,
  sample: (...given: Parameters<typeof telemetry.sample>) => {
    samples += 1;
    telemetry.sample(...given);
  },
};
const http = checks.find(({type}) => type === 'http');
const params = http?.params.parse({
  url: `http://127.0.0.1:${port}/ready`,
  expect: {status: 200, json: {status: 'ok'}},
});
const spec = (service: string, id: string): CheckSpec => ({
  service,
  id,
  type: 'http',
  panel: 'health',
  everyMs,
  timeoutMs: 5_000,
  rollup: true,
  severity: 'sev2',
  strikes: {fail: 2, recover: 2},
  params,
  line: 1,
});
const site: Site = {
  name: 'bench',
  environment: 'development',
  dir,
  file: path.join(dir, 'quarterdeck.yaml'),
  escalation: [],
  services: Array.from({length: services}, (_, i) => {
    const id = `service-${i}`;
    return {
      id,
      title: id,
      labels: [],
      runbooks: [],
      checks: Array.from({length: each}, (__, n) => spec(id, `check-${n}`)),
    };
  }),
  hashes: {},
  trust: {at: 'trusted'},
};
const monitor = createMonitor({
  site,
  checks,
  ports: realPorts(),
  ledger: silentLedger,
  telemetry: counted,
  onChange: () => undefined,
});
await monitor.start();
// The first looks come all at once, and compile what they run through.
const warm = Math.min(3, seconds / 3);
setTimeout(() => {
  const before = process.cpuUsage();
  const from = {samples, ms: performance.now()};
  setTimeout(
    () => {
      const {user, system} = process.cpuUsage(before);
      const bad = monitor.snapshot().filter(({last}) => last !== undefined && last.verdict !== 'pass').length;
      const result = {
        looks: samples - from.samples,
        cpuSeconds: (user + system) / 1e6,
        wallSeconds: (performance.now() - from.ms) / 1000,
        rssMiB: process.memoryUsage.rss() / 2 ** 20,
        bad,
      };
      void monitor.stop().then(async () => {
        await telemetry.close();
        rmSync(dir, {recursive: true, force: true});
        process.stdout.write(`${JSON.stringify(result)}\n`);
      });
    },
    (seconds - warm) * 1000,
  );
}, warm * 1000);
