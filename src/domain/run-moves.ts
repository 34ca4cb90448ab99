// How the walk itself changes: another procedure, an undo, an answer taken back. Pure.
import {entryProcedure, findProcedure, planRun, type Plan} from './run-plan.ts';
import {isPassed, type Book, type Earlier, type Item, type Place, type RunState, type Walked} from './run.ts';

/** The entry that changes the walk, as far as it is needed. */
export interface Moved {
  readonly seq: number;
  readonly atMs: number;
}

/** Items that come into the walk by the entry `batch`. */
export const fresh =
  (batch: number) =>
  (item: Item): Walked => ({item, state: {at: 'waiting', attempt: 1}, ran: [], batch, begun: false});

/** The file at `path` ('' and undefined: the runbook itself). */
const fileOf = ({runbook, linked}: Book, path: string | undefined) =>
  path === undefined || path === '' || path === runbook.file.split('/').at(-1) ? runbook : linked?.get(path);

/** Where a link leads, seen from the file that holds it: `#slug`, or `file.md#slug` (its entry when there is no slug). */
export function placeOf(book: Book, link: string, from: string | undefined): Place | undefined {
  const hash = link.indexOf('#');
  const [path, slug] = hash === -1 ? [link, ''] : [link.slice(0, hash), link.slice(hash + 1)];
  const file = path === '' ? from : joined(from, path);
  const runbook = fileOf(book, file);
  const procedure =
    slug === '' ? runbook && entryProcedure(runbook) : runbook && findProcedure(runbook, decoded(slug));
  if (runbook === undefined || procedure === undefined) return undefined;
  return {runbook, procedure, file: runbook === book.runbook ? undefined : file};
}

/** The place of a procedure that `step.decide` names: as `placeOf`, seen from the runbook itself. */
export const gotoOf = ({file, procedure}: Place): string =>
  `${file ?? ''}${file === undefined ? '' : '#'}${procedure.id}`;

