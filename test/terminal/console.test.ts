// The console as an operator meets it: keys in, screen out, on a made-up terminal with real Ink.
import {describe, expect, onTestFinished, test} from 'vitest';
import {say, show} from '../../src/domain/show.ts';
import type {AppState} from '../../src/state/model.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import type {Ui} from '../../src/state/ui.ts';
import {asks, huge, noon, run, sample} from '../helpers/sample-state.ts';
import {steer} from '../helpers/fake-terminal.ts';
import type {FakeOptions, Steered} from '../helpers/fake-terminal.ts';
import {waitFor} from '../helpers/wait.ts';

const onRun: Ui = {...firstUi, stack: [place('services'), place('run')]};

async function opened(options: Partial<FakeOptions> = {}): Promise<Steered> {
  const qd = steer({app: sample(), ...options});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('ledger ');
  return qd;
}

const seesShell = async (qd: Steered): Promise<unknown> =>
  waitFor(() => !qd.isAlternate(), {what: 'the terminal to be given back'});

const asking = async (
  ask: keyof typeof asks,
  more: Partial<FakeOptions> = {},
  patch = {},
): Promise<Steered> => opened({app: sample({run: run(asks[ask], patch)}), ui: onRun, ...more});

describe('walking about', () => {
  test('the worst service is first, chosen, and explained', async () => {
    const qd = await opened();
    await qd.sees('> ✖ ledger-api');
    await qd.sees('connect ECONNREFUSED 127.0.0.1:5432');
    expect(qd.screen()[0]).toContain('PRODUCTION   acme-prod');
    expect(qd.screen()[0]).toContain('mara via ssh-key   14:03 UTC');
    expect(qd.screen().at(-1)).toContain('ledger 4,196 · local only');
  });

  test('keys that arrive in one read each count', async () => {
    const qd = await opened();
    await qd.send('jjj');
    await qd.sees('> ✔ gateway');
  });

  test('Enter goes in, Esc goes back', async () => {
    const qd = await opened();
    await qd.press('enter');
    await qd.sees('services › ledger-api');
    await qd.press('escape');
    await qd.advance(100);
    await qd.sees('LAST HOUR             SEEN');
  });

  test('the choice stays with its service when the order changes', async () => {
    const qd = await opened();
    await qd.press('j');
    await qd.sees('> ? tunnel');
    const {services} = qd.store.api.getState().app;
    qd.store.feed({
      services: services.map(one => (one.id === 'ledger-api' ? {...one, verdict: 'pass'} : one)),
    });
    await qd.sees('> ? tunnel');
  });

  test('/ filters as one types, Esc takes the filter back', async () => {
    const qd = await opened();
    await qd.type('/gate');
    await qd.sees('> ✔ gateway');
    await qd.seesNot('tunnel');
    await qd.press('enter');
    await qd.sees('/gate');
    await qd.press('escape');
    await qd.advance(100);
    await qd.sees('tunnel');
  });

  test('the palette finds a screen by a few letters', async () => {
    const qd = await opened();
    await qd.type(':vread');
    await qd.sees('runbook: Verify Readiness');
    await qd.press('enter');
    await qd.sees('runbooks/verify-readiness.md');
  });

  test('help says why a key is disabled', async () => {
    const qd = await opened({app: sample({services: []})});
    await qd.press('?');
    await qd.sees(/disabled: no service is in\s+the list/);
  });

  test('a disabled key says why when it is pressed, until the next key', async () => {
    const qd = await opened({app: sample({services: []})});
    await qd.press('r');
    await qd.sees('✖ r: no service is in the list');
    await qd.press('j');
    await qd.seesNot('no service is in the list');
  });

  test('a stale pass is never shown as a pass', async () => {
    const qd = await opened();
    expect(qd.screen().find(row => row.includes('tunnel'))).toContain('? stale');
    expect(qd.screen().find(row => row.includes('tunnel'))).not.toContain('✔');
  });

  test('a thousand services: the list is a window that follows the choice', async () => {
    const qd = await opened({app: huge()});
    await qd.sees('1 to 8 of 1000');
    await qd.press('G');
    await qd.sees('> ✔ service-0999');
  });

  test('the ledger shows one entry and verifies', async () => {
    const qd = await opened();
    await qd.press('L', 'v', 'enter');
    expect(qd.actions.asked).toEqual([['verify'], ['showEntry', 4_195]]);
    await qd.sees('Reading entry 4195');
    const {ledger} = qd.store.api.getState().app;
    const detail = {seq: 4_195, run: undefined, intent: 4_190, lines: [say`kind step.outcome`]};
    qd.store.feed({ledger: {...ledger, detail}});
    await qd.sees('kind step.outcome');
    await qd.press('i');
    expect(qd.actions.asked.at(-1)).toEqual(['showEntry', 4_190]);
    await qd.press('h');
    await qd.sees('not verified in this session');
    qd.store.feed({
      ledger: {
        ...ledger,
        verify: {at: 'done', verified: false, text: say`entry 777 does not match`, size: 4_196},
      },
    });
    await qd.sees('✖ not verified  entry 777 does not match');
  });

  test('the entries of a run are reached from an entry, and evidence of it is exported', async () => {
    const qd = await opened();
    await qd.press('L', 'r');
    expect(qd.actions.asked).toEqual([['entriesOf', '01JDATABASE7f2c']]);
    await qd.sees('entries of BASE7f2c');
    const {ledger} = qd.store.api.getState().app;
    qd.store.feed({ledger: {...ledger, of: {run: '01JDATABASE7f2c', rows: ledger.rows.slice(0, 2)}}});
    await qd.sees('2 entries');
    await qd.press('x');
    await qd.sees('The run 01JDATABASE7f2c');
    await qd.press('enter');
    await qd.sees('evidence-base7f2c-20261121t1403');
    await qd.press('enter');
    expect(qd.actions.asked.at(-1)).toEqual([
      'exportEvidence',
      {at: 'run', run: '01JDATABASE7f2c'},
      'evidence-base7f2c-20261121t1403',
    ]);
    const feed = (view: AppState['ledger']['export']): void => {
      qd.store.feed({ledger: {...qd.store.api.getState().app.ledger, export: view}});
    };
    feed({at: 'running', what: say`exporting`, done: 1, total: 2});
    await qd.sees('▶ exporting  ▇▇▇▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁  1 of 2');
    await qd.press('x');
    await qd.sees('one is being written');
    feed({at: 'done', ok: true, text: say`/home/mara/evidence`});
    await qd.sees('✔ exported');
    await qd.sees('/home/mara/evidence');
  });

  test('esc leads out of the export dialog without exporting anything', async () => {
    const qd = await opened();
    await qd.press('L', 'x', 'down', 'enter', 'escape');
    await qd.sees('not verified in this session');
    expect(qd.actions.asked).toEqual([]);
  });
});

