import {expect, test} from 'vitest';
import {realRandom} from '../../src/adapters/random.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {QdError} from '../../src/domain/error.ts';
import type {Ledger} from '../../src/ports.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {guardedSite, siteGuard} from '../helpers/guarded-site.ts';
import {matching} from '../helpers/like.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {open, options} from '../store/helpers.ts';

const minuteMs = 60_000;
const id = matching(/^glass-[0-9a-f]{8}$/);

const site = guardedSite(
  siteGuard('spool', {title: 'Nobody touches the spool', line: 9, argv: ['rm *']}),
  siteGuard('never', {title: 'Never drop it', line: 12, argv: ['dropdb'], absolute: true}),
);

interface Ran {
  readonly status: number;
  readonly talk: FakeTalk;
}

/** A ledger whose clock is steered, and command lines that are typed at it. */
async function place() {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock: {...fakeClock(), nowMs: () => clock.nowMs()}});
  const typed = async (
    argv: readonly string[],
    {
      answers,
      onLedger = ledger,
      noSite = false,
    }: {answers?: readonly string[]; onLedger?: Ledger; noSite?: boolean} = {},
  ): Promise<Ran> => {
    const talk = fakeTalk(answers === undefined ? {} : {answers});
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
          site: async () =>
            noSite ? Promise.reject(new QdError('SITE_NOT_FOUND', 'no site')) : Promise.resolve(site),
          runbooks: async () => Promise.resolve([]),
          ledger: async () => Promise.resolve(onLedger),
          homeDir: async () => Promise.resolve(dir),
          ledgerFiles: ledgerFiles(
            async at => Promise.resolve(options(at, {clock: {...fakeClock(), nowMs: () => clock.nowMs()}})),
            process.getuid?.() ?? -1,
          ),
        }),
      console: async () => Promise.resolve(0),
    });
    return {status, talk};
  };
  const recorded = async () =>
    (await ledger.read({kinds: ['breakglass.open', 'breakglass.close']})).map(({entry: {kind, body}}) => ({
      kind,
      ...body,
    }));
  return {clock, ledger, typed, recorded};
}

const said = ({talk}: Ran): string => [...talk.lines, ...talk.errors].join('\n');

test('opening warns, asks why, records it with its end, and says how to close', async () => {
  const {clock, ledger, typed, recorded} = await place();
  const opened = await typed(['breakglass', 'open', 'rule.auth', 'spool', 'spool', '--for', '30m'], {
    answers: ['  looking for a fault with mara  '],
  });
  expect(opened.status).toBe(0);
  expect(opened.talk.errors).toEqual([
    'WARNING: for 30m rule.auth, spool will not stop anything, in every run of this data directory.',
  ]);
  expect(opened.talk.asked).toHaveLength(1);
  const untilMs = clock.nowMs() + 30 * minuteMs;
  const until = new Date(untilMs).toISOString();
  expect(await recorded()).toMatchObject([
    {kind: 'breakglass.open', glass: id, guards: ['rule.auth', 'spool'], untilMs, until},
  ]);
  const [row] = await ledger.read({kinds: ['breakglass.open']});
  const reason = await ledger.disclosure(row?.seq ?? -1, '/body/reason');
  expect(new TextDecoder().decode(reason)).toBe('looking for a fault with mara');
  expect(opened.talk.lines).toEqual([
    matching(
      new RegExp(`^glass-[0-9a-f]{8}: rule.auth, spool OPEN until ${until}; entry ${row?.seq} says so$`),
    ),
    matching(/^Close it as soon as you can: quarterdeck breakglass close glass-[0-9a-f]{8}$/),
  ]);
});

test('all opens everything that can be opened, whatever else was named', async () => {
  const {typed, recorded} = await place();
  const {status, talk} = await typed(['breakglass', 'open', 'spool', 'all', '--for', '4h', '--json'], {
    answers: ['a drill with the owner'],
  });
  expect(status).toBe(0);
  expect(talk.values).toMatchObject([{v: 1, glass: id, guards: ['all']}]);
  expect(await recorded()).toMatchObject([{guards: ['all']}]);
});

test.each([
  ['no time', ['spool'], 64, 'the option --for is needed'],
  ['less than a minute', ['spool', '--for', '59s'], 64, 'expected between 1m and 4h'],
  ['more than four hours', ['spool', '--for', '5h'], 64, 'expected between 1m and 4h'],
  ['words for a time', ['spool', '--for', 'soon'], 64, 'expected between 1m and 4h'],
  ['no guard', ['--for', '30m'], 64, 'guards'],
  [
    'a guard that there is not',
    ['spol', '--for', '30m'],
    64,
    'There is no guard spol. Did you mean `spool`?',
  ],
  [
    'an absolute guard of the site',
    ['spool', 'never', '--for', '30m'],
    3,
    'Nothing opens never ("Never drop it").',
  ],
  [
    'an absolute guard that is shipped',
    ['rule.append-only', '--for', '30m'],
    3,
    'Nothing opens rule.append-only',
  ],
])('%s is refused before anything is asked, and nothing is recorded', async (_, argv, status, words) => {
  const {typed, recorded} = await place();
  const ran = await typed(['breakglass', 'open', ...argv], {answers: ['a good reason']});
  expect([ran.status, said(ran)]).toEqual([
    status,
    matching(new RegExp(words.replaceAll(/[.?()]/g, '\\$&'))),
  ]);
  expect(ran.talk.asked).toEqual([]);
  expect(await recorded()).toEqual([]);
});

