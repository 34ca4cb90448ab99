import {createHash} from 'node:crypto';
import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {SecretValue} from '../src/domain/secret.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {Assertion} from './parts/expect.ts';
import {absolutePath, fileMode} from './parts/fields.ts';
import {readPath, valuesAt} from './parts/json-path.ts';
import {parseJson} from './parts/json.ts';
import {ageText, durationLimits, notOlder} from './parts/limits.ts';
import {linesOf} from './parts/lines.ts';
import {timeOf} from './parts/operators.ts';
import {resolveSecret, withoutSecrets} from './parts/secrets.ts';
import {judgeInParts} from './parts/table.ts';
import {unknown} from './parts/host/could-not.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');
const jsonPath = z.string().refine(text => readPath(text) !== undefined, 'expected a path such as $.ts');

const params = z
  .strictObject({
    name: z.string().min(1).describe('What the secret is called; never its value.'),
    file: absolutePath
      .optional()
      .describe('The file that holds it: its time, length and mode are looked at.'),
    value: reference
      .optional()
      .describe('Or where it is otherwise, for its length: `env:NAME` or `file:/path`.'),
    log: z
      .strictObject({
        path: absolutePath.describe('A file with one JSON object for each rotation.'),
        time: jsonPath.default('$.ts').describe('When it was.'),
        names: jsonPath.default('$.changes').describe('What was rotated: a name, or a list of names.'),
      })
      .optional()
      .describe('The log of rotations; without it, the time of the file is the age.'),
    maxAge: durationLimits.optional().describe('How long ago it may have been rotated.'),
    minLength: z.int().min(1).optional().describe('The fewest characters.'),
    maxLength: z.int().min(1).optional().describe('The most characters.'),
    mode: fileMode.optional().describe('The widest mode that the file may have, such as "0600".'),
    uniqueVs: z
      .array(reference)
      .default([])
      .describe('Other secrets that must have another value; they are compared by their hashes.'),
  })
  .refine(({file, value, log}) => file !== undefined || value !== undefined || log !== undefined, {
    message: 'there is nothing to look at: give file, value or log',
  })
  .refine(({file, value}) => file === undefined || value === undefined, {
    message: 'file and value say the same: give one of them',
  })
  .refine(({file, log, maxAge}) => maxAge === undefined || file !== undefined || log !== undefined, {
    message: 'an age is that of a file, or of a rotation in a log',
    path: ['maxAge'],
  })
  .refine(({file, mode}) => mode === undefined || file !== undefined, {
    message: 'only a file has a mode',
    path: ['mode'],
  })
  .refine(
    ({file, value, minLength, maxLength, uniqueVs}) =>
      file !== undefined ||
      value !== undefined ||
      (minLength === undefined && maxLength === undefined && uniqueVs.length === 0),
    {message: 'length and uniqueness need the value: give file or value'},
  );
type Params = z.infer<typeof params>;

const maxBytes = 64 * 1024;
const maxLineBytes = 256 * 1024;
/** A file is written before or after its log line; more apart is a change that nobody wrote down. */
const apartMs = 10 * 60_000;

interface Held {
  readonly value: string | undefined;
  readonly mode: number | undefined;
  readonly mtimeMs: number | undefined;
  readonly secrets: readonly SecretValue[];
}

/** What holds the secret, with its value; the look when it is not there or cannot be read. */
async function held(
  {name, file, value}: Params,
  context: CheckContext,
): Promise<Held | {readonly look: Look}> {
  const nothing: Held = {value: undefined, mode: undefined, mtimeMs: undefined, secrets: []};
  if (value !== undefined) {
    const resolved = await resolveSecret(name, value, context);
    return resolved.ok
      ? {...nothing, value: resolved.value, secrets: resolved.secrets}
      : {look: resolved.look};
  }
  if (file === undefined) return nothing;
  const read = await context.files.read(file, maxBytes);
  if (read.at === 'failed')
    return {
      look:
        read.why === 'missing'
          ? {verdict: 'fail', kind: 'assertion', checked: 1, message: `${file} is not there`}
          : unknown(read.why === 'permission' ? 'permission' : 'config', `${file}: ${read.message}`),
    };
  const text = new TextDecoder().decode(read.bytes).replace(/\r?\n$/, '');
  const real = await context.files.real(file);
  const entry = real === undefined ? undefined : await context.folders.entry(real);
  return {
    value: text,
    mode: entry?.mode,
    mtimeMs: entry?.mtimeMs,
    secrets: text === '' ? [] : [{name, value: text}],
  };
}

