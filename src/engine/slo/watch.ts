// Promises as alerts see them: evaluated every minute by whoever runs the monitor, one evaluation at a time.
import type {Finding} from '../../domain/alert.ts';
import {noDataAfterMs} from '../../domain/slo-burn.ts';
import type {Site} from '../../domain/site.ts';
import type {Cancel, Clock} from '../../ports.ts';
import type {Excluded, Rollups} from '../../rollup-ports.ts';
import {evaluateSlos, promisedIn, type Evaluation} from './evaluate.ts';
import {sloFindings} from './findings.ts';

/** As often as a window of five minutes can say something new. */
const everyMs = 60_000;
/** Soon after a start, so that what ended or began meanwhile is not told a minute late. */
const firstMs = 5_000;

export interface SloWatchRequest {
  readonly site: Pick<Site, 'services'>;
  readonly rollups: Pick<Rollups, 'slots' | 'keptSlos' | 'keepSlos'>;
  readonly clock: Clock;
  readonly excluded: Excluded;
  /** Whether this process runs the monitor. */
  readonly isMine: () => boolean;
  /** After every evaluation. */
  readonly onChange: () => void;
}

export interface SloWatch {
  start(): void;
  /** Evaluates now; the job of every fifteen minutes does, too. */
  readonly evaluate: () => Promise<Evaluation>;
  /** Undefined before the first evaluation and while another process runs the monitor. */
  findings(): readonly Finding[] | undefined;
  readonly problem: string | undefined;
  stop(): Promise<void>;
}

export function createSloWatch({
  site,
  rollups,
  clock,
  excluded,
  isMine,
  onChange,
}: SloWatchRequest): SloWatch {
  const hasPromises = promisedIn(site).length > 0;
  let found: readonly Finding[] | undefined;
  let hereSinceMs: number | undefined;
  let problem: string | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let timer: Cancel = () => undefined;
  let isOver = false;

  const here = (): boolean => {
    const mine = isMine();
    hereSinceMs = mine ? (hereSinceMs ?? clock.nowMs()) : undefined;
    if (!mine) found = undefined;
    return mine;
  };
  const evaluation = async (): Promise<Evaluation> => {
    const nowMs = clock.nowMs();
    const evaluated = await evaluateSlos({site, rollups, nowMs, excluded});
    if (here())
      found = sloFindings({
        ...evaluated,
        services: site.services,
        maySpeakOfSilence: ({slo}) => nowMs - (hereSinceMs ?? nowMs) > noDataAfterMs(slo) + slo.slotMs,
        nowMs,
      });
    onChange();
    return evaluated;
  };
  // What is kept is read and written back: two at once would each forget what the other saw.
  const evaluate = async (): Promise<Evaluation> => {
    const mine = last.then(evaluation, evaluation);
    last = mine.catch(() => undefined);
    return mine;
  };
  const turn = async (): Promise<void> => {
    try {
      if (here()) await evaluate();
      problem = undefined;
    } catch (error) {
      problem = `promises cannot be evaluated: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (!isOver) timer = clock.after(everyMs, () => void turn());
  };
  return {
    start() {
      here();
      if (hasPromises) timer = clock.after(firstMs, () => void turn());
    },
    evaluate,
    findings: () => (hasPromises ? (here() ? found : undefined) : []),
    get problem() {
      return problem;
    },
    async stop() {
      isOver = true;
      timer();
      await last;
    },
  };
}
