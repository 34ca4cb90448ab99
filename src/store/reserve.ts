// Room kept free for the outcome of what is running when the disk fills up. Its absence tells every process that the
// disk is full: new actions are refused until the room could be taken again.
import {isFull} from './connect.ts';
import type {Store} from './state.ts';

const pageBytes = 4096;

function pages(store: Store): number {
  return Number(store.db.pragma('page_count', {simple: true}));
}

const reservePages = (store: Store): number => Math.max(16, Math.ceil(store.spec.reserveBytes / pageBytes));

/** Gives the room back, so that outcomes can still be written. */
export function releaseReserve(store: Store): void {
  store.disk.remove(store.paths.reserve);
  store.db.pragma(`max_page_count=${store.pageLimit + reservePages(store)}`);
}

/** Whether there is room for new actions: the reserve stands, or could be taken again just now. */
export function hasReserve(store: Store): boolean {
  const {disk, paths, spec} = store;
  if (disk.name(paths.reserve) !== undefined) return true;
  // More than the reserve must be free, else it would be taken and given back at every entry.
  if (pages(store) + reservePages(store) > store.pageLimit) return false;
  if (disk.free(paths.dir) < 2 * spec.reserveBytes) return false;
  try {
    disk.reserve(paths.reserve, spec.reserveBytes);
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
  store.db.pragma(`max_page_count=${store.pageLimit}`);
  return true;
}
