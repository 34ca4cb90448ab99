// What a decision of the operator does to the walk. Pure.
import type {StoredEntry} from './entry.ts';
import {stepDecide} from './kinds-run.ts';
import {earlierOf, fresh, gone, named, tookBack, undone, type Moved} from './run-moves.ts';
import type {Book, RunState, StepState, Walked} from './run.ts';
import {instantOf} from './time.ts';

type Entry = StoredEntry['entry'];

export const msOf = (entry: Entry): number => instantOf(entry.ts) ?? 0;

const movedBy = (entry: Entry): Moved => ({seq: entry.seq, atMs: msOf(entry)});

export function decided(book: Book, state: RunState, entry: Entry): RunState {
  const body = stepDecide.safeParse(entry.body).data;
  const index = state.walk.findIndex(walked => walked.item.id === entry.step);
  const walked = state.walk[index];
  if (body === undefined || walked === undefined) return state;
  const put = (next: Walked): RunState => ({...state, walk: state.walk.with(index, next)});
  const again: StepState = {at: 'waiting', attempt: walked.state.attempt + 1};
  const done = (message: string, verdict: 'pass' | 'warn'): Walked => ({
    ...walked,
    state: {
      at: 'done',
      attempt: walked.state.attempt,
      verdict,
      by: 'decided',
      seq: entry.seq,
      atMs: msOf(entry),
      message,
    },
  });
  switch (body.answer) {
    case 'option': {
      const before = earlierOf(walked.item.id, state);
      const next = put({
        ...done(body.text ?? body.option ?? '', 'pass'),
        begun: true,
        option: body.option ?? '',
      });
      const moved =
        body.goto === undefined ? next : gone(book, next, {index, goto: body.goto, moved: movedBy(entry)});
      return {...moved, earlier: [...state.earlier, before]};
    }
    case 'retry':
      return body.about === 'question' ? tookBack(state, walked.item.id) : put({...walked, state: again});
    case 'did-not-happen':
      return put({...walked, state: again, ran: walked.ran.slice(0, -1)});
    case 'happened':
      return put(done('decided by the operator: it happened', 'warn'));
    case 'stop':
      return walked.state.at === 'running'
        ? put({...walked, state: {...walked.state, stopping: true}})
        : state;
    case 'safe': {
      const item = state.safe.find(({id}) => id === body.option);
      return item === undefined
        ? state
        : {
            ...state,
            earlier: [],
            walk: state.walk.toSpliced(index, 0, ...named([item], state).map(fresh(entry.seq))),
          };
    }
    case 'undo':
      return {...undone(book, state, {index, moved: movedBy(entry)}), earlier: []};
  }
}
