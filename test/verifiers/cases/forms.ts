// Rule 7: lines that are no entries.
import {concat, utf8} from '../../../src/ledger/bytes.ts';
import * as build from '../build.ts';
import {
  first,
  plain,
  story,
  without,
  put,
  forged,
  lineAt,
  relined,
  jsonAt,
  canonical,
  nested,
  padded,
  type Case,
} from './tools.ts';

const seqless = (json: string): string => json.replace('"seq":5,', '');
export const forms: readonly Case[] = (
  [
    ['a space', json => json.replace(',', ', ')],
    ['a newline in its place of a space', json => `${json} `],
    ['members out of order', json => json.replace(/("mono":50),("prev":"[0-9a-f]*")/, '$2,$1')],
    ['a double member', json => json.replace('"mono":50', '"mono":50,"mono":50')],
    ['a double member whose first is another', json => json.replace('"seq":5', '"seq":7,"seq":5')],
    ['no seq', seqless],
    ['a seq that is a text', json => json.replace('"seq":5', '"seq":"5"')],
    ['a seq that is true', json => json.replace('"seq":5', '"seq":true')],
    ['a seq above 2^53', json => json.replace('"seq":5', '"seq":9007199254740993')],
    ['a seq of five thousand digits', json => json.replace('"seq":5', `"seq":${'7'.repeat(5000)}`)],
    ['a float', json => json.replace('"n":5', '"n":5.5')],
    ['a whole float', json => json.replace('"mono":50', '"mono":50.0')],
    ['an exponent', json => json.replace('"mono":50', '"mono":5e1')],
    ['minus zero', json => json.replace('"n":5', '"n":-0')],
    ['a number that is too large', json => json.replace('"n":5', '"n":1e999')],
    ['a number of sixty thousand digits', json => json.replace('"n":5', `"n":${'1'.repeat(60_000)}`)],
    ['2^53', json => json.replace('"n":5', '"n":9007199254740992')],
    ['NaN', json => json.replace('"n":5', '"n":NaN')],
    ['Infinity', json => json.replace('"n":5', '"n":-Infinity')],
    ['an escape that need not be', json => json.replace('console', '\\u0063onsole')],
    ['an escaped slash', json => json.replace('console', 'con\\/sole')],
    ['a capital escape', json => json.replace('console', 'con\\u001Fsole')],
    ['a lone surrogate', json => json.replace('console', '\\ud800')],
    ['a lone low surrogate', json => json.replace('console', '\\udc00x')],
    ['a surrogate pair as escapes', json => json.replace('console', '\\ud83d\\ude00')],
    ['a lone surrogate as a key', json => json.replace('"n":5', '"n":5,"\\ud800":1')],
    ['a key that is not ASCII', json => json.replace('"n":5', '"n":5,"ñ":1')],
    ['a key with a control character', json => json.replace('"n":5', '"n":5,"n\\u0001":1')],
    ['a key with DEL', json => json.replace('"n":5', '"n":5,"n\u007f":1')],
    ['a control character', json => json.replace('console', 'con\u0001sole')],
    ['a byte order mark', json => `\ufeff${json}`],
    ['nothing', () => ''],
    ['null', () => 'null'],
    ['an array', () => '[]'],
    ['a text', () => '"x"'],
    ['half a line', json => json.slice(0, 100)],
    ['brackets nested 65 deep', json => json.replace('"n":5', `"n":${nested(63)}`)],
    ['brackets nested ten thousand deep', json => json.replace('"n":5', `"n":${nested(10_000)}`)],
    ['brackets nested deep that never close', json => json.replace('"n":5', '[{"a":'.repeat(5000))],
    ['another version', json => json.replace('"v":1', '"v":2')],
    ['a version that is true', json => json.replace('"v":1', '"v":true')],
    ['a further member', json => json.replace('"v":1', '"v":1,"w":1')],
    ['__proto__', json => json.replace('{"actor"', '{"__proto__":{},"actor"')],
    ['no body', json => json.replace('"body"', '"bodz"')],
    ['a body that is a list', json => json.replace(/"body":\{[^}]*\}/, '"body":[1]')],
    ['an actor without uid', json => json.replace('"uid":1000,', '')],
    ['an actor whose from is a number', json => json.replace('"actor":{', '"actor":{"from":1,')],
    [
      'a null for what is optional',
      json => json.replace('"run":', '').replace('"seq":5', '"run":null,"seq":5'),
    ],
    ['a negative fence', json => json.replace('"kind"', '"fence":-1,"kind"')],
    ['a time without milliseconds', json => json.replace('.000Z', 'Z')],
    ['a time with other digits', json => json.replace('2026', '２０２６')],
    ['a time with a newline behind it', json => json.replace('.000Z', '.000Z\\n')],
    ['another log', json => json.replace('0011223344556677', 'ffffffffffffffff')],
    ['a log that is none', json => json.replace('quarterdeck/acme', 'Quarterdeck/acme')],
  ] as const satisfies readonly (readonly [string, (json: string) => string])[]
).map(([what, turn]) => ({
  title: `an entry with ${what}`,
  files: () => jsonAt(5, turn),
  verdict: 'malformed',
  index: 5,
}));

