import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {timestamp} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import {condition, pathConditions} from './parts/condition.ts';
import {absolutePath, duration, httpUrl, maxBodyBytes, onHost} from './parts/fields.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {environmentOf, readEnvironments} from './parts/host/environment.ts';
import {findProcesses, matchSaid, processMatch} from './parts/host/processes.ts';
import {readText} from './parts/host/text.ts';
import {parseJson} from './parts/json.ts';
import {valuesAt} from './parts/json-path.ts';
import {meets, meetsAt} from './parts/operators.ts';

const params = z.strictObject({
  on: onHost,
  expected: z
    .union(
      [
        z.boolean(),
        z.strictObject({
          env: z.string().regex(/^[A-Za-z_]\w{0,127}$/, 'not the name of a variable'),
          of: environmentOf,
          is: condition,
        }),
        z.strictObject({config: absolutePath, json: pathConditions}),
      ],
      {
        error:
          'expected true or false, {env: NAME, of: …, is: …} or {config: /path, json: {"$.worker.enabled": true}}',
      },
    )
    .describe(
      'Whether it should work: `true` or `false`, a variable of the service that must meet `is`, or a file of JSON that must meet `json`. What does not meet it says that it should not.',
    ),
  actual: z
    .union(
      [
        z.strictObject({url: httpUrl, json: pathConditions}),
        z.strictObject({process: processMatch}),
        z.strictObject({heartbeat: absolutePath, maxAge: duration}),
      ],
      {error: 'expected {url: …, json: …}, {process: …} or {heartbeat: /path, maxAge: 1m}'},
    )
    .describe(
      'Whether it works: an address, asked from this machine, whose JSON meets `json`, a process that runs, or a file that is touched at least so often.',
    ),
});
type Params = z.infer<typeof params>;

interface State {
  readonly isOn: boolean;
  /** From what that is known. */
  readonly said: string;
}

const maxConfigBytes = 1024 * 1024;

async function expectedState({expected}: Params, context: CheckContext): Promise<State | Look> {
  const {host, clock} = context;
  if (typeof expected === 'boolean') return {isOn: expected, said: 'the site says so'};
  if ('config' in expected) {
    const file = await readText(host, expected.config, {maxBytes: maxConfigBytes});
    if (file.at === 'look') return file.look;
    if (file.at === 'missing') return unknown('noData', `there is no ${expected.config}`);
    const parsed = file.cut ? undefined : parseJson(file.text);
    if (parsed === undefined) return unknown('config', `${expected.config} is no JSON of at most 1 MiB`);
    const isOn = meetsAt(parsed.value, expected.json, clock.nowMs()).every(({ok}) => ok === true);
    return {
      isOn,
      said: `${expected.config} ${isOn ? 'meets' : 'does not meet'} ${Object.keys(expected.json).join(', ')}`,
    };
  }
  const read = await readEnvironments(expected.of, context);
  if (read.at === 'look') return read.look;
  const {is} = expected;
  const given = typeof is === 'boolean' || typeof is === 'number' ? String(is) : is;
  const states = read.environments.map(one =>
    meets(expected.env, one.get(expected.env), given, clock.nowMs()).every(({ok}) => ok === true),
  );
  const [isOn] = states;
  if (isOn === undefined || states.some(one => one !== isOn))
    return unknown(
      'noData',
      `${expected.env} is not the same in ${read.environments.map(({of}) => of).join(', ')}`,
    );
  return {
    isOn,
    said: `${expected.env} of ${read.environments[0]?.of ?? '?'} ${isOn ? 'is' : 'is not'} as for one that works`,
  };
}

async function fromUrl(
  {url, json}: {readonly url: string; readonly json: Readonly<Record<string, z.infer<typeof condition>>>},
  {http, clock, signal, timeoutMs}: CheckContext,
): Promise<State | Look> {
  const answer = await http.request({method: 'GET', url, headers: {}, timeoutMs, maxBodyBytes, signal});
  // Whoever should tell does not: that says nothing about the worker.
  if (answer.at === 'failed') return unknown(answer.kind, `${url} does not say: ${answer.message}`);
  const parsed = answer.cut ? undefined : parseJson(new TextDecoder().decode(answer.body));
  if (parsed === undefined) return unknown('noData', `${url} answered ${answer.status} without JSON`);
  const silent = Object.keys(json).filter(path => valuesAt(parsed.value, path).values.length === 0);
  if (silent.length > 0)
    return unknown(
      'noData',
      `${url} answered ${answer.status} and does not say: nothing is there at ${silent.join(', ')}`,
    );
  const assertions = meetsAt(parsed.value, json, clock.nowMs());
  const bad = assertions.find(({ok}) => ok !== true);
  const said = bad === undefined ? 'it works' : `${bad.what} is ${bad.actual}, not ${bad.expected}`;
  return {isOn: bad === undefined, said: `${url} says ${said}`};
}

async function actualState({actual}: Params, context: CheckContext): Promise<State | Look> {
  const {host} = context;
  if ('url' in actual) return fromUrl(actual, context);
  if ('process' in actual) {
    const found = await findProcesses(host, actual.process);
    if (found.at === 'look') return found.look;
    const {length} = found.processes;
    if (length === 0 && found.partial)
      return unknown('permission', 'processes of other accounts are hidden from this one');
    return {
      isOn: length > 0,
      said: `${length === 0 ? 'no process' : 'a process'} ${matchSaid(actual.process)} runs`,
    };
  }
  const [beat, now] = [await host.stat(actual.heartbeat, {follow: true}), await host.now()];
  if (beat.at === 'failed') return couldNot(beat);
  if (now.at === 'failed') return couldNot(now);
  if (beat.at === 'missing') return {isOn: false, said: `there is no ${actual.heartbeat}`};
  const isOn = now.ms - beat.file.modifiedMs <= (durationMs(actual.maxAge) ?? 0);
  return {isOn, said: `${actual.heartbeat} was touched at ${timestamp(beat.file.modifiedMs)}`};
}

const word = (isOn: boolean): string => (isOn ? 'on' : 'off');

export const worker = defineCheck({
  type: 'worker',
  summary: 'A worker works when it is configured to, and does not when it is not',
  example: `type: worker
expected: {env: WEBHOOK_WORKER_ENABLED, of: {process: {command: api-server}}, is: {in: ["true", "1"]}}
actual: {url: "http://127.0.0.1:8080/ready", json: {"$.checks.webhook_worker": ok}}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    if (context.signal.aborted) return unknown('noData', 'stopped before it was looked at');
    const expected = await expectedState(given, context);
    if ('verdict' in expected) return expected;
    const actual = await actualState(given, context);
    if ('verdict' in actual) return actual;
    const isGood = expected.isOn === actual.isOn;
    return {
      verdict: isGood ? 'pass' : 'fail',
      kind: 'assertion',
      checked: 1,
      message: `${isGood ? '' : 'configured '}${word(expected.isOn)}${isGood ? ', as configured' : ` and found ${word(actual.isOn)}`}: ${expected.said}; ${actual.said}`,
      ...(isGood ? {} : {expected: word(expected.isOn), actual: word(actual.isOn)}),
    };
  },
});
