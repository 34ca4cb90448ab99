// The end of a log cut off or told anew, with an editor alone or by somebody who signs everything again.
import * as build from '../../build.ts';
import {
  canonical,
  changed,
  edit,
  first,
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
  type Case,
} from '../tools.ts';
import {turnLines} from './entries.ts';

const tip = kept(build.checkpointOf(log, 10, first));
const at8 = kept(build.checkpointOf(log, 8, first));

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
