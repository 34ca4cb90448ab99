import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {jobShape as jobPage, kindShapes as kindsPage} from '../../scripts/pages/shapes.ts';
import {bodyProblem, issuesOf} from '../../src/domain/body.ts';
import {kindShapes} from '../../src/domain/kind-shapes.ts';
import {entryKinds} from '../../src/domain/kinds.ts';
import {issuesIn, type Shape} from '../../src/domain/shape.ts';
import {jobSchema} from '../../src/engine/runner/job-schema.ts';
import {jobShape} from '../../src/engine/runner/job-shape.ts';
import {z} from 'zod';

/** Values that have the shape. */
function valuesOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.is) {
    case 'text':
      return shape.like === undefined
        ? fc.string({minLength: shape.min ?? 0})
        : fc.stringMatching(new RegExp(shape.like));
    case 'int':
      return fc.maxSafeInteger().filter(value => value >= (shape.min ?? -Infinity));
    case 'flag':
      return fc.boolean();
    case 'word':
      return fc.constantFrom(...shape.of);
    case 'list':
      return fc.array(valuesOf(shape.of), {minLength: shape.min ?? 0, maxLength: 3});
    case 'map':
      return fc.dictionary(fc.stringMatching(/^[A-Z]{1,4}$/), valuesOf(shape.of));
    case 'object': {
      const {fields, may = []} = shape;
      const names = Object.keys(fields).filter(name => !may.includes(name));
      const all = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valuesOf(field)]));
      return fc.record(all, {requiredKeys: names});
    }
    case 'either':
      return fc.oneof(...shape.of.map(valuesOf));
    case 'by':
      return fc.oneof(...Object.values(shape.of).map(valuesOf));
  }
}

const strange = fc.oneof(
  fc.constantFrom(null, '', 0, -1, 1.5, 2 ** 53, true, [], {}, {sd: 'x'}, {sd: 'a'.repeat(64), more: 1}),
  fc.jsonValue({maxDepth: 1}),
);

/** What may go wrong with a value at one of its places. */
interface Damage {
  readonly steps: readonly number[];
  readonly how: 'put' | 'remove' | 'add';
  readonly what: unknown;
}

