import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {deskOf} from '../../../src/cli/alert-desk.ts';
import {bookIn} from '../../../src/cli/alert-scope.ts';
import type {NewEntry} from '../../../src/domain/entry.ts';
import {feedAlerts} from '../../../src/main/feed/feed-alerts.ts';
import {loadSite} from '../../../src/site/load.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {place} from '../../../src/state/ui.ts';
import {openOutbox} from '../../../src/store/outbox.ts';
import {contextWith} from '../../helpers/context.ts';
import {fakeClock, fakeRandom} from '../../helpers/fakes.ts';
import {sample} from '../../helpers/sample-state.ts';
import {siteOnDisk} from '../../helpers/site.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {open, written} from '../../store/helpers.ts';

const siteText = `site: acme
environment: staging
services:
  api:
    checks: {live: {type: tcp, host: 127.0.0.1, port: 9, every: 1m}}
  web:
    checks: {live: {type: tcp, host: 127.0.0.1, port: 9, every: 1m}}
`;

const opening = (id: string, service: string, atMs: number): NewEntry => ({
  kind: 'alert.open',
  body: {
    alert: id,
    key: `check ${service}/live`,
    service,
    check: 'live',
    severity: 'sev2',
    title: `${service}/live UPTIME`,
    sinceMs: atMs,
    since: new Date(atMs).toISOString(),
  },
  disclosed: [{ptr: '/body/message', value: `${service} said no`}],
});

/** A console whose ledger holds an open alert of api/live; the book is read back whenever it may have changed. */
async function feeding() {
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock: {...fakeClock(), nowMs: () => clock.nowMs()}});
  written(await ledger.append({entries: [opening('alert-1', 'api', clock.nowMs())]}));
  const loaded = await loadSite(siteOnDisk({'quarterdeck.yaml': siteText}).request());
  const site = {...loaded, trust: {at: 'trusted'} as const};
  const outbox = openOutbox(path.join(tempDir(), 'alerts.db'), clock.nowMs());
  onTestFinished(() => outbox.close());
  let book = await bookIn(ledger);
  const unwatch = ledger.watch(() => {
    void bookIn(ledger).then(now => {
      book = now;
    });
  });
  onTestFinished(unwatch);
  const store = createConsoleStore(sample({alerts: undefined}));
  const told: string[] = [];
  const read: string[] = [];
  const counting: Parameters<typeof feedAlerts>[0]['ledger'] = {
    readOnly: undefined,
    watch: onChange => ledger.watch(onChange),
    disclosure: async (seq, pointer) => {
      read.push(`${seq} ${pointer}`);
      return ledger.disclosure(seq, pointer);
    },
  };
  const context = contextWith({clock, random: fakeRandom(), site: () => Promise.resolve(site)});
  const feed = feedAlerts({
    store,
    site,
    ledger: counting,
    clock,
    outbox,
    station: {snapshot: () => []},
    alerts: {book: () => book, problem: undefined, changed: () => undefined},
    desk: await deskOf(context, ledger, () => book),
    tell: (level, text) => void told.push(`${level} ${text}`),
  });
  onTestFinished(() => feed.close());
  const shown = () => store.api.getState().app.alerts;
  const until = async <T>(what: string, found: () => T) =>
    waitFor(
      async () => {
        await clock.advance(300);
        return found();
      },
      {what, timeoutMs: 10_000},
    );
  return {clock, ledger, outbox, store, feed, told, read, shown, until};
}

test('nothing is read until the screen is open; then what fires is there with what was said, and nobody is told', async () => {
  const {clock, store, shown, until} = await feeding();
  await clock.advance(20_000);
  expect(shown()).toBeUndefined();
  store.go(place('alerts'));
  const view = await until('the alerts', shown);
  expect(view).toMatchObject({
    off: 'alerting off: the site names no channel',
    open: [
      {id: 'alert-1', service: 'api', check: 'live', message: 'api said no', acked: undefined, told: []},
    ],
    held: [],
    silences: [],
    queued: [],
  });
});

test('taking an alert is an entry with its note, and is shown with it', async () => {
  const {store, feed, told, shown, until, ledger} = await feeding();
  store.go(place('alerts'));
  await feed.ack('api/live', 'looking at it');
  await until('that it is taken', () => shown()?.open[0]?.acked?.note === 'looking at it');
  expect(told).toEqual(['info taken: api/live UPTIME']);
  expect((await ledger.read({kinds: ['alert.ack']})).map(({entry}) => entry.body['alert'])).toEqual([
    'alert-1',
  ]);
  await feed.ack('api/live', 'me too');
  expect(told.at(-1)).toMatch(/^error It was taken before, by /);
  await feed.ack('web', 'nothing');
  expect(told.at(-1)).toBe('error No alert of web is open: there is nothing to take.');
  await expect(feed.ack('ap', 'typo')).rejects.toThrow('Did you mean `api`?');
});

test('a silence is an entry with its reason and its end, covers the alert, and is lifted', async () => {
  const {store, feed, told, shown, until} = await feeding();
  store.go(place('alerts'));
  await feed.silence({on: 'api', forMs: 3_600_000, reason: 'deploy 4711'});
  const silence = await until('the silence', () => shown()?.open[0]?.silence);
  expect(silence).toMatchObject({on: 'api', reason: 'deploy 4711', untilResolved: false});
  expect(told[0]).toMatch(
    /^info silence-\w+: nobody is told about api until 2026-01-02 04:04 UTC; entry \d+ says so\.$/,
  );
  await feed.lift(silence.id);
  await until('that it is lifted', () => shown()?.silences.length === 0);
  await expect(feed.lift(silence.id)).rejects.toThrow(`There is no silence ${silence.id} in force.`);
});

test('what waits to be told shows why it was not', async () => {
  const {store, outbox, clock, shown, until} = await feeding();
  const item = {channel: 'mail', alert: 'alert-1', as: 'firing'} as const;
  outbox.queue([{...item, group: 'api', digest: false}], clock.nowMs());
  outbox.failed([item], {
    nowMs: clock.nowMs(),
    dueMs: clock.nowMs() + 60_000,
    error: '421 busy',
    giveUp: false,
  });
  store.go(place('alerts'));
  const view = await until('the alerts', shown);
  expect(view.queued).toMatchObject([{channel: 'mail', alert: 'alert-1', as: 'firing', error: '421 busy'}]);
  expect(view.open[0]?.told).toHaveLength(1);
});

test('texts that lie beside entries are read once, and nothing after the screen was left', async () => {
  const {store, clock, read, until, shown} = await feeding();
  store.go(place('alerts'));
  await until('the alerts', shown);
  await clock.advance(30_000);
  expect(read.filter(one => one.endsWith('/body/message'))).toHaveLength(1);
  store.back();
  const left = shown();
  await clock.advance(30_000);
  expect(shown()).toBe(left);
});