describe('starting a run', () => {
  test('service, runbook, and its screen opens when the run is there', async () => {
    const qd = await opened();
    await qd.press('r');
    await qd.sees('Run which runbook?');
    await qd.press('enter');
    expect(qd.actions.asked).toEqual([
      [
        'startRun',
        {runbook: 'database-unavailable', procedure: 'incident', service: 'ledger-api', mode: 'live'},
      ],
    ]);
    qd.store.feed({run: run(asks.confirm)});
    await qd.sees('Run this on PRODUCTION / ledger-api?');
  });

  test('a runbook of several procedures asks which, and on which service', async () => {
    const qd = await opened();
    await qd.press('B', 'j', 'r');
    await qd.sees('Which procedure of Start the System?');
    await qd.press('j', 'enter');
    await qd.sees('On which service?');
    await qd.press('enter');
    expect(qd.actions.asked).toEqual([
      ['startRun', {runbook: 'start-the-system', procedure: 'two', service: 'gateway', mode: 'live'}],
    ]);
  });

  test('h makes it a rehearsal through all that is asked, and h again makes it real', async () => {
    const qd = await opened();
    await qd.press('B', 'j', 'r', 'h');
    await qd.sees('DRILL');
    await qd.press('j', 'enter');
    await qd.sees('On which service?');
    await qd.sees('DRILL');
    await qd.press('enter');
    await qd.sees('Rehearsing start-the-system on gateway');
    await qd.press('r', 'h', 'h', 'enter', 'enter');
    expect(qd.actions.asked).toEqual([
      ['startRun', {runbook: 'start-the-system', procedure: 'two', service: 'gateway', mode: 'rehearsal'}],
      ['startRun', {runbook: 'start-the-system', procedure: 'one', service: 'gateway', mode: 'live'}],
    ]);
  });
});

