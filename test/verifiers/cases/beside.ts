// Rules 2 and 6: context, values, tiles, manifest and derived files.
import {concat, toBase64, utf8} from '../../../src/ledger/bytes.ts';
import * as build from '../build.ts';
import {
  sdOf,
  long,
  log,
  without,
  whole,
  slice,
  fileText,
  changed,
  put,
  edit,
  drop,
  forged,
  nested,
  wrong,
  type Case,
} from './tools.ts';

const contextEdit = (turn: (text: string) => string): build.Files =>
  forged(slice(), edit('context.jsonl', turn));
const disclosureEdit = (turn: (text: string) => string): build.Files =>
  forged(whole(), edit('disclosures.jsonl', turn));
export const beside: readonly Case[] = [
  {title: 'a context without bytes', files: () => contextEdit(() => ''), verdict: 'malformed'},
  {
    title: 'a context without its last newline',
    files: () => contextEdit(text => text.slice(0, -1)),
    verdict: 'malformed',
  },
  {
    title: 'a context out of order',
    files: () => contextEdit(text => `${text.trimEnd().split('\n').toReversed().join('\n')}\n`),
    verdict: 'malformed',
  },
  {
    title: 'a context line twice',
    files: () => contextEdit(text => text.replace(/^[^\n]*\n/, line => line + line)),
    verdict: 'malformed',
  },
  {
    title: 'a context line with a space',
    files: () => contextEdit(text => text.replace('"proof":', '"proof": ')),
    verdict: 'malformed',
  },
  {
    title: 'a context line with a further member',
    files: () => contextEdit(text => text.replace('"proof":', '"p":1,"proof":')),
    verdict: 'malformed',
  },
  {
    title: 'a context line that is no entry',
    files: () => contextEdit(text => text.replace('\\"kind\\":', '\\"kine\\":')),
    verdict: 'malformed',
  },
  {
    title: 'a context line of the slice',
    files: () =>
      forged(build.bundleOf(log, {from: 2, to: 6, size: 9, context: [0, 3, 6], without}), () => undefined),
    verdict: 'malformed',
  },
  {
    title: 'a context line after the log',
    files: () => contextEdit(text => text.replace('\\"seq\\":6', '\\"seq\\":9')),
    verdict: 'malformed',
  },
  {
    title: 'a context line nested too deep',
    files: () => contextEdit(text => text.replace('\\"body\\":{', `\\"body\\":{\\"a\\":${nested(63)},`)),
    verdict: 'malformed',
  },
  {
    title: 'a context line with a lone surrogate',
    files: () => contextEdit(text => text.replace('\\"kind\\":', '\\"kind\\":\\ud800')),
    verdict: 'malformed',
  },
  {
    title: 'a context line whose seq is a float',
    files: () => contextEdit(text => text.replace('\\"seq\\":6', '\\"seq\\":6.0')),
    verdict: 'modified',
  },
  {
    title: 'a context line of other bytes',
    files: () =>
      contextEdit(text => text.replace('privacy', 'secrecy').replace('\\"mono\\":60', '\\"mono\\":61')),
    verdict: 'modified',
  },
  {
    title: 'a context line with a longer way',
    files: () => contextEdit(text => text.replace('"proof":[', `"proof":["${'a'.repeat(64)}",`)),
    verdict: 'modified',
  },
  {
    title: 'a context line with a hash that is none',
    files: () => contextEdit(text => text.replace('"proof":["', '"proof":["A')),
    verdict: 'malformed',
  },
  {
    title: 'a slice without the entry that erased',
    files: () =>
      forged(build.bundleOf(log, {from: 2, to: 6, size: 9, context: [0], without}), () => undefined),
    verdict: 'modified',
  },
  {
    title: 'a disclosure with a space',
    files: () => disclosureEdit(text => text.replace('"seq":', '"seq": ')),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure with a short salt',
    files: () => disclosureEdit(text => text.replace('"salt":"07', '"salt":"')),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure with a value and an artifact',
    files: () => disclosureEdit(text => text.replace('{"ptr"', `{"artifact":"${'a'.repeat(64)}","ptr"`)),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure with base64 without padding',
    files: () => disclosureEdit(text => text.replace('="}', '"}')),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure whose pointer is not ASCII',
    files: () => disclosureEdit(text => text.replace('/body/text', '/body/tëxt')),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure of a float',
    files: () => disclosureEdit(text => text.replace('"seq":2', '"seq":2.0')),
    verdict: 'malformed',
  },
  {
    title: 'disclosures out of order',
    files: () => disclosureEdit(text => `${text.trimEnd().split('\n').toReversed().join('\n')}\n`),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure twice',
    files: () => disclosureEdit(text => text.replace(/^[^\n]*\n/, line => line + line)),
    verdict: 'malformed',
  },
  {
    title: 'disclosures without their last newline',
    files: () => disclosureEdit(text => text.slice(0, -1)),
    verdict: 'malformed',
  },
  {
    title: 'a disclosure with another salt',
    files: () => disclosureEdit(text => text.replace('"salt":"07', '"salt":"08')),
    verdict: 'modified',
  },
  {
    title: 'a disclosure with another value',
    files: () => disclosureEdit(text => text.replace(toBase64(utf8('the end')), toBase64(utf8('the eng')))),
    verdict: 'modified',
  },
  {
    title: 'a disclosure at another pointer',
    files: () => disclosureEdit(text => text.replace('/body/text', '/body/texu')),
    verdict: 'modified',
  },
  {
    title: 'a disclosure of an entry that is not there',
    files: () => disclosureEdit(text => text.replace('"seq":9', '"seq":99')),
    verdict: 'modified',
  },
  {
    title: 'a disclosure that is missing',
    files: () => disclosureEdit(text => text.replace(/^[^\n]*\n/, '')),
    verdict: 'modified',
  },
  {title: 'an erased value that is there all the same', files: () => build.bundleOf(log), verdict: 'intact'},
  {
    title: 'an erased value that is there and wrong',
    files: () =>
      forged(
        build.bundleOf(log),
        edit('disclosures.jsonl', text =>
          text.replace(toBase64(utf8('will be erased')), toBase64(utf8('will be erases'))),
        ),
      ),
    verdict: 'modified',
  },
  {
    title: 'an artifact that is missing',
    files: () => forged(whole(), drop(`artifacts/${sdOf('/body/output', long)}`)),
    verdict: 'modified',
  },
  {
    title: 'an artifact of other bytes',
    files: () => forged(whole(), put(`artifacts/${sdOf('/body/output', long)}`, 'x')),
    verdict: 'modified',
  },
  {
    title: 'an artifact of nothing',
    files: () => forged(whole(), put(`artifacts/${'0'.repeat(64)}`, 'x')),
    verdict: 'modified',
  },
  {
    title: 'an artifact under another name',
    files: () =>
      forged(whole(), files => {
        const sd = sdOf('/body/output', long);
        const name = '1'.repeat(64);
        files.set(`artifacts/${name}`, files.get(`artifacts/${sd}`) ?? wrong);
        files.delete(`artifacts/${sd}`);
        files.set('disclosures.jsonl', utf8(fileText(files, 'disclosures.jsonl').replace(sd, name)));
      }),
    verdict: 'modified',
  },
  {
    title: 'a tile that is missing',
    files: () => forged(whole(), drop('tile/0/000.p/10')),
    verdict: 'modified',
  },
  {
    title: 'a tile of other bytes, at the lowest entry',
    files: () =>
      forged(whole(), files =>
        files.set(
          'tile/0/000.p/10',
          concat([files.get('tile/0/000.p/10')?.subarray(0, 96) ?? wrong, new Uint8Array(224)]),
        ),
      ),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'a tile that is too short',
    files: () =>
      forged(whole(), files =>
        files.set('tile/0/000.p/10', files.get('tile/0/000.p/10')?.subarray(32) ?? wrong),
      ),
    verdict: 'modified',
  },
  {
    title: 'a tile that belongs to no log',
    files: () => forged(whole(), put('tile/1/000', 'x')),
    verdict: 'modified',
  },
  {
    title: 'entries in a tile that are others',
    files: () =>
      forged(
        whole(),
        edit('tile/entries/000.p/10', text => text.replace('console', 'consolf')),
      ),
    verdict: 'modified',
  },
  {title: 'tiles beside a slice', files: () => forged(slice(), put('tile/0/000', 'x')), verdict: 'modified'},
  {
    title: 'a file that is not listed',
    files: () => changed(whole(), put('more.txt', 'x')),
    verdict: 'modified',
  },
  {
    title: 'a listed file that is gone',
    files: () => changed(whole(), drop('README.txt')),
    verdict: 'modified',
  },
  {
    title: 'a listed file of other bytes',
    files: () => changed(whole(), put('README.txt', 'x')),
    verdict: 'modified',
  },
  {
    title: 'a manifest that was written anew',
    files: () =>
      changed(
        whole(),
        edit(
          'manifest-sha256.txt',
          text =>
            text
              .replace(/README.txt/, 'readme.txt')
              .split('\n')
              .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
              .filter(Boolean)
              .join('\n') + '\n',
        ),
      ),
    verdict: 'modified',
  },
  ...['population.csv', 'timeline.csv', 'report.md', 'report.html'].flatMap((path): Case[] => [
    {
      title: `a ${path} that says something else`,
      files: () =>
        forged(
          whole(),
          edit(path, text => text.replace('mara', 'lara')),
        ),
      verdict: 'modified',
    },
    {title: `no ${path}`, files: () => forged(whole(), drop(path)), verdict: 'modified'},
  ]),
  {
    title: 'a slice whose derived files are wrong',
    files: () =>
      forged(
        slice(),
        edit('timeline.csv', text => `${text}\n`),
      ),
    verdict: 'modified',
  },
];
