// A run without a world: an in-memory ledger that compares and appends, and runners that may die at any point.
import type {Entry, NewEntry, StoredEntry} from '../../src/domain/entry.ts';
import type {PhaseBlock, Phase, Procedure, Runbook, Step} from '../../src/domain/runbook.ts';
import type {Book, RunAnswer, RunState} from '../../src/domain/run.ts';
import {respond, type Response} from '../../src/domain/run-answer.ts';
import {foldRun, undoItems} from '../../src/domain/run-fold.ts';
import {askId, type Stance} from '../../src/domain/run-rules.ts';
import {commit} from '../../src/ledger/commitment.ts';
import {bodyProblem} from '../../src/domain/kinds.ts';
import {plansFor} from '../../src/engine/run/plans.ts';
import {steps as stepTypes} from '../../src/steps/index.ts';
import type {ProcessName} from '../../src/ports.ts';

export const step = (id: string, type: string, more: Partial<Step> = {}): Step => ({
  id,
  type,
  title: id,
  line: 1,
  effect: 'read',
  certainty: 'annotated',
  detail: [],
  attributes: {},
  children: [],
  ...(type === 'command' ? {lang: 'sh', command: `echo ${id}`} : {}),
  ...more,
});

export const phase = (name: Phase, steps: readonly Step[], prose: readonly string[] = []): PhaseBlock => ({
  phase: name,
  title: name,
  line: 1,
  steps,
  prose,
});

export const procedure = (id: string, phases: readonly PhaseBlock[]): Procedure => ({
  id,
  title: id,
  line: 1,
  phases,
  prohibitions: [{text: 'never that', line: 1, patterns: []}],
});

export function runbook(procedures: readonly Procedure[]): Runbook {
  return {
    file: '/tmp/book.md',
    sha256: 'a'.repeat(64),
    id: 'book',
    title: 'Book',
    meta: {
      tags: [],
      services: [],
      environments: [],
      requires: [],
      roles: [],
      vars: [],
      secrets: {},
      kind: 'runbook',
      other: {},
    },
    procedures,
    prohibitions: [],
    placeholders: [],
    problems: [],
    source: '',
  };
}

export type Appended = {readonly ok: true; readonly seq: number} | {readonly ok: false};

export const quiet: Stance = {
  refused: undefined,
  walker: undefined,
  changed: undefined,
  busy: undefined,
  undoable: 0,
};

/** One run in memory. Entries are checked against the real schemas; the clock moves a second at each. */
export class Model {
  readonly book: Book;
  readonly entries: StoredEntry[] = [];
  readonly dead = new Set<string>();
  readonly #session: string;
  #seq = 0;

  constructor(book: Runbook, procedureId: string, session = 'mara') {
    this.book = {runbook: book, classify: plansFor(book, stepTypes).classify};
    this.#session = session;
    this.append(
      [
        {
          kind: 'run.start',
          body: {
            runbook: book.id,
            title: book.title,
            file: book.file,
            sha256: book.sha256,
            procedure: procedureId,
            procedureTitle: procedureId,
            service: 'api',
            environment: 'staging',
            site: 'test',
            siteSha256: 'b'.repeat(64),
            writes: true,
          },
        },
      ],
      -1,
    );
  }

  append(entries: readonly NewEntry[], ifHead?: number): Appended {
    const head = this.entries.at(-1)?.seq ?? -1;
    if (ifHead !== undefined && ifHead !== head) return {ok: false};
    for (const {kind, body, step: of, disclosed = [], ...rest} of entries) {
      const committed = commit(body, disclosed, () => new Uint8Array(16));
      if ('problem' in committed) throw new Error(committed.problem);
      const problem = bodyProblem(kind, committed.body);
      if (problem !== undefined) throw new Error(problem);
      // Other runs write to the same ledger, so numbers of one run have gaps.
      this.#seq += 3;
      const entry: Entry = {
        v: 1,
        log: 'quarterdeck/test/test/0000000000000000',
        seq: this.#seq,
        prev: '',
        ts: `2026-01-01T00:${String(Math.floor(this.#seq / 60) % 60).padStart(2, '0')}:${String(this.#seq % 60).padStart(2, '0')}.000Z`,
        mono: this.#seq,
        boot: 'boot',
        session: this.#session,
        actor: {operator: 'mara', uid: 1, user: 'mara', via: 'local'},
        kind,
        body: committed.body,
        run: 'run-1',
        ...(of === undefined ? {} : {step: of}),
        ...(rest.of === undefined ? {} : {of: rest.of}),
      };
      this.entries.push({seq: entry.seq, line: '', leaf: '', entry});
    }
    return {ok: true, seq: this.#seq};
  }

  alive = ({start}: ProcessName): boolean => !this.dead.has(start);

  get state(): RunState {
    const state = foldRun(this.book, this.entries, this.alive);
    if (state === undefined) throw new Error('the entries do not fold');
    return state;
  }

  get stance(): Stance {
    return {...quiet, undoable: undoItems(this.book, this.state).length};
  }

  /** Answers what is asked; appends unless it is refused. */
  say(answer: Untimed): Response {
    const {state} = this;
    const times = {id: askId(state), shownAtMs: 0, answeredAtMs: 5000};
    const dialog = {source: 'keys', graceMs: 400, shown: ['x'], target: 'api', nowMs: 0} as const;
    const response = respond(state, {...answer, ...times}, {stance: this.stance, dialog});
    if (response.ok) this.append(response.request.entries, response.request.ifRunHead?.seq);
    return response;
  }
}

export type Untimed<T = RunAnswer> = T extends RunAnswer
  ? Omit<T, 'id' | 'shownAtMs' | 'answeredAtMs'>
  : never;

/** What a step runner appends, for the current confirm. */
export const intentOf = (
  state: RunState,
  item: string,
  {attempt, confirm, name}: {attempt: number; confirm: number; name: string},
): NewEntry => ({
  kind: 'step.intent',
  step: item,
  body: {
    attempt,
    confirm,
    argv: ['sh'],
    target: 'api',
    effect: 'write',
    vars: [],
    runbook: state.runbookSha,
    runner: {pid: 1000, start: name, boot: 'boot'},
    timeoutMs: 1000,
    graceMs: 1000,
    atLimit: 'ask',
  },
});

export const outcomeOf = (
  item: string,
  of: number | undefined,
  {attempt, verdict}: {attempt: number; verdict: 'pass' | 'fail' | 'unknown'},
): NewEntry => ({
  kind: 'step.outcome',
  step: item,
  ...(of === undefined ? {} : {of}),
  body: {attempt, verdict, message: verdict, by: 'machine', durationMs: 1},
});
