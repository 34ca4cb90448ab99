// Which data source of the site a statement or a query is for.
import type {StepSetting} from '../define.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {Step} from '../domain/runbook.ts';
import type {DataSource} from '../domain/site.ts';

/** The one that `source` (or `target`) names, else the only one that fits; or why there is none. */
export function sourceOf(
  {attributes}: Step,
  {site}: StepSetting,
  types: readonly DataSource['type'][],
): DataSource | {readonly problem: string} {
  const fitting = (site.sources ?? []).filter(({type}) => types.includes(type));
  const {source: name, target} = attributes;
  const found = fitting.find(each => each.name === (name ?? target));
  if (found !== undefined) return found;
  const kinds = types.join(' or ');
  if (name !== undefined) {
    const other = (site.sources ?? []).find(each => each.name === name);
    if (other !== undefined)
      return {problem: `"source": "${name}" is of type ${other.type}, and this needs ${kinds}`};
    const near = didYouMean(
      name,
      fitting.map(each => each.name),
    );
    return {problem: `"source": there is no "${name}" under \`sources\` of the site.${near}`};
  }
  const [only, ...others] = fitting;
  if (only === undefined)
    return {problem: `the site names no source of type ${kinds} (\`sources:\` in quarterdeck.yaml)`};
  return others.length === 0
    ? only
    : {problem: `"source" must say which: ${fitting.map(each => each.name).join(', ')}`};
}
