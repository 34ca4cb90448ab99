// What can be done to the container: links, paths that lead outside, nodes in the place of leaves, files beside.
import {concat, utf8} from '../../../../src/ledger/bytes.ts';
import {nodeHash} from '../../../../src/ledger/hash.ts';
import {tarOf} from '../../../../src/ledger/bundle/tar.ts';
import * as build from '../../build.ts';
import {
  changed,
  drop,
  edit,
  first,
  forged,
  log,
  long,
  plain,
  put,
  sdOf,
  slice,
  stranger,
  whole,
  type Case,
} from '../tools.ts';

const artifact = `artifacts/${sdOf('/body/output', long)}`;

export const artifacts: readonly Case[] = [
  {title: 'an artifact deleted', files: () => changed(whole(), drop(artifact)), verdict: 'modified'},
  {title: 'an artifact changed', files: () => changed(whole(), put(artifact, 'x')), verdict: 'modified'},
  {
    title: 'an artifact added',
    files: () => changed(whole(), put('artifacts/more', 'x')),
    verdict: 'modified',
  },
  {
    title: 'an artifact emptied, all signed again',
    files: () => forged(whole(), put(artifact, '')),
    verdict: 'modified',
  },
  {
    title: 'an artifact added, all signed again',
    files: () => forged(whole(), put(`artifacts/${'ab'.repeat(32)}`, long)),
    verdict: 'modified',
  },
];

const lie = edit('report.md', text => text.replace('mara', 'lara'));

export const reports: readonly Case[] = [
  {title: 'a report edited', files: () => changed(whole(), lie), verdict: 'modified'},
  {
    title: 'a report edited, the manifest made again, its old note left',
    files: () => {
      const note = whole().get('manifest.note') ?? new Uint8Array();
      return changed(forged(whole(), lie), put('manifest.note', note));
    },
    verdict: 'modified',
  },
  {
    title: 'a report edited, the manifest made and signed again by the holder of the key',
    files: () => forged(whole(), lie),
    verdict: 'modified',
  },
  {
    title: 'a report edited, the manifest made and signed again by a stranger',
    files: () => forged(whole(), lie, stranger),
    verdict: 'bad-signature',
  },
  {
    title: 'a report with one byte more, all signed again',
    files: () =>
      forged(
        slice(),
        edit('report.html', text => `${text}\n`),
      ),
    verdict: 'modified',
  },
  {
    title: 'another program in the place of verify.py',
    files: () => changed(whole(), put('verify.py', 'print("intact")\n')),
    verdict: 'modified',
  },
];

const hasNewline = (bytes: Uint8Array): boolean => bytes.includes(10);
/** A log of two entries whose two leaves hold no newline, so that both together can stand as a line. */
function pair(): {log: build.Log; line: Uint8Array} {
  for (let n = 0; ; n++) {
    const two = build.logOf([build.genesis(first), plain(n)]);
    const line = concat(two.leaves);
    if (!hasNewline(line)) return {log: two, line};
  }
}

