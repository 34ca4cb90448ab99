// The section `guards` of the site file: rules that no step may break, each with its patterns.
import {z} from 'zod';
import {patternKinds, patternProblem} from '../domain/guard-pattern.ts';
import type {Guard} from '../domain/site.ts';
import {isMapping, nameOf} from './explain.ts';
import {id, text} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

const patterns = z.array(text).max(100, 'expected at most 100 patterns').optional();

const guard = z.strictObject({
  title: text,
  argv: patterns,
  sql: patterns,
  path: patterns,
  env: patterns,
  absolute: z.boolean().optional(),
});

export const guardsShape = {guards: z.record(id, guard).optional()};

type GuardsFields = z.infer<z.ZodObject<typeof guardsShape>>;

/** The section as the rest of the program sees it; called when nothing is wrong with it. */
export const guardsIn = ({guards}: GuardsFields, tree: Tree): {readonly guards?: readonly Guard[]} =>
  guards === undefined
    ? {}
    : {
        guards: Object.entries(guards).map(([name, {title, argv, sql, path, env, absolute}]) => ({
          id: name,
          title,
          line: tree.atKey(['guards', name]).line,
          argv: argv ?? [],
          sql: sql ?? [],
          path: path ?? [],
          env: env ?? [],
          absolute: absolute ?? false,
        })),
      };

/** Patterns that cannot be used, rules without any, and names that are taken, wherever the shape allows to look. */
export function guardProblems(tree: Tree): SiteProblem[] {
  const section = isMapping(tree.value) ? tree.value['guards'] : undefined;
  if (!isMapping(section)) return [];
  return Object.entries(section).flatMap(([name, fields]) => {
    if (!isMapping(fields)) return [];
    const path: Path = ['guards', name];
    const wrong = patternKinds.flatMap(kind => wrongPatterns(tree, [...path, kind], fields[kind]));
    if (name.startsWith('rule.')) {
      const message = `${nameOf(path)}: names that begin with \`rule.\` are those of the shipped guards`;
      return [{...tree.atKey(path), message}, ...wrong];
    }
    if (patternKinds.some(kind => isGiven(fields[kind]))) return wrong;
    const message = `${nameOf(path)} has no pattern: it would refuse nothing`;
    const hint = `Patterns are lists under ${patternKinds.join(', ')}.`;
    return [{...tree.atKey(path), message, hint}, ...wrong];
  });
}

/** Also when it is no list, which the shape complains about. */
const isGiven = (list: unknown): boolean => list !== undefined && !(Array.isArray(list) && list.length === 0);

const wrongPatterns = (tree: Tree, path: Path, list: unknown): SiteProblem[] =>
  (Array.isArray(list) ? list : []).flatMap((pattern: unknown, i) => {
    const kind = patternKinds.find(known => known === path.at(-1));
    if (typeof pattern !== 'string' || pattern === '' || kind === undefined) return [];
    const problem = patternProblem(kind, pattern);
    return problem === undefined ? [] : [{...tree.at([...path, i]), message: `${nameOf(path)}: ${problem}`}];
  });
