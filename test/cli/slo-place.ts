// A site with a promise and a history in telemetry, and its commands run line by line.
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import type {CommandContext} from '../../src/define.ts';
import {loadSite} from '../../src/site/load.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {siteOnDisk} from '../helpers/site.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {options} from '../store/helpers.ts';
import {history, midnightMs} from '../engine/slo/parts.ts';

export interface Ran {
  readonly status: number;
  readonly lines: readonly string[];
  readonly errors: readonly string[];
  readonly json: unknown;
}

const port = '{type: tcp, host: 127.0.0.1, port: 9, every: 1m}';

export const promisingSite = `site: acme
environment: staging
services:
  api:
    slo: {target: 99.5%, window: 1d}
    checks: {live: ${port}, other: ${port.replace('tcp', 'tcp, panel: readiness')}}
  db:
    checks: {port: ${port}}
  cache:
    checks: {port: ${port.replace('tcp', 'tcp, panel: signals')}}
`;

/** `letters` is the history of api/live, a minute each, ending with the last whole minute before now. */
export async function sloPlace(letters: string, siteText = promisingSite) {
  const site = siteOnDisk({'quarterdeck.yaml': siteText});
  const loaded = await loadSite(site.request());
  const home = tempDir();
  const nowMs = midnightMs + 24 * 3_600_000 + 20_000;
  const clock = fakeClock(nowMs);
  const telemetry = openTelemetry(join(home, 'telemetry.db'), nowMs);
  onTestFinished(() => telemetry.close());
  telemetry.register(loaded.services.flatMap(({checks}) => checks));
  history(telemetry, letters, {fromMs: midnightMs + (1_440 - letters.length) * 60_000});
  const run = async (argv: readonly string[], more: Partial<CommandContext> = {}): Promise<Ran> => {
    const talk = fakeTalk();
    const {signal} = new AbortController();
    const status = await runCommand(argv, {
      commands,
      groups,
      version: '0.1.0',
      talk,
      signal,
      context: () =>
        contextWith({
          talk,
          signal,
          clock,
          cwd: home,
          files: realFiles,
          site: async () => Promise.resolve(loaded),
          homeDir: async () => Promise.resolve(home),
          telemetry: async () => Promise.resolve(telemetry),
          ledgerFiles: ledgerFiles(async at => Promise.resolve(options(at)), process.getuid?.() ?? -1),
          ...more,
        }),
      console: async () => Promise.resolve(0),
    });
    return {status, lines: talk.lines, errors: talk.errors, json: talk.values[0]};
  };
  return {home, clock, telemetry, site: loaded, nowMs, run};
}
