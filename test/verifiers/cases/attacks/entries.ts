// What can be done to entries: with an editor alone, or by somebody who holds the key and signs everything again.
import * as build from '../../build.ts';
import {
  canonical,
  changed,
  edit,
  first,
  fileText,
  forged,
  kept,
  log,
  padded,
  plain,
  put,
  relined,
  stranger,
  story,
  whole,
  without,
  type Case,
  type Change,
} from '../tools.ts';

const tip = kept(build.checkpointOf(log, 10, first));
const at8 = kept(build.checkpointOf(log, 8, first));

const turnLines = (turn: (lines: readonly string[]) => readonly string[]): Change =>
  edit('entries.jsonl', text => `${turn(text.split('\n').slice(0, -1)).join('\n')}\n`);

/** The lines as they are told, each still saying what it said, with everything else made to fit. */
const retold = (lines: readonly Uint8Array[]): build.Log => ({
  said: lines.map((_, i) => story[i] ?? plain(i)),
  lines,
  leaves: build.logOf(lines.map((line, i) => ({...(story[i] ?? plain(i)), line: () => line}))).leaves,
});
const none = new Uint8Array();
const bare = build.logOf([build.genesis(first), ...Array.from({length: 9}, (_, i) => plain(i + 1))]);
const bareTip = kept(build.checkpointOf(bare, 10, first));
const inserted = Buffer.from(bare.lines[3] ?? [])
  .toString()
  .replace('"n":3', '"n":33');
const moved = (turn: (lines: readonly Uint8Array[]) => readonly Uint8Array[], plan?: build.Plan) =>
  build.bundleOf(retold(turn(bare.lines)), plan);
const without4 = (lines: readonly Uint8Array[]): readonly Uint8Array[] => lines.toSpliced(4, 1);
/** The first eight were signed as they were; the rest is retold. */
const keeping8 = (files: build.Files): build.Files =>
  forged(files, put('checkpoints/8', build.checkpointOf(bare, 8, first)));

export const deleted: readonly Case[] = [
  {
    title: 'an entry deleted from the middle',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 1)),
      ),
    verdict: 'truncated',
  },
  {
    title: 'an entry deleted, the range lowered, all files listed and signed again',
    files: () => moved(without4),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'the same, with a checkpoint from before in the bundle',
    files: () => keeping8(moved(without4)),
    verdict: 'forked',
  },
  {
    title: 'an entry deleted, those behind it written anew and signed: alone',
    files: () => build.bundleOf(build.logOf(story.toSpliced(5, 1).slice(0, 5))),
    verdict: 'intact',
  },
  {
    title: 'an entry deleted, those behind it written anew and signed: with a checkpoint that was kept',
    files: () => build.bundleOf(build.logOf(bare.said.toSpliced(4, 1))),
    given: kept(build.checkpointOf(bare, 8, first)),
    verdict: 'forked',
  },
];

export const swapped: readonly Case[] = [
  {
    title: 'two entries swapped',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.with(3, lines[5] ?? '').with(5, lines[3] ?? '')),
      ),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'two entries swapped, tiles made to fit, all signed again',
    files: () => moved(lines => lines.with(3, lines[5] ?? none).with(5, lines[3] ?? none)),
    verdict: 'modified',
    index: 2,
  },
];

export const added: readonly Case[] = [
  {
    title: 'an entry inserted',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 0, inserted)),
      ),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'an entry inserted, the range raised, all signed again',
    files: () => moved(lines => lines.toSpliced(4, 0, Buffer.from(inserted))),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'an entry inserted, those behind it written anew and signed: with a checkpoint that was kept',
    files: () => build.bundleOf(build.logOf(bare.said.toSpliced(4, 0, plain(44)))),
    given: bareTip,
    verdict: 'forked',
  },
  {
    title: 'an entry duplicated',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 0, lines[4] ?? '')),
      ),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'an entry duplicated, the range raised, all signed again',
    files: () => moved(lines => lines.toSpliced(4, 0, lines[4] ?? none)),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'the last entry duplicated',
    files: () =>
      changed(
        whole(),
        turnLines(lines => [...lines, lines[9] ?? '']),
      ),
    verdict: 'modified',
  },
];

/** The same until `at`, then another story. */
const branch = (at: number, size = 10): build.Log =>
  build.logOf([...story.slice(0, at), ...Array.from({length: size - at}, (_, i) => plain(100 + i))]);

export const cut: readonly Case[] = [
  {
    title: 'the last entries cut off',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.slice(0, 6)),
      ),
    verdict: 'truncated',
  },
  {
    title: 'the last entries and their tiles cut off, an older checkpoint in the place of the newest, no key',
    files: () => {
      const shorter = build.bundleOf(log, {size: 3});
      const note = whole().get('manifest.note');
      return changed(shorter, files => files.set('manifest.note', note ?? new Uint8Array()));
    },
    verdict: 'modified',
  },
  {title: 'an older honest bundle: alone', files: () => build.bundleOf(log, {size: 6}), verdict: 'intact'},
  {
    title: 'an older honest bundle: with a newer checkpoint that was kept',
    files: () => build.bundleOf(log, {size: 6}),
    given: tip,
    verdict: 'truncated',
  },
  {
    title: 'cut and continued with the same key: alone',
    files: () => build.bundleOf(branch(5)),
    verdict: 'intact',
  },
  {
    title: 'cut and continued with the same key, to the same length: with the tip that was kept',
    files: () => build.bundleOf(branch(5)),
    given: tip,
    verdict: 'forked',
  },
  {
    title: 'cut and continued with the same key, beyond: with the tip that was kept',
    files: () => build.bundleOf(branch(5, 14)),
    given: tip,
    verdict: 'forked',
  },
  {
    title: 'cut and continued with the same key, not as far: with the tip that was kept',
    files: () => build.bundleOf(branch(5, 8)),
    given: tip,
    verdict: 'truncated',
  },
  {
    title: 'cut and continued with the same key: with a checkpoint from before the cut',
    files: () => build.bundleOf(branch(5)),
    given: kept(build.checkpointOf(log, 5, first)),
    verdict: 'intact',
  },
  {
    title: 'cut and continued with a new key in the place of the old one',
    files: () => build.bundleOf(branch(5), {keys: [stranger]}),
    verdict: 'bad-signature',
  },
  {
    title: 'cut and continued with a new key that it signs in itself',
    files: () =>
      build.bundleOf(
        build.logOf([...story.slice(0, 5), build.rotation(5, stranger, stranger), plain(6), plain(7)]),
        {keys: [first, stranger]},
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'cut and continued with a new key that the old one signs in: with the tip that was kept',
    files: () => {
      const second = build.signerOf(2);
      const turned = [...story.slice(0, 5), build.rotation(5, first, second)];
      const rest = Array.from({length: 4}, (_, i) => plain(i));
      return build.bundleOf(build.logOf([...turned, ...rest]), {keys: [first, second]});
    },
    given: tip,
    verdict: 'bad-signature',
  },
];

