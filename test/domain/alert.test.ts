// Alerts, silences and maintenance as folds over entries.
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bookAfter, emptyBook, openAlerts, silenceOn, silencesNow} from '../../src/domain/alert.ts';
import {longestSilenceMs} from '../../src/domain/limits.ts';
import {
  isOverAt,
  maintenanceOn,
  spanOf,
  spansOn,
  windowsAfter,
  type Told,
} from '../../src/domain/maintenance.ts';
import {covers, scopesOf} from '../../src/domain/scope.ts';

const startMs = 1_767_323_045_000;
const minuteMs = 60_000;
const live = {service: 'api', check: 'live', labels: ['edge']};

let seq = 0;
const told = (kind: string, body: object, more: Partial<Told> = {}): Told => ({
  kind,
  body,
  atMs: startMs,
  operator: 'ada',
  seq: (seq += 1),
  ...more,
});
const open = (alert: string, check = 'live', more: Partial<Told> = {}): Told =>
  told(
    'alert.open',
    {
      alert,
      key: `check api/${check}`,
      service: 'api',
      check,
      labels: ['edge'],
      severity: 'sev2',
      title: 't',
      sinceMs: startMs,
      since: '',
    },
    more,
  );
const close = (alert: string, why = 'recovered', more: Partial<Told> = {}): Told =>
  told('alert.close', {alert, key: 'k', why, atMs: startMs, at: ''}, more);
const ack = (alert: string, operator: string): Told => told('alert.ack', {alert}, {operator});
const silence = (body: object): Told =>
  told('alert.silence', {silence: 's', how: 'set', on: ['api'], untilMs: startMs + 60 * minuteMs, ...body});
const book = (...all: Told[]) => bookAfter(emptyBook, all);

describe('alerts', () => {
  test('are open until they are closed', () => {
    expect(openAlerts(book(open('a'), open('b', 'port')))).toMatchObject([{alert: 'a'}, {alert: 'b'}]);
    expect(openAlerts(book(open('a'), open('b', 'port'), close('a')))).toMatchObject([{alert: 'b'}]);
  });

  test('an acknowledgement is by whoever came first, and lapses with the alert', () => {
    const after = book(open('a'), ack('a', 'mara'), ack('a', 'tom'));
    expect(after.alerts.get('a')?.acked?.operator).toBe('mara');
    const again = bookAfter(after, [close('a'), open('b')]);
    expect(openAlerts(again)).toMatchObject([{alert: 'b', acked: undefined}]);
  });

  test('nobody takes what is over', () => {
    expect(book(open('a'), close('a'), ack('a', 'mara')).alerts.get('a')?.acked).toBeUndefined();
  });

  test('what is told before it is on disk, and again after, counts once', () => {
    const early = [
      open('a', 'live', {seq: undefined}),
      ack('a', 'mara'),
      close('a', 'recovered', {seq: undefined}),
    ];
    const late = [open('a', 'live', {seq: 7}), close('a', 'recovered', {seq: 8})];
    const once = book(...early);
    const twice = bookAfter(once, late);
    expect(twice.alerts.get('a')).toEqual({...once.alerts.get('a'), seq: 7});
    expect(openAlerts(twice)).toEqual([]);
  });

  test('what cannot be read is passed over', () => {
    expect(book(told('alert.open', {alert: 'a'}), told('alert.close', {}), told('alert.ack', {}))).toEqual(
      emptyBook,
    );
  });

  test('ends that are long ago are let go', () => {
    const old = book(open('a'), close('a'));
    const later = {atMs: startMs + 9 * 86_400_000};
    expect(bookAfter(old, [open('b', 'port', later)]).alerts.has('a')).toBe(false);
  });

  test('a book is the same however its entries are cut into pieces', () => {
    const entries = [
      open('a'),
      silence({}),
      ack('a', 'mara'),
      close('a'),
      open('b', 'port'),
      silence({silence: 'z'}),
    ];
    fc.assert(
      fc.property(fc.nat(entries.length), cut => {
        expect(bookAfter(book(...entries.slice(0, cut)), entries.slice(cut))).toEqual(book(...entries));
      }),
    );
  });
});

