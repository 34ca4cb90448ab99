// A run without a world: an in-memory ledger that compares and appends, and runners that may die at any point.
import type {AppendRequest, Entry, NewEntry, StoredEntry} from '../../src/domain/entry.ts';
import {filledIn} from '../../src/domain/fill-in.ts';
import type {PhaseBlock, Phase, Procedure, Runbook, RunbookMeta, Step} from '../../src/domain/runbook.ts';
import {current, isRehearsed, type Refusal, type RunAnswer, type RunState} from '../../src/domain/run.ts';
import {respond, type Response} from '../../src/domain/run-answer.ts';
import {foldRun} from '../../src/domain/run-fold.ts';
import {undoItems} from '../../src/domain/run-moves.ts';
import {askId, type Stance} from '../../src/domain/run-situation.ts';
import {commit} from '../../src/ledger/commitment.ts';
import {bodyProblem} from '../../src/domain/body.ts';
import {passOver} from '../../src/domain/run-entries.ts';
import {applies} from '../../src/domain/run-when.ts';
import {plansFor, type Plans} from '../../src/engine/run/plans.ts';
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

export function runbook(
  procedures: readonly Procedure[],
  {file = '/tmp/book.md', meta = {}}: {readonly file?: string; readonly meta?: Partial<RunbookMeta>} = {},
): Runbook {
  return {
    file,
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
      ...meta,
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

export interface ModelOptions {
  readonly linked?: ReadonlyMap<string, Runbook>;
  readonly mode?: RunState['mode'];
  /** By the id of a step: what a guard says to it. */
  readonly guards?: Readonly<Record<string, Partial<Refusal>>>;
  /** By the text of a condition: whether it is met; undefined when it cannot be told. */
  readonly met?: (when: string) => boolean | undefined;
}

/** The walkers of a model, by session. */
export type Who = 'mara' | 'noor';

/** One run in memory. Entries are checked against the real schemas; the clock moves a second at each. */
export class Model {
  readonly book: Plans;
  readonly entries: StoredEntry[] = [];
  readonly dead = new Set<string>();
  readonly disclosed = new Map<string, string>();
  /** The session that holds the lease of the run's service. */
  lease: Who | undefined;
  readonly #options: ModelOptions;
  #seq = 0;

  constructor(book: Runbook, procedureId: string, options: ModelOptions = {}) {
    this.#options = options;
    this.book = plansFor(book, stepTypes, {}, options.linked ?? new Map());
    const {mode = 'live'} = options;
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
            writes: mode === 'live',
            ...(mode === 'live' ? {} : {mode}),
          },
        },
      ],
      -1,
    );
    if (mode === 'live') this.lease = 'mara';
  }

  append(entries: readonly NewEntry[], ifHead?: number, who: Who = 'mara'): Appended {
    const head = this.entries.at(-1)?.seq ?? -1;
    if (ifHead !== undefined && ifHead !== head) return {ok: false};
    for (const {kind, body, step: of, disclosed = [], ...rest} of entries) {
      const committed = commit(body, disclosed, () => new Uint8Array(16));
      if ('problem' in committed) throw new Error(committed.problem);
      const problem = bodyProblem(kind, committed.body);
      if (problem !== undefined) throw new Error(problem);
      // Other runs write to the same ledger, so numbers of one run have gaps.
      this.#seq += 3;
      for (const {ptr, value} of disclosed) this.disclosed.set(`${this.#seq}${ptr}`, String(value));
      const entry: Entry = {
        v: 1,
        log: 'quarterdeck/test/test/0000000000000000',
        seq: this.#seq,
        prev: '',
        ts: `2026-01-01T00:${String(Math.floor(this.#seq / 60) % 60).padStart(2, '0')}:${String(this.#seq % 60).padStart(2, '0')}.000Z`,
        mono: this.#seq,
        boot: 'boot',
        session: who,
        actor: {operator: who, uid: 1, user: who, via: 'local'},
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

  /** As the store does it: `take` is refused while another session holds the lease. */
  request({entries, ifRunHead, lease}: AppendRequest, who: Who): Appended {
    if (lease?.how === 'take' && this.lease !== undefined && this.lease !== who) return {ok: false};
    const appended = this.append(entries, ifRunHead?.seq, who);
    if (!appended.ok || lease === undefined) return appended;
    this.lease = lease.how === 'release' ? undefined : who;
    return appended;
  }

  alive = ({start}: ProcessName): boolean => !this.dead.has(start);

  #folded: {readonly key: string; readonly state: RunState} | undefined;

  /** Folded anew whenever an entry was added or somebody died. */
  get state(): RunState {
    const key = `${this.entries.length} ${this.dead.size}`;
    if (this.#folded?.key === key) return this.#folded.state;
    const state = foldRun(this.book, this.entries, this.alive);
    if (state === undefined) throw new Error('the entries do not fold');
    this.#folded = {key, state};
    return state;
  }

  get values(): ReadonlyMap<string, string> {
    return new Map(
      this.state.values.map(({name, seq}) => [name, this.disclosed.get(`${seq}/body/value`) ?? '']),
    );
  }

  get stance(): Stance {
    return this.stanceOf('mara');
  }

  stanceOf(who: Who): Stance {
    const {state} = this;
    const walked = current(state);
    const guard = this.#options.guards?.[walked?.item.step.id ?? ''];
    const refusal = {
      guard: 'g',
      title: 'never that',
      line: 3,
      pattern: 'that',
      matched: 'that',
      absolute: false,
      certain: true,
    };
    const plan = walked === undefined ? undefined : this.book.planOf(walked.item);
    const filled = plan === undefined ? undefined : filledIn(plan, this.values);
    const isLacking = walked !== undefined && filled !== undefined && filled.at !== 'filled';
    const open = applies(state);
    const unknown =
      open.at === 'ask' && open.conditions.some(({text}) => this.#options.met?.(text) === undefined);
    return {
      ...quiet,
      walker: state.session === who ? undefined : state.operator,
      undoable: undoItems(this.book, state).length,
      refusals: guard === undefined ? [] : [{...refusal, ...guard}],
      hasTerminal: true,
      leads: this.book.leads,
      ...(isLacking && !isRehearsed(state, walked.item) ? {lacking: filled.problem} : {}),
      ...(walked === undefined || open.at !== 'ask'
        ? {}
        : {
            applies: {
              item: walked.item.id,
              at: unknown ? ('unknown' as const) : ('met' as const),
              text: 'cannot look',
            },
          }),
    };
  }

  /** What the console does by itself before anybody is asked: steps that do not apply are passed over. */
  settle(who: Who = 'mara'): void {
    for (;;) {
      const {state} = this;
      const walked = current(state);
      if (walked === undefined || state.session !== who || state.paused !== undefined) return;
      const now = applies(state);
      const when =
        now.at === 'no'
          ? now.when
          : now.at === 'ask'
            ? now.conditions.find(({text}) => this.#options.met?.(text) === false)?.text
            : undefined;
      if (when === undefined) return;
      const response = passOver(state, walked, {when, source: 'keys'});
      if (response.ok) this.request(response.request, who);
    }
  }

  /** Answers what is asked; appends unless it is refused. */
  say(answer: Untimed, who: Who = 'mara'): Response {
    this.settle(who);
    const {state} = this;
    const times = {id: askId(state), shownAtMs: 0, answeredAtMs: 5000};
    const dialog = {source: 'keys', graceMs: 400, shown: ['x'], target: 'api', nowMs: 0} as const;
    const response = respond(state, {...answer, ...times}, {stance: this.stanceOf(who), dialog});
    if (response.ok) this.request(response.request, who);
    this.settle(who);
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
