// Verifying the ledger in use: for the console, with progress, and for the end of the tour.
import {say, type Shown} from '../domain/show.ts';
import type {Finding} from '../domain/evidence.ts';
import type {CommandContext} from '../define.ts';
import {breathing} from '../cli/breathing.ts';
import {verify} from '../ledger/verify.ts';
import type {Ledger} from '../ports.ts';
import type {ConsoleStore} from '../state/store.ts';

/** Looks at the store between pages, so that keys are answered while a long log is read. */
async function verifyDir(
  dir: string,
  {ledgerFiles, clock}: CommandContext,
  onProgress: (done: number, total: number) => void,
): Promise<Finding> {
  const {evidence, close} = await ledgerFiles.evidence(dir);
  try {
    return await verify(breathing(evidence, clock), {onProgress: done => onProgress(done, evidence.count)});
  } finally {
    close();
  }
}

/** Seals the newest entries first, so that the verdict covers them. */
export async function verifyHere(
  context: CommandContext,
  ledger: Ledger,
  store: ConsoleStore,
): Promise<void> {
  const feed = (view: ReturnType<typeof store.api.getState>['app']['ledger']['verify']): void => {
    store.feed({ledger: {...store.api.getState().app.ledger, verify: view}});
  };
  const {size} = await ledger.head();
  feed({at: 'running', done: 0, total: size});
  if (ledger.readOnly === undefined) await ledger.checkpoint();
  const {report} = await verifyDir(ledger.dir, context, (done, total) => feed({at: 'running', done, total}));
  const {verdict, verified, failure_reason: reason, failure_index: index, head, entries} = report;
  const where = index === null ? '' : `, first at entry ${index}`;
  feed({
    at: 'done',
    verified,
    size: entries,
    text: verified
      ? say`${verdict}, root ${head.root.slice(0, 16)}`
      : say`${verdict}: ${reason ?? ''}${where}`,
  });
}

/** The verdict in lines. */
export async function verifyHome(
  dir: string,
  context: CommandContext,
): Promise<{readonly verified: boolean; readonly lines: readonly Shown[]}> {
  const {report} = await verifyDir(dir, context, () => undefined);
  const {verdict, verified, entries, checkpoints, head, failure_reason: reason} = report;
  return {
    verified,
    lines: [
      say`${verdict}: ${entries} entries under ${checkpoints} checkpoints`,
      verified ? say`root ${head.root.slice(0, 16)}` : say`${reason ?? ''}`,
    ],
  };
}
