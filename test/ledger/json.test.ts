import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseJson} from '../../src/ledger/json.ts';

const keysOf = (text: string): string[] => {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
};

test('a key is read as it is written, whatever was parsed before', () => {
  for (const text of [
    '{"c\\\\":1}',
    '{"c\\"":1}',
    '{"c\\n":1}',
    '{"c\\u0041":1}',
    '{"c\\\\":1}',
    '{"c\\"":1}',
  ]) {
    const written = /^\{"(.*)":1\}$/.exec(text)?.[1] ?? '';
    const key: unknown = JSON.parse(`"${written}"`);
    expect([text, keysOf(text)]).toEqual([text, [key]]);
  }
});

test('any value of few keys with many escapes comes back', () => {
  const atom = fc.constantFrom('c', 'd', '"', '\\', '\n', '/', ':', 'k0', 'ä');
  const key = fc.oneof(
    fc.array(atom, {minLength: 1, maxLength: 3}).map(atoms => atoms.join('')),
    fc.constantFrom('__proto__', '1'),
  );
  const {value} = fc.letrec<{value: unknown}>(tie => ({
    value: fc.oneof(
      {depthSize: 'small'},
      key,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('value'), {maxLength: 2}),
      fc
        .array(fc.tuple(key, tie('value')), {maxLength: 3})
        .map((members): unknown => Object.fromEntries(members)),
    ),
  }));
  fc.assert(
    fc.property(value, fc.constantFrom(0, 1), (made, space) => {
      const text = JSON.stringify(made, undefined, space);
      expect(JSON.stringify(parseJson(text), undefined, space)).toBe(text);
    }),
    {numRuns: 5000},
  );
});

test('of a key that is there twice the last value counts, as in JSON.parse', () => {
  expect(parseJson('{"a\\"":1,"b":2,"\\u0061\\"":3}')).toEqual({'a"': 3, b: 2});
});

test('what is no JSON is refused, however it is escaped', () => {
  for (const text of ['', '{"a\\":1}', '{"a\\"":}', '{"a\\"":1', '{"a\\x":1}', '"\\']) {
    expect(() => parseJson(text), text).toThrow(SyntaxError);
  }
});