export const moreForms: readonly Case[] = [
  {
    title: 'an entry that is not UTF-8',
    files: () => relined(5, honest => concat([utf8(canonical(honest)), Uint8Array.of(0xc3)])),
    verdict: 'malformed',
    index: 5,
  },
  {
    title: 'an entry with an overlong slash',
    files: () => relined(5, honest => concat([utf8(canonical(honest)), Uint8Array.of(0xc0, 0xaf)])),
    verdict: 'malformed',
    index: 5,
  },
  {
    title: 'an entry with an encoded surrogate',
    files: () => relined(5, honest => concat([utf8(canonical(honest)), Uint8Array.of(0xed, 0xa0, 0x80)])),
    verdict: 'malformed',
    index: 5,
  },
  {
    title: 'the lowest of two malformed entries',
    files: () =>
      build.bundleOf(
        build.logOf(
          story.map((said, i) =>
            i === 3 || i === 8 ? {...said, line: honest => `${canonical(honest)} `} : said,
          ),
        ),
        {without},
      ),
    verdict: 'malformed',
    index: 3,
  },
  {
    title: 'a log of another name than its keys',
    files: () =>
      build.bundleOf(
        build.logOf([
          {
            ...build.genesis(first),
            line: honest => canonical({...honest, log: 'quarterdeck/acme/bastion/ffffffffffffffff'}),
          },
        ]),
      ),
    verdict: 'modified',
    index: 0,
  },
  {
    title: 'a first entry that is no JSON',
    files: () => relined(0, () => 'x'),
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a first entry without a log',
    files: () => relined(0, honest => canonical({...honest, log: undefined})),
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a first entry with a log that is no text',
    files: () => relined(0, honest => canonical({...honest, log: 5})),
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a slice whose first entry is no JSON',
    files: () =>
      forged(
        build.bundleOf(
          lineAt(2, () => 'x'),
          {from: 2, to: 6, size: 9, context: [0, 6], without: [...without, '2 /body/text']},
        ),
        () => undefined,
      ),
    verdict: 'malformed',
    index: 2,
  },
  {
    title: 'a malformed entry beside a wrong derived file',
    files: () =>
      forged(
        jsonAt(5, json => `${json} `),
        put('report.md', 'x'),
      ),
    verdict: 'malformed',
    index: 5,
  },
  {
    title: 'an entry of 65,535 bytes',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), {...plain(1), line: honest => padded(honest, 65_535)}]),
      ),
    verdict: 'intact',
  },
  {
    title: 'an entry of 65,536 bytes in a slice',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), {...plain(1), line: honest => padded(honest, 65_536)}, plain(2)]),
        {from: 1, to: 2, context: [0]},
      ),
    verdict: 'malformed',
    index: 1,
  },
];
