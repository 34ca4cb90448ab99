import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {filledIn, type Fillable} from '../../src/domain/fill-in.ts';
import {inBody, inHeader, inJson, inPromql, inSql, inUrl} from '../../src/domain/fill-text.ts';
import {containing} from '../helpers/like.ts';

const fills = {X: 'X', LONG_NAME: 'LONG_NAME'};
const having = (X: string, LONG_NAME = 'b') =>
  new Map([
    ['X', X],
    ['LONG_NAME', LONG_NAME],
  ]);
const textOf = (filled: {readonly text: string} | {readonly problem: string}): string => {
  if ('problem' in filled) throw new Error(filled.problem);
  return filled.text;
};
const hostile = fc.oneof(
  fc.string(),
  fc.string({unit: fc.constantFrom(...Array.from('<X>"\'\\/?#&=%.:@{}[];-* \n'))}),
  fc.constantFrom('<LONG_NAME>', '..', '../..', '"}', "'; drop table a; --", '%2e%2e', '\\', '$&', '*/'),
);

describe('an address', () => {
  const url = (text: string, value: string) => inUrl(text, fills, having(value));

  test('any value stays one part of the path or one parameter', () => {
    fc.assert(
      fc.property(hostile, value => {
        const filled = url('http://h:80/a/<X>/b?q=<X>&r=<LONG_NAME>', value);
        if ('problem' in filled) return;
        const read = new URL(filled.text);
        expect(read.pathname.split('/')).toHaveLength(4);
        expect(decodeURIComponent(read.pathname.split('/')[2] ?? '')).toBe(value);
        expect(read.searchParams.get('q')).toBe(value);
        expect([...read.searchParams.keys()]).toEqual(['q', 'r']);
        expect(read.hash).toBe('');
      }),
    );
  });

  test('a value never leaves its folder, and names a host only where the host stands', () => {
    for (const value of ['.', '..']) expect(url('http://h/a/<X>', value)).toHaveProperty('problem');
    expect(url('http://<X>:<LONG_NAME>/', 'db-1.example')).toHaveProperty('problem');
    expect(textOf(inUrl('http://<X>:<LONG_NAME>/', fills, having('db-1.example', '8080')))).toBe(
      'http://db-1.example:8080/',
    );
    for (const value of ['a/b', 'evil@h', 'a?b', 'a#b', 'a\\b', 'a b']) {
      expect(url('http://<X>/', value), value).toHaveProperty('problem');
      expect(url('http://h.<X>/', value), value).toHaveProperty('problem');
    }
  });
});

describe('a header', () => {
  test('holds what a header can hold, and no name of a secret', () => {
    expect(textOf(inHeader('Bearer <X>', fills, having('a b')))).toBe('Bearer a b');
    for (const value of ['a\r\nb: c', 'a\nb', '😀', 'env:TOKEN', 'x env:TOKEN', 'file:/etc/shadow'])
      expect(inHeader('<X>', fills, having(value)), value).toHaveProperty('problem');
  });
});

describe('a body', () => {
  test('inside quotes of JSON any value is that text', () => {
    fc.assert(
      fc.property(hostile, value => {
        const text = textOf(
          inJson('{"a":"<X>","b":["x \\"<X>\\" y"],"c":<LONG_NAME>}', fills, having(value, value)),
        );
        const read: unknown = JSON.parse(text);
        expect(read).toMatchObject({a: value, b: [`x "${value}" y`]});
      }),
    );
  });

  test('outside quotes a number stays one, and everything else is text', () => {
    const read = (value: string): unknown => JSON.parse(textOf(inJson('[<X>]', fills, having(value))));
    expect(read('12')).toEqual([12]);
    expect(read('-0.5')).toEqual([-0.5]);
    expect(read('true')).toEqual([true]);
    expect(read('007')).toEqual(['007']);
    expect(read('1,2')).toEqual(['1,2']);
    expect(read('{"a":1}')).toEqual(['{"a":1}']);
  });

  test('is quoted as its content type wants', () => {
    const body = (text: string, type: string | undefined) =>
      textOf(inBody(text, type, fills, having('a&"<b')));
    expect(body('x=<X>&y=1', 'application/x-www-form-urlencoded')).toBe('x=a%26%22%3Cb&y=1');
    expect(body('<a>'.replace('a', 'v') + '<X>', 'text/xml; charset=utf-8')).toBe('<v>a&amp;&quot;&lt;b');
    expect(body(' {"a":"<X>"}', undefined)).toBe(' {"a":"a&\\"<b"}');
    expect(body('hi <X>', undefined)).toBe('hi a&"<b');
  });
});

