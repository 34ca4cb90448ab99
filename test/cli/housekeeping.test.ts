import {mkdirSync, readdirSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {keepHouse} from '../../src/cli/housekeeping.ts';
import {ledgerArchive} from '../../src/cli/ledger-archive.ts';
import type {CommandContext} from '../../src/define.ts';
import type {NewEntry} from '../../src/domain/entry.ts';
import type {Retention, Site} from '../../src/domain/site.ts';
import {folderSource} from '../../src/evidence/folder-source.ts';
import {verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {Ledger} from '../../src/ports.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {verifiers} from '../evidence/exporting.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock, type FakeClock} from '../helpers/fakes.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {note, open, options, written} from '../store/helpers.ts';

const dayMs = 24 * 60 * 60_000;
const site: Site = {
  name: 'acme',
  environment: 'staging',
  dir: '/srv/site',
  file: '/srv/site/quarterdeck.yaml',
  escalation: [],
  services: [],
  hashes: {},
  trust: {at: 'trusted'},
};

interface House {
  readonly dir: string;
  readonly archive: string;
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  readonly talk: ReturnType<typeof fakeTalk>;
  readonly context: CommandContext;
  readonly site: Site;
  /** More notes, at the time of the clock. */
  readonly add: (count: number) => Promise<void>;
}

/** A ledger of 300 entries, written on the day at which the clock stands. */
async function house(more: Partial<Site> = {}): Promise<House> {
  const [dir, outside] = [tempDir(), tempDir()];
  const archive = path.join(outside, 'archive');
  mkdirSync(archive);
  const clock = fakeClock();
  // The ledger looks for entries of others now and then; only the timers of what is tested are counted.
  const stamps = {...fakeClock(), nowMs: () => clock.nowMs()};
  const ledger = await open(dir, {clock: stamps});
  const talk = fakeTalk();
  const add = async (count: number): Promise<void> => {
    const [first = note(''), ...rest] = Array.from({length: count}, (_, i): NewEntry => note(`note ${i}`));
    written(await ledger.append({entries: [first, ...rest]}));
  };
  await add(299);
  const retention: Retention = {
    outputsMs: undefined,
    messagesMs: undefined,
    notesMs: 3 * dayMs,
    archive: {afterMs: dayMs, dir: archive},
  };
  const kept: Site = {...site, retention, ...more};
  const context = contextWith({
    talk,
    clock,
    random: realRandom,
    files: realFiles,
    cwd: dir,
    signal: new AbortController().signal,
    secrets: {
      ...createMasker({values: []}),
      values: () => [],
      resolve: async () => Promise.resolve({at: 'resolved', values: []}),
    },
    site: async () => Promise.resolve(kept),
    verifiers: async () => Promise.resolve(verifiers),
    homeDir: async () => Promise.resolve(dir),
    ledger: async () => Promise.resolve(ledger),
    ledgerFiles: ledgerFiles(
      async place => Promise.resolve(options(place, {clock: stamps})),
      process.getuid?.() ?? -1,
    ),
  });
  return {dir, archive, clock, ledger, talk, context, site: kept, add};
}

/** The daemon's part, and what it said: one word an event. */
function kept({context, site: of, ledger}: House) {
  const events: {readonly event: string; readonly fields: Readonly<Record<string, unknown>>}[] = [];
  const cancel = keepHouse({
    context,
    site: of,
    ledger,
    say: (event, fields) => {
      events.push({event, fields});
    },
  });
  onTestFinished(cancel);
  return {events, cancel};
}

/** An export gives way through the clock; so time is kept going, a little, until something is true. */
const until = async (clock: FakeClock, is: () => boolean, what: string): Promise<void> => {
  await waitFor(
    async () => {
      await clock.advance(0);
      return is();
    },
    {timeoutMs: 30_000, what},
  );
};

test('a daemon archives what is due as a bundle that verifies, then erases what is too old, day after day', async () => {
  const here = await house();
  const {clock, archive, ledger} = here;
  await clock.advance(4 * dayMs);
  const {events, cancel} = kept(here);
  await clock.advance(4_999);
  expect(events).toEqual([]);
  await clock.advance(1);
  await until(clock, () => events.some(({event}) => event === 'retention'), 'the first round');
  expect(events.map(({event}) => event)).toEqual(['archive', 'retention']);
  expect(events[0]?.fields).toMatchObject({from: 0, to: 256});
  expect(events[1]?.fields).toMatchObject({values: 299, held: 0});
  const [name = '', ...others] = readdirSync(archive);
  expect(others).toEqual([]);
  expect(name).toMatch(/-0000000000-0000000255$/);
  const {report} = await verifyBundle(await folderSource(realFiles, path.join(archive, name)), {});
  expect(report).toMatchObject({verified: true, verdict: 'intact', redacted: 0});
  expect(await ledger.disclosure(7, '/body/text')).toBeUndefined();
  const size = (await ledger.head()).size;

  // The next day nothing is due, and nothing is written; what is added then is due two days later.
  await until(clock, () => clock.pending() === 1, 'the next round to be waited for');
  await clock.advance(dayMs);
  await until(clock, () => clock.pending() === 1, 'the second round to be over');
  expect((await ledger.head()).size).toBe(size);
  await here.add(300);
  await clock.advance(dayMs);
  await until(clock, () => clock.pending() === 1, 'the third round to be over');
  await clock.advance(dayMs);
  await until(clock, () => events.length > 2, 'a further segment');
  expect(events[2]).toMatchObject({event: 'archive', fields: {from: 256, to: 512}});

  cancel();
  cancel();
  expect(clock.pending()).toBe(0);
});

test('what goes wrong is said, and tried again the next day', async () => {
  const here = await house({trust: {at: 'changed', why: 'it changed', files: []}});
  const {clock, archive, ledger} = here;
  const {events} = kept(here);
  await clock.advance(5_000);
  await until(clock, () => events.length === 1, 'a problem');
  expect(events[0]).toMatchObject({
    event: 'problem',
    fields: {message: 'The site is not trusted: it changed'},
  });
  await until(clock, () => clock.pending() === 1, 'the next day to be waited for');
  await clock.advance(dayMs);
  await until(clock, () => events.length === 2, 'the second try');
  expect(readdirSync(archive)).toEqual([]);
  expect((await ledger.head()).size).toBe(300);
});

test('without a retention there is nothing to wait for, and on a ledger that cannot be written nothing is done', async () => {
  const here = await house();
  const {retention, ...bare} = here.site;
  expect(retention).toBeDefined();
  kept({...here, site: bare});
  expect(here.clock.pending()).toBe(0);
  const frozen = kept({...here, ledger: {...here.ledger, readOnly: 'a read-only mount'}});
  await here.clock.advance(5_000 + dayMs);
  await until(here.clock, () => here.clock.pending() === 1, 'the round to be over');
  expect(frozen.events).toEqual([]);
});

test('ledger archive writes the segments that are due, once, and names their manifests', async () => {
  const here = await house();
  const {clock, talk, context, archive} = here;
  const run = async (...flags: string[]): Promise<number> => {
    let isOver = false;
    const ended = ledgerArchive
      .run({args: [], ...Object.fromEntries(flags.map(flag => [flag, true]))}, context)
      .finally(() => (isOver = true));
    await until(clock, () => isOver, 'the command to end');
    return ended;
  };
  expect(await run()).toBe(0);
  expect(talk.lines).toEqual(['Nothing is due.']);
  await clock.advance(2 * dayMs);
  expect(await run('dryRun')).toBe(0);
  expect(talk.lines.at(-1)).toBe(`the entries 0 to 255 would be copied to ${archive}`);
  expect(readdirSync(archive)).toEqual([]);
  expect(await run()).toBe(0);
  const [name = ''] = readdirSync(archive);
  expect(talk.lines.at(-1)).toBe(`${path.join(archive, name)}: the entries 0 to 255, verified`);
  expect(await run('json')).toBe(0);
  expect(talk.values).toEqual([{v: 1, dryRun: false, segments: []}]);
  const [last] = await here.ledger.read({kinds: ['export'], reverse: true, limit: 1});
  expect(last?.entry.body).toMatchObject({form: 'archive', result: 'written', from: 0, to: 256});
});
