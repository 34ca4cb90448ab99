import {RE2JS} from 're2js';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {ExecAnswer} from '../src/ports.ts';
import {contains, excerpt, judge, lacks} from './parts/expect.ts';
import type {Assertion} from './parts/expect.ts';
import {duration, onHost} from './parts/fields.ts';
import {parseJson, subset} from './parts/json.ts';
import {cleanBytes, resolveSecrets, withoutForms, withoutSecrets} from './parts/secrets.ts';

const text = z.string().min(1);
const exitStatus = z.int().min(0).max(255);

function isPattern(source: string): boolean {
  try {
    RE2JS.compile(source);
    return true;
  } catch {
    return false;
  }
}

const noNul = (value: string): boolean => !value.includes('\0');

const params = z.strictObject({
  argv: z
    .array(z.string().refine(noNul, 'a NUL byte cannot be passed to a program'))
    .min(1)
    .refine(argv => argv[0] !== '', 'the first word is the program')
    .describe('Program and arguments, one word each; there is no shell.'),
  cwd: text
    .startsWith('/')
    .optional()
    .describe(
      'Working directory, absolute; else the folder of the site, or on another host the home of the account.',
    ),
  env: z
    .record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().refine(noNul))
    .default({})
    .describe(
      'Variables besides PATH, HOME, USER, TZ and LC_ALL=C, or those of the other host; `env:NAME` passes one on.',
    ),
  on: onHost,
  mustFinishWithin: duration.optional().describe('Longer than this is a hang; else the time of the check.'),
  expect: z
    .strictObject({
      exit: z
        .union([exitStatus, z.array(exitStatus).min(1)])
        .default(0)
        .describe('The exit status, or a list of them.'),
      stdoutContains: text.optional().describe('Text that standard output must contain.'),
      stdoutNotContains: text.optional().describe('Text that standard output must not contain.'),
      stdoutMatches: text
        .refine(isPattern, 'not a pattern of RE2 (no look-around, no back-references)')
        .optional()
        .describe('RE2 pattern that must be found in standard output.'),
      stderrContains: text.optional().describe('Text that standard error must contain.'),
      stderrNotContains: text.optional().describe('Text that standard error must not contain.'),
      json: z.record(z.string(), z.json()).optional().describe('What standard output, as JSON, must hold.'),
    })
    .default({exit: 0})
    .describe('What must be true once it ended.'),
});
type Params = z.infer<typeof params>;

const maxOutputBytes = 256 * 1024;
const graceMs = 5_000;
const lastLine = (output: string): string =>
  excerpt(withoutForms(output).trimEnd().split('\n').at(-1)?.trim() ?? '');

function assertionsOf(answer: Extract<ExecAnswer, {at: 'exited'}>, {expect}: Params): Assertion[] {
  const decoder = new TextDecoder();
  const out = decoder.decode(answer.stdout);
  const err = decoder.decode(answer.stderr);
  const {cut, status, bySignal} = answer;
  const list = typeof expect.exit === 'number' ? [expect.exit] : expect.exit;
  const said = lastLine(err) || lastLine(out);
  const isExit = status !== null && list.includes(status);
  const ended = status === null ? `signal ${bySignal ?? '?'}` : String(status);
  const assertions: Assertion[] = [
    {
      what: 'exit',
      ok: isExit,
      expected: list.join(' or '),
      actual: isExit || said === '' ? ended : `${ended} (${said})`,
    },
  ];
  if (expect.stdoutContains !== undefined)
    assertions.push(contains('stdout', out, {needle: expect.stdoutContains, cut}));
  if (expect.stdoutNotContains !== undefined)
    assertions.push(lacks('stdout', out, {needle: expect.stdoutNotContains, cut}));
  if (expect.stderrContains !== undefined)
    assertions.push(contains('stderr', err, {needle: expect.stderrContains, cut}));
  if (expect.stderrNotContains !== undefined)
    assertions.push(lacks('stderr', err, {needle: expect.stderrNotContains, cut}));
  if (expect.stdoutMatches !== undefined) {
    const found = RE2JS.compile(expect.stdoutMatches).matcher(out).find();
    assertions.push({
      what: 'stdout',
      ok: found ? true : cut ? undefined : false,
      expected: `to match ${expect.stdoutMatches}`,
      actual: cut ? 'an output too long to be read whole' : JSON.stringify(excerpt(out)),
    });
  }
  if (expect.json !== undefined) {
    const parsed = cut ? undefined : parseJson(out);
    if (parsed !== undefined) assertions.push(...subset(expect.json, parsed.value, 'json $'));
    else
      assertions.push({
        what: 'stdout',
        ok: cut ? undefined : false,
        expected: 'JSON',
        actual: cut ? 'more than 256 KiB' : JSON.stringify(excerpt(out)),
      });
  }
  return assertions;
}

/** What the end of a command means. */
function fromExec(answer: ExecAnswer, given: Params): Look {
  if (answer.at === 'spawn')
    return {verdict: 'unknown', kind: answer.kind, checked: 0, message: answer.message};
  if (answer.at === 'hang') {
    const said =
      lastLine(new TextDecoder().decode(answer.stderr)) || lastLine(new TextDecoder().decode(answer.stdout));
    const last = said === '' ? '' : `; it last said: ${said}`;
    const message = `did not end within its time and was stopped after ${answer.durationMs} ms${last}`;
    return {verdict: 'fail', kind: 'hang', checked: 1, message, expected: 'to end in time', actual: 'a hang'};
  }
  return judge(assertionsOf(answer, given), `exit ${answer.status ?? '?'} in ${answer.durationMs} ms`);
}

export const command = defineCheck({
  type: 'command',
  summary: 'A program ends with the expected status and output',
  example: `type: command
argv: [node, -e, 'console.log("Rollback failed: no such app"); process.exit(1)']
mustFinishWithin: 20s
expect: {exit: 1, stdoutContains: Rollback failed}`,
  needsTrust: true,
  everyMs: 60_000,
  timeoutMs: 30_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    const [program, ...args] = given.argv;
    if (program === undefined)
      return {verdict: 'unknown', kind: 'config', checked: 0, message: 'argv is empty'};
    const resolved = resolveSecrets(given.env, context);
    if (!resolved.ok) return resolved.look;
    const limitMs = durationMs(given.mustFinishWithin ?? '') ?? context.timeoutMs;
    const {host} = context;
    const cwd = given.cwd ?? (host.name === 'local' ? context.siteDir : undefined);
    const answer = await host.run({
      argv: [program, ...args],
      env: resolved.values,
      ...(cwd === undefined ? {} : {cwd}),
      timeoutMs: Math.min(limitMs, context.timeoutMs),
      graceMs,
      maxOutputBytes,
    });
    const {secrets} = resolved;
    if (answer.at === 'spawn') return withoutSecrets(fromExec(answer, given), secrets);
    const [stdout, stderr] = [cleanBytes(answer.stdout, secrets), cleanBytes(answer.stderr, secrets)];
    return withoutSecrets(fromExec({...answer, stdout, stderr}, given), secrets);
  },
});
