// Damages, one or more for each rule of docs/formats/ledger.md, with the verdict that every verifier gives.
import {concat, textOf, toBase64, utf8} from '../../src/ledger/bytes.ts';
import {signNote} from '../../src/ledger/note.ts';
import type {Verdict} from '../../src/domain/evidence.ts';
import type {Given} from './both.ts';
import * as build from './build.ts';

export interface Case {
  readonly title: string;
  readonly files: () => build.Files;
  readonly given?: () => Given;
  readonly verdict: Verdict | 'no bundle';
  readonly index?: number;
}

const [first, second, third, stranger] = [1, 2, 3, 99].map(build.signerOf) as [
  ReturnType<typeof build.signerOf>,
  ReturnType<typeof build.signerOf>,
  ReturnType<typeof build.signerOf>,
  ReturnType<typeof build.signerOf>,
];
const {origin, noted, sdOf} = build;
const long = 'out\n'.repeat(300);

const plain = (n: number): build.Said => ({
  kind: 'session.open',
  body: {program: 'console', version: '1', n},
});
export const story: readonly build.Said[] = [
  build.genesis(first),
  plain(1),
  noted('disk is full'),
  {
    kind: 'step.outcome',
    body: {output: {sd: sdOf('/body/output', long)}, list: [{sd: sdOf('/body/list/0', 'deep')}], ok: true},
    values: {'/body/list/0': 'deep'},
    artifacts: {'/body/output': long},
  },
  noted('will be erased'),
  plain(5),
  {
    kind: 'redact',
    body: {seq: 4, ptr: '/body/text', reason: {sd: sdOf('/body/reason', 'privacy')}},
    values: {'/body/reason': 'privacy'},
  },
  {
    kind: 'anchor.receipt',
    body: {
      anchor: 'mail',
      type: 'ssh',
      offHost: true,
      size: 5,
      root: 'a'.repeat(64),
      ok: true,
      message: 'sent',
    },
  },
  plain(8),
  noted('the end'),
];
export const log = build.logOf(story);
const without = ['4 /body/text'];
export const whole = (): build.Files => build.bundleOf(log, {older: [3, 8], without});
export const slice = (): build.Files =>
  build.bundleOf(log, {from: 2, to: 6, size: 9, older: [2, 4, 6, 7], context: [0, 6], without});

export const rotated = build.logOf([
  build.genesis(first),
  plain(1),
  build.rotation(2, first, second),
  plain(3),
  build.rotation(4, second, third),
  plain(5),
]);
const epochs = (size: number): typeof first => (size <= 3 ? first : size <= 5 ? second : third);
const keys = [first, second, third];
export const turned = (plan: build.Plan = {}): build.Files =>
  build.bundleOf(rotated, {older: [1, 2, 3, 4, 5], keys, keyFor: epochs, ...plan});

const fileText = (files: build.Files, path: string): string =>
  textOf(files.get(path) ?? new Uint8Array()) ?? '';
type Change = (files: build.Files) => void;
const changed = (files: build.Files, change: Change): build.Files => {
  change(files);
  return files;
};
const put =
  (path: string, text: string | Uint8Array): Change =>
  files =>
    void files.set(path, typeof text === 'string' ? utf8(text) : text);
const edit =
  (path: string, turn: (text: string) => string): Change =>
  files =>
    void files.set(path, utf8(turn(fileText(files, path))));
const drop =
  (path: string): Change =>
  files =>
    void files.delete(path);
/** Damaged, then listed and signed again: as somebody would who holds the key. */
const forged = (files: build.Files, change: Change, by = first): build.Files =>
  build.sealed(changed(files, change), by);

const lineAt = (seq: number, line: NonNullable<build.Said['line']>): build.Log =>
  build.logOf(story.map((said, i) => (i === seq ? {...said, line} : said)));
/** A whole log in which one line is another than the honest one, and all else follows from it. */
const relined = (seq: number, line: NonNullable<build.Said['line']>): build.Files =>
  build.bundleOf(lineAt(seq, line), {older: [3, 8], without});
const jsonAt = (seq: number, turn: (json: string) => string): build.Files =>
  relined(seq, honest => turn(canonical(honest)));