describe('a terminal that is lent to a program', () => {
  test('nothing is drawn and no key is read while the program has it; a program that fails gives it back too', async () => {
    const qd = await opened();
    const program = Promise.withResolvers<string>();
    const lent = qd.lend(() => program.promise, [say`Step 3  Open a shell`]);
    const failed = expect(lent).rejects.toThrow('it broke');
    await waitFor(
      async () => {
        await qd.advance(60);
        return qd.screen().some(row => row.includes('Open a shell'));
      },
      {what: 'the program to begin'},
    );
    expect([qd.raw(), qd.reads(), qd.kept]).toEqual([false, false, ['noted']]);
    const mark = qd.bytes();
    qd.store.feed({services: []});
    qd.signal('SIGINT');
    await expect(qd.lend(async () => Promise.resolve(''), [])).rejects.toThrow(
      'Another program has this terminal',
    );
    await qd.settles();
    expect(qd.bytesSince(mark)).toBe(0);
    program.reject(new Error('it broke'));
    await failed;
    await qd.sees('Any key goes back to the console.');
    expect([qd.raw(), qd.reads(), qd.kept]).toEqual([true, true, ['noted', 'put back']]);
    await qd.press('x');
    await waitFor(() => qd.isAlternate(), {what: 'the console to come back'});
    await qd.sees('This site has no services yet');
  });
});

