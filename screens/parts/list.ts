// A window on a list: pages, so that moving the choice repaints two rows and not the whole screen.
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly chosen: number;
}

/** Which items are visible; the chosen one is among them. An id that is gone means the first item. */
export function listWindow(ids: readonly string[], selected: string | undefined, page: number): Window {
  const found = selected === undefined ? 0 : ids.indexOf(selected);
  const chosen = ids.length === 0 ? -1 : Math.max(0, found);
  const size = Math.max(1, page);
  const from = Math.floor(Math.max(0, chosen) / size) * size;
  return {from, to: Math.min(ids.length, from + size), chosen};
}

/** The id `by` items further, kept inside the list. */
export function moved(ids: readonly string[], selected: string | undefined, by: number): string | undefined {
  const found = selected === undefined ? 0 : Math.max(0, ids.indexOf(selected));
  return ids[Math.min(ids.length - 1, Math.max(0, found + by))];
}

/** Where a text of `total` rows may start so that the page stays full. */
export const clampScroll = (scroll: number, total: number, page: number): number =>
  Math.max(0, Math.min(scroll, total - page));
