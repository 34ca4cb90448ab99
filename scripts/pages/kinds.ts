// docs/generated/entry-kinds.md, from the schemas of the entry bodies.
import {z} from 'zod';

interface JsonShape {
  readonly properties?: Readonly<Record<string, {readonly description?: string}>>;
  readonly required?: readonly string[];
}

/** Every kind with the fields of its body, as JSON Schema spells their types. */
export function kindsPage(kinds: Readonly<Record<string, z.ZodType>>): string {
  const parts = [
    '# Entry kinds',
    '',
    'Generated from `src/domain/kinds.ts`. `?` marks a field that may be absent.',
    '',
  ];
  for (const [kind, schema] of Object.entries(kinds)) {
    const {properties = {}, required = []} = z.toJSONSchema(schema, {unrepresentable: 'any'}) as JsonShape;
    parts.push(`## \`${kind}\``, '');
    for (const [name, shape] of Object.entries(properties))
      parts.push(`- \`${name}${required.includes(name) ? '' : '?'}\`: \`${typeText(shape)}\``);
    if (Object.keys(properties).length === 0) parts.push('No fields.');
    parts.push('');
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

function typeText(shape: object): string {
  const {
    type,
    enum: values,
    items,
    anyOf,
    properties,
  } = shape as {
    type?: string | string[];
    enum?: unknown[];
    items?: object;
    anyOf?: object[];
    properties?: Record<string, object>;
  };
  if (values !== undefined) return values.map(value => JSON.stringify(value)).join(' | ');
  if (anyOf !== undefined) return anyOf.map(typeText).join(' | ');
  if (type === 'array') return `[${items === undefined ? 'any' : typeText(items)}]`;
  if (properties !== undefined) return `{${Object.keys(properties).join(', ')}}`;
  return Array.isArray(type) ? type.join(' | ') : (type ?? 'any');
}