describe('a statement of SQL', () => {
  const sql = (text: string, value: string) => inSql(text, fills, having(value));

  test('any value stays one literal, and the statement ends where it ended', () => {
    fc.assert(
      fc.property(hostile, value => {
        for (const text of ["select '<X>' as a", 'select <X> as a', "select 'it''s <X>!' as a -- <X>\n"]) {
          const filled = sql(text, value);
          if ('problem' in filled) {
            expect(value).toContain('\\');
            continue;
          }
          // What a parser of standard SQL sees: one literal, closed, with the value in it.
          const literal = /^select '((?:[^']|'')*)' as a/.exec(filled.text)?.[1]?.replaceAll("''", "'");
          expect(literal).toBe(text.includes('it') ? `it's ${value}!` : value);
        }
      }),
    );
  });

  test('an identifier in quotes stays one', () => {
    expect(textOf(sql('select * from "<X>"', 'a"; drop table b; --'))).toBe(
      'select * from "a""; drop table b; --"',
    );
  });

  test('where quotes have other rules it is refused', () => {
    for (const text of [
      "select E'a\\' <X>'",
      'do $$ <X> $$',
      'do $a$ <X> $a$',
      'select `<X>`',
      'select [<X>]',
      'select a<X>',
    ])
      expect(sql(text, 'v'), text).toHaveProperty('problem');
    expect(sql("select '<X>'", 'a\\')).toEqual({problem: containing('backslash')});
    expect(textOf(sql("select E'a\\'b', $$ it's $$, '<X>' /* it's */", "o'k"))).toBe(
      "select E'a\\'b', $$ it's $$, 'o''k' /* it's */",
    );
  });

  test('a comment is not ended by a value', () => {
    expect(textOf(sql('/* <X> */ select 1', '*/ drop'))).toBe('/* __ drop */ select 1');
  });
});

describe('a query of Prometheus', () => {
  const query = (text: string, value: string) => inPromql(text, fills, having(value));

  test('any value stays inside its quotes', () => {
    fc.assert(
      fc.property(hostile, value => {
        const text = textOf(query('up{a="<X>",b=\'<X>\'}', value));
        const [, double, single] = /^up\{a="((?:[^"\\]|\\.)*)",b='((?:[^'\\]|\\.)*)'\}$/s.exec(text) ?? [];
        expect(double?.replace(/\\(.)/gs, '$1')).toBe(value);
        expect(single?.replace(/\\(.)/gs, '$1')).toBe(value);
      }),
    );
  });

  test('outside quotes only a name or a number can stand', () => {
    expect(textOf(query('rate(<X>[5m])', 'http_requests_total'))).toBe('rate(http_requests_total[5m])');
    expect(query('<X>', 'a or vector(1)')).toHaveProperty('problem');
    expect(query('up{a=`<X>`}', 'a')).toHaveProperty('problem');
  });
});

describe('a plan', () => {
  const request: Fillable = {
    act: {
      at: 'http',
      method: 'POST',
      url: 'http://h/<X>',
      headers: {'content-type': 'application/json'},
      body: '{"a":"<X>"}',
    },
    lines: [],
    fills: {X: 'X'},
    needs: ['X'],
  };

  test('is filled in everywhere, and shown as it is sent', () => {
    expect(filledIn(request, having('a"b'))).toEqual({
      at: 'filled',
      act: {...request.act, url: 'http://h/a%22b', body: '{"a":"a\\"b"}'},
      lines: ['POST http://h/a%22b', 'content-type: application/json', '', '{"a":"a\\"b"}'],
    });
  });

  test('without all its values, or with one that another language would read, it is not', () => {
    expect(filledIn(request, new Map())).toEqual({
      at: 'missing',
      names: ['X'],
      problem: 'X has no value yet',
    });
    const remote: Fillable = {
      act: {at: 'command', argv: ['sh']},
      lines: ['ssh "${X}"'],
      needs: ['X'],
      plain: ['X'],
    };
    expect(filledIn(remote, having('db-1'))).toEqual({at: 'filled', act: remote.act, lines: remote.lines});
    expect(filledIn(remote, having('db; id'))).toMatchObject({at: 'refused', name: 'X'});
  });

  test('shell text is never touched, whatever the values are', () => {
    const text = 'echo <X> "$X"';
    const plan: Fillable = {act: {at: 'command', argv: ['sh', '-c', text]}, lines: [text]};
    expect(filledIn(plan, having('; id'))).toEqual({at: 'filled', act: plan.act, lines: [text]});
  });

  test('what is collected stays in its folder', () => {
    const plan: Fillable = {
      act: {
        at: 'collect',
        items: [
          {at: 'file', path: '/var/log/<X>.log'},
          {at: 'url', url: 'http://h/<X>'},
        ],
      },
      lines: [],
      fills: {X: 'X'},
    };
    expect(filledIn(plan, having('api'))).toMatchObject({
      lines: ['file: /var/log/api.log', 'url: http://h/api'],
    });
    expect(filledIn(plan, having('../../etc/shadow/..'))).toMatchObject({at: 'refused'});
  });
});
