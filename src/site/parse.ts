// quarterdeck.yaml from bytes to a typed value, or everything that is wrong with it. Pure.
import {explainIssues} from './explain.ts';
import type {SiteProblem} from './problem.ts';
import {reserved, siteSchema, type SiteFile} from './schema.ts';
import {readYaml, type Path, type Tree} from './yaml.ts';

export type Parsed =
  /** `file` is undefined when its shape is wrong; the tree can still be looked at for more problems. */
  | {
      readonly ok: true;
      readonly tree: Tree;
      readonly file: SiteFile | undefined;
      readonly problems: readonly SiteProblem[];
    }
  | {readonly ok: false; readonly problems: readonly SiteProblem[]};

/** The fields of check types are not looked at here: `resolveSite` knows the types. */
export function parseSite(bytes: Uint8Array): Parsed {
  const yaml = readYaml(bytes);
  if (!yaml.ok) return yaml;
  const {tree} = yaml;
  if (tree.value === null) {
    const hint = '`quarterdeck init` writes a starter site.';
    return {ok: false, problems: [{line: 1, column: 1, message: 'the file is empty', hint}]};
  }
  const parsed = siteSchema.safeParse(tree.value);
  if (parsed.success) return {ok: true, tree, file: parsed.data, problems: []};
  const problems = explainIssues(parsed.error.issues, {tree, base: [], schema: siteSchema, aboutKey});
  return {ok: true, tree, file: undefined, problems};
}

function aboutKey(path: Path, key: string): string | undefined {
  const names: readonly string[] = path.length === 0 ? reserved : [];
  return names.includes(key) ? 'It is not supported by this version.' : undefined;
}