/** When the log names it last; a sentence when the log cannot be read. */
async function lastRotation(
  {path, time, names}: NonNullable<Params['log']>,
  name: string,
  {files}: CheckContext,
): Promise<number | undefined | {readonly problem: string}> {
  let lastMs: number | undefined;
  const real = await files.real(path);
  if (real === undefined) return {problem: `${path} is not there`};
  try {
    for await (const {bytes} of linesOf(files.stream(real), {maxLineBytes})) {
      const record = parseJson(new TextDecoder().decode(bytes))?.value;
      if (record === undefined) continue;
      const rotated = valuesAt(record, names).values.flat();
      const atMs = timeOf(valuesAt(record, time).values[0]);
      if (rotated.includes(name) && atMs !== undefined) lastMs = Math.max(lastMs ?? atMs, atMs);
    }
  } catch (error) {
    return {problem: `${path}: ${error instanceof Error ? error.message : String(error)}`};
  }
  return lastMs;
}

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

async function ages(given: Params, {mtimeMs}: Held, context: CheckContext): Promise<Assertion[]> {
  const nowMs = context.clock.nowMs();
  const limits = given.maxAge ?? {};
  if (given.log === undefined) {
    if (given.maxAge === undefined) return [];
    return mtimeMs === undefined
      ? [{what: 'age', ok: undefined, expected: 'a file with a time', actual: 'none'}]
      : notOlder('age', nowMs - mtimeMs, limits);
  }
  const rotated = await lastRotation(given.log, given.name, context);
  const blind = (actual: string): Assertion[] => [
    {what: 'rotation', ok: undefined, expected: `a record of ${given.name}`, actual},
  ];
  if (typeof rotated === 'object') return blind(rotated.problem);
  if (rotated === undefined) return blind(`none in ${given.log.path}`);
  const unrecorded =
    mtimeMs !== undefined && mtimeMs - rotated > apartMs
      ? [
          {
            what: 'record',
            ok: false,
            otherwise: 'warn' as const,
            expected: 'a record of every change',
            actual: `a file that changed ${ageText(mtimeMs - rotated)} after the last one`,
          },
        ]
      : [];
  return [...notOlder('rotation', nowMs - rotated, limits), ...unrecorded];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function values(
  given: Params,
  {value}: Held,
  context: CheckContext,
): Promise<Assertion[] | {readonly look: Look}> {
  if (value === undefined) return [];
  const length = Array.from(value).length;
  const made: Assertion[] = [
    {
      what: 'content',
      ok: value !== '',
      expected: 'something',
      actual: value === '' ? 'nothing' : 'something',
    },
  ];
  if (given.minLength !== undefined)
    made.push({
      what: 'length',
      ok: length >= given.minLength,
      expected: `at least ${given.minLength}`,
      actual: String(length),
    });
  if (given.maxLength !== undefined)
    made.push({
      what: 'length',
      ok: length <= given.maxLength,
      expected: `at most ${given.maxLength}`,
      actual: String(length),
    });
  for (const text of given.uniqueVs) {
    const other = await resolveSecret(`a secret that ${given.name} is compared with`, text, context);
    if (!other.ok) return {look: other.look};
    const isSame = sha256(other.value) === sha256(value);
    // Behind its name and a colon a masker would take the words for the value.
    const name = text.startsWith('env:') ? text.slice(4) : (text.split('/').at(-1) ?? '');
    made.push({
      what: 'uniqueness',
      ok: !isSame,
      expected: 'a value of its own',
      actual: `${isSame ? 'the same as' : 'another than'} ${name}`,
    });
  }
  return made;
}

export const secretAge = defineCheck({
  type: 'secretAge',
  summary: 'A secret was rotated lately, is long enough, closed to others, and no other one again',
  example: `type: secretAge
name: DASHBOARD_KEY
file: /srv/app/secrets/runtime/DASHBOARD_KEY
log: {path: /srv/app/logs/secret_rotations.ndjson}
maxAge: {warn: 31d, fail: 45d}
minLength: 48
maxLength: 64
mode: "0600"`,
  needsTrust: true,
  everyMs: 3_600_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    if (context.signal.aborted) return unknown('noData', 'stopped before it was looked at');
    const found = await held(given, context);
    if ('look' in found) return found.look;
    const {secrets} = found;
    const about = await values(given, found, context);
    if ('look' in about) return withoutSecrets(about.look, secrets);
    const assertions = [
      ...(await ages(given, found, context)),
      ...about,
      ...(given.mode === undefined
        ? []
        : [
            {
              what: 'mode',
              ok: found.mode === undefined ? undefined : (found.mode & ~Number.parseInt(given.mode, 8)) === 0,
              expected: `at most ${given.mode}`,
              actual: found.mode === undefined ? 'a file that cannot be looked at' : octal(found.mode),
            },
          ]),
    ];
    const age = assertions.find(({what}) => what === 'rotation' || what === 'age');
    const look = judgeInParts(
      assertions,
      age === undefined ? 'as it should be' : `rotated ${age.actual} ago`,
    );
    return withoutSecrets(look, secrets);
  },
});
