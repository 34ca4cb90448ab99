// The reference page of the check types, made from THE list.
import {z} from 'zod';
import type {AnyCheck} from '../../src/define.ts';

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

const seconds = (ms: number): string => `${ms / 1000} s`;

/** Markdown: one section for each type with a table of its fields. */
export function checksPage(checks: readonly AnyCheck[]): string {
  const sections = checks.map(check => {
    const fields = field.parse(z.toJSONSchema(check.params, {io: 'input', unrepresentable: 'any'}));
    const changes =
      check.mutates === undefined
        ? ''
        : ' It changes something of its own where it looks: it runs only with `allowMutating: true` at the check, and the ledger says so before it begins.';
    const trust = check.needsTrust
      ? ' It runs only on a site that is trusted.'
      : check.hasHost
        ? ' On another host it runs only on a site that is trusted.'
        : '';
    return [
      `## ${check.type}`,
      '',
      `${check.summary}. Every ${seconds(check.everyMs)}, at most ${seconds(check.timeoutMs)}, unless the site says otherwise.${trust}${changes}`,
      '',
      '| field | value | default | meaning |',
      '|---|---|---|---|',
      ...rowsOf(fields),
      '',
      '```yaml',
      ...check.example.split('\n'),
      '```',
      '',
    ].join('\n');
  });
  const head = [
    '# Check types',
    '',
    '<!-- Generated from checks/index.ts by `npm run generate`; do not edit. -->',
    '',
    'Fields that every check has (`panel`, `every`, `timeout`, `strikes`, `severity`, `rollup`, `dependsOn`,',
    '`allowMutating`) are explained with the site file. Verdicts: `pass`, `warn`, `fail`, `unknown` (could not look), `skipped` (on purpose).',
    '',
  ].join('\n');
  return `${head}\n${sections.join('\n')}`;
}
