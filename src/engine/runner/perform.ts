// One acting step, in the step runner: intent, wait until it is durable, act, outcome. LEDGER.md's order, fail closed.
import type {AppendResult, Json, NewEntry} from '../../domain/entry.ts';
import type {Verdict} from '../../domain/verdict.ts';
import type {Child, Children, Clock, Http, Ledger, ProcessName, Random} from '../../ports.ts';
import {capture, type Capture} from './output.ts';
import {intentOf} from './intent.ts';
import {markOf, type Job} from './job.ts';

export interface Scene {
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: Random;
  readonly self: ProcessName;
  readonly children: Children;
  /** Loaded only for a request: the client costs start-up time. */
  readonly http: () => Promise<Http>;
  /** The environment that commands inherit. */
  readonly env: Readonly<Record<string, string>>;
  /** Appends to the file in which output can be watched while the step runs. */
  readonly append: (chunk: Uint8Array) => void;
  /** Keeps an outcome that could not be appended, on disk, to be appended as `late`. */
  readonly spool: (entry: NewEntry) => Promise<void>;
  /** Takes out secrets before anything is hashed, written, compared or said. */
  readonly mask: StepMask;
  /** Aborted when the operator asks to stop the step. */
  readonly stop: AbortSignal;
}

/** What this needs of a masker; `stream` for output that comes in pieces. */
export interface StepMask {
  json<T>(value: T): T;
  stream(): {push(chunk: Uint8Array): Uint8Array; end(): Uint8Array};
}

export type Performed =
  | {readonly at: 'done'; readonly spooled: boolean}
  /** Nothing was done, because the intent could not be made durable. */
  | {readonly at: 'refused'; readonly why: string};

interface Outcome {
  readonly verdict: Verdict;
  readonly message: string;
  readonly status?: number;
  readonly signal?: string;
  readonly ended?: 'limit' | 'operator';
  readonly requestId?: string;
  readonly survivors?: readonly {readonly pid: number; readonly command: string}[];
}

/** Appends never wait longer than this for the outcome to be written before it is spooled. */
const tries = 3;
const maxBodyBytes = 8 * 1024 * 1024;

export async function perform(job: Job, scene: Scene): Promise<Performed> {
  const {ledger} = scene;
  if (ledger.readOnly !== undefined) return {at: 'refused', why: ledger.readOnly};
  const intent = await ledger.append({
    entries: [intentOf(job, scene.self)],
    ifRunHead: {run: job.run, seq: job.confirm},
  });
  if (!intent.ok) return {at: 'refused', why: intent.message};
  const seq = intent.entries[0]?.seq;
  if (seq === undefined) return {at: 'refused', why: 'The ledger did not say where the intent was written.'};

  const began = scene.clock.monoMs();
  const output = capture(scene.random.bytes(16), scene.append);
  const outcome = scene.mask.json(
    job.act.at === 'command' ? await runCommand(job, scene, output) : await runRequest(job, scene, output),
  );
  const disclosed = output.disclosed();
  const entry: NewEntry = {
    kind: 'step.outcome',
    run: job.run,
    step: job.step,
    of: seq,
    body: {
      attempt: job.attempt,
      by: 'machine',
      durationMs: Math.max(0, Math.round(scene.clock.monoMs() - began)),
      ...plain(outcome),
    },
    ...(disclosed === undefined ? {} : {disclosed: [disclosed]}),
  };
  return {at: 'done', spooled: !(await record(entry, scene))};
}

const plain = ({survivors, ...rest}: Outcome): Record<string, Json> => ({
  ...rest,
  ...(survivors === undefined || survivors.length === 0
    ? {}
    : {survivors: survivors.slice(0, 20).map(({pid, command}) => ({pid, command: command.slice(0, 500)}))}),
});

/** Appends the outcome; when that cannot be, spools it. True when it is in the ledger. */
async function record(entry: NewEntry, scene: Scene): Promise<boolean> {
  for (let round = 0; round < tries; round += 1) {
    let result: AppendResult;
    try {
      result = await scene.ledger.append({entries: [entry]});
    } catch {
      break;
    }
    if (result.ok) return true;
    if (result.why !== 'locked') break;
  }
  await scene.spool(entry);
  return false;
}

async function runCommand(job: Job, scene: Scene, output: Capture): Promise<Outcome> {
  if (job.act.at !== 'command') return {verdict: 'unknown', message: 'no command'};
  let ended: 'limit' | 'operator' | undefined;
  const clean = {out: scene.mask.stream(), err: scene.mask.stream()};
  const child = scene.children.start({
    argv: job.act.argv,
    cwd: job.cwd,
    env: {...scene.env, ...job.vars, ...job.secrets, QD_RUN: job.run, QD_FENCE: String(job.fence)},
    mark: markOf(job.run, job.step, job.attempt),
    onOutput: (chunk, from) => {
      output.add(clean[from].push(chunk));
    },
  });
  const end = (why: 'limit' | 'operator'): void => {
    ended ??= why;
    child.stop(job.graceMs);
  };
  const cancelLimit = scene.clock.after(job.timeoutMs, () => {
    if (job.atLimit === 'kill') end('limit');
    else void noteLimit(job, scene);
  });
  const onStop = (): void => {
    end('operator');
  };
  if (scene.stop.aborted) onStop();
  scene.stop.addEventListener('abort', onStop, {once: true});
  const answer = await child.ended;
  cancelLimit();
  scene.stop.removeEventListener('abort', onStop);
  for (const stream of [clean.out, clean.err]) output.add(stream.end());
  return commandOutcome(answer, {
    job: masked(job, scene.mask),
    ended,
    text: output.text(),
    survivors: child.survivors(),
  });
}