const entry5 = (honest: Readonly<Record<string, unknown>>): string =>
  canonical({...honest, body: {program: 'console', version: '1', n: 6}});

export const rewritten: readonly Case[] = [
  {
    title: 'an entry changed, of the same length',
    files: () =>
      changed(
        whole(),
        edit('entries.jsonl', text => text.replace('"n":5', '"n":6')),
      ),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'an entry changed, all behind it written anew, without the key',
    files: () =>
      changed(relined(5, entry5), files => {
        for (const path of ['checkpoint', 'checkpoints/8', 'manifest.note'])
          files.set(path, whole().get(path) ?? new Uint8Array());
      }),
    verdict: 'modified',
  },
  {
    title: 'the same length written anew and signed: alone',
    files: () => relined(5, entry5),
    verdict: 'intact',
  },
  {
    title: 'the same length written anew and signed: with the tip that was kept',
    files: () => relined(5, entry5),
    given: tip,
    verdict: 'forked',
  },
  {
    title: 'the same length written anew and signed: with a checkpoint of the middle that was kept',
    files: () => relined(5, entry5),
    given: at8,
    verdict: 'forked',
  },
  {
    title: 'the same length written anew and signed, one older checkpoint forgotten in it',
    files: () => forged(relined(5, entry5), put('checkpoints/8', build.checkpointOf(log, 8, first))),
    verdict: 'forked',
  },
  {
    title: 'a bit of a stored leaf flipped, all signed again',
    files: () =>
      forged(whole(), files => {
        const tile = Uint8Array.from(files.get('tile/0/000.p/10') ?? []);
        tile[4 * 32] = (tile[4 * 32] ?? 0) ^ 1;
        files.set('tile/0/000.p/10', tile);
      }),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'a clock that was set back: order is by number',
    files: () => relined(5, honest => canonical({...honest, ts: '2020-01-01T00:00:00.000Z', mono: 0})),
    verdict: 'intact',
  },
  {
    title: 'an entry of 65,536 bytes in a whole log',
    files: () => relined(5, honest => padded(honest, 65_536)),
    verdict: 'modified',
  },
];

export const disclosures: readonly Case[] = [
  {
    title: 'the values of two entries swapped, all signed again',
    files: () =>
      forged(
        whole(),
        edit('disclosures.jsonl', text => {
          const [a = '', b = ''] = [...text.matchAll(/"seq":[29],"value":"([^"]*)"/g)].map(([, one]) => one);
          return text.replace(a, '@').replace(b, a).replace('@', b);
        }),
      ),
    verdict: 'modified',
  },
  {
    title: 'an entry of several values, one wrong and one erased',
    files: () => {
      const text = {a: 'first', b: 'second', c: 'third'};
      const sd = (key: 'a' | 'b' | 'c') => ({sd: build.sdOf(`/body/${key}`, text[key])});
      const values = {'/body/a': text.a, '/body/b': text.b, '/body/c': text.c};
      const several = build.logOf([
        build.genesis(first),
        {kind: 'x', body: {a: sd('a'), b: sd('b'), c: sd('c')}, values},
        {kind: 'redact', body: {seq: 1, ptr: '/body/c'}},
      ]);
      return forged(
        build.bundleOf(several, {without: ['1 /body/c']}),
        edit('disclosures.jsonl', lines => lines.replace('Zmlyc3Q=', 'Zmlyc3U=')),
      );
    },
    verdict: 'modified',
  },
  {
    title: 'a value of an entry that was erased, put back as another',
    files: () =>
      forged(
        build.bundleOf(log, {without}),
        edit('disclosures.jsonl', text =>
          text.replace(
            /(?=\{"ptr":"\/body\/reason")/,
            '{"ptr":"/body/text","salt":"07070707070707070707070707070707","seq":4,"value":"eHg="}\n',
          ),
        ),
      ),
    verdict: 'modified',
  },
  {
    title: 'the artifact exchanged for an inline value of the same bytes',
    files: () =>
      forged(whole(), files => {
        const [path = ''] = [...files.keys()].filter(name => name.startsWith('artifacts/'));
        const value = Buffer.from(files.get(path) ?? []).toString('base64');
        const name = path.slice('artifacts/'.length);
        const moved = fileText(files, 'disclosures.jsonl').replace(
          new RegExp(`\\{"artifact":"${name}",([^}]*)\\}`),
          `{$1,"value":"${value}"}`,
        );
        files.delete(path);
        files.set('disclosures.jsonl', Buffer.from(moved));
      }),
    verdict: 'intact',
  },
];
