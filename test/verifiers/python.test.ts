// verify.py gives the verdicts of docs/formats/ledger.md, and the same report as the verifier in TypeScript.
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {makeTempDir} from '../helpers/temp.ts';
import {bothSay} from './both.ts';
import {cases} from './cases/index.ts';
import {pythonProblem, startPython, type Python} from './python.ts';

const problem = pythonProblem();
let python: Python;
let temp: ReturnType<typeof makeTempDir>;

describe.skipIf(problem !== undefined)(
  `verify.py${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    beforeAll(() => {
      python = startPython();
      temp = makeTempDir();
    });
    afterAll(async () => {
      temp.remove();
      await python.stop();
    });

    test.each(cases)('$title: $verdict', async ({files, given, verdict, index}) => {
      const said = await bothSay(python, files(), {dir: temp.dir, given: given?.() ?? {}});
      const found =
        said === 'no bundle'
          ? {verdict: said}
          : {verdict: said.verdict, index: said.failure_index ?? undefined};
      expect(found).toEqual({verdict, ...(index === undefined ? {} : {index})});
    });
  },
);
