// Anchors in the running program: by hand, at the end of a command, a run, an export and a console session.
import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {place, pressUntil, siteText, startRun, textOf, type Place} from './place.ts';

interface Anchored {
  readonly here: Place;
  readonly notes: string;
}

/** A file stands for another machine, as a mount of one would. */
function anchored(more = ''): Anchored {
  const notes = path.join(tempDir(), 'notes');
  const anchors = `anchors:\n  backup: {type: file, path: ${notes}, offHost: true}\n${more}`;
  return {here: place({siteText: `${siteText}${anchors}`}), notes};
}

const receipts = async (here: Place) =>
  (await here.entries()).filter(({kind}) => kind === 'anchor.receipt').map(({body}) => body);
const notesOf = (notes: string): number => readFileSync(notes, 'utf8').match(/^— /gm)?.length ?? 0;

test('a run in the console: the footer says where the ledger is, and leaving says where it was anchored', async () => {
  const {here, notes} = anchored();
  const on = here.console({cols: 80, rows: 24});
  await startRun(on);
  await on.sees('Run this on STAGING / api?', 20_000);
  expect(textOf(on)).toContain('· local only');
  await pressUntil(on, 'y', 'Step 2', 30_000);
  await pressUntil(on, 'y', /↵ finish/);
  await pressUntil(on, 'enter', 'The run is over: passed.');
  await on.sees(/ledger \d+ · off-host \d+ now/, 20_000);
  const atFinish = notesOf(notes);
  expect(atFinish).toBeGreaterThan(0);
  await on.press('q');
  expect((await on.ended(20_000)).exitCode).toBe(0);
  expect(textOf(on)).toContain('anchored at backup');
  const {status, out} = await here.qd('ledger', 'verify', '--checkpoint', notes, '--json');
  expect(status).toBe(0);
  expect(JSON.parse(out)).toMatchObject({verdict: 'intact', witnessed: {where: 'backup'}});
});

test('without the file system behind it, the footer says FAILED, commands go on, and one receipt is enough', async () => {
  const {here, notes} = anchored();
  const missing = path.join(path.dirname(notes), 'gone');
  const site = path.join(here.site, 'quarterdeck.yaml');
  writeFileSync(site, readFileSync(site, 'utf8').replace(notes, path.join(missing, 'notes')));
  const hold = ['ledger', 'hold', 'set', '--all', '--reason', 'looked into'] as const;
  for (let i = 0; i < 2; i += 1) {
    const said = await here.qd(...hold);
    expect(said.status).toBe(0);
    expect(said.err).toContain('not anchored at backup: there is no such file');
  }
  expect(await receipts(here)).toMatchObject([{ok: false, message: 'there is no such file'}]);
  const on = here.console({cols: 80, rows: 24});
  await on.sees('off-host FAILED', 30_000);
  await on.press('q');
  await on.ended(20_000);
  expect(textOf(on)).toContain('not anchored at backup');
});

test('an export is anchored before it is written: the note of its checkpoint is elsewhere', async () => {
  const {here, notes} = anchored();
  const target = path.join(here.dir, 'bundle');
  expect((await here.qd('evidence', 'export', '--all', target)).status).toBe(0);
  const bundled = readFileSync(path.join(target, 'checkpoint'), 'utf8');
  expect(readFileSync(notes, 'utf8')).toContain(bundled);
  writeFileSync(notes, bundled);
  expect((await here.qd('evidence', 'verify', target, '--checkpoint', notes)).status).toBe(0);
});

test('by hand: what there is, what there is not, and a site that is not trusted', async () => {
  const {here, notes} = anchored('  disk: {type: file, path: /nowhere/notes}\n');
  const both = await here.qd('ledger', 'anchor');
  expect(both.status).toBe(2);
  expect(both.out).toMatch(
    /^backup {2}sent {4}\d+ entries, added and read back\ndisk {4}FAILED {2}there is no such file\n$/,
  );
  expect((await here.qd('ledger', 'anchor', 'backup')).status).toBe(0);
  expect(notesOf(notes)).toBe(2);
  const near = await here.qd('ledger', 'anchor', 'backpu');
  expect(near.status).toBe(64);
  expect(near.err).toContain('There is no anchor `backpu`. Did you mean `backup`?');
  expect((await here.qd('site', 'show')).out).toContain(`anchor  backup: file ${notes} (another machine)`);

  expect((await here.qd('site', 'trust', '--yes')).status).toBe(0);
  writeFileSync(
    path.join(here.site, 'quarterdeck.yaml'),
    `${siteText}anchors: {x: {type: file, path: ${notes}}}\n`,
  );
  rmSync(notes);
  const refused = await here.qd('ledger', 'anchor');
  expect(refused.status).toBe(3);
  expect(refused.err).toContain('quarterdeck site trust');
  expect((await here.qd('ledger', 'hold', 'set', '--all', '--reason', 'x')).status).toBe(0);
  expect(existsSync(notes)).toBe(false);
});
