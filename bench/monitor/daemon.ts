// The daemon as it is shipped, on a site with many services.
import {spawn} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import {started, type Started} from './processes.ts';

export interface Load {
  readonly services: number;
  /** Of each service. */
  readonly checks: number;
  readonly every: string;
}

function siteText({services, checks, every}: Load, port: number): string {
  const lines = ['site: bench', 'environment: development', 'services:'];
  for (let i = 0; i < services; i++) {
    lines.push(`  service-${i}:`, `    title: Service ${i}`, '    checks:');
    for (let n = 0; n < checks; n++)
      lines.push(
        `      ready-${n}: {type: http, url: 'http://127.0.0.1:${port}/ready', every: ${every}, expect: {status: 200, json: {status: ok}}}`,
      );
  }
  return `${lines.join('\n')}\n`;
}

export interface Daemon extends Started {
  /** Looks that were stored so far, and how many of them did not pass. */
  readonly stored: () => {readonly looks: number; readonly bad: number};
}

export async function daemon(load: Load, port: number): Promise<Daemon> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-monitor-'));
  const site = path.join(dir, 'site');
  const home = path.join(dir, 'home');
  mkdirSync(site);
  mkdirSync(home, {mode: 0o700});
  writeFileSync(path.join(site, 'quarterdeck.yaml'), siteText(load, port));
  const program = path.resolve(import.meta.dirname, '..', '..', 'bin', 'quarterdeck');
  const child = spawn(process.execPath, [program, '--site', site, '--home', home, 'daemon'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const {pid, end} = started(child);
  let said = '';
  child.stdout.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (text: string) => {
      said += text;
      if (said.includes('"event":"start"')) resolve();
    });
    child.on('exit', () => {
      reject(new Error(`the daemon ended: ${said}`));
    });
  });
  const stored = (): {readonly looks: number; readonly bad: number} => {
    const db = new Database(path.join(home, 'telemetry.db'), {readonly: true});
    const count = (sql: string): number => db.prepare<[], number | null>(sql).pluck().get() ?? 0;
    try {
      return {
        looks: count('SELECT count(*) FROM samples'),
        bad: count('SELECT sum(total - good) FROM hours'),
      };
    } finally {
      db.close();
    }
  };
  return {
    pid,
    stored,
    end: async () => {
      await end();
      rmSync(dir, {recursive: true, force: true});
    },
  };
}