test('without a person at a terminal, or without a real reason, nothing is opened', async () => {
  const {typed, recorded} = await place();
  const argv = ['breakglass', 'open', 'spool', '--for', '30m'];
  const piped = await typed(argv);
  expect([piped.status, said(piped)]).toEqual([64, matching(/typed by a person/)]);
  for (const answers of [['why'], ['      '], [], ['x'.repeat(2001)]]) {
    const ran = await typed(argv, {answers});
    expect([ran.status, said(ran)]).toEqual([64, matching(/5 to 2000 characters.*nothing was opened/)]);
  }
  expect(await recorded()).toEqual([]);
});

test('a ledger that cannot be written opens and closes nothing', async () => {
  const {ledger, typed} = await place();
  const onLedger: Ledger = {
    ...ledger,
    readOnly: 'the disk is full',
    append: async () => Promise.reject(new Error('it was written to')),
  };
  for (const argv of [['open', 'spool', '--for', '30m'], ['close']]) {
    const ran = await typed(['breakglass', ...argv], {answers: ['a good reason'], onLedger});
    expect([ran.status, said(ran)]).toEqual([3, matching(/the disk is full/)]);
  }
});

test('without a site only the shipped guards can be opened', async () => {
  const {typed} = await place();
  const answers = ['a good reason'];
  expect((await typed(['breakglass', 'open', 'spool', '--for', '5m'], {answers, noSite: true})).status).toBe(
    64,
  );
  expect(
    (await typed(['breakglass', 'open', 'rule.auth', '--for', '5m'], {answers, noSite: true})).status,
  ).toBe(0);
});

test('what is open is listed with its end, its author and its reason, until it is closed or over', async () => {
  const {clock, typed, recorded} = await place();
  expect((await typed(['breakglass', 'list'])).talk.lines).toEqual([
    'Nothing is open: every guard is in force.',
  ]);
  for (const [guard, time] of [
    ['rule.auth', '5m'],
    ['spool', '1h'],
  ] as const)
    await typed(['breakglass', 'open', guard, '--for', time], {answers: [`a reason\u001b[2J for ${guard}`]});
  const listed = await typed(['breakglass', 'list']);
  expect(listed.status).toBe(0);
  expect(listed.talk.lines).toEqual([
    matching(/^glass-[0-9a-f]{8}  OPEN until 2026-01-02T03:09:05.000Z  rule.auth$/),
    matching(/^  by ada \(entry \d+\); used 0 times$/),
    matching(/^  a reason.*for rule.auth$/),
    matching(/^glass-[0-9a-f]{8}  OPEN until 2026-01-02T04:04:05.000Z  spool$/),
    matching(/^  by ada/),
    matching(/^  a reason.*for spool$/),
  ]);
  expect(listed.talk.lines.join('')).not.toContain('\u001b');
  clock.jump(5 * minuteMs);
  const later = await typed(['breakglass', 'list', '--json']);
  expect(later.talk.values).toMatchObject([{v: 1, glasses: [{guards: ['spool'], operator: 'ada', used: 0}]}]);
  // Looking records nothing.
  expect((await recorded()).map(({kind}) => kind)).toEqual(['breakglass.open', 'breakglass.open']);
});

test('closing closes the named one or every one, and records what ran out meanwhile', async () => {
  const {clock, typed, recorded} = await place();
  for (const time of ['5m', '1h', '2h'])
    await typed(['breakglass', 'open', 'spool', '--for', time], {answers: ['a good reason']});
  const [first, second, third] = (await recorded()).map(entry =>
    'glass' in entry ? String(entry.glass) : '',
  );
  const unknown = await typed(['breakglass', 'close', 'glass-0']);
  expect([unknown.status, said(unknown)]).toEqual([
    64,
    matching(new RegExp(`Open: ${first}, ${second}, ${third}`)),
  ]);

  const one = await typed(['breakglass', 'close', second ?? '']);
  expect([one.status, one.talk.lines]).toEqual([0, [`${second}: closed; it let 0 refusals pass`]]);
  expect((await typed(['breakglass', 'close', second ?? ''])).status).toBe(64);

  clock.jump(5 * minuteMs);
  const rest = await typed(['breakglass', 'close']);
  expect([rest.status, rest.talk.lines]).toEqual([
    0,
    [`${third}: closed; it let 0 refusals pass`, `${first}: its time was over; that is recorded now`],
  ]);
  expect((await recorded()).slice(3)).toEqual([
    {kind: 'breakglass.close', glass: second, why: 'closed', used: 0},
    {kind: 'breakglass.close', glass: first, why: 'expired', used: 0},
    {kind: 'breakglass.close', glass: third, why: 'closed', used: 0},
  ]);
  const none = await typed(['breakglass', 'close']);
  expect([none.status, none.talk.lines]).toEqual([0, ['Nothing was open.']]);
  const nobody = await typed(['breakglass', 'close', third ?? '', '--json']);
  expect(nobody).toMatchObject({
    status: 64,
    talk: {values: [{error: {code: 'UNKNOWN_NAME', hint: 'Nothing is open.'}}]},
  });
});

test('opening another one records first what ran out', async () => {
  const {clock, typed, recorded} = await place();
  const answers = ['a good reason'];
  await typed(['breakglass', 'open', 'spool', '--for', '1m'], {answers});
  clock.jump(minuteMs);
  await typed(['breakglass', 'open', 'spool', '--for', '1m'], {answers});
  expect((await recorded()).map(({kind}) => kind)).toEqual([
    'breakglass.open',
    'breakglass.close',
    'breakglass.open',
  ]);
});