/** What is expected is compared with what was masked. */
const masked = ({expect, ...job}: Job, mask: StepMask): Job =>
  expect === undefined ? job : {...job, expect: mask.json(expect)};

/** `env:NAME` and `Scheme env:NAME` name a declared secret; any other text stays. */
const withSecrets = (
  headers: Readonly<Record<string, string>>,
  {secrets = {}}: Job,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, text]) => {
      const [, scheme = '', variable = ''] = /^([A-Za-z][\w-]* )?env:(\w+)$/.exec(text) ?? [];
      const value = Object.hasOwn(secrets, variable) ? secrets[variable] : undefined;
      return [name, value === undefined ? text : `${scheme}${value}`];
    }),
  );

/** A write over its limit keeps running; the entry lets every console ask what to do. */
async function noteLimit(job: Job, {ledger}: Scene): Promise<void> {
  await ledger.append({
    entries: [
      {
        kind: 'step.limit',
        run: job.run,
        step: job.step,
        body: {attempt: job.attempt, limitMs: job.timeoutMs, note: 'it keeps running'},
      },
    ],
  });
}

function commandOutcome(
  answer: Awaited<Child['ended']>,
  {
    job,
    ended,
    text,
    survivors,
  }: {job: Job; ended: 'limit' | 'operator' | undefined; text: string; survivors: Outcome['survivors'] & {}},
): Outcome {
  if (answer.at === 'spawn') return {verdict: 'unknown', message: answer.message};
  const {status, bySignal} = answer;
  const how = {
    ...(status === null ? {} : {status}),
    ...(bySignal === null ? {} : {signal: bySignal}),
    ...(ended === undefined ? {} : {ended}),
    survivors,
  };
  if (ended === 'limit') {
    return {verdict: 'fail', message: `ended at its limit of ${job.timeoutMs / 1000} s`, ...how};
  }
  if (ended === 'operator') return {verdict: 'fail', message: 'stopped by the operator', ...how};
  if (status === null) return {verdict: 'fail', message: `ended by ${bySignal ?? 'a signal'}`, ...how};
  const {expect} = job;
  const wanted = typeof expect === 'number' ? expect : 0;
  if (status !== wanted) {
    const message = wanted === 0 ? `exit ${status}` : `exit ${status}, expected ${wanted}`;
    return {verdict: 'fail', message, ...how};
  }
  if (typeof expect === 'string' && !text.includes(expect)) {
    return {
      verdict: 'fail',
      message: `exit ${status}, but the output does not contain ${JSON.stringify(expect)}`,
      ...how,
    };
  }
  return {verdict: 'pass', message: `exit ${status}`, ...how};
}

async function runRequest(job: Job, scene: Scene, output: Capture): Promise<Outcome> {
  if (job.act.at !== 'http') return {verdict: 'unknown', message: 'no request'};
  const {method, url, headers, body} = job.act;
  const http = await scene.http();
  const answer = await http.request({
    method,
    url,
    headers: withSecrets(headers, job),
    ...(body === undefined ? {} : {body}),
    timeoutMs: job.timeoutMs,
    maxBodyBytes,
    signal: scene.stop,
  });
  if (answer.at === 'failed') {
    if (scene.stop.aborted)
      return {verdict: 'unknown', message: 'stopped by the operator', ended: 'operator'};
    // Refused before anything was sent is a plain failure; anything later may have had its effect.
    const sent = answer.kind !== 'connect' && answer.kind !== 'dns' && answer.kind !== 'tls';
    return {verdict: sent || job.effect === 'read' ? 'unknown' : 'fail', message: answer.message};
  }
  const clean = scene.mask.stream();
  output.add(clean.push(answer.body));
  output.add(clean.end());
  const {status, headers: answered} = answer;
  const requestId = answered['x-request-id'];
  const known = requestId !== undefined && /^[\w.:-]{1,128}$/.test(requestId) ? {requestId} : {};
  const {expect} = masked(job, scene.mask);
  if (typeof expect === 'number' ? status !== expect : status < 200 || status > 299) {
    const wanted = typeof expect === 'number' ? `, expected ${expect}` : '';
    return {verdict: 'fail', message: `HTTP ${status}${wanted}`, status, ...known};
  }
  if (typeof expect === 'string' && !output.text().includes(expect)) {
    return {
      verdict: 'fail',
      message: `HTTP ${status}, but the body does not contain ${JSON.stringify(expect)}`,
      status,
      ...known,
    };
  }
  return {verdict: 'pass', message: `HTTP ${status}`, status, ...known};
}
