// Variables of a run with their values: read back from where they lie beside the entries, and offered again later.
import {stepValue} from '../../domain/kinds-run.ts';
import {asksOf, type Item, type RunState, type Valued} from '../../domain/run.ts';
import {patternProblem} from '../../pattern.ts';
import type {Ledger} from '../../ports.ts';
import type {RunWorld} from './world.ts';

export interface RunValues {
  /** Reads the values that are not known yet; one that was erased stays unknown. */
  read(state: RunState): Promise<void>;
  valueOf(valued: Valued): string | undefined;
  /** By name, of those that are known. */
  all(state: RunState): ReadonlyMap<string, string>;
}

export function runValues(ledger: Pick<Ledger, 'disclosure'>): RunValues {
  const known = new Map<number, string | undefined>();
  const valueOf = ({seq}: Valued): string | undefined => known.get(seq);
  return {
    read: async ({values}) => {
      for (const {seq} of values) {
        if (known.has(seq)) continue;
        const bytes = await ledger.disclosure(seq, '/body/value');
        known.set(seq, bytes === undefined ? undefined : new TextDecoder().decode(bytes));
      }
    },
    valueOf,
    all: ({values}) =>
      new Map(
        values.flatMap(valued => {
          const value = valueOf(valued);
          return value === undefined ? [] : [[valued.name, value] as const];
        }),
      ),
  };
}

/** How many values are offered, and how many entries are looked at for them. */
const offered = 20;
const lookedAt = 200;

/** What was typed for this variable in runs before, newest first. */
export async function historyOf(
  ledger: Pick<Ledger, 'read' | 'disclosure'>,
  name: string,
): Promise<readonly string[]> {
  const entries = await ledger.read({
    kinds: ['step.value'],
    reverse: true,
    limit: lookedAt,
    holding: [`"name":${JSON.stringify(name)}`],
  });
  const found = new Set<string>();
  for (const {seq, entry} of entries) {
    if (found.size >= offered) break;
    const body = stepValue.safeParse(entry.body).data;
    if (body?.name !== name || body.from === 'output') continue;
    const bytes = await ledger.disclosure(seq, '/body/value');
    if (bytes !== undefined) found.add(new TextDecoder().decode(bytes));
  }
  return [...found];
}

/** A value that does not fit its pattern, or that is or holds a secret: values are kept with the run. */
export function valueRefusal(
  value: string,
  {world, item}: {readonly world: Pick<RunWorld, 'secrets'>; readonly item: Item | undefined},
): string | undefined {
  const asks = item === undefined ? undefined : asksOf(item);
  const pattern = asks?.at === 'value' ? patternProblem(value, asks.pattern) : undefined;
  if (pattern !== undefined) return pattern;
  const found = world.secrets.find(new TextEncoder().encode(value)).find(({sure}) => sure !== 'guess');
  return found === undefined
    ? undefined
    : `it holds a secret (${found.what}), and values are kept with the run; name it under \`secrets:\` instead`;
}
