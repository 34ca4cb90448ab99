// A log as a whole: rolled back, deleted, told twice, under another name, signed by somebody else.
import {utf8} from '../../../../src/ledger/bytes.ts';
import {signerFrom} from '../../../../src/ledger/note.ts';
import * as build from '../../build.ts';
import {
  canonical,
  changed,
  checkpointText,
  drop,
  first,
  forged,
  kept,
  log,
  noteBy,
  plain,
  put,
  root,
  story,
  stranger,
  whole,
  without,
  type Case,
} from '../tools.ts';

const tip = kept(build.checkpointOf(log, 10, first));
const branch = build.logOf([...story.slice(0, 4), ...Array.from({length: 6}, (_, i) => plain(200 + i))]);
const branchTip = kept(build.checkpointOf(branch, 10, first));

export const rolledBack: readonly Case[] = [
  {
    title: 'the whole bundle of an earlier day: with the checkpoint of today',
    files: () => build.bundleOf(log, {size: 8, older: [3], without: []}),
    given: tip,
    verdict: 'truncated',
  },
  {
    title: 'a new log begun under the same name and key: with the checkpoint of the old one',
    files: () => build.bundleOf(build.logOf(story.slice(0, 1))),
    given: tip,
    verdict: 'truncated',
  },
  {title: 'entries.jsonl deleted', files: () => changed(whole(), drop('entries.jsonl')), verdict: 'empty'},
  {
    title: 'entries.jsonl emptied, all signed again',
    files: () => forged(whole(), put('entries.jsonl', '')),
    verdict: 'empty',
  },
  {
    title: 'the whole log deleted, the programs left',
    files: () =>
      changed(whole(), files => {
        for (const path of [...files.keys()]) if (!/^(README|verify)/.test(path)) files.delete(path);
      }),
    verdict: 'no bundle',
  },
  {
    title: 'the whole log deleted, its checkpoint left',
    files: () =>
      changed(whole(), files => {
        for (const path of [...files.keys()]) if (path !== 'checkpoint') files.delete(path);
      }),
    verdict: 'empty',
  },
];

export const forked: readonly Case[] = [
  {
    title: 'two stories, the tip of the other one kept',
    files: whole,
    given: branchTip,
    verdict: 'forked',
  },
  {
    title: 'two stories, the other way round',
    files: () => build.bundleOf(branch),
    given: tip,
    verdict: 'forked',
  },
  {
    title: 'two stories in one bundle',
    files: () => forged(whole(), put('checkpoints/8', build.checkpointOf(branch, 8, first))),
    verdict: 'forked',
  },
  {
    title: 'two stories, both tips kept, neither known to the bundle',
    files: () => build.bundleOf(log, {size: 3}),
    given: () => ({
      notes: [log, branch].map((one, i) => ({
        where: `kept${i}`,
        raw: build.checkpointOf(one, 10, first),
      })),
    }),
    verdict: 'forked',
  },
  {
    title: 'two stories that part after the checkpoint that was kept',
    files: () => build.bundleOf(branch),
    given: kept(build.checkpointOf(log, 4, first)),
    verdict: 'intact',
  },
  {
    title: 'a fork, and a key that is not the log’s: nothing that it signed is believed',
    files: whole,
    given: () => ({...branchTip(), vkey: stranger.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'the tip of another story signed by a stranger',
    files: whole,
    given: kept(build.checkpointOf(branch, 10, stranger)),
    verdict: 'bad-signature',
  },
];

const elsewhere = 'quarterdeck/acme/bastion/ffffffffffffffff';
const elsewhereFirst = signerFrom(elsewhere, new Uint8Array(32).fill(1));
/** Signed again by the same secret under another name. */
const renamed = (): build.Files => {
  const files = whole();
  files.set('ledger.vkey', utf8(`${elsewhereFirst.vkey}\n`));
  files.set('checkpoint', noteBy(checkpointText(10, root, elsewhere), elsewhereFirst));
  for (const path of [...files.keys()]) if (path.startsWith('checkpoints/')) files.delete(path);
  return build.sealed(files, elsewhereFirst);
};

export const origins: readonly Case[] = [
  {
    title: 'a log under another name than its entries say',
    files: renamed,
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a log under another name, against the key of the one that was asked for',
    files: renamed,
    given: () => ({vkey: first.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'the right log against the key of another name',
    files: whole,
    given: () => ({vkey: elsewhereFirst.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'an entry of another log among them, all signed again',
    files: () =>
      build.bundleOf(
        build.logOf(
          story.map((said, i) =>
            i === 5 ? {...said, line: honest => canonical({...honest, log: elsewhere})} : said,
          ),
        ),
        {without},
      ),
    verdict: 'malformed',
    index: 5,
  },
];

/** Everything anew, in the same words, by somebody with a key of his own. */
const resigned = (): build.Files =>
  build.bundleOf(build.logOf([build.genesis(stranger), ...story.slice(1)]), {
    keys: [stranger],
    older: [3, 8],
    without,
  });

export const resignedLogs: readonly Case[] = [
  {title: 'a whole log forged under another key: alone', files: resigned, verdict: 'intact'},
  {
    title: 'a whole log forged under another key: against the key from elsewhere',
    files: resigned,
    given: () => ({vkey: first.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'a whole log forged under another key: with a checkpoint that was kept',
    files: resigned,
    given: tip,
    verdict: 'bad-signature',
  },
  {
    title: 'entry 0 left as it was, everything else forged under another key',
    files: () => build.bundleOf(log, {keys: [stranger], without}),
    verdict: 'bad-signature',
  },
  {
    title: 'the stranger’s key put behind the log’s own',
    files: () =>
      forged(
        build.bundleOf(log, {without}),
        put('ledger.vkey', `${first.vkey}\n${stranger.vkey}\n`),
        stranger,
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'only the manifest signed by a stranger, against the key from elsewhere',
    files: () => forged(whole(), put('README.txt', 'Trust this.\n'), stranger),
    given: () => ({vkey: first.vkey}),
    verdict: 'bad-signature',
  },
];
