// `npm run bench [-- --json --large] [name…]`, `npm run bench -- corpus [DIR]`: one table of figures with their budgets; exit 1 when a budget is missed.
import {startBench} from './start.ts';
import type {Figure} from './figure.ts';

const words = process.argv.slice(2);
const asJson = words.includes('--json');
/** Also what takes minutes and gigabytes. */
const large = words.includes('--large');

const suites: Record<string, () => Promise<readonly Figure[]>> = {
  start: startBench,
  ledger: async () => (await import('./ledger/index.ts')).ledgerBench({large}),
  telemetry: async () => (await import('./telemetry.ts')).telemetryBench(),
  monitor: async () => (await import('./monitor/index.ts')).monitorBench(),
  runner: async () => (await import('./runner.ts')).runnerBench(),
  screen: async () => (await import('./screen.ts')).screenBench(),
  corpus: async () => (await import('./corpus.ts')).corpusBench(dir === undefined ? {} : {dir}),
};

const plain = words.filter(word => !word.startsWith('--'));
/** The word after `corpus` is a folder, unless it is a suite. */
const after = plain[plain.indexOf('corpus') + 1];
const dir = plain.includes('corpus') && after !== undefined && !(after in suites) ? after : undefined;
const chosen = plain.filter(word => word !== dir);
const unknown = chosen.filter(name => !(name in suites));
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no suite named ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}\n`,
  );
  process.exit(64);
}

const figures: (Figure & {suite: string})[] = [];
for (const [suite, run] of Object.entries(suites)) {
  if (chosen.length > 0 && !chosen.includes(suite)) continue;
  for (const figure of await run()) figures.push({suite, ...figure});
}

if (asJson) process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
else
  for (const {suite, name, value, unit, budget, ok} of figures) {
    const shown = Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
    const verdict = budget === undefined ? '' : `${ok ? 'ok  ' : 'MISS'} budget ${budget}`;
    process.stdout.write(
      `${suite.padEnd(8)} ${name.padEnd(44)} ${`${shown} ${unit}`.padStart(16)}   ${verdict}\n`,
    );
  }
process.exitCode = figures.every(({ok}) => ok) ? 0 : 1;
