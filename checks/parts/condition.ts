// Conditions as a site file writes them: a plain value, or operators of which all must hold.
import {z} from 'zod';
import {readPattern} from '../../src/pattern.ts';
import {duration} from './fields.ts';
import {readPath} from './json-path.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** A pattern in RE2 syntax, matched in linear time. */
export const pattern = z.string().superRefine((source, context) => {
  const read = readPattern(source);
  if ('problem' in read) context.addIssue({code: 'custom', message: read.problem});
});
const range = z
  .string()
  .regex(
    /^(?:(?:>=|<=|>|<|=|\^|~)?v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?)(?:\s+(?:>=|<=|>|<|=)v?\d+\.\d+\.\d+)*$/,
    {
      error: 'expected versions such as 1.2.3, >=1.2.0 <2.0.0, ^1.2.0 or ~1.2.0',
    },
  );
const types = ['string', 'number', 'boolean', 'null', 'array', 'object'] as const;

const many = {
  eq: z.json().optional().describe('Equal, also inside objects and lists.'),
  ne: z.json().optional().describe('Not equal.'),
  in: z.array(scalar).min(1).optional().describe('One of these.'),
  notIn: z.array(scalar).min(1).optional().describe('None of these.'),
  gt: z.number().optional().describe('A number above this.'),
  gte: z.number().optional().describe('A number of at least this.'),
  lt: z.number().optional().describe('A number below this.'),
  lte: z.number().optional().describe('A number of at most this.'),
  contains: scalar.optional().describe('A text with this in it, or a list with this item.'),
  notContains: scalar.optional().describe('A text or list without it.'),
  startsWith: z.string().optional().describe('A text that begins so.'),
  endsWith: z.string().optional().describe('A text that ends so.'),
  matches: pattern.optional().describe('A text in which this RE2 pattern is found.'),
  notMatches: pattern.optional().describe('A text in which it is not found.'),
  exists: z.literal(true).optional().describe('There is a value, also null.'),
  absent: z.literal(true).optional().describe('There is none.'),
  type: z.enum(types).optional().describe('Its JSON type.'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .describe('The SHA-256 of the text, in hex.'),
  semver: range.optional().describe('A version in this range, such as `>=1.2.0 <2.0.0` or `^1.2.0`.'),
  distinct: z
    .literal(true)
    .optional()
    .describe('A list, or the values of an object, of which no two are equal; an empty one checks nothing.'),
  sorted: z
    .enum(['ascending', 'descending'])
    .optional()
    .describe(
      'A list of numbers or of texts in this order, equal ones beside each other; of fewer than two nothing is checked.',
    ),
  age: z
    .strictObject({min: duration.optional(), max: duration.optional()})
    .optional()
    .describe(
      'A time (RFC 3339, or seconds or milliseconds since 1970) that long ago; a time to come is not.',
    ),
};

export type Given = Condition | string | number | boolean | null;

export interface Condition {
  readonly eq?: unknown;
  readonly ne?: unknown;
  readonly in?: readonly unknown[] | undefined;
  readonly notIn?: readonly unknown[] | undefined;
  readonly gt?: number | undefined;
  readonly gte?: number | undefined;
  readonly lt?: number | undefined;
  readonly lte?: number | undefined;
  readonly contains?: string | number | boolean | null | undefined;
  readonly notContains?: string | number | boolean | null | undefined;
  readonly startsWith?: string | undefined;
  readonly endsWith?: string | undefined;
  readonly matches?: string | undefined;
  readonly notMatches?: string | undefined;
  readonly exists?: true | undefined;
  readonly absent?: true | undefined;
  readonly type?: (typeof types)[number] | undefined;
  readonly sha256?: string | undefined;
  readonly semver?: string | undefined;
  readonly distinct?: true | undefined;
  readonly sorted?: 'ascending' | 'descending' | undefined;
  readonly age?: {readonly min?: string | undefined; readonly max?: string | undefined} | undefined;
  readonly length?: Given | undefined;
  readonly every?: Given | undefined;
  readonly some?: Given | undefined;
}

const inner: z.ZodType<Given> = z.lazy(() => condition);

/** A plain value (equal to it) or operators, all of which must hold. */
export const condition: z.ZodType<Given> = z.union(
  [
    scalar,
    z
      .strictObject({
        ...many,
        length: inner.optional().describe('A condition on the length of the text or list.'),
        every: inner.optional().describe('A condition on each item; an empty list checks nothing.'),
        some: inner.optional().describe('A condition that at least one item meets.'),
      })
      .refine(
        given => Object.values(given).some(value => value !== undefined),
        'a condition needs an operator',
      ),
  ],
  {error: 'expected a value, or operators such as {gte: 1} or {matches: "^ok"}'},
);

const numeric = new Set(['eq', 'ne', 'in', 'notIn', 'gt', 'gte', 'lt', 'lte']);
const isNumbers = (value: unknown): boolean =>
  typeof value === 'number' || (Array.isArray(value) && value.every(one => typeof one === 'number'));

/** A condition that only a number can meet: one that no number could meet would never be met, and nobody would notice. */
export const numberCondition = condition.refine(
  given =>
    isNumbers(given) ||
    (typeof given === 'object' &&
      given !== null &&
      Object.entries(given).every(
        ([name, value]) => value === undefined || (numeric.has(name) && isNumbers(value)),
      )),
  'expected a number, or numbers behind eq, ne, in, notIn, gt, gte, lt or lte',
);

/** Conditions on places in JSON: `{"$.data.count": {gt: 0}}`. */
export const pathConditions = z
  .record(
    z.string().refine(path => readPath(path) !== undefined, 'expected a path such as $.data.items[0].name'),
    condition,
  )
  .describe('Conditions by path, such as `"$.items[*].state": ok` or `"$.count": {gte: 1}`.');
