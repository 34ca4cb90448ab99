// Everything else that words leave by: checks, what a command prints, what the screens show.
import type {AnyCheck, Talk} from '../define.ts';
import {show} from '../domain/show.ts';
import type {ConsoleStore} from '../state/store.ts';
import type {Mask} from './masked-ledger.ts';

/** Checks whose looks hold no secret: what telemetry, screens and entries say of them comes from here. */
export const maskedChecks = (checks: readonly AnyCheck[], mask: Mask): readonly AnyCheck[] =>
  checks.map(check => ({
    ...check,
    run: async (params, context) => {
      try {
        return mask.json(await check.run(params, context));
      } catch (error) {
        throw new Error(mask.text(error instanceof Error ? error.message : String(error)), {cause: error});
      }
    },
  }));

/** Masked text holds nothing that was not safe to print before, except that it passes once more. */
export const maskedTalk = (talk: Talk, mask: () => Mask | undefined): Talk => ({
  get interactive() {
    return talk.interactive;
  },
  get columns() {
    return talk.columns;
  },
  out: line => talk.out(masked(line, mask())),
  err: line => talk.err(masked(line, mask())),
  json: value => talk.json(mask()?.json(plainJson(value)) ?? value),
  ask: async question => talk.ask(masked(question, mask())),
});

/** As JSON sees it: objects with a `toJSON` become what they would print. */
const plainJson = (value: unknown): unknown => {
  const parsed: unknown = JSON.parse(JSON.stringify(value ?? null));
  return parsed;
};

const masked = <T extends string>(line: T, mask: Mask | undefined): T | ReturnType<typeof show> => {
  const text = mask?.text(line) ?? line;
  return text === line ? line : show(text);
};

/** The store whose state holds no secret, from `mask` on. State is immutable: what was looked at once is not again. */
export function maskedStore(store: ConsoleStore, mask: () => Mask | undefined): ConsoleStore {
  return {
    ...store,
    feed: patch => {
      store.feed(mask()?.json(patch) ?? patch);
    },
  };
}
