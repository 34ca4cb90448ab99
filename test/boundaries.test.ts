import {cruise, type IForbiddenRuleType} from 'dependency-cruiser';
import {createRequire} from 'node:module';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {table} from '../scripts/boundaries.ts';

const root = path.resolve(import.meta.dirname, '..');

interface Cruised {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: {readonly name: string};
    }[];
  };
  readonly modules: readonly {readonly source: string}[];
}

async function cruised(folders: string[]): Promise<Cruised> {
  const {forbidden, options} = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as {
    forbidden: IForbiddenRuleType[];
    options: object;
  };
  const {output} = await cruise(folders, {...options, baseDir: root, validate: true, ruleSet: {forbidden}});
  return output as unknown as Cruised;
}

describe('the import table', () => {
  test('holds in every module, and really looked at them', async () => {
    const {summary, modules} = await cruised(['src', 'checks', 'screens', 'demo']);
    expect(summary.totalCruised).toBeGreaterThan(100);
    expect(summary.violations.map(({from, to, rule}) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    for (const {part, path: pattern} of table) {
      const found = modules.some(({source}) => new RegExp(pattern).test(source));
      expect(found, `no module matches the part "${part}" (${pattern}): the row is dead`).toBe(true);
    }
  });

  test.each(table.map(row => [row.part, row.why] as const))('says why for %s', (_part, why) => {
    expect(why.length).toBeGreaterThan(40);
  });
});