describe('confirming', () => {
  test('a yes that was typed before the question could be read confirms nothing', async () => {
    const qd = await asking('confirm');
    await qd.sees('Run this on PRODUCTION / ledger-api?');
    await qd.press('y');
    await qd.sees('Not yet');
    expect(qd.actions.answers).toEqual([]);
    await qd.advance(400);
    await qd.press('y');
    expect(qd.actions.answers).toMatchObject([
      {id: 'a-confirm', say: 'yes', shownAtMs: 1_000, answeredAtMs: 1_400},
    ]);
  });

  test('over a slow link it takes the round trip and a quarter of a second', async () => {
    const qd = await asking('confirm', {app: sample()});
    qd.answersAfter(600);
    qd.store.feed({run: run(asks.confirm)});
    await qd.sees('Run this on PRODUCTION');
    await qd.settles();
    await qd.advance(600);
    await qd.advance(200);
    await qd.press('y');
    expect(qd.actions.answers).toEqual([]);
    await qd.advance(60);
    await qd.press('y');
    expect(qd.actions.answers).toHaveLength(1);
  });

  test('pasted text confirms nothing', async () => {
    const qd = await asking('confirm');
    await qd.sees('Run this on');
    await qd.advance(1_000);
    await qd.send('\x1b[200~y\r\x1b[201~');
    await qd.sees('Pasted text does nothing here');
    expect(qd.actions.answers).toEqual([]);
  });

  test('y stays disabled until the whole command has been on the screen', async () => {
    const long = run(asks.confirm);
    const command = Array.from({length: 30}, (_, i) => say`echo line ${i} of a script`);
    const detail = long.detail === undefined ? undefined : {...long.detail, command};
    const qd = await opened({app: sample({run: {...long, detail}}), ui: onRun});
    await qd.sees('Run this on PRODUCTION');
    await qd.advance(1_000);
    await qd.press('y');
    await qd.sees('scroll through them');
    await qd.press('G');
    await qd.sees('line 29');
    await qd.settles();
    await qd.press('y');
    await qd.sees('scroll through them');
    expect(qd.actions.answers, 'jumping to the end shows only the end').toEqual([]);
    await qd.press('g');
    await qd.sees('line 0 ');
    await qd.settles();
    // Two pages in one frame would leave rows unseen, so each page is waited for by what it shows.
    const page = (): string => qd.screen().slice(3, 15).join('\n');
    while (!page().includes('source annotated')) {
      const before = page();
      await qd.press('pagedown');
      await waitFor(() => page() !== before, {what: () => `the next page after:\n${before}`});
      await qd.settles();
    }
    await qd.sees('source annotated');
    await qd.settles();
    await qd.press('y');
    expect(qd.actions.answers).toMatchObject([{say: 'yes'}]);
  });

  test('an irreversible step asks for the name, typed by hand, and a reason', async () => {
    const qd = await asking('typed');
    await qd.sees('This cannot be undone');
    await qd.advance(500);
    await qd.press('y');
    await qd.sees('Type the name to go on: t-204');
    await qd.type('t-2');
    await qd.seesNot('name t-2');
    await qd.settles();
    await qd.advance(500);
    await qd.send('\x1b[200~t-204\x1b[201~');
    await qd.sees('pasted text confirms nothing');
    await qd.type('t-205').then(() => qd.press('enter'));
    await qd.sees('That is not the name');
    await qd.press('backspace').then(() => qd.type('4'));
    await qd.press('enter');
    await qd.sees('reason ▌');
    await qd.type('key leaked').then(() => qd.press('enter'));
    expect(qd.actions.answers).toMatchObject([
      {id: 'a-typed', say: 'yes', typed: 't-204', reason: 'key leaked'},
    ]);
  });

  test('a question that changes under the fingers is not answered by the old key', async () => {
    const qd = await asking('confirm');
    await qd.sees('Run this on');
    await qd.advance(1_000);
    qd.store.feed({run: run({...asks.failed, at: 'finish', id: 'next', text: say`Finish?`})});
    await qd.press('y');
    expect(qd.actions.answers).toEqual([]);
  });

  test('skipping asks why, and an empty reason is none', async () => {
    const qd = await asking('confirm');
    await qd.sees('Run this on');
    await qd.press('s');
    await qd.sees('Skip this step');
    await qd.press('enter');
    await qd.sees('Not yet');
    await qd.advance(500);
    await qd.press('enter');
    await qd.sees('Type a few words first');
    await qd.type('done by hand').then(() => qd.press('enter'));
    expect(qd.actions.answers).toMatchObject([{say: 'skip', reason: 'done by hand', id: 'a-confirm'}]);
  });

  test('escalating shows whom to call', async () => {
    const qd = await asking('busy');
    await qd.press('e');
    await qd.sees('+49 30 1234567');
  });

  test('an unknown outcome names what still runs, and asks what happened', async () => {
    const qd = await asking('unknown');
    await qd.sees('still running: 4711 postgres');
    await qd.press('d');
    await qd.sees('The step did not happen');
    await qd.advance(500);
    await qd.type('ps shows nothing').then(() => qd.press('enter'));
    expect(qd.actions.answers).toMatchObject([
      {say: 'did-not-happen', reason: 'ps shows nothing', id: 'a-unknown'},
    ]);
  });

  test('decisions are answered by their number', async () => {
    const qd = await asking('decide');
    await qd.sees('1  Yes: go to Free some space');
    await qd.advance(500);
    await qd.press('2');
    expect(qd.actions.answers).toMatchObject([{say: 'option', key: '2'}]);
  });

  test('who watches cannot answer, but may take over with a reason', async () => {
    const qd = await asking(
      'watch',
      {},
      {
        watching: true,
        choices: [{say: 'take-over', key: 'T', label: say`take over`, disabled: undefined}],
      },
    );
    await qd.advance(500);
    await qd.press('y', 'x', 's');
    await qd
      .press('T')
      .then(() => qd.sees('Take this run over'))
      .then(() => qd.advance(500))
      .then(() => qd.type('shift change'))
      .then(() => qd.press('enter'));
    expect(qd.actions.answers).toMatchObject([
      {say: 'take-over', reason: 'shift change', id: '01JDATABASE7f2c'},
    ]);
  });

  test('nothing can be confirmed while the ledger cannot be written', async () => {
    const base = sample({run: run(asks.confirm)});
    const qd = await opened({
      app: {...base, session: {...base.session, readOnly: say`the disk is full`}},
      ui: onRun,
    });
    await qd.sees('READ ONLY  the disk is full');
    await qd.advance(500);
    await qd.press('y');
    await qd.sees('✖ y: the disk is full');
    expect(qd.actions.answers).toEqual([]);
  });
});

