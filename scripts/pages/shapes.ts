// src/domain/kind-shapes.ts and src/engine/runner/job-shape.ts, from the zod schemas: the same rules as plain data.
import {z} from 'zod';
import type {Shape} from '../../src/domain/shape.ts';

const text = z.string();
const integer = {min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER};

/** The JSON Schema that zod gives, as far as a shape can say it; anything else stops the generation. */
const json = z.union([
  z.strictObject({
    type: z.enum(['string', 'boolean', 'number']),
    const: z.union([text, z.boolean(), z.number()]),
  }),
  z.strictObject({type: z.literal('string'), enum: z.array(text)}),
  z.strictObject({
    type: z.literal('string'),
    minLength: z.int().optional(),
    pattern: text.optional(),
    format: z.literal('date-time').optional(),
  }),
  z.strictObject({type: z.literal('integer'), minimum: z.int(), maximum: z.int()}),
  z.strictObject({type: z.literal('boolean')}),
  z.strictObject({
    type: z.literal('array'),
    items: z.unknown(),
    minItems: z.int().optional(),
    prefixItems: z.array(z.unknown()).optional(),
  }),
  z.strictObject({
    type: z.literal('object'),
    properties: z.record(text, z.unknown()),
    required: z.array(text).default([]),
    additionalProperties: z.literal(false),
  }),
  z.strictObject({
    type: z.literal('object'),
    propertyNames: z.strictObject({type: z.literal('string')}),
    additionalProperties: z.unknown(),
  }),
  z.strictObject({anyOf: z.array(z.unknown())}),
  z.strictObject({oneOf: z.array(z.unknown())}),
]);

const adapt = 'adapt src/domain/shape.ts.';

function shapeOf(schema: z.ZodType): Shape {
  const {$schema: _, ...rest} = z.toJSONSchema(schema, {
    io: 'input',
    // What JSON Schema passes over in silence.
    override: ({zodSchema: {_zod}}) => {
      const {type, checks = []} = _zod.def;
      if (type === 'pipe' || checks.some(({_zod: one}) => one.def.check === 'custom'))
        throw new Error(`A rule in code, which no shape can say: ${adapt}`);
    },
  });
  return shapeIn(rest);
}

function shapeIn(schema: unknown): Shape {
  const parsed = json.safeParse(schema);
  if (!parsed.success) throw new Error(`No shape can say ${JSON.stringify(schema)}: ${adapt}`);
  const {data} = parsed;
  if ('anyOf' in data) return {is: 'either', of: data.anyOf.map(shapeIn)};
  if ('oneOf' in data) return byField(data.oneOf.map(shapeIn));
  if ('const' in data) return {is: 'word', of: [data.const]};
  if ('enum' in data) return {is: 'word', of: data.enum};
  switch (data.type) {
    case 'string':
      return {
        is: 'text',
        ...(data.minLength === undefined ? {} : {min: data.minLength}),
        ...(data.pattern === undefined ? {} : {like: data.pattern}),
      };
    case 'integer':
      return {
        is: 'int',
        ...(data.minimum === integer.min ? {} : {min: data.minimum}),
        ...(data.maximum === integer.max ? {} : {max: data.maximum}),
      };
    case 'boolean':
      return {is: 'flag'};
    case 'array': {
      const {items, minItems, prefixItems = []} = data;
      if (prefixItems.some(first => JSON.stringify(first) !== JSON.stringify(items)))
        throw new Error(`A list whose first items are of another shape: ${adapt}`);
      return {is: 'list', of: shapeIn(items), ...(minItems === undefined ? {} : {min: minItems})};
    }
    case 'object': {
      if (!('properties' in data)) return {is: 'map', of: shapeIn(data.additionalProperties)};
      const {properties, required} = data;
      const may = Object.keys(properties).filter(name => !required.includes(name));
      const fields = Object.fromEntries(
        Object.entries(properties).map(([name, field]) => [name, shapeIn(field)]),
      );
      return {is: 'object', fields, ...(may.length === 0 ? {} : {may})};
    }
  }
}

/** The word that `key` must be in that shape, where there is one. */
function wordIn(shape: Shape, key: string): string | undefined {
  const field = shape.is === 'object' ? shape.fields[key] : undefined;
  const word = field?.is === 'word' && field.of.length === 1 ? field.of[0] : undefined;
  return typeof word === 'string' ? word : undefined;
}

function byField(shapes: readonly Shape[]): Shape {
  const [first] = shapes;
  const names = first?.is === 'object' ? Object.keys(first.fields) : [];
  const key = names.find(name => shapes.every(shape => wordIn(shape, name) !== undefined));
  if (key === undefined) throw new Error(`A choice that no field tells apart: ${adapt}`);
  const named = shapes.map((shape): [string, Shape] => [wordIn(shape, key) ?? '', shape]);
  return {is: 'by', key, of: Object.fromEntries(named)};
}

const head = (source: string, shape: string): string =>
  `// Generated from ${source} by \`npm run generate\`: the same rules without zod.\nimport type {Shape} from '${shape}';\n`;

/** The bodies of all kinds, one a line. */
export function kindShapes(kinds: Readonly<Record<string, z.ZodType>>): string {
  const lines = Object.entries(kinds).map(
    ([kind, schema]) => `  ${JSON.stringify(kind)}: ${JSON.stringify(shapeOf(schema))},\n`,
  );
  return `${head('kinds.ts', './shape.ts')}\n// prettier-ignore\nexport const kindShapes: Readonly<Record<string, Shape>> = {\n${lines.join('')}};\n`;
}

export const jobShape = (schema: z.ZodType): string =>
  `${head('job-schema.ts', '../../domain/shape.ts')}\n// prettier-ignore\nexport const jobShape: Shape = ${JSON.stringify(shapeOf(schema))};\n`;
