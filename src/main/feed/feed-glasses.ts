// Keeps the open break-glasses on the screen; what has run out leaves it by the clock, entry or not.
import {allGuards, glassKinds, isOver, unclosedGlasses} from '../../domain/breakglass.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import {say, show} from '../../domain/show.ts';
import type {Cancel, Clock, Ledger} from '../../ports.ts';
import type {GlassView} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';

export interface GlassFeed {
  refresh(): Promise<void>;
  close(): void;
}

export interface GlassFeedRequest {
  readonly store: ConsoleStore;
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Records what has run out; called once for each glass that does, also for one that did while no console was open. */
  readonly onExpired: () => Promise<void>;
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

export function feedGlasses({store, ledger, clock, onExpired, tell}: GlassFeedRequest): GlassFeed {
  let entries: readonly StoredEntry[] = [];
  let next = 0;
  let isClosed = false;
  let cancel: Cancel = () => undefined;
  /** Said to be over already: an end that cannot be recorded now is not tried again with every entry. */
  const over = new Set<string>();

  const paint = (): void => {
    const nowMs = clock.nowMs();
    const unclosed = unclosedGlasses(entries);
    const open = unclosed.filter(glass => !isOver(glass, nowMs));
    const views = open.map(({glass, guards, operator, untilMs}): GlassView => ({
      id: glass,
      guards: guards.includes(allGuards) ? say`every rule that can be` : show(guards.join(', ')),
      operator: show(operator),
      untilMs,
    }));
    const {glasses} = store.api.getState().app;
    if (views.length > 0 || glasses.length > 0) store.feed({glasses: views});
    cancel();
    const soonest = Math.min(...open.map(({untilMs}) => untilMs));
    if (isClosed) return;
    if (open.length > 0) cancel = clock.after(Math.max(0, soonest - nowMs), paint);
    const ended = unclosed.filter(glass => isOver(glass, nowMs) && !over.has(glass.glass));
    if (ended.length === 0) return;
    for (const {glass} of ended) over.add(glass);
    onExpired().catch(failed);
  };
  const failed = (error: unknown): void => {
    if (!isClosed) tell('error', error instanceof Error ? error.message : String(error));
  };

  const refresh = async (): Promise<void> => {
    const {size} = await ledger.head();
    if (size === next) return;
    const from = next;
    next = size;
    const more = await ledger.read({kinds: [...glassKinds], from, to: size});
    if (more.length > 0) entries = [...entries, ...more];
    if (more.length > 0 || from === 0) paint();
  };
  const unwatch = ledger.watch(() => {
    refresh().catch(failed);
  });
  return {
    refresh,
    close: () => {
      isClosed = true;
      cancel();
      unwatch();
    },
  };
}
