// Annotations: the flat JSON after a fence's language, or in a `qd:` comment, checked key by key.
import {nearest} from '../domain/nearest.ts';
import {stepAttributes} from '../domain/runbook.ts';
import type {Problem, StepAttributes} from '../domain/runbook.ts';

const {shape} = stepAttributes;

/** Every attribute name that annotations may use. */
const attributeNames: readonly string[] = Object.keys(shape);

export interface Annotation {
  readonly attributes: StepAttributes;
  /** Guard patterns on a prohibition: `pattern` (one) or `patterns` (a list). */
  readonly patterns: readonly string[];
}

const isKnown = (name: string): name is keyof typeof shape => Object.hasOwn(shape, name);

/** Reads one annotation's JSON text; what is wrong with it becomes problems at `line`, and that key is left out. */
export function readAnnotation(json: string, line: number, problems: Problem[]): Annotation | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'not JSON';
    problems.push({
      code: 'annotation-json',
      line,
      level: 'error',
      message: `The annotation is not valid JSON: ${why}.`,
    });
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    problems.push({
      code: 'annotation-json',
      line,
      level: 'error',
      message: 'The annotation must be a JSON object {…}.',
    });
    return undefined;
  }
  const good: Record<string, unknown> = {};
  const patterns: string[] = [];
  for (const [key, value] of Object.entries(parsed)) {
    if (key === 'pattern' || key === 'patterns') {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      const texts = list.filter(each => typeof each === 'string');
      // On a prohibition it is a guard's pattern, on an `input` step what the value must match.
      if (key === 'pattern' && texts[0] !== undefined && texts[0] !== '') good[key] = texts[0];
      if (texts.length === list.length) patterns.push(...texts);
      else
        problems.push({
          code: 'attribute-value',
          line,
          level: 'error',
          message: `"${key}" must be text or a list of texts.`,
        });
    } else if (!isKnown(key)) {
      const hint = nearest(key, [...attributeNames, 'patterns']);
      const message = `Unknown attribute "${key}"${hint === undefined ? '' : `; did you mean "${hint}"?`}`;
      problems.push({code: 'unknown-attribute', line, level: 'warning', message});
    } else {
      const read = shape[key].safeParse(value);
      if (read.success) good[key] = value;
      else {
        const why =
          typeof value === 'object'
            ? 'must be a plain value: annotations are flat'
            : read.error.issues[0]?.message;
        problems.push({
          code: 'attribute-value',
          line,
          level: 'error',
          message: `"${key}": ${why ?? 'not understood'}.`,
        });
      }
    }
  }
  return {attributes: stepAttributes.parse(good), patterns};
}

/** The JSON inside `<!-- qd: {…} -->`, or undefined when the HTML is something else. */
export function commentJson(html: string): string | undefined {
  const text = html.trim();
  if (!text.startsWith('<!--') || !text.endsWith('-->')) return undefined;
  const inner = text.slice(4, -3).trim();
  return inner.startsWith('qd:') ? inner.slice(3).trim() : undefined;
}
