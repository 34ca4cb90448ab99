// How long a key press takes on a real terminal while a step writes 10 MB/s: from the key to the bytes that echo it.
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {robot, type PtyRobot} from '../test/helpers/robot.ts';
import {waitFor} from '../test/helpers/wait.ts';
import {median, type Figure} from './figure.ts';

const root = path.resolve(import.meta.dirname, '..');
const presses = 200;
const budgetMs = 16;

/** Writes 100 KiB of lines every 10 ms by the clock, catching up when it was late. */
const writer = String.raw`const b=Buffer.alloc(102400,"one line of the output of a step that has a lot to say\n");const t=Date.now();let n=0;const f=()=>{if(Date.now()-t>60000)process.exit();while(n*10<Date.now()-t){n++;if(!process.stdout.write(b))return process.stdout.once("drain",f)}setTimeout(f,5)};f()`;

const siteText = `site: bench
environment: staging
services:
  api:
    title: The service
    runbooks: [write]
    checks:
      port: {type: tcp, host: 127.0.0.1, port: 9, every: 60s}
`;

const book = `# Write a lot

Procedure:

1. Write

   ~~~sh {"name":"write","effect":"read","timeout":"90s"}
   '${process.execPath}' -e '${writer}'
   ~~~
`;

/** Types letters into the field of a dialog over the run, one at a time; milliseconds until each was echoed. */
async function typed(on: PtyRobot): Promise<readonly number[]> {
  const took: number[] = [];
  for (let i = 0; i < presses; i++) {
    const letter = String.fromCharCode(97 + (i % 26));
    if (i % 20 === 19) await on.press('ctrl-u');
    await sleep(20 + ((i * 37) % 90));
    const at = performance.now();
    // The letter and the cursor behind it are written together.
    const echo = on.echoes(`${letter}▌`);
    await on.press(letter);
    took.push((await echo) - at);
  }
  return took;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.ceil(values.length * share) - 1] ?? Number.NaN;

/** Median and 99th percentile, without output and with it. */
export async function outputBench(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-'));
  const site = path.join(dir, 'site');
  mkdirSync(path.join(site, 'runbooks'), {recursive: true, mode: 0o700});
  writeFileSync(path.join(site, 'quarterdeck.yaml'), siteText, {mode: 0o600});
  writeFileSync(path.join(site, 'runbooks', 'write.md'), book, {mode: 0o600});
  const on = robot({
    command: process.execPath,
    args: ['bin/quarterdeck'],
    cwd: root,
    cols: 120,
    rows: 40,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: dir,
      QUARTERDECK_HOME: path.join(dir, 'data'),
      QUARTERDECK_SITE: site,
    },
  });
  const until = async (key: string, text: string): Promise<unknown> =>
    waitFor(
      async () => {
        if (on.screen().some(row => row.includes(text))) return true;
        await on.press(key);
        await on.settles(150);
        return false;
      },
      {timeoutMs: 30_000, what: () => `${text}; the screen shows:\n${on.screen().join('\n')}`},
    );
  try {
    await on.sees('The service', 30_000);
    await on.press('r');
    await on.sees('Run which runbook?', 20_000);
    await on.press('escape');
    await on.settles(300);
    await on.press(':');
    await on.settles(300);
    const quiet = await typed(on);
    await on.press('escape');
    await on.settles(300);
    await until('r', '> Write a lot');
    await on.press('enter');
    await on.sees('Step 1', 20_000);
    await until('enter', '│ one line of the output');
    await on.press('z');
    await on.sees('Stop the running step');
    const keys = await typed(on);
    const worst = percentile(keys, 0.99);
    return [
      {name: 'key press without output, median', value: median(quiet), unit: 'ms', ok: true},
      {
        name: 'key press without output, 99th percentile',
        value: percentile(quiet, 0.99),
        unit: 'ms',
        ok: true,
      },
      {name: 'key press at 10 MB/s of output, median', value: median(keys), unit: 'ms', ok: true},
      {
        name: 'key press at 10 MB/s of output, 99th percentile',
        value: worst,
        unit: 'ms',
        budget: `≤ ${budgetMs}`,
        ok: worst <= budgetMs,
      },
    ];
  } finally {
    // The step outlives its console: it ends by itself, at the latest after a minute.
    on.kill();
    rmSync(dir, {recursive: true, force: true});
  }
}
