// The hand-made damages before all three verifiers.
import {isDeepStrictEqual} from 'node:util';
import {subjectOf, type Case, type Group} from '../../test/verifiers/cases/tools.ts';
import {startThree, type Three} from '../../test/verifiers/three.ts';

export interface Row {
  readonly title: string;
  readonly expected: string;
  readonly ours: string;
  readonly python: string;
  readonly page: string;
  /** The whole reports are the same, but for the words of the reason. */
  readonly agree: boolean;
  /** They agree, and on what was expected. */
  readonly isRight: boolean;
}

export interface RowGroup {
  readonly title: string;
  readonly rows: readonly Row[];
}

const named = (verdict: unknown, index: unknown): string =>
  typeof index === 'number' ? `${String(verdict)}, entry ${index}` : String(verdict);

function nameOf(facts: unknown): string {
  if (typeof facts !== 'object' || facts === null || !('verdict' in facts)) return String(facts);
  return named(facts.verdict, 'failure_index' in facts ? facts.failure_index : undefined);
}

async function rowOf(three: Three, one: Case): Promise<Row> {
  const {ours, python, page} = await three.say(await subjectOf(one), one.given?.());
  const expected = named(one.verdict, one.index);
  const agree = isDeepStrictEqual(ours, python) && isDeepStrictEqual(ours, page);
  return {
    title: one.title,
    expected,
    ours: nameOf(ours),
    python: nameOf(python),
    page: nameOf(page),
    agree,
    isRight: agree && nameOf(ours) === expected,
  };
}

export async function rowsOf(
  groups: readonly Group[],
  dir: string,
  tell: (text: string) => void,
): Promise<readonly RowGroup[]> {
  const three = await startThree(dir);
  const done: RowGroup[] = [];
  for (const {title, cases} of groups) {
    const rows: Row[] = [];
    for (const one of cases) rows.push(await rowOf(three, one));
    done.push({title, rows});
    tell(`${title}: ${rows.length}`);
  }
  await three.stop();
  return done;
}