const damages: fc.Arbitrary<Damage> = fc.record({
  steps: fc.array(fc.nat(20), {maxLength: 4}),
  how: fc.constantFrom('put', 'remove', 'add'),
  what: strange,
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function damaged(value: unknown, damage: Damage): unknown {
  const [step, ...steps] = damage.steps;
  if (Array.isArray(value) && step !== undefined && value.length > 0) {
    const at = step % value.length;
    return value.map((item: unknown, i) => (i === at ? damaged(item, {...damage, steps}) : item));
  }
  if (!isObject(value)) return damage.what;
  const names = Object.keys(value);
  const name = step === undefined ? undefined : names[step % names.length];
  if (damage.how === 'add' && (steps.length === 0 || name === undefined))
    return {...value, added: damage.what};
  if (name === undefined) return damage.what;
  if (damage.how === 'remove' && steps.length === 0)
    return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
  return {...value, [name]: damaged(value[name], {...damage, steps})};
}

const places = (issues: readonly {readonly path: readonly PropertyKey[]}[]): readonly string[] =>
  [...new Set(issues.map(({path}) => JSON.stringify(path)))].toSorted();

const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null ? (Reflect.get(inner, step) as unknown) : undefined,
    value,
  );

/** zod says of an item that a list should have and has not where it would be; a shape says it of the list. */
function ofList(path: readonly PropertyKey[], value: unknown): readonly PropertyKey[] {
  const list = at(value, path.slice(0, -1));
  const last = path.at(-1);
  return Array.isArray(list) && typeof last === 'number' && last >= list.length ? path.slice(0, -1) : path;
}

/** Both say the same of the value: whether it is good, and at which places it is not. */
function compare(schema: z.ZodType, shape: Shape, value: unknown): void {
  const said = schema.safeParse(value).error?.issues ?? [];
  expect(places(issuesIn(shape, value))).toEqual(places(said.map(({path}) => ({path: ofList(path, value)}))));
}

const all: readonly (readonly [string, z.ZodType, Shape])[] = [
  ...Object.entries(entryKinds).map(([kind, schema]) => {
    const shape = kindShapes[kind];
    if (shape === undefined) throw new Error(`${kind} has no shape: npm run generate`);
    return [kind, schema, shape] as const;
  }),
  ['a job', jobSchema, jobShape],
];

describe('shapes', () => {
  test('a command without a program is a list with too few words', () => {
    const jobs = fc.sample(valuesOf(jobShape), {numRuns: 20, seed: 7});
    for (const job of jobs) {
      compare(jobSchema, jobShape, isObject(job) ? {...job, onward: []} : job);
      compare(jobSchema, jobShape, isObject(job) ? {...job, act: {at: 'command', argv: []}} : job);
    }
  });

  test.each(all)(
    '%s: the shape says the same as the schema, of good values and of damaged ones',
    (...one) => {
      const [, schema, shape] = one;
      fc.assert(
        fc.property(valuesOf(shape), damages, damages, (value, first, second) => {
          expect(schema.safeParse(value).success).toBe(true);
          compare(schema, shape, value);
          const once = damaged(value, first);
          compare(schema, shape, once);
          compare(schema, shape, damaged(once, second));
        }),
        {numRuns: 100},
      );
    },
  );

  test('a choice between forms names the place inside the one that was meant, else the choice itself', () => {
    const change = {service: 'api', check: 'ready', state: 'fail', verdict: 'fail'};
    const near = {...change, message: {sd: 'not hex'}};
    expect(issuesOf('check.change', near)).toEqual([['message', 'sd']]);
    expect(issuesOf('check.change', {...change, message: 1})).toEqual([['message']]);
    expect(issuesOf('hold.set', {id: 'a', scope: {at: 'some'}, reason: {sd: 'a'.repeat(64)}})).toEqual([
      ['scope', 'at'],
    ]);
  });

  test('what is wrong is said with its place, and without the value', () => {
    expect(bodyProblem('step.value', {attempt: 'secret', name: 'A', from: 'typed'})).toBe(
      '/body/attempt of a step.value entry: must be a whole number',
    );
    expect(bodyProblem('step.value', {attempt: 1, name: 'A'})).toBe(
      '/body/from of a step.value entry: is missing',
    );
    expect(bodyProblem('step.value', {attempt: 1, name: 'A', from: 'typed', more: 1})).toBe(
      '/body of a step.value entry: holds a field that is not known',
    );
    expect(bodyProblem('step.value', {attempt: 1, name: 'A', from: 'secret'})).toBe(
      '/body/from of a step.value entry: must be typed, output, default',
    );
    expect(bodyProblem('nothing', {})).toBe('there is no kind "nothing"');
    expect(bodyProblem('constructor', {})).toBe('there is no kind "constructor"');
  });

  test('a name that every object has is no field and no form', () => {
    const object: Shape = {is: 'object', fields: {a: {is: 'flag'}}};
    expect(issuesIn(object, JSON.parse('{"a": true, "__proto__": 1}'))).toHaveLength(1);
    const text: Shape = {is: 'text'};
    expect(issuesIn({is: 'object', fields: {constructor: text}}, {})).toHaveLength(1);
    const choice: Shape = {is: 'by', key: 'at', of: {all: object}};
    expect(issuesIn(choice, {at: 'constructor'})).toHaveLength(1);
  });
});

describe('the generator', () => {
  const page = (schema: z.ZodType) => kindsPage({one: schema});

  test('stops at a rule that no shape can say', () => {
    for (const schema of [
      z.object({a: z.string()}),
      z.string().refine(text => text !== 'a'),
      z.string().transform(text => text.length),
      z.number(),
      z.array(z.string()).max(2),
      z.tuple([z.number(), z.string()]),
      z.string().max(3),
      z.strictObject({a: z.string().default('b')}),
      z.strictObject({a: z.string().nullable()}),
      z.discriminatedUnion('at', [
        z.strictObject({at: z.enum(['a', 'b'])}),
        z.strictObject({at: z.literal('c')}),
      ]),
      z.record(z.string().regex(/^a/), z.string()),
      z.iso.date(),
      z.base64(),
    ])
      expect(() => page(schema), schema.def.type).toThrow('adapt src/domain/shape.ts');
  });

  test('says the rules as they are now', () => {
    expect(page(z.strictObject({a: z.int().min(1), b: z.string().optional()}))).toContain(
      '"one": {"is":"object","fields":{"a":{"is":"int","min":1},"b":{"is":"text"}},"may":["b"]}',
    );
    expect(jobPage(z.literal('a'))).toContain('jobShape: Shape = {"is":"word","of":["a"]}');
  });
});
