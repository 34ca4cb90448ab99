// verify.html from file:// in a real browser without a network: chosen, dropped, as a tar, and damaged.
import {execFileSync} from 'node:child_process';
import {appendFileSync, chmodSync, cpSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import puppeteer, {type Browser, type ElementHandle, type Page} from 'puppeteer-core';
import {expect, test} from 'vitest';
import {z} from 'zod';
import {launcher, runToEnd} from '../e2e/place.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';

const root = path.resolve(import.meta.dirname, '../..');
const answer = z.looseObject({
  verified: z.boolean(),
  verdict: z.string(),
  failure_index: z.int().nullable(),
  entries: z.int(),
});

async function command(dir: string, ...args: readonly string[]): Promise<string> {
  const env = {
    HOME: dir,
    PATH: process.env['PATH'] ?? '',
    QUARTERDECK_HOME: path.join(dir, 'data'),
    QUARTERDECK_SITE: dir,
  };
  const {status, out, err} = await runToEnd(process.execPath, [launcher, ...args], {env, cwd: dir});
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${out}${err}`);
  return out;
}

/** A real ledger with a few entries, exported whole as a directory and as a tar. */
async function exported(): Promise<{dir: string; bundle: string; tar: string; vkey: string}> {
  const dir = tempDir();
  for (const reason of ['one', 'two', 'three'])
    await command(dir, 'ledger', 'hold', 'set', '--all', '--reason', reason);
  await command(dir, 'evidence', 'export', '--all', 'bundle');
  await command(dir, 'evidence', 'export', '--all', '--tar', 'bundle.tar');
  const vkey = (await command(dir, 'ledger', 'key')).trim().split(/\s+/)[0] ?? '';
  return {dir, bundle: path.join(dir, 'bundle'), tar: path.join(dir, 'bundle.tar'), vkey};
}

async function browser(): Promise<Browser> {
  const on = await puppeteer.launch({
    executablePath: program('chromium', 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND'],
  });
  afterwards(async () => on.close());
  return on;
}

async function opened(on: Browser, file: string): Promise<{page: Page; problems: string[]}> {
  const page = await on.newPage();
  const problems: string[] = [];
  page.on('pageerror', error => problems.push(String(error)));
  page.on('console', message => problems.push(message.text()));
  page.on('requestfailed', request => problems.push(`requested ${request.url()}`));
  await page.goto(pathToFileURL(file).href);
  return {page, problems};
}

async function inputOf(page: Page, id: string): Promise<ElementHandle<HTMLInputElement>> {
  const handle = await page.$(`input#${id}`);
  if (handle === null) throw new Error(`the page has no ${id}`);
  return handle;
}

/** The text of an element; empty while it is not there. */
async function textAt(page: Page, selector: string): Promise<string> {
  // As text, because this program knows no document.
  return String(
    await page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`),
  );
}

/** What the page answers; waits until it is another than `before`. */
async function answerOf(
  page: Page,
  before = '',
): Promise<{json: z.infer<typeof answer>; text: string; raw: string}> {
  const raw = await waitFor(
    async () => {
      const text = await textAt(page, '#json');
      return text !== '' && text !== before ? text : undefined;
    },
    {what: 'a verdict on the page', timeoutMs: 60_000},
  );
  const text = await textAt(page, '#answer');
  return {json: answer.parse(JSON.parse(raw)), text, raw};
}

const choose = async (page: Page, id: string, ...files: readonly string[]): Promise<void> =>
  (await inputOf(page, id)).uploadFile(...files);

async function drop(page: Page, file: string): Promise<void> {
  const session = await page.createCDPSession();
  const data = {items: [], files: [file], dragOperationsMask: 1};
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', {type, x: 200, y: 200, data});
  await session.detach();
}

test('a bundle is verified by the page inside it, from file://: its folder chosen, dropped, and its tar', async () => {
  const {bundle, tar, vkey} = await exported();
  const on = await browser();
  const {page, problems} = await opened(on, path.join(bundle, 'verify.html'));
  await choose(page, 'folder', bundle);
  const first = await answerOf(page);
  expect(first.json).toMatchObject({verified: true, verdict: 'intact', failure_index: null});
  expect(first.text).toContain('Every entry is exactly as it was when it was signed');
  expect(first.text).toContain('who signed');
  await (await inputOf(page, 'key')).type(vkey);
  await page.keyboard.press('Tab');
  const second = await answerOf(page, first.raw);
  expect(second.json).toMatchObject({verified: true, key: {source: 'given'}});
  await page.reload();
  await drop(page, bundle);
  expect((await answerOf(page)).json).toMatchObject({verdict: 'intact', entries: first.json.entries});
  await page.reload();
  await choose(page, 'files', tar);
  expect((await answerOf(page)).json).toMatchObject({verdict: 'intact'});
  expect(problems).toEqual([]);
});

test('damage, a wrong key and a foreign folder are told on the page in words', async () => {
  const {dir, bundle} = await exported();
  const on = await browser();
  const {page, problems} = await opened(on, path.join(root, 'dist/verify.html'));
  const damaged = path.join(dir, 'damaged');
  cpSync(bundle, damaged, {recursive: true});
  const entries = path.join(damaged, 'entries.jsonl');
  chmodSync(entries, 0o600);
  writeFileSync(entries, readFileSync(entries, 'utf8').replace('"hold.set"', '"hold.sat"'));
  await choose(page, 'folder', damaged);
  const found = await answerOf(page);
  expect(found.json).toMatchObject({verified: false, verdict: 'modified', failure_index: 2});
  expect(found.text).toContain('Changed');
  await page.reload();
  const stranger = `${readFileSync(path.join(bundle, 'ledger.vkey'), 'utf8').split('+')[0] ?? ''}+00000000+AAAA`;
  await (await inputOf(page, 'key')).type(stranger);
  await choose(page, 'folder', bundle);
  await waitFor(async () => (await textAt(page, '#answer')).includes('Cannot be verified'), {
    what: 'the page to refuse a key that is none',
    timeoutMs: 60_000,
  });
  const other = path.join(dir, 'other');
  execFileSync('mkdir', [other]);
  appendFileSync(path.join(other, 'photo.txt'), 'no evidence');
  await page.reload();
  await choose(page, 'folder', other);
  await waitFor(async () => (await textAt(page, '#answer')).includes('Cannot be verified'), {
    what: 'the page to refuse a folder that is no bundle',
    timeoutMs: 60_000,
  });
  expect(problems).toEqual([]);
});
