// Evidence, in the order that the runbook gives: each item kept beside the outcome, each with its size and SHA-256.
import type {Disclosed, Json} from '../../domain/entry.ts';
import type {Job} from './job.ts';
import {runCommand} from './command.ts';
import {judged} from './judge.ts';
import {whatOf} from './intent.ts';
import {capture, type Capture} from './output.ts';
import type {Outcome, Scene, Try} from './scene.ts';
import {runRequest} from './request.ts';

type Act = Extract<Job['act'], {at: 'collect'}>;
type Item = Act['items'][number];

/** Of one item; more is cut in the middle, and committed to as a whole. */
const kept = {head: 4 * 1024 * 1024, tail: 4 * 1024 * 1024} as const;
/** Of all items together, in memory and on disk. */
const keptInAll = 64 * 1024 * 1024;

interface Collected {
  readonly item: Readonly<Record<string, Json>>;
  readonly disclosed: Disclosed | undefined;
  readonly good: boolean;
  readonly size: number;
  readonly line: string;
}

/**
 * One after the other; what fails is recorded, and the next is collected. The hashes stand in the output, which can be
 * erased: a hash in the entry would let a short content be guessed for ever.
 */
export async function runCollect(
  job: Job,
  scene: Scene,
  {act, output, ending}: Try & {readonly act: Act},
): Promise<Outcome> {
  const all: Collected[] = [];
  let room: number = keptInAll;
  for (const [i, item] of act.items.entries()) {
    const half = Math.floor(room / 2);
    const limits = {head: Math.min(kept.head, half), tail: Math.min(kept.tail, half)};
    const one = await collectOne(job, scene, {item, i, ending, limits});
    all.push(one);
    room -= Math.min(one.size, limits.head + limits.tail);
    output.add(Buffer.from(`${one.line}\n`));
  }
  const why = ending.why();
  const good = all.filter(one => one.good).length;
  const disclosed = all.flatMap(one => (one.disclosed === undefined ? [] : [one.disclosed]));
  const message = `${good} of ${all.length} collected`;
  const how = {items: all.map(one => one.item), disclosed};
  if (why !== undefined)
    return {verdict: 'fail', message: `${why.message}; ${message}`, ended: why.ended, ...how};
  if (good === 0) return {verdict: 'fail', message: 'nothing could be collected', ...how};
  return {verdict: good === all.length ? 'pass' : 'warn', message, ...how};
}

async function collectOne(
  job: Job,
  scene: Scene,
  {
    item,
    i,
    ending,
    limits,
  }: {
    readonly item: Item;
    readonly i: number;
    readonly ending: Try['ending'];
    readonly limits: typeof kept | {readonly head: number; readonly tail: number};
  },
): Promise<Collected> {
  const what = scene.mask.text(whatOf(item));
  const hash = scene.hash();
  const content = capture(scene.random.bytes(16), hash.update, {
    ptr: `/body/items/${i}/content`,
    kept: limits,
  });
  const {verdict, message: said} = ending.signal.aborted
    ? {verdict: 'fail', message: 'not reached'}
    : await contentOf(job, scene, {item, content, ending});
  const message = scene.mask.text(said);
  const size = content.size();
  // What a command printed before it failed is evidence too; a file or an address that failed gave none.
  const disclosed = content.disclosed();
  const good = verdict === 'pass' || (item.at === 'command' && size > 0);
  const line = `${hash.digest()}  ${String(size).padStart(10)}  ${what}`;
  return {
    item: {what, message},
    disclosed,
    good,
    size,
    line:
      size === 0 && !good
        ? `${'-'.repeat(64)}  ${'-'.padStart(10)}  ${what}: ${message}`
        : `${line}${verdict === 'pass' ? '' : `: ${message}`}`,
  };
}

/** What is expected is not asked of each item. */
function withoutExpect(job: Job): Job {
  const rest = {...job};
  delete rest.expect;
  return rest;
}

interface ContentRequest {
  readonly item: Item;
  readonly content: Capture;
  readonly ending: Try['ending'];
}

async function contentOf(
  job: Job,
  scene: Scene,
  {item, content, ending}: ContentRequest,
): Promise<{readonly verdict: string; readonly message: string}> {
  if (item.at === 'url') {
    const act = {at: 'http', method: 'GET', url: item.url, headers: {}} as const;
    return runRequest(withoutExpect(job), scene, {act, output: content, ending});
  }
  const isElsewhere = job.on !== undefined || job.runAs !== undefined;
  if (item.at === 'file' && !isElsewhere) return fileOf(item.path, scene, {content, ending});
  const rest = withoutExpect(job);
  const argv = item.at === 'file' ? (['cat', '--', item.path] as const) : item.argv;
  const clean = {out: scene.mask.stream(), err: scene.mask.stream()};
  const ran = await runCommand(rest, scene, {
    argv,
    ending,
    onOutput: (chunk, from) => {
      ending.bytes(chunk.length);
      content.add(clean[from].push(chunk));
    },
  });
  for (const stream of [clean.out, clean.err]) content.add(stream.end());
  return judged(rest, ran, {ending, found: true, complaint: undefined});
}

/** A file of this host, links followed, masked as everything is. */
async function fileOf(
  path: string,
  {files, mask}: Scene,
  {content, ending}: Omit<ContentRequest, 'item'>,
): Promise<{readonly verdict: string; readonly message: string}> {
  const real = await files.real(path);
  if (real === undefined) return {verdict: 'fail', message: 'it is not there'};
  const clean = mask.stream();
  try {
    for await (const chunk of files.stream(real)) {
      if (ending.signal.aborted) return {verdict: 'fail', message: 'not read to its end'};
      ending.bytes(chunk.length);
      content.add(clean.push(chunk));
    }
  } catch (error) {
    return {verdict: 'fail', message: error instanceof Error ? error.message : String(error)};
  }
  content.add(clean.end());
  return {verdict: 'pass', message: real === path ? 'collected' : `collected from ${real}`};
}
