import {expect, onTestFinished, test} from 'vitest';
import type {NewEntry} from '../../../src/domain/entry.ts';
import type {CheckSpec, Service} from '../../../src/domain/site.ts';
import {feedHistory} from '../../../src/main/feed/feed-history.ts';
import type {Telemetry} from '../../../src/ports.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {place} from '../../../src/state/ui.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {sample} from '../../helpers/sample-state.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {history, midnightMs, opened} from '../../engine/slo/parts.ts';
import {open, written} from '../../store/helpers.ts';

const minuteMs = 60_000;
const once = {timeoutMs: 10_000};

const check = (id: string): CheckSpec => ({
  service: 'api',
  id,
  type: 'tcp',
  panel: 'health',
  everyMs: minuteMs,
  timeoutMs: 1_000,
  rollup: true,
  severity: 'sev2',
  strikes: {fail: 3, recover: 2},
  params: {},
  line: 1,
});

const api: Service = {
  id: 'api',
  title: 'API',
  labels: ['tier:1'],
  runbooks: [],
  checks: [check('live'), check('other')],
};
const site = {services: [api, {...api, id: 'api2', labels: [], checks: []}]};

const change = (service: string, id: string, verdict: 'pass' | 'fail', message: string): NewEntry => ({
  kind: 'check.change',
  body: {service, check: id, state: verdict === 'pass' ? 'ok' : 'firing', verdict},
  disclosed: [{ptr: '/body/message', value: message}],
});

const opening = (alert: string, service: string): NewEntry => ({
  kind: 'alert.open',
  body: {
    alert,
    key: `check ${service}/live`,
    service,
    check: 'live',
    severity: 'sev2',
    title: `${service}/live UPTIME`,
    sinceMs: midnightMs,
    since: '2026-03-01T00:00:00Z',
  },
});

const closing = (alert: string, service: string): NewEntry => ({
  kind: 'alert.close',
  body: {
    alert,
    key: `check ${service}/live`,
    why: 'recovered',
    atMs: midnightMs,
    at: '2026-03-01T00:00:00Z',
  },
});

const silence = (name: string, on: readonly string[]): NewEntry => ({
  kind: 'alert.silence',
  body: {silence: name, how: 'set', on: [...on], untilMs: midnightMs, until: '2026-03-01T00:00:00Z'},
});

/** A console over a ledger with these entries and an hour of looks, at the last minute of the hour. */
async function feeding(telemetry: Telemetry, entries: readonly NewEntry[] = []) {
  const clock = fakeClock(midnightMs + 59.5 * minuteMs);
  const ledger = await open(tempDir());
  for (const entry of entries) written(await ledger.append({entries: [entry]}));
  const store = createConsoleStore(sample({history: undefined}));
  const feed = feedHistory({store, site, rollups: telemetry, ledger, clock});
  onTestFinished(() => feed.close());
  const shown = () => store.api.getState().app.history;
  const changes = async () =>
    waitFor(() => shown()?.changes, {what: 'the changes', ...once}).then(rows =>
      rows.map(({what, text}) => `${what}: ${text}`),
    );
  return {clock, ledger, store, shown, changes};
}

test('nothing is read until a service is open, and nothing is held back by a frame that is due first', async () => {
  const telemetry = opened();
  history(telemetry, 'p'.repeat(60));
  const {clock, store, shown} = await feeding(telemetry);
  await clock.advance(1_000);
  expect(shown()).toBeUndefined();
  store.go(place('service', 'api'));
  expect(shown()).toBeUndefined();
  await clock.advance(100);
  expect(shown()).toMatchObject({service: 'api', checks: [{id: 'live'}, {id: 'other'}]});
});

test('an hour is its minutes, the worst of each; a minute that nobody looked at has neither state nor time', async () => {
  const telemetry = opened();
  history(telemetry, `${'p'.repeat(50)}.........f`);
  const {clock, store, shown} = await feeding(telemetry);
  store.go(place('service', 'api'));
  await clock.advance(100);
  const [live] = shown()?.checks ?? [];
  expect(live?.strip).toEqual([
    ...Array.from({length: 50}, () => 'pass'),
    ...Array.from({length: 9}, () => undefined),
    'fail',
  ]);
  expect(live?.p50.slice(0, 50)).toEqual(Array.from({length: 50}, () => 10));
  expect(live?.p95.slice(50, 59)).toEqual(Array.from({length: 9}, () => undefined));
});

test('changes are the entries about this service alone, newest first, also those that only name its alert', async () => {
  const {clock, store, changes} = await feeding(opened(), [
    opening('a-1', 'api'),
    opening('a-2', 'api2'),
    change('api', 'live', 'fail', 'connection refused'),
    change('api2', 'live', 'fail', 'of another service'),
    silence('s-1', ['label:tier:1']),
    silence('s-2', ['api2']),
    silence('s-3', ['api/live']),
    closing('a-2', 'api2'),
    closing('a-1', 'api'),
  ]);
  store.go(place('service', 'api'));
  await clock.advance(100);
  const until = 'until 2026-03-01T00:00:00Z';
  const rows = await changes();
  expect(rows.map(row => row.replace(/by \S+/, 'by X'))).toEqual([
    'alert: closed  recovered',
    `silence: by X  ${until}`,
    `silence: by X  ${until}`,
    'live: firing  connection refused',
    'alert: opened  sev2  api/live UPTIME',
  ]);
});

test('what happens while the service is open is there soon after; once it is left, nothing is read any more', async () => {
  const {clock, ledger, store, shown, changes} = await feeding(opened());
  store.go(place('service', 'api'));
  await clock.advance(100);
  expect(await changes()).toEqual([]);
  written(await ledger.append({entries: [change('api', 'live', 'fail', 'gone')]}));
  await waitFor(
    async () => {
      await clock.advance(50);
      return shown()?.changes?.length === 1;
    },
    {what: 'the change', ...once},
  );
  store.back();
  const left = shown();
  await clock.advance(10 * minuteMs);
  expect(shown()).toBe(left);
});
