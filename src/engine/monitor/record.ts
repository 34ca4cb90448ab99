// Hard states and the monitor's own comings and goings, written to the ledger in order; what fails is tried again.
import type {NewEntry} from '../../domain/entry.ts';
import type {CheckSpec} from '../../domain/site.ts';
import type {Strikes} from '../../domain/strikes.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {Ledger} from '../../ports.ts';

/** While the ledger cannot be written, so many entries wait; then the oldest are let go, and the problem says so. */
const longestBacklog = 500;
const largestAppend = 50;

export interface Recorder {
  add(entry: NewEntry): void;
  /** Tries to write what waits; resolves when that was tried. */
  flush(): Promise<void>;
  readonly problem: string | undefined;
}

export function createRecorder(ledger: Ledger): Recorder {
  let waiting: NewEntry[] = [];
  let lost = 0;
  let problem: string | undefined;
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    for (;;) {
      const [first, ...rest] = waiting.slice(0, largestAppend);
      if (first === undefined) break;
      const appended = await append([first, ...rest]);
      if (appended !== undefined) {
        problem = `${waiting.length} entries of the monitor wait: ${appended}`;
        return;
      }
      waiting = waiting.slice(rest.length + 1);
    }
    problem =
      lost === 0
        ? undefined
        : `${lost} entries of the monitor were lost while the ledger could not be written`;
  };
  const append = async (entries: readonly [NewEntry, ...NewEntry[]]): Promise<string | undefined> => {
    if (ledger.readOnly !== undefined) return ledger.readOnly;
    try {
      const result = await ledger.append({entries});
      return result.ok ? undefined : result.message;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const flush = async (): Promise<void> => {
    writing ??= write().finally(() => {
      writing = undefined;
    });
    await writing;
  };
  return {
    add(entry) {
      waiting.push(entry);
      if (waiting.length > longestBacklog) {
        lost += waiting.length - longestBacklog;
        waiting = waiting.slice(-longestBacklog);
      }
      void flush();
    },
    async flush() {
      await flush();
      // Entries may have been added while the last append was under way.
      if (waiting.length > 0 && problem === undefined) await flush();
    },
    get problem() {
      return problem;
    },
  };
}

/** A hard state began, or flapping started or stopped; what a check that flaps says meanwhile is not recorded. */
export const isChange = (before: Strikes, after: Strikes): boolean =>
  (before.flapping === undefined) !== (after.flapping === undefined) ||
  (after.flapping === undefined && before.hard !== after.hard);

const stateOf = ({hard, flapping}: Strikes): string =>
  flapping === undefined && (hard === 'pass' || hard === 'skipped') ? 'ok' : 'firing';

/** `check.change`: the message may quote what a service said, so it is a commitment and can be erased. */
export function changeEntry(
  spec: CheckSpec,
  {result, from, to}: {readonly result: CheckResult; readonly from: Strikes; readonly to: Strikes},
): NewEntry {
  const wasFlapping = from.flapping !== undefined;
  const flaps = to.flapping !== undefined;
  return {
    kind: 'check.change',
    body: {
      service: spec.service,
      check: spec.id,
      state: stateOf(to),
      ...(from.hard === undefined ? {} : {from: stateOf(from)}),
      verdict: result.verdict,
      kind: result.kind,
      severity: result.severity ?? spec.severity,
      strikes: to.counters[result.verdict],
      ...(flaps === wasFlapping ? {} : {flapping: flaps}),
    },
    disclosed: [{ptr: '/body/message', value: result.message}],
  };
}
