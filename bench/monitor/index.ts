// What looking costs: the daemon on a local server, beside prometheus-blackbox-exporter on the same one.
import {setTimeout as sleep} from 'node:timers/promises';
import {median, type Figure} from '../figure.ts';
import {blackbox, peer, type Blackbox} from './blackbox.ts';
import {daemon, type Daemon} from './daemon.ts';
import {cpuSeconds, residentMiB, server} from './processes.ts';

const roundMs = 5_000;
const rounds = 3;
/** More than it can do, as the exporter is asked for more than it can do; what it cannot is not counted. */
const busy = {services: 800, checks: 5, every: '1s'};
const large = {services: 1_000, checks: 5, every: '60s'};

/** Whole looks (asked, judged, stored) per second of CPU. */
async function looks({pid, stored}: Daemon): Promise<number> {
  const [cpu, before] = [cpuSeconds(pid), stored().looks];
  await sleep(roundMs);
  return (stored().looks - before) / (cpuSeconds(pid) - cpu);
}

async function probes({pid, probe}: Blackbox): Promise<number> {
  const [cpu, until] = [cpuSeconds(pid), performance.now() + roundMs];
  let count = 0;
  const worker = async (): Promise<void> => {
    for (; performance.now() < until; count++)
      if (!(await probe())) throw new Error(`${peer} says that the server does not answer as it should`);
  };
  await Promise.all([worker(), worker(), worker(), worker()]);
  return count / (cpuSeconds(pid) - cpu);
}

async function throughput(port: number): Promise<readonly Figure[]> {
  const other = await blackbox(port);
  const ours = await daemon(busy, port);
  try {
    await sleep(roundMs);
    if (other !== undefined) await probes(other);
    const [mine, theirs]: number[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      mine?.push(await looks(ours));
      if (other !== undefined) theirs?.push(await probes(other));
    }
    const {bad} = ours.stored();
    const own = median(mine ?? []);
    const figures = [
      {name: 'whole looks', value: own, unit: 'per CPU-s', ok: true},
      {name: 'looks that did not pass', value: bad, unit: 'looks', budget: 'none', ok: bad === 0},
    ];
    if (other === undefined)
      return [
        ...figures,
        {name: `${peer} is not installed`, value: Number.NaN, unit: '', budget: '≥ 2 ×', ok: false},
      ];
    const ratio = own / median(theirs ?? []);
    return [
      ...figures,
      {name: 'probes of blackbox_exporter', value: median(theirs ?? []), unit: 'per CPU-s', ok: true},
      {name: 'looks over its probes', value: ratio, unit: '×', budget: '≥ 2 ×', ok: ratio >= 2},
    ];
  } finally {
    await ours.end();
    await other?.end();
  }
}

async function scale(port: number): Promise<readonly Figure[]> {
  const ours = await daemon(large, port);
  try {
    // The first minute looks at everything at once; what comes later is the steady state.
    await sleep(60_000);
    const [cpu, before, at] = [cpuSeconds(ours.pid), ours.stored().looks, performance.now()];
    await sleep(60_000);
    const seconds = (performance.now() - at) / 1000;
    const share = (100 * (cpuSeconds(ours.pid) - cpu)) / seconds;
    const rate = (ours.stored().looks - before) / seconds;
    const due = (large.services * large.checks) / 60;
    const memory = residentMiB(ours.pid);
    return [
      {
        name: '1,000 services × 5 checks each 60 s: looks',
        value: rate,
        unit: 'per s',
        budget: `≥ ${(due * 0.99).toFixed(1)}`,
        ok: rate >= due * 0.99,
      },
      {name: 'the same: one core', value: share, unit: '%', budget: '≤ 50 %', ok: share <= 50},
      {name: 'the same: resident', value: memory, unit: 'MiB', budget: '≤ 250 MiB', ok: memory <= 250},
    ];
  } finally {
    await ours.end();
  }
}

export async function monitorBench(): Promise<readonly Figure[]> {
  const target = await server();
  try {
    return [...(await throughput(target.port)), ...(await scale(target.port))];
  } finally {
    await target.end();
  }
}