/** `gotoOf` read back. */
function placeAt(book: Book, goto: string): Place | undefined {
  return goto.includes('#') ? placeOf(book, goto, undefined) : placeOf(book, `#${goto}`, undefined);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `path` of a link in `from`, both relative to the runbook's folder. */
export function joined(from: string | undefined, path: string): string {
  const parts = (from ?? '').split('/').slice(0, -1);
  for (const part of decoded(path).split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

/** The plan of a procedure, with what is asked for before it acts. */
export function planOf(book: Book, place: Place, ambient: readonly string[]): Plan {
  return planRun(place.procedure, {
    classify: book.classify,
    file: place.file,
    asks: book.asks?.(place, ambient) ?? [],
    requires: place.runbook.meta.requires,
  });
}

/** The rest of this procedure's actions gives way to another procedure; its verification stays, at the end. */
export function gone(
  book: Book,
  state: RunState,
  {index, goto, moved}: {readonly index: number; readonly goto: string; readonly moved: Moved},
): RunState {
  const place = placeAt(book, goto);
  if (place === undefined) return state;
  const {procedure, runbook, file} = place;
  // What stands for the whole file was walked, or is offered, already; of another file it was not.
  const walkedFiles = new Set(state.walk.map(({item}) => item.file));
  const phases = procedure.phases.filter(({from}) => from === undefined || !walkedFiles.has(file));
  const asked = new Set(
    state.walk.flatMap(({item}) =>
      'by' in item.kind && item.kind.asks?.at === 'value' ? [item.kind.asks.name] : [],
    ),
  );
  const known = new Set([...asked, ...state.values.map(({name}) => name)]);
  const plan = planRun(
    {...procedure, phases},
    {
      classify: book.classify,
      file,
      asks: (book.asks?.(place, state.ambient) ?? []).filter(({name}) => !known.has(name)),
      requires: walkedFiles.has(file) ? [] : runbook.meta.requires,
    },
  );
  const inserted = named(plan.walk, state).map(fresh(moved.seq));
  const rest = state.walk.slice(index + 1).map(walked => passOver(walked, moved));
  const texts = new Set(state.prohibitions.map(({text}) => text));
  return {
    ...state,
    walk: [...state.walk.slice(0, index + 1), ...inserted, ...rest],
    prohibitions: [...state.prohibitions, ...procedure.prohibitions.filter(({text}) => !texts.has(text))],
    safe: [
      ...state.safe,
      ...withFreshIds(
        plan.safe,
        state.safe.map(({id}) => id),
      ),
    ],
    rollback: [
      ...state.rollback,
      ...withFreshIds(
        plan.rollback,
        state.rollback.map(({id}) => id),
      ),
    ],
  };
}

const isFinalVerify = ({item}: Walked): boolean =>
  item.role === 'verify' && (item.phase === 'verify' || item.phase === 'exit-criteria');

function passOver(walked: Walked, {seq, atMs}: Moved): Walked {
  if (isFinalVerify(walked) || isPassed(walked)) return walked;
  const {attempt} = walked.state;
  return {...walked, state: {at: 'skipped', attempt, seq, atMs, by: 'way'}};
}

/** Undo: what really ran is taken back, newest first; what did not run is passed over; then everything is verified again. */
export function undone(
  book: Book,
  state: RunState,
  {index, moved}: {readonly index: number; readonly moved: Moved},
): RunState {
  const all = [...state.walk.slice(0, index + 1), ...state.walk.slice(index + 1)].map(walked =>
    passOver(walked, moved),
  );
  const verifies = all.filter(isFinalVerify).map((walked): Walked => {
    const again = walked.state.at === 'waiting' ? 0 : 1;
    return {...walked, state: {at: 'waiting', attempt: walked.state.attempt + again}};
  });
  const before = all.filter(walked => !isFinalVerify(walked));
  const undo = named(undoItems(book, state), state).map(fresh(moved.seq));
  return {...state, walk: [...before, ...undo, ...verifies], rolledBack: true};
}

/** The rollback steps of what really ran, newest first, then those of the rollback phase that belong to no step. */
export function undoItems(book: Book, state: RunState): readonly Item[] {
  const files: readonly (readonly [string | undefined, readonly Place['procedure'][]])[] = [
    [undefined, book.runbook.procedures],
    ...[...(book.linked ?? [])].map(([file, {procedures}]) => [file, procedures] as const),
  ];
  const everything = files.flatMap(([file, procedures]) =>
    procedures.flatMap(procedure => {
      const plan = planRun(procedure, {classify: book.classify, file});
      return [...plan.walk, ...plan.rollback, ...plan.safe];
    }),
  );
  const undone = new Set(state.walk.flatMap(({item}) => (item.undoes === undefined ? [] : [item.undoes])));
  const ran = state.walk
    .filter(({item, ran: intents}) => intents.length > 0 && item.role !== 'rollback' && !undone.has(item.id))
    .toSorted((a, b) => (b.ran.at(-1) ?? 0) - (a.ran.at(-1) ?? 0));
  const undoing = ran.flatMap(({item}): Item[] => {
    const name = item.step.attributes.rollback;
    const found =
      name === undefined
        ? undefined
        : everything.find(({step: {id}, file}) => id === name && file === item.file);
    return found === undefined ? [] : [{...found, role: 'rollback', undoes: item.id}];
  });
  const claimed = new Set(
    everything.flatMap(({step: {attributes}}) =>
      attributes.rollback === undefined ? [] : [attributes.rollback],
    ),
  );
  const walkedBack = new Set(
    state.walk.filter(({item}) => item.role === 'rollback').map(({item}) => item.step.id),
  );
  const loose = state.rollback.filter(({step: {id}}) => !claimed.has(id) && !walkedBack.has(id));
  return ran.some(({item}) => item.step.effect !== 'read') ? [...undoing, ...loose] : undoing;
}

/** What stands now, to come back to. */
export const earlierOf = (item: string, {walk, prohibitions, safe, rollback}: RunState): Earlier => ({
  item,
  walk,
  prohibitions,
  safe,
  rollback,
});

/** The newest answer to a question is as if it had not been given; what was only looked at or read since is asked again. */
export function tookBack(state: RunState, item: string): RunState {
  const last = state.earlier.at(-1);
  if (last?.item !== item) return state;
  const now = new Map(state.walk.map(walked => [walked.item.id, walked]));
  const walk = last.walk.map(walked => {
    const then = now.get(walked.item.id);
    if (then === undefined || then.state === walked.state) return walked;
    if (then.state.at === 'skipped' && then.state.by === 'way') return walked;
    return {...walked, state: {at: 'waiting' as const, attempt: then.state.attempt + 1}};
  });
  const kept = new Set(walk.map(walked => walked.item.id));
  return {
    ...state,
    walk,
    prohibitions: last.prohibitions,
    safe: last.safe,
    rollback: last.rollback,
    earlier: state.earlier.slice(0, -1),
    retired: [...state.retired, ...[...now.keys()].filter(id => !kept.has(id))],
  };
}

/** Items under ids that the run has not used yet. */
export const named = (items: readonly Item[], {walk, retired}: Pick<RunState, 'walk' | 'retired'>): Item[] =>
  withFreshIds(items, [...walk.map(({item}) => item.id), ...retired]);

/** `id`, else `id~2`, `id~3` … */
function withFreshIds(items: readonly Item[], taken: readonly string[]): Item[] {
  const used = new Set(taken);
  return items.map(item => {
    let id = item.step.id;
    for (let n = 2; used.has(id); n += 1) id = `${item.step.id}~${n}`;
    used.add(id);
    return {...item, id};
  });
}