describe('stopping and leaving', () => {
  test('Ctrl-C with a running step asks; leaving lets it run', async () => {
    const qd = await asking('busy');
    await qd.press('ctrl-c');
    await qd.sees('A step is running. Nothing was stopped.');
    await qd.press('w');
    await qd.seesNot('Nothing was stopped');
    expect(qd.actions.answers).toEqual([]);
    await qd.press('q');
    await qd.sees('The running step goes on without it');
    await qd.press('y');
    expect(await qd.exit).toEqual({how: 'left'});
    await seesShell(qd);
    expect(qd.raw()).toBe(false);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
    '%s gives the terminal back and is reported',
    async signal => {
      const qd = await opened();
      qd.signal(signal);
      expect(await qd.exit).toEqual({how: 'signal', signal});
      expect(qd.written()).toMatch(/\x1b\[\?2004l\x1b\[\?25h\x1b\[\?1049l$/);
      expect(qd.raw()).toBe(false);
    },
  );

  test('an uncaught error elsewhere gives the terminal back before it is printed', async () => {
    const qd = await opened();
    qd.signal('crash');
    await seesShell(qd);
    expect(qd.raw()).toBe(false);
  });

  test('a terminal that is gone ends the console without an error', async () => {
    const qd = await opened();
    qd.breakOutput();
    expect(await qd.exit).toEqual({how: 'hangup'});
  });

  test('Ctrl-Z gives the terminal to the shell, and SIGCONT draws everything again', async () => {
    const qd = await opened();
    await qd.press('ctrl-z');
    expect([qd.stops(), qd.raw()]).toEqual([1, false]);
    await seesShell(qd);
    qd.store.feed({nowMs: noon + 60_000});
    qd.signal('SIGCONT');
    await qd.sees('14:04 UTC');
    expect([qd.isAlternate(), qd.raw()]).toEqual([true, true]);
  });

  test('without a shell behind it Ctrl-Z says why not', async () => {
    const qd = await opened({canSuspend: false});
    await qd.press('ctrl-z');
    await qd.sees('no shell is there to come back from');
    expect(qd.stops()).toBe(0);
  });

  test('copying shows a bare page, and any key comes back', async () => {
    const qd = await opened();
    await qd.press('c');
    await qd.sees('Nobody says whether it arrived');
    await seesShell(qd);
    expect(qd.written()).toContain(`\x1b]52;c;${Buffer.from('ledger-api: ✖ fail').toString('base64')}\x07`);
    await qd.press('x');
    await qd.sees('> ✖ ledger-api');
  });

  test('without a terminal it refuses before touching anything', async () => {
    const {openConsole} = await import('../../src/terminal/open.ts');
    const host = {stdin: {isTTY: false}, stdout: {isTTY: false}};
    // Only what is looked at before the refusal is there.
    await expect(Reflect.apply(openConsole, undefined, [{host}])).rejects.toMatchObject({
      code: 'NOT_A_TERMINAL',
    });
  });
});

describe('a bad link', () => {
  test('a key press repaints with at most 500 bytes at 80×24', async () => {
    const qd = await opened();
    await qd.settles();
    for (const key of ['j', 'j', 'j', 'k', 'k', 'k']) {
      const mark = qd.bytes();
      await qd.press(key);
      await qd.settles();
      expect(qd.bytesSince(mark), `after ${key}`).toBeLessThanOrEqual(500);
    }
  });

  test('a minute without changes sends at most 200 bytes', async () => {
    const qd = await opened();
    await qd.settles();
    const mark = qd.bytes();
    for (let second = 1; second <= 60; second++) {
      const {services} = qd.store.api.getState().app;
      qd.store.feed({
        nowMs: noon + second * 1_000,
        services: services.map(one => (one.stale ? one : {...one, seenMs: noon + second * 1_000 - 4_000})),
      });
    }
    await qd.settles();
    await qd.sees('14:04 UTC');
    expect(qd.bytesSince(mark)).toBeLessThanOrEqual(200);
  });

  test('a frame is one write', async () => {
    const qd = await opened();
    await qd.press('j');
    await qd.settles();
    const frames = qd.written().split('\x1b[?2026h').slice(1);
    for (const frame of frames.slice(0, -1)) expect(frame).toMatch(/\x1b\[\?2026l$/);
  });

  test('resizing draws again at the new size, down to a note and back', async () => {
    const qd = await opened();
    qd.resize(120, 40);
    await qd.sees('L ledger  A alerts  / find  : commands');
    qd.resize(40, 10);
    await qd.sees(/needs 45×20/);
    await qd.sees('PRODUCTION acme-prod');
    qd.resize(45, 20);
    await qd.sees('> ✖ ledger-api');
    expect(qd.screen()).toHaveLength(20);
    qd.resize(80, 24);
    await qd.sees('LAST HOUR');
  });

  test('Ctrl-L draws over what somebody wrote on the terminal', async () => {
    const qd = await opened();
    await qd.settles();
    const mark = qd.bytes();
    await qd.press('ctrl-l');
    await qd.settles();
    expect(qd.bytesSince(mark)).toBeGreaterThan(800);
  });

  test('with NO_COLOR nothing is coloured, and every state is still a word', async () => {
    const qd = await opened({env: {NO_COLOR: '1', LANG: 'C'}});
    await qd.sees('x fail');
    expect(show(qd.screen().join(' '))).toMatch(/\+ pass/);
  });
});
