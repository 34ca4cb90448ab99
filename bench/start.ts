// Start-up: the bundled console to its first real frame, and `--version`, against `node -e 0` in the same rounds.
import {spawnSync} from 'node:child_process';
import {mkdtempSync, mkdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pty from '@lydell/node-pty';
import {median, type Figure} from './figure.ts';

const root = path.resolve(import.meta.dirname, '..');
const launcher = path.join(root, 'bin/quarterdeck');
const rounds = 15;

/** Milliseconds from spawn to the first byte block that contains `marker`; the process is then ended. */
function toMarker(args: readonly string[], env: Record<string, string>, marker: string): Promise<number> {
  const started = performance.now();
  const child = pty.spawn(process.execPath, [...args], {cols: 80, rows: 24, env, cwd: root});
  return new Promise((resolve, reject) => {
    let seen = '';
    let found: number | undefined;
    const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
    child.onData(data => {
      seen += data;
      if (found === undefined && seen.includes(marker)) {
        found = performance.now() - started;
        child.write('q');
      }
    });
    child.onExit(() => {
      clearTimeout(limit);
      if (found === undefined) reject(new Error(`"${marker}" was never painted:\n${seen.slice(-2000)}`));
      else resolve(found);
    });
  });
}

function spawned(args: readonly string[]): number {
  const started = performance.now();
  const {status} = spawnSync(process.execPath, [...args], {stdio: 'ignore', cwd: root});
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - started;
}

/** The four services of the measured site. */
export const benchServices = ['database', 'gateway', 'ledger-api', 'worker'] as const;

const siteText = (port: number): string => `site: bench
environment: staging
services:
${benchServices
  .map(
    id => `  ${id}:
    title: ${id}
    checks:
      port: {type: tcp, panel: health, host: 127.0.0.1, port: ${port}, every: 15s}
`,
  )
  .join('')}`;

export interface BenchSite {
  readonly dir: string;
  readonly env: Record<string, string>;
  /** Starts the server that the checks look at. */
  readonly listen: () => Promise<{readonly close: () => void}>;
}

/** A private home and site with four services; the caller removes `dir`. */
export function benchSite(): BenchSite {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-'));
  const siteDir = path.join(dir, 'site');
  mkdirSync(siteDir, {mode: 0o700});
  const write = (port: number): void =>
    writeFileSync(path.join(siteDir, 'quarterdeck.yaml'), siteText(port), {mode: 0o600});
  write(9);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: dir,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    QUARTERDECK_HOME: path.join(dir, 'data'),
    QUARTERDECK_SITE: siteDir,
  };
  const listen = async (): Promise<{readonly close: () => void}> => {
    const server = createServer(socket => socket.on('error', () => undefined).end());
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      }),
    );
    write(port);
    return {close: () => void server.close()};
  };
  return {dir, env, listen};
}

export async function startBench(): Promise<readonly Figure[]> {
  const {dir, env} = benchSite();
  const base: number[] = [];
  const version: number[] = [];
  const frame: number[] = [];
  try {
    await toMarker([launcher], env, 'ledger-api');
    await toMarker([launcher], env, 'ledger-api');
    for (let i = 0; i < rounds; i++) {
      base.push(spawned(['-e', '0']));
      version.push(spawned([launcher, '--version']));
      frame.push(await toMarker([launcher], env, 'ledger-api'));
    }
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
  const node = median(base);
  const ratio = (values: readonly number[]): number => median(values) / node;
  return [
    {name: 'node -e 0', value: node, unit: 'ms', ok: true},
    {name: 'first frame', value: median(frame), unit: 'ms', ok: true},
    {name: 'first frame / node -e 0', value: ratio(frame), unit: '×', budget: '≤ 6', ok: ratio(frame) <= 6},
    {
      name: '--version / node -e 0',
      value: ratio(version),
      unit: '×',
      budget: '≤ 1.6',
      ok: ratio(version) <= 1.6,
    },
  ];
}