describe('silences', () => {
  test('cover what they name until they run out', () => {
    const {alerts: _, ...rest} = book(silence({}));
    const all = {...rest, alerts: new Map()};
    expect(silenceOn(all, live, startMs)?.silence).toBe('s');
    expect(silenceOn(all, live, startMs + 60 * minuteMs)).toBeUndefined();
    expect(silenceOn(all, {...live, service: 'db'}, startMs)).toBeUndefined();
  });

  test('never last longer than thirty days, whatever the entry says', () => {
    const [one] = silencesNow(book(silence({untilMs: startMs * 2})), startMs);
    expect(one?.untilMs).toBe(startMs + longestSilenceMs);
  });

  test('that end with the outage stay until nothing under them is open', () => {
    const both = book(silence({untilResolved: true}), open('a'), open('b', 'port'), close('a'));
    expect(silencesNow(both, startMs)).toHaveLength(1);
    expect(silencesNow(bookAfter(both, [close('b')]), startMs)).toEqual([]);
  });

  test('an alert that is replaced by a graver one does not end them', () => {
    const replaced = book(silence({untilResolved: true}), open('a'), close('a', 'worse'), open('b'));
    expect(silencesNow(replaced, startMs)).toHaveLength(1);
  });

  test('an entry without an end silences nothing', () => {
    expect(
      silencesNow(book(told('alert.silence', {silence: 's', how: 'set', on: ['api']})), startMs),
    ).toEqual([]);
  });
});

describe('maintenance', () => {
  const set = (body: object = {}): Told =>
    told('maintenance.set', {
      window: 'w',
      on: ['api'],
      fromMs: startMs + minuteMs,
      from: '',
      untilMs: startMs + 10 * minuteMs,
      until: '',
      ...body,
    });
  const end = (atMs: number): Told => told('maintenance.end', {window: 'w', why: 'ended'}, {atMs});
  const plans = (...all: Told[]) => ({set: windowsAfter(all), recurring: []});

  test('counts from its beginning to its end, and not before it was recorded', () => {
    expect(maintenanceOn(plans(set()), live, startMs)).toBeUndefined();
    expect(maintenanceOn(plans(set()), live, startMs + minuteMs)?.name).toBe('w');
    expect(maintenanceOn(plans(set()), live, startMs + 10 * minuteMs)).toBeUndefined();
    const [late] = windowsAfter([set({fromMs: startMs - 60 * minuteMs})]);
    expect(late === undefined ? undefined : spanOf(late).fromMs).toBe(startMs);
  });

  test('that was ended early is over then', () => {
    const [one] = windowsAfter([set(), end(startMs + 5 * minuteMs)]);
    expect(one === undefined ? [] : [spanOf(one).untilMs, isOverAt(one, startMs + 5 * minuteMs)]).toEqual([
      startMs + 5 * minuteMs,
      true,
    ]);
    expect(maintenanceOn(plans(set(), end(startMs)), live, startMs + 2 * minuteMs)).toBeUndefined();
  });

  test('of the site file and of somebody are found together, within the time that is asked for', () => {
    const recurring = [
      {
        name: 'nightly',
        on: ['label:edge'],
        reason: 'backup',
        when: {days: [], at: '03:00', zone: 'UTC', ends: {afterMs: 30 * minuteMs}},
      },
    ];
    const day = {fromMs: startMs - 12 * 60 * minuteMs, untilMs: startMs + 12 * 60 * minuteMs};
    const found = spansOn({set: windowsAfter([set()]), recurring}, live, day);
    expect(found.map(({name}) => name)).toEqual(['w', 'nightly']);
    expect(spansOn({set: [], recurring}, {...live, labels: []}, day)).toEqual([]);
  });
});

test('a scope covers a service, a check of it, a label, or everything', () => {
  expect(covers(['api'], live)).toBe(true);
  expect(covers(['api/live'], live)).toBe(true);
  expect(covers(['api/port', 'db', 'label:core', 'edge'], live)).toBe(false);
  expect(covers(['label:edge'], live)).toBe(true);
  expect(covers(['*'], live)).toBe(true);
  // Something about the whole service is not about one of its checks.
  expect(covers(['api/live'], {service: 'api', labels: []})).toBe(false);
  expect(scopesOf({services: [{id: 'api', labels: ['edge'], checks: [{id: 'live'}]}]})).toEqual([
    'api',
    'api/live',
    'label:edge',
  ]);
});
