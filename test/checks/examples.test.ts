// The documented example of every check type, read from a site file and run against real things.
import {expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {context} from './looking.ts';
import {stages} from './examples.ts';
import {paramsIn} from './example-site.ts';

test('every type has a stage for its example', () => {
  expect(Object.keys(stages).sort()).toEqual(checks.map(({type}) => type).sort());
});

test.each(checks.map(check => [check.type, check] as const))(
  'the example of %s works as it is documented',
  async (type, check) => {
    const staged = await stages[type]?.();
    let text = check.example;
    for (const [from, to] of Object.entries(staged?.replace ?? {})) {
      expect(text).toContain(from);
      text = text.replaceAll(from, to);
    }
    const look = await check.run(paramsIn(text), context(staged?.context ?? {}));
    expect(look).toMatchObject({verdict: staged?.verdict ?? 'pass'});
    expect(look.checked).toBeGreaterThan(0);
  },
);
