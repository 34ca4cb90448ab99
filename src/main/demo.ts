// `demo`: the reference service and a site that watches it; on a terminal in the console, else as a tour in lines.
import {setTimeout as sleep} from 'node:timers/promises';
import {createServer} from 'node:net';
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {z} from 'zod';
import {folderAt} from '../../demo/shared/folder.ts';
import {startReference, writeDemoSite, type Reference} from '../../demo/start.ts';
import type {Globals} from '../cli/frame.ts';
import {defineCommand, type AnyCommand} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {Opened} from './context.ts';
import {ensureHome, homePath} from './home.ts';
import {paths} from './paths.ts';
import {demoConsole} from './demo-console.ts';
import {demoTour} from './demo-tour.ts';
import {uid} from './who.ts';

export interface DemoRequest {
  readonly forget: () => void;
  /** Opens the demo's site and data directory. */
  readonly open: (globals: Globals) => Opened;
}

const demoName = 'harbor-demo';

export const demoCommand = ({forget, open}: DemoRequest): AnyCommand =>
  defineCommand({
    name: 'demo',
    summary: 'start the reference service and look at it: break it, mend it, verify the ledger',
    options: [{flags: '--plain', summary: 'play the tour line by line, without a screen'}],
    examples: [
      {line: 'quarterdeck demo', does: 'the console, on a live service that you may break'},
      {line: 'quarterdeck demo --plain', does: 'the same story as plain lines; exit 0 when it went well'},
    ],
    input: z.strictObject({args: z.array(z.string()).max(0).default([]), plain: z.boolean().default(false)}),
    run: async ({plain}, context) => {
      const home = ensureHome(
        homePath(context.home, context.env, () => demoName),
        uid(),
      );
      const isPlain = plain || !process.stdin.isTTY || !process.stdout.isTTY;
      context.talk.out(say`Starting the reference service …`);
      const dir = path.join(home, 'demo');
      const reference = await startAgain(dir, context.signal);
      if (reference === undefined) {
        if (isPlain) {
          throw new QdError('RUN_REFUSED', `A demo runs in ${home} already.`, {
            hint: 'Leave its console first, or name another data directory with --home.',
          });
        }
        context.talk.out(say`It runs already: this is a second console on it.`);
        const {site: siteDir, bin} = folderAt(dir);
        useDemo(dir, bin);
        forget();
        return await demoConsole(open({home, siteDir, operator: undefined}), dir);
      }
      try {
        const siteDir = writeDemoSite({
          reference,
          templateDir: paths.demoSite,
          runbooksDir: paths.shippedRunbooks,
        });
        useDemo(reference.dir, reference.binDir);
        const opened = open({home, siteDir, operator: undefined});
        if (isPlain) return await demoTour(opened, reference);
        forget();
        return await demoConsole(opened, reference.dir);
      } finally {
        await reference.stop();
      }
    },
  });

/** Steps and checks find the service through these. */
function useDemo(dir: string, binDir: string): void {
  process.env['QD_DEMO_DIR'] = dir;
  process.env['PATH'] = `${binDir}:${process.env['PATH'] ?? ''}`;
}

/** The supervisor of a console that was killed is gone within this. */
const patienceMs = 5_000;

/**
 * The same folder and ports as last time where they are free: a run that was left open finds its site unchanged.
 * Undefined when the service runs for somebody else who is alive.
 */
async function startAgain(dir: string, signal: AbortSignal): Promise<Reference | undefined> {
  const deadline = performance.now() + patienceMs;
  const file = path.join(dir, 'base-port');
  const known = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
  const basePort = (await areFree(known)) ? known : await freeBase();
  for (;;) {
    try {
      const reference = await startReference({
        dir,
        parentPid: process.pid,
        node: process.execPath,
        entryDir: paths.demoEntries,
        basePort,
      });
      writeFileSync(file, String(basePort), {mode: 0o600});
      return reference;
    } catch (error) {
      // The one of a console that was killed ends by itself; give it the moment that it needs.
      const runs = error instanceof Error && 'code' in error && error.code === 'DEMO_RUNS';
      if (!runs || signal.aborted) throw error;
      if (performance.now() > deadline) return undefined;
      await sleep(200, undefined, {signal});
    }
  }
}

const portCount = 4;

async function areFree(base: number): Promise<boolean> {
  if (!Number.isInteger(base) || base < 1024) return false;
  for (let i = 0; i < portCount; i++) if (!(await isFree(base + i))) return false;
  return true;
}

/** A random base below the ports that the kernel hands out to clients. */
async function freeBase(): Promise<number> {
  for (;;) {
    const base = 20_000 + Math.floor(Math.random() * 10_000);
    if (await areFree(base)) return base;
  }
}

const isFree = async (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