const canonical = (value: unknown): string => JSON.stringify(sorted(value));
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const checkpointText = (size: number | string, root: Uint8Array, name = origin): string =>
  `${name}\n${size}\n${toBase64(root)}\n`;
const root = build.rootAt(log, 10);
const wrong = new Uint8Array(32).fill(5);
const noteBy = (text: string, signer = first): Uint8Array => utf8(signNote(text, signer));
const kept =
  (raw: Uint8Array): (() => Given) =>
  () => ({notes: [{where: 'kept.txt', raw}]});

const good: readonly Case[] = [
  {title: 'a whole log', files: whole, verdict: 'intact'},
  {title: 'a slice with context', files: slice, verdict: 'intact'},
  {title: 'a log whose key changed twice', files: turned, verdict: 'intact'},
  {
    title: 'the log of one entry',
    files: () => build.bundleOf(build.logOf(story.slice(0, 1))),
    verdict: 'intact',
  },
  {
    title: 'a log of more entries than a tile is wide',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), ...Array.from({length: 599}, (_, i) => plain(i))]), {
        older: [255, 256, 257, 512],
      }),
    verdict: 'intact',
  },
  {
    title: 'slices at every place of a small log',
    files: () => build.bundleOf(log, {from: 5, to: 7, size: 10, context: [0], older: [5, 6, 7, 9]}),
    verdict: 'intact',
  },
  {title: 'a given key of the log', files: whole, given: () => ({vkey: first.vkey}), verdict: 'intact'},
  {title: 'the last key given', files: turned, given: () => ({vkey: third.vkey}), verdict: 'intact'},
  {
    title: 'a checkpoint that was kept',
    files: whole,
    given: kept(build.checkpointOf(log, 7, first)),
    verdict: 'intact',
  },
  {
    title: 'a further signature by an unknown key',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => `${text}— other ${toBase64(new Uint8Array(70).fill(3))}\n`),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with extension lines',
    files: () => forged(whole(), put('checkpoint', noteBy(`${checkpointText(10, root)}more\nand more\n`))),
    verdict: 'intact',
  },
  {
    title: 'a further file that is listed',
    files: () => forged(whole(), put('extra/note.txt', 'x')),
    verdict: 'intact',
  },
  {
    title: 'brackets nested 64 deep',
    files: () => jsonAt(5, json => json.replace('"n":5', `"n":${nested(62)}`)),
    verdict: 'intact',
  },
  {
    title: 'brackets in strings, and text of all scripts',
    files: () =>
      build.bundleOf(
        build.logOf([
          build.genesis(first),
          {kind: 'x', body: {t: '[{'.repeat(99) + '\u2028😀é"\\\u0001\u007f'}},
        ]),
      ),
    verdict: 'intact',
  },
];

