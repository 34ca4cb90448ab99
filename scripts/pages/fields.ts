// The rows of a table of fields, made from a schema.
import {z} from 'zod';

const field: z.ZodType<Field> = z.lazy(() =>
  z.looseObject({
    type: z.union([z.string(), z.array(z.string())]).optional(),
    description: z.string().optional(),
    default: z.unknown().optional(),
    enum: z.array(z.unknown()).optional(),
    const: z.unknown().optional(),
    anyOf: z.array(field).optional(),
    items: field.optional(),
    properties: z.record(z.string(), field).optional(),
    required: z.array(z.string()).optional(),
  }),
);

interface Field {
  type?: string | string[] | undefined;
  description?: string | undefined;
  default?: unknown;
  enum?: unknown[] | undefined;
  const?: unknown;
  anyOf?: Field[] | undefined;
  items?: Field | undefined;
  properties?: Record<string, Field> | undefined;
  required?: string[] | undefined;
}

const code = (value: unknown): string => `\`${JSON.stringify(value)}\``;

function kindOf({type, enum: words, const: one, anyOf, items}: Field): string {
  if (one !== undefined) return code(one);
  if (words !== undefined) return words.map(code).join(', ');
  if (anyOf !== undefined) return [...new Set(anyOf.map(kindOf))].join(' or ');
  if (items !== undefined) return `list of ${kindOf(items)}`;
  return type === undefined ? 'any' : [type].flat().join(' or ');
}

function rowsOf(fields: Field, prefix = ''): string[] {
  return Object.entries(fields.properties ?? {}).flatMap(([name, one]) => {
    const isRequired = fields.required?.includes(name) ?? false;
    const fallback = one.default === undefined ? '' : code(one.default);
    const cells = [
      `\`${prefix}${name}\``,
      kindOf(one),
      isRequired ? 'required' : fallback,
      one.description ?? '',
    ];
    const row = `| ${cells.map(cell => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
    return [row, ...rowsOf(one, `${prefix}${name}.`)];
  });
}

/** A table of the fields, without the line above; empty where there are none. */
export function fieldTable(params: z.ZodType): string[] {
  const rows = rowsOf(field.parse(z.toJSONSchema(params, {io: 'input', unrepresentable: 'any'})));
  return rows.length === 0 ? [] : ['| field | value | default | meaning |', '|---|---|---|---|', ...rows, ''];
}
