// Carrying checkpoints from a command's context: for the daemon, the console, exports and the end of a session.
import type {CommandContext} from '../define.ts';
import type {Site} from '../domain/site.ts';
import {sendCheckpoint, type Anchored, type SendRequest} from '../evidence/anchors.ts';
import type {Cancel, Clock, Ledger} from '../ports.ts';

export type Send = (request: SendRequest) => Promise<readonly Anchored[]>;
type Ports = Pick<CommandContext, 'files' | 'exec' | 'env' | 'clock'>;

/** Undefined where there is nothing to carry to; a site that is not trusted carries nothing anywhere. */
export function sendOf(site: Site | undefined, ledger: Ledger, ports: Ports): Send | undefined {
  const anchors = site?.anchors ?? [];
  if (site?.trust.at !== 'trusted' || anchors.length === 0) return undefined;
  const {files, exec, env, clock} = ports;
  return async request => sendCheckpoint(anchors, {ledger, files, exec, env, clock}, request);
}

/** So long whoever leaves, or exports, waits. */
const anchorWaitMs = 3_000;

/** What is not there in time is `pending`. */
export async function sendWithin(send: Send, clock: Clock, ms = anchorWaitMs): Promise<readonly Anchored[]> {
  const limit = new AbortController();
  const cancel: Cancel = clock.after(ms, () => {
    limit.abort();
  });
  try {
    return await send({signal: limit.signal});
  } finally {
    cancel();
  }
}

/** One anchor in a sentence. */
export function anchoredWords({anchor: {name}, at, size, message, lost}: Anchored): string {
  switch (at) {
    case 'sent':
      return lost === undefined ? `anchored at ${name}` : `anchored at ${name}: ${message}`;
    case 'current':
      return `anchored at ${name}: it has ${size} entries, and nothing is new since`;
    case 'failed':
      return `not anchored at ${name}: ${message}`;
    case 'pending':
      return `anchor ${name} is pending: it did not answer in time, the next sending brings it up to date`;
  }
}

/** What an operator must be told: it failed, was not waited for, or its earlier notes are gone. */
export const isTrouble = ({at, lost}: Anchored): boolean =>
  at === 'failed' || at === 'pending' || lost !== undefined;
