import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {siteGuard} from '../../helpers/guarded-site.ts';
import {containing} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {current} from '../../../src/domain/run.ts';
import type {Ledger} from '../../../src/ports.ts';
import type {OpenRun} from '../../../src/engine/run/index.ts';
import {createRunDesk} from '../../../src/engine/run/index.ts';
import {openConsole, say} from './world.ts';

const book = `# Mend

Procedure:

1. Mend it

   \`\`\`sh {"name":"mend","effect":"write"}
   sh mend.sh
   \`\`\`

2. Tell the others
`;

const guard = siteGuard('keep-orders', {
  line: 4,
  title: 'The orders are never dropped',
  argv: ['true dropdb orders'],
});
const harmless = 'echo mended > done.txt\n';
const forbidden = '#!/bin/sh\ntrue dropdb orders\n';

/** A run at a step that runs mend.sh; `onConfirm` is called when its confirmation is in the ledger. */
async function place(text: string, onConfirm: (write: (text: string) => void) => void = () => undefined) {
  const dir = tempDir();
  const write = (next: string): void => writeFileSync(join(dir, 'site/mend.sh'), next);
  const first = await openConsole({dir, runbooks: {mend: book}});
  onTestFinished(async () => first.close());
  const {ledger, world} = first;
  write(text);
  const telling: Ledger = {
    origin: ledger.origin,
    dir: ledger.dir,
    readOnly: ledger.readOnly,
    head: async () => ledger.head(),
    append: async request => {
      const result = await ledger.append(request);
      if (request.entries.some(({kind}) => kind === 'step.confirm')) onConfirm(write);
      return result;
    },
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
    watch: onChange => ledger.watch(onChange),
    close: async () => ledger.close(),
  };
  const desk = createRunDesk({...world, ledger: telling, site: {...world.site, guards: [guard]}});
  const run = await desk.start({runbook: 'mend', service: 'api'});
  onTestFinished(() => run.close());
  const kinds = async () => (await ledger.read({run: run.run})).map(({entry}) => entry.kind);
  return {dir, run, write, kinds};
}

const idle = async (run: OpenRun): Promise<boolean> =>
  waitFor(() => run.snapshot().ask.at !== 'busy', {what: 'the end of it', timeoutMs: 20_000});

test('a step is refused for what stands in the script that it runs, naming file and line', async () => {
  const {run, dir, kinds} = await place(forbidden);
  expect(run.snapshot()).toMatchObject({
    ask: {at: 'guarded', text: containing('mend.sh:2: true dropdb orders')},
    guards: [{guard: 'keep-orders', certain: true}],
  });
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  expect(await kinds()).toEqual(['run.start', 'guard.refused']);
  expect(existsSync(join(dir, 'site/done.txt'))).toBe(false);
});

test('a script that changes after it was shown is judged anew by what it says then', async () => {
  const {run, dir, write, kinds} = await place(harmless);
  expect(run.snapshot().ask.at).toBe('confirm');
  write(forbidden);
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false, why: containing('never dropped')});
  write(harmless);
  await run.refresh();
  expect(run.snapshot().ask.at).toBe('confirm');
  expect(await say(run, {say: 'yes'})).toEqual({ok: true});
  await idle(run);
  expect(current(run.snapshot().state)?.item.step.title).toBe('Tell the others');
  expect(readFileSync(join(dir, 'site/done.txt'), 'utf8')).toBe('mended\n');
  expect((await kinds()).slice(1)).toEqual(['guard.refused', 'step.confirm', 'step.intent', 'step.outcome']);
});

test('a script that becomes forbidden while its confirmation is written is not run', async () => {
  const {run, dir, kinds} = await place(harmless, write => write(forbidden));
  expect(await say(run, {say: 'yes'})).toEqual({ok: true});
  await idle(run);
  expect(run.snapshot().ask).toMatchObject({at: 'guarded'});
  expect(await kinds()).toEqual(['run.start', 'step.confirm', 'guard.refused']);
  expect(existsSync(join(dir, 'site/done.txt'))).toBe(false);
});

test('a script that becomes doubtful while its confirmation is written is confirmed by name first', async () => {
  const {run, dir, kinds} = await place(harmless, write => write(`true dropdb "$WHICH"\n${harmless}`));
  expect(await say(run, {say: 'yes'})).toEqual({ok: true});
  await idle(run);
  expect(run.snapshot()).toMatchObject({
    ask: {at: 'typed', question: containing('never started'), expected: 'api'},
    notice: containing('has changed just now'),
  });
  expect(await kinds()).toEqual(['run.start', 'step.confirm']);
  expect(existsSync(join(dir, 'site/done.txt'))).toBe(false);
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false, why: containing('Type "api"')});
});

test('a script that cannot be read asks for no more than the step itself does', async () => {
  const {run} = await place(`\0${forbidden}`);
  expect(run.snapshot()).toMatchObject({ask: {at: 'confirm'}, guards: []});
});
