// A place for commands about alerts: a real ledger, queue and samples, and a clock that the test moves.
import {join} from 'node:path';
import {onTestFinished} from 'vitest';
import {realRandom} from '../../src/adapters/random.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {channels} from '../../src/channels/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {defaultPlan, type AlertPlan} from '../../src/domain/alert-plan.ts';
import type {NewEntry} from '../../src/domain/entry.ts';
import type {Site, Trust} from '../../src/domain/site.ts';
import type {MonitorHolder} from '../../src/ports.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openOutbox} from '../../src/store/outbox.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {secretsOf} from '../channels/sending.ts';
import {spec} from '../engine/monitor/parts.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {open, options} from '../store/helpers.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

interface Ran {
  readonly status: number;
  readonly talk: FakeTalk;
}

export const said = ({talk}: Ran): string => [...talk.lines, ...talk.errors].join('\n');

interface PlaceOptions {
  readonly plan?: Partial<AlertPlan>;
  readonly trust?: Trust;
  readonly env?: Readonly<Record<string, string>>;
  /** Another site than the one of two checks. */
  readonly site?: Site;
}

export const hook = (url: string, params: object = {}) => ({
  name: 'hook',
  type: 'webhook',
  params: {url, ...params},
  secrets: [],
  line: 9,
});

/** A ledger whose clock is steered, a queue, samples, and command lines that are typed at them. */
export async function place({plan, trust = {at: 'trusted'}, env = {}, site: given}: PlaceOptions = {}) {
  const dir = tempDir();
  const clock = fakeClock();
  const ledgerClock = () => ({...fakeClock(), nowMs: () => clock.nowMs()});
  const ledger = await open(dir, {clock: ledgerClock()});
  const outbox = openOutbox(join(dir, 'alerts.db'), clock.nowMs());
  const telemetry = openTelemetry(join(dir, 'telemetry.db'), clock.nowMs());
  onTestFinished(async () => {
    outbox.close();
    await telemetry.close();
  });
  const checks = [spec('live'), spec('port')];
  const site: Site = given ?? {
    name: 'acme',
    environment: 'staging',
    dir: '/srv/site',
    file: '/srv/site/quarterdeck.yaml',
    escalation: [],
    services: [{id: 'api', title: 'API', labels: ['edge'], runbooks: [], checks}],
    hashes: {'quarterdeck.yaml': 'h'},
    trust,
    ...(plan === undefined ? {} : {alerts: {...defaultPlan, ...plan}}),
    maintenance: [
      {
        name: 'nightly',
        on: ['api'],
        reason: 'backup',
        when: {days: [], at: '02:00', zone: 'UTC', ends: {afterMs: 30 * minuteMs}},
      },
    ],
  };
  const typed = async (...argv: readonly string[]): Promise<Ran> => {
    const talk = fakeTalk();
    const status = await runCommand(argv, {
      commands,
      groups,
      version: '0',
      talk,
      signal: new AbortController().signal,
      context: () =>
        contextWith({
          talk,
          clock,
          random: realRandom,
          channels,
          http: createHttp(),
          exec: {run: () => Promise.reject(new Error('no command'))},
          mail: {send: () => Promise.reject(new Error('no mail'))},
          bell: {ring: () => false},
          env: fakeEnv(env),
          files: realFiles,
          secrets: secretsOf(env),
          signal: new AbortController().signal,
          site: () => Promise.resolve(site),
          ledger: () => Promise.resolve(ledger),
          outbox: () => Promise.resolve(outbox),
          telemetry: () => Promise.resolve(telemetry),
          processes: {
            self: () => ({pid: 1, start: '1', boot: 'b'}),
            alive: ({pid}) => pid === 77,
            survivors: () => [],
            marked: () => [],
            terminate: () => false,
          },
          homeDir: () => Promise.resolve(dir),
          ledgerFiles: ledgerFiles(
            async at => Promise.resolve(options(at, {clock: ledgerClock()})),
            process.getuid?.() ?? -1,
          ),
        }),
      console: async () => Promise.resolve(0),
    });
    return {status, talk};
  };
  const write = async (...entries: readonly [NewEntry, ...NewEntry[]]): Promise<void> => {
    const result = await ledger.append({entries});
    if (!result.ok) throw new Error(result.message);
  };
  const openAlert = async (alert: string, check = 'live'): Promise<void> =>
    write({
      kind: 'alert.open',
      body: {
        alert,
        key: `check api/${check}`,
        service: 'api',
        check,
        severity: 'sev2',
        title: `api/${check} UPTIME: 2 consecutive failures`,
        sinceMs: clock.nowMs(),
        since: '',
      },
      disclosed: [{ptr: '/body/message', value: 'refused'}],
    });
  const bodies = async (kind: string) => (await ledger.read({kinds: [kind]})).map(({entry}) => entry.body);
  return {clock, ledger, outbox, telemetry, typed, write, openAlert, bodies};
}

/** A text of an entry's body. */
export const textIn = (body: Readonly<Record<string, unknown>> | undefined, name: string): string => {
  const value = body?.[name];
  return typeof value === 'string' ? value : '';
};

export const holder: MonitorHolder = {
  pid: 77,
  start: '1',
  boot: 'b',
  session: 's',
  who: 'daemon (ada)',
  sinceMs: 1,
  site: 'h',
};