export const nodes: readonly Case[] = [
  {
    title: 'an interior node as the one leaf: two leaf hashes as a line, under the root of both',
    files: () => {
      const {log: two, line} = pair();
      const files = build.bundleOf(two, {size: 1});
      const root = nodeHash(Buffer.from(two.leaves[0] ?? []), Buffer.from(two.leaves[1] ?? []));
      return forged(files, inner => {
        inner.set('entries.jsonl', concat([line, Uint8Array.of(10)]));
        inner.set('tile/0/000.p/1', new Uint8Array(root));
        inner.set('checkpoint', build.checkpointOf({...two, leaves: [new Uint8Array(root)]}, 1, first));
      });
    },
    verdict: 'modified',
    index: 0,
  },
  {
    title: 'a leaf in the place of a subtree',
    files: () =>
      forged(
        slice(),
        edit('range.json', text =>
          text.replace(/"left":\["[0-9a-f]*/, `"left":["${Buffer.from(log.leaves[1] ?? []).toString('hex')}`),
        ),
      ),
    verdict: 'modified',
  },
  {
    title: 'a way to the root that begins one level higher',
    files: () =>
      forged(
        slice(),
        edit('context.jsonl', text => text.replace(/"proof":\["[0-9a-f]*",/, '"proof":[')),
      ),
    verdict: 'modified',
  },
  {
    title: 'a way to the root with two hashes swapped',
    files: () =>
      forged(
        slice(),
        edit('context.jsonl', text =>
          text.replace(/"proof":\[("[0-9a-f]*"),("[0-9a-f]*")/, '"proof":[$2,$1'),
        ),
      ),
    verdict: 'modified',
  },
];

const linked = (title: string, links: readonly string[], without: readonly string[] = links): Case => ({
  title,
  files: () =>
    changed(whole(), files => {
      for (const path of [...files.keys()])
        if (without.some(one => path === one || path.startsWith(`${one}/`))) files.delete(path);
    }),
  links,
  verdict: 'malformed',
});

export const links: readonly Case[] = [
  linked('a link in the place of entries.jsonl', ['entries.jsonl']),
  linked('a link in the place of checkpoint', ['checkpoint']),
  linked('a link in the place of an artifact', [artifact]),
  linked('a link in the place of the folder tile', ['tile']),
  linked('a link beside the files', ['more']),
  linked('a link below a name that is none', ['.git/config']),
];

export const names: readonly Case[] = [
  '..x',
  '.hidden',
  'a\\b',
  'a\nb',
  'Checkpoint',
  'entries.jsonl ',
  'e\u0301',
  '\u00e9',
  '\u202etxt.exe',
  'x/-rf',
].map(path => ({
  title: `a file named ${JSON.stringify(path)}, listed by the holder of the key`,
  files: () => forged(whole(), put(path, 'x')),
  verdict: 'malformed',
}));

async function tarBytes(files: build.Files): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const listed = [...files].map(([path, bytes]) => ({path, sizeBytes: bytes.length, chunks: [bytes]}));
  for await (const chunk of tarOf(listed)) chunks.push(chunk);
  return concat(chunks);
}

interface Header {
  readonly name: string;
  readonly type?: string;
  readonly target?: string;
  readonly mode?: string;
  readonly prefix?: string;
}

/** A header of any name and type, with a right checksum, for a file of one byte or a thing without bytes. */
function headerOf({name, type = '0', target = '', mode = '0000444', prefix = ''}: Header): Uint8Array {
  const header = new Uint8Array(512);
  const isFile = type === '0';
  const fields: readonly (readonly [number, string])[] = [
    [0, name],
    [100, `${mode}\0`],
    [108, '0000000\0'],
    [116, '0000000\0'],
    [124, isFile ? '00000000001\0' : '00000000000\0'],
    [136, '00000000000\0'],
    [148, ' '.repeat(8)],
    [156, type],
    [157, target],
    [257, 'ustar\u000000'],
    [345, prefix],
  ];
  for (const [at, text] of fields) header.set(utf8(text), at);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.set(utf8(`${sum.toString(8).padStart(6, '0')}\0 `), 148);
  return isFile ? concat([header, utf8('x'), new Uint8Array(511)]) : header;
}

const tarred = (title: string, turn: (tar: Uint8Array) => Uint8Array, verdict: Case['verdict']): Case => ({
  title,
  files: whole,
  tar: async files => turn(await tarBytes(files)),
  verdict,
});
const behind =
  (header: Header): ((tar: Uint8Array) => Uint8Array) =>
  tar =>
    concat([tar.slice(0, -1024), headerOf(header), new Uint8Array(1024)]);

export const tars: readonly Case[] = [
  tarred('a tar as it was exported', tar => tar, 'intact'),
  ...['../evil', '/etc/cron.d/evil', 'zz/../../evil', 'zz//evil', './zz', 'zz/', 'ZZ', 'zz\\evil'].map(name =>
    tarred(`a tar with a file named ${name}`, behind({name}), 'malformed'),
  ),
  tarred('a tar that leads outside by the prefix', behind({name: 'evil', prefix: '..'}), 'malformed'),
  tarred('a tar with a link', behind({name: 'zz', type: '2', target: '/etc/passwd'}), 'malformed'),
  tarred('a tar with a hard link', behind({name: 'zz', type: '1', target: 'entries.jsonl'}), 'malformed'),
  tarred('a tar with a directory', behind({name: 'zz', type: '5'}), 'malformed'),
  tarred('a tar with a device', behind({name: 'zz', type: '3'}), 'malformed'),
  tarred('a tar with a header of its own kind', behind({name: 'zz', type: 'x'}), 'malformed'),
  tarred('a tar with a long name of GNU', behind({name: 'zz', type: 'L'}), 'malformed'),
  tarred('a tar with a file that may be run', behind({name: 'zz', mode: '0000755'}), 'malformed'),
  tarred('a tar with a file twice', behind({name: 'verify.py'}), 'malformed'),
  tarred('a tar out of order', behind({name: 'a'}), 'malformed'),
  tarred('a tar with a file that is not listed', behind({name: 'zz'}), 'modified'),
  tarred('a tar with bytes behind its end', tar => concat([tar, new Uint8Array(512)]), 'malformed'),
  tarred('a tar without its last block', tar => tar.slice(0, -512), 'malformed'),
  tarred('a tar cut in its middle', tar => tar.slice(0, 5000), 'malformed'),
  tarred('a tar whose first file leads outside', tar => concat([headerOf({name: '../a'}), tar]), 'no bundle'),
  tarred('a compressed or other file', tar => tar.slice(1), 'no bundle'),
  {...tarred('a tar that a changed entry is in', changedEntry, 'modified'), index: 5},
];

function changedEntry(tar: Uint8Array): Uint8Array {
  const at = Buffer.from(tar).indexOf('"mono":50,');
  const turned = Uint8Array.from(tar);
  turned[at + 7] = 0x36;
  return turned;
}
