// Going on with nobody there, after a step whose runbook says `detach`: looks and waits, up to what needs a person.
import type {NewEntry} from '../../domain/entry.ts';
import {current} from '../../domain/run.ts';
import {openAlone} from './open.ts';
import type {RunSnapshot} from './open-run.ts';
import {refusalOf} from './refusal.ts';
import type {Walk} from './walker.ts';
import type {RunWorld} from './world.ts';

/** How it came to an end. */
export type WentOn =
  /** It was not this process's to go on with: somebody has moved the run, or still sits at it. */
  | {readonly at: 'not-left'}
  /** Somebody came back and took it. */
  | {readonly at: 'taken'}
  /** It waits for a person, and an entry says so; `text` is what is asked. */
  | {readonly at: 'waits'; readonly text: string}
  /** This process was told to end. */
  | {readonly at: 'stopped'};

/** Throws RUN_NOT_FOUND, RUN_REFUSED, LEASE_HELD, LEDGER_*. Answers nothing that is asked. */
export async function goOnAlone(
  world: RunWorld,
  name: string,
  {after, signal}: {readonly after: number; readonly signal: AbortSignal},
): Promise<WentOn> {
  const walk = await openAlone(world, name, after);
  if (walk === undefined) return {at: 'not-left'};
  try {
    while (!signal.aborted && (await walk.lookAlone())) await untilIdle(walk, signal);
    const snapshot = walk.snapshot();
    if (snapshot.watching) return {at: 'taken'};
    if (signal.aborted) return {at: 'stopped'};
    const text = asked(snapshot);
    const written = await world.ledger.append({
      entries: [waits(snapshot, text)],
      ifRunHead: {run: walk.run, seq: snapshot.state.head},
    });
    if (written.ok) return {at: 'waits', text};
    if (written.why === 'moved') return {at: 'taken'};
    throw refusalOf(written);
  } finally {
    walk.close();
  }
}

/** Until the look is over, somebody took the run, or the signal. */
async function untilIdle(walk: Walk, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const look = (): void => {
      if (walk.snapshot().ask.at === 'busy' && !signal.aborted) return;
      cancel();
      signal.removeEventListener('abort', look);
      resolve();
    };
    const cancel = walk.onChange(look);
    signal.addEventListener('abort', look);
    look();
  });
}

const asked = ({ask, notice}: RunSnapshot): string => notice ?? ('text' in ask ? ask.text : ask.question);

/** What whoever comes next reads about it; the fold knows nothing of notes. */
function waits({state}: RunSnapshot, text: string): NewEntry {
  const item = current(state)?.item;
  const where = item === undefined ? 'all steps are done' : `"${item.step.title}" (line ${item.step.line})`;
  return {
    kind: 'note',
    run: state.run,
    ...(item === undefined ? {} : {step: item.id}),
    body: {},
    disclosed: [
      {ptr: '/body/text', value: `It went on unattended and waits for a person here: ${where}. ${text}`},
    ],
  };
}