const containers: readonly Case[] = [
  {title: 'nothing of a bundle', files: () => new Map([['a.txt', utf8('x')]]), verdict: 'no bundle'},
  {title: 'no files', files: () => new Map(), verdict: 'no bundle'},
  {title: 'no entries.jsonl', files: () => changed(whole(), drop('entries.jsonl')), verdict: 'empty'},
  {
    title: 'an entries.jsonl without bytes',
    files: () => changed(whole(), put('entries.jsonl', '')),
    verdict: 'empty',
  },
  ...['checkpoint', 'ledger.vkey', 'range.json', 'manifest-sha256.txt', 'manifest.note'].map(
    (path): Case => ({title: `no ${path}`, files: () => changed(whole(), drop(path)), verdict: 'malformed'}),
  ),
  ...['A.txt', 'a b', 'ä', '-a', 'a/.b', 'README.TXT', 'x/README.txt', '_'].map((path): Case => ({
    title: `a file named ${path}`,
    files: () => changed(whole(), put(path, 'x')),
    verdict: 'malformed',
  })),
  {
    title: 'a last line without its newline',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.slice(0, -1)),
      ),
    verdict: 'malformed',
  },
  ...(
    [
      ['a space', text => text.replace(',', ', ')],
      ['no newline', text => text.slice(0, -1)],
      ['two newlines', text => `${text}\n`],
      ['a float', text => text.replace('"from":0', '"from":0.0')],
      ['minus zero', text => text.replace('"from":0', '"from":-0')],
      ['a text for a number', text => text.replace('"from":0', '"from":"0"')],
      ['true for a number', text => text.replace('"from":0', '"from":false')],
      ['a null', text => text.replace('"from":0', '"from":null')],
      ['a further member', text => text.replace('"to"', '"sizf":1,"to"')],
      ['a double member', text => text.replace('"from":0', '"from":0,"from":0')],
      ['from after to', text => text.replace('"from":0', '"from":11')],
      ['an empty slice', text => text.replace('"to":10', '"to":0')],
      ['to after size', text => text.replace('"to":10', '"to":11')],
      ['a root too many', text => text.replace('"right":[]', `"right":["${'a'.repeat(64)}"]`)],
      ['a left root of nothing', text => text.replace('"left":[]', `"left":["${'a'.repeat(64)}"]`)],
      ['no object', () => '[]\n'],
      ['nothing', () => ''],
      ['not UTF-8', text => `${text}\ud800`],
      ['a huge number', text => text.replace('"from":0', `"from":${'9'.repeat(5000)}`)],
      ['2^53', text => text.replace('"size":10', '"size":9007199254740992')],
    ] as const satisfies readonly (readonly [string, (text: string) => string])[]
  ).map(([what, turn]): Case => ({
    title: `a range.json with ${what}`,
    files: () => forged(whole(), edit('range.json', turn)),
    verdict: 'malformed',
  })),
  {
    title: 'a range.json with a capital hex digit',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace(/[a-f]+(?=[0-9a-f]*"\])/, hex => hex.toUpperCase())),
      ),
    verdict: 'malformed',
  },
  ...(
    [
      ['nothing', () => ''],
      ['no newline', text => text.slice(0, -1)],
      ['an empty line', text => `${text}\n`],
      ['another id', text => text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
      ['a key twice', text => text + text],
      ['a key of another name', text => text + text.replace('acme', 'acne')],
      ['a carriage return', text => text.replace('\n', '\r\n')],
      ['a byte order mark', text => `\ufeff${text}`],
    ] as const satisfies readonly (readonly [string, (text: string) => string])[]
  ).map(([what, turn]): Case => ({
    title: `a ledger.vkey with ${what}`,
    files: () => forged(whole(), edit('ledger.vkey', turn)),
    verdict: 'malformed',
  })),
  ...(
    [
      ['no signature', text => text.slice(0, text.indexOf('\n\n') + 2)],
      ['no empty line', text => text.replace('\n\n', '\n')],
      ['no newline at its end', text => text.slice(0, -1)],
      ['a tab', text => text.replace('acme', 'ac\tme')],
      ['a carriage return', text => text.replaceAll('\n', '\r\n')],
      ['a hyphen for the dash', text => text.replace('— ', '- ')],
      ['two spaces', text => text.replace('— ', '—  ')],
      ['a name with a plus', text => text.replace('— q', '— +q')],
      ['a name with a no-break space', text => text.replace('— q', '— \u00a0q')],
      ['base64 without padding', text => text.replace(/=+\n$/, '\n')],
      [
        'base64 with spare bits',
        text =>
          text.replace(/A=\n$|E=\n$|g=\n$|Q=\n$|.=\n$/, found => `${found.startsWith('B') ? 'C' : 'B'}=\n`),
      ],
      ['65 signatures', text => text + `— other ${toBase64(new Uint8Array(70))}\n`.repeat(64)],
      ['a signature of four bytes', text => `${text}— other ${toBase64(new Uint8Array(4))}\n`],
      ['a size with a leading zero', text => text.replace('\n10\n', '\n010\n')],
      ['a size that is none', text => text.replace('\n10\n', '\n-1\n')],
      ['a size above 2^53', text => text.replace('\n10\n', '\n9007199254740992\n')],
      ['an Arabic digit', text => text.replace('\n10\n', '\n1٠\n')],
      ['a short root', text => text.replace(/\n10\n[^\n]*\n/, '\n10\nAAAA\n')],
      ['two lines', text => text.replace(/\n10\n/, '\n')],
      ['an empty extension line', text => text.replace('\n\n', '\n\nx\n\n')],
      ['another origin', text => text.replace(/^[^\n]*/, 'quarterdeck/acme/bastion/ffffffffffffffff')],
    ] as const satisfies readonly (readonly [string, (text: string) => string])[]
  ).map(([what, turn]): Case => ({
    title: `a checkpoint with ${what}`,
    files: () => forged(whole(), edit('checkpoint', turn)),
    verdict: 'malformed',
  })),
  {
    title: 'an older checkpoint under another size',
    files: () => forged(whole(), files => files.set('checkpoints/4', files.get('checkpoints/3') ?? wrong)),
    verdict: 'malformed',
  },
  {
    title: 'an older checkpoint under no size',
    files: () => forged(whole(), files => files.set('checkpoints/03', files.get('checkpoints/3') ?? wrong)),
    verdict: 'malformed',
  },
  {
    title: 'a folder below checkpoints/',
    files: () => forged(whole(), put('checkpoints/3.d/3', 'x')),
    verdict: 'malformed',
  },
  {
    title: 'an older checkpoint of another log',
    files: () => forged(whole(), put('checkpoints/2', noteBy(checkpointText(2, wrong, 'other')))),
    verdict: 'malformed',
  },
  {
    title: 'a manifest without its last newline',
    files: () =>
      changed(
        whole(),
        edit('manifest-sha256.txt', text => text.slice(0, -1)),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest out of order',
    files: () =>
      changed(
        whole(),
        edit('manifest-sha256.txt', text => `${text.split('\n').slice(0, -1).toReversed().join('\n')}\n`),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest with one space',
    files: () =>
      changed(
        whole(),
        edit('manifest-sha256.txt', text => text.replace('  ', ' ')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest that lists itself',
    files: () =>
      changed(
        whole(),
        edit('manifest-sha256.txt', text => text.replace('ledger.vkey', 'manifest.note')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest that names a path outside',
    files: () =>
      changed(
        whole(),
        edit('manifest-sha256.txt', text => text.replace('README.txt', '../README.txt')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest of no lines',
    files: () => changed(whole(), put('manifest-sha256.txt', '')),
    verdict: 'modified',
  },
  {
    title: 'a manifest note of another log',
    files: () =>
      changed(
        whole(),
        edit('manifest.note', text => text.replace(/^[^\n]*/, 'quarterdeck/acme/bastion/ffffffffffffffff')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest note of another sort',
    files: () =>
      changed(
        whole(),
        edit('manifest.note', text => text.replace('manifest-v1', 'manifest-v2')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a manifest note with a further line',
    files: () =>
      changed(
        whole(),
        edit('manifest.note', text => text.replace('\n\n', '\nmore\n\n')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a given checkpoint that is none',
    files: whole,
    given: kept(utf8('hello\n')),
    verdict: 'malformed',
  },
];

const contextEdit = (turn: (text: string) => string): build.Files =>
  forged(slice(), edit('context.jsonl', turn));
const disclosureEdit = (turn: (text: string) => string): build.Files =>
  forged(whole(), edit('disclosures.jsonl', turn));
const beside: readonly Case[] = [
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

const signatures: readonly Case[] = [
  {
    title: 'a given key of nobody',
    files: whole,
    given: () => ({vkey: stranger.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'a first key given after it changed',
    files: turned,
    given: () => ({vkey: first.vkey}),
    verdict: 'intact',
  },
  {
    title: 'a given key that is newer than the bundle',
    files: () => turned({size: 5, older: [1, 2]}),
    given: () => ({vkey: third.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'a given key of another log',
    files: whole,
    given: () => ({vkey: stranger.vkey.replace('acme', 'acme')}),
    verdict: 'bad-signature',
  },
  {
    title: 'a log under a foreign key that is given',
    files: () =>
      forged(
        build.bundleOf(build.logOf([build.genesis(stranger)]), {keys: [stranger]}),
        put('ledger.vkey', `${first.vkey}\n`),
        stranger,
      ),
    given: () => ({vkey: stranger.vkey}),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint signed by a stranger',
    files: () => forged(whole(), put('checkpoint', build.checkpointOf(log, 10, stranger))),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint whose signature is wrong',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text.replace('\n10\n', '\n11\n')),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'an older checkpoint that is unsigned',
    files: () => forged(whole(), put('checkpoints/3', build.checkpointOf(log, 3, stranger))),
    verdict: 'bad-signature',
  },
  {
    title: 'a manifest that a stranger signed',
    files: () => forged(whole(), () => undefined, stranger),
    verdict: 'bad-signature',
  },
  {
    title: 'a good signature and a wrong one of the same key',
    files: () =>
      forged(
        whole(),
        edit(
          'checkpoint',
          text =>
            `${text}${
              text
                .split('\n')
                .at(-2)
                ?.replace(/.{20}==?$|.{20}$/, 'A'.repeat(20)) ?? ''
            }\n`,
        ),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a short signature of the key',
    files: () =>
      forged(
        whole(),
        edit(
          'checkpoint',
          text =>
            `${text}— ${origin} ${toBase64(concat([Buffer.from(first.id, 'hex'), new Uint8Array(3)]))}\n`,
        ),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a kept checkpoint that a stranger signed',
    files: whole,
    given: kept(build.checkpointOf(log, 5, stranger)),
    verdict: 'bad-signature',
  },
  {
    title: 'a kept checkpoint of another log',
    files: whole,
    given: kept(noteBy(checkpointText(5, wrong, 'quarterdeck/acme/bastion/ffffffffffffffff'))),
    verdict: 'bad-signature',
  },
  {
    title: 'an old key that signs after it was replaced',
    files: () => turned({keyFor: size => (size === 4 ? first : epochs(size))}),
    verdict: 'bad-signature',
  },
  {
    title: 'a new key that signs before its time',
    files: () => turned({keyFor: size => (size === 3 ? second : epochs(size))}),
    verdict: 'bad-signature',
  },
  {
    title: 'two keys of the log on one checkpoint',
    files: () =>
      forged(
        turned(),
        edit(
          'checkpoint',
          text => text + (textOf(noteBy(text.split('\n\n')[0] + '\n', second))?.split('\n\n')[1] ?? ''),
        ),
        third,
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a key that no entry introduces',
    files: () => forged(whole(), put('ledger.vkey', `${first.vkey}\n${second.vkey}\n`)),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation that is not listed',
    files: () => forged(turned(), put('ledger.vkey', `${first.vkey}\n${second.vkey}\n`), third),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation that the wrong key signed',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(1, stranger, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation of another place',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(2, first, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'bad-signature',
  },
  {
    title: 'a slice whose rotations lie in its context',
    files: () => turned({from: 5, to: 6, context: [0, 2, 4], older: [1, 2, 5]}),
    verdict: 'intact',
  },
  {
    title: 'a slice without one of its rotations',
    files: () => turned({from: 5, to: 6, context: [0, 2], older: []}),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation at the end, not in force yet',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(1, first, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'intact',
  },
  {
    title: 'a first entry that names another key',
    files: () => build.bundleOf(build.logOf([build.genesis(second), plain(1)])),
    verdict: 'bad-signature',
  },
  {
    title: 'a first entry that names no key',
    files: () => build.bundleOf(build.logOf([plain(0), plain(1)])),
    verdict: 'bad-signature',
  },
  {
    title: 'a context whose first entry names another key',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(second), plain(1)]), {from: 1, to: 2, context: [0]}),
    verdict: 'bad-signature',
  },
  {
    title: 'a first entry with another key and a fault',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.replace(first.vkey, second.vkey)),
      ),
    verdict: 'modified',
    index: 0,
  },
];

const roots: readonly Case[] = [
  {
    title: 'two checkpoints of one size',
    files: whole,
    given: kept(noteBy(checkpointText(10, wrong))),
    verdict: 'forked',
  },
  {
    title: 'two of them, both unknown here',
    files: slice,
    given: () => ({
      notes: [wrong, root].map((bytes, i) => ({where: `k${i}`, raw: noteBy(checkpointText(20, bytes))})),
    }),
    verdict: 'forked',
  },
  {
    title: 'a smaller checkpoint that the entries do not bear out',
    files: () => forged(whole(), put('checkpoints/3', noteBy(checkpointText(3, wrong)))),
    verdict: 'forked',
  },
  {
    title: 'a larger checkpoint that the entries do not bear out',
    files: () => forged(whole(), put('checkpoint', noteBy(checkpointText(10, wrong)))),
    verdict: 'modified',
  },
  {
    title: 'a wrong checkpoint where the slice begins',
    files: () => forged(slice(), put('checkpoints/2', noteBy(checkpointText(2, wrong)))),
    verdict: 'forked',
  },
  {
    title: 'a wrong checkpoint that the slice cannot judge',
    files: () => forged(slice(), put('checkpoints/8', noteBy(checkpointText(8, wrong)))),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint of size 0',
    files: () => forged(whole(), put('checkpoints/0', noteBy(checkpointText(0, wrong)))),
    verdict: 'intact',
  },
  {
    title: 'a kept checkpoint that covers more',
    files: whole,
    given: kept(noteBy(checkpointText(11, wrong))),
    verdict: 'truncated',
  },
  {
    title: 'a bundle of an older size than its checkpoint',
    files: () => forged(whole(), put('checkpoint', noteBy(checkpointText(12, wrong)))),
    verdict: 'truncated',
  },
  {
    title: 'a checkpoint of a smaller size',
    files: () => forged(whole(), put('checkpoint', build.checkpointOf(log, 8, first))),
    verdict: 'modified',
  },
  {
    title: 'a line too few',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.split('\n').slice(0, -2).join('\n') + '\n'),
      ),
    verdict: 'truncated',
  },
  {
    title: 'a line too many',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text + text.split('\n')[9] + '\n'),
      ),
    verdict: 'modified',
  },
  {
    title: 'a left root of another log',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace(/"left":\["../, '"left":["00')),
      ),
    verdict: 'modified',
  },
  {
    title: 'a right root of another log',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace(/"right":\["../, '"right":["00')),
      ),
    verdict: 'modified',
  },
];

const swap = (text: string, a: number, b: number): string => {
  const lines = text.split('\n');
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
};
const lines: readonly Case[] = [
  {
    title: 'a changed line of a whole log',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.replace('"mono":50', '"mono":51')),
      ),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a changed line of a slice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace('"mono":40', '"mono":41')),
      ),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'a changed last line of a slice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace('"mono":50', '"mono":51')),
      ),
    verdict: 'modified',
  },
  {
    title: "two lines of a slice in each other's place",
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => swap(text, 1, 2)),
      ),
    verdict: 'modified',
    index: 2,
  },
  {
    title: 'a line that is gone, another twice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace(/^[^\n]*\n([^\n]*\n)/, '$1$1')),
      ),
    verdict: 'modified',
    index: 2,
  },
  {
    title: 'a first line that does not follow from the name of its log',
    files: () => relined(0, honest => canonical({...honest, prev: '0'.repeat(64)})),
    verdict: 'modified',
    index: 0,
  },
  {
    title: 'a line that says another seq',
    files: () => relined(5, honest => canonical({...honest, seq: 6})),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line that says another seq as a float',
    files: () => jsonAt(5, json => json.replace('"seq":5', '"seq":6.0')),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line that says another seq in another way',
    files: () => jsonAt(5, json => json.replace('"seq":5', '"seq":0.6e1')),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line whose prev is another',
    files: () => relined(5, honest => canonical({...honest, prev: '0'.repeat(64)})),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'a line whose prev is no hash',
    files: () => relined(5, honest => canonical({...honest, prev: 'x'})),
    verdict: 'modified',
    index: 4,
  },
];

const seqless = (json: string): string => json.replace('"seq":5,', '');
const forms: readonly Case[] = (
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

const moreForms: readonly Case[] = [
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
    verdict: 'modified',
    index: 0,
  },
  {
    title: 'a first entry with a log that is no text',
    files: () => relined(0, honest => canonical({...honest, log: 5})),
    verdict: 'modified',
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

function padded(honest: Readonly<Record<string, unknown>>, bytes: number): string {
  const body = {pad: ''};
  const short = canonical({...honest, body});
  return canonical({...honest, body: {pad: 'x'.repeat(bytes - short.length)}});
}

export const cases: readonly Case[] = [
  ...good,
  ...containers,
  ...beside,
  ...signatures,
  ...roots,
  ...lines,
  ...forms,
  ...moreForms,
];
