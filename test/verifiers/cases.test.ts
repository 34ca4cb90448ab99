// The verdicts of docs/formats/ledger.md from all three verifiers, which give the same report.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {makeTempDir} from '../helpers/temp.ts';
import {allSay} from './agree.ts';
import {cases} from './cases/index.ts';
import {subjectOf} from './cases/tools.ts';
import {pythonProblem} from './python.ts';
import {startThree, type Three} from './three.ts';

const problem = pythonProblem();
let three: Three;
let temp: ReturnType<typeof makeTempDir>;

describe(`the three verifiers${problem === undefined ? '' : ` (without verify.py: ${problem})`}`, () => {
  beforeAll(async () => {
    temp = makeTempDir();
    three = await startThree(temp.dir);
  });
  afterAll(async () => {
    temp.remove();
    await three.stop();
  });

  test.each(cases)('$title: $verdict', async one => {
    const {given, verdict, index} = one;
    const said = await allSay(three, await subjectOf(one), given?.());
    const found =
      said === 'no bundle'
        ? {verdict: said}
        : {verdict: said.verdict, index: said.failure_index ?? undefined};
    expect(found).toEqual({verdict, ...(index === undefined ? {} : {index})});
  });
});
