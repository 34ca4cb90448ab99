// What can be done to a log as a whole: rolled back, deleted, told twice, signed by somebody else.
import {concat, toBase64, utf8} from '../../../../src/ledger/bytes.ts';
import {sha256} from '../../../../src/ledger/hash.ts';
import {signerFrom} from '../../../../src/ledger/note.ts';
import * as build from '../../build.ts';
import {
  canonical,
  changed,
  checkpointText,
  drop,
  edit,
  first,
  forged,
  kept,
  log,
  noteBy,
  origin,
  plain,
  put,
  root,
  second,
  slice,
  story,
  stranger,
  whole,
  without,
  wrong,
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

const otherAlgorithm = (): string => {
  const data = concat([Uint8Array.of(6), first.publicKey]);
  const id = sha256(concat([utf8(`${origin}\n`), data]))
    .toString('hex')
    .slice(0, 8);
  return `${origin}+${id}+${toBase64(data)}\n`;
};
const signatureAt = (text: string): string => text.split('\n').at(-2) ?? '';

export const notes: readonly Case[] = [
  {
    title: 'a checkpoint with 64 signatures',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text + `— other ${toBase64(new Uint8Array(70))}\n`.repeat(63)),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with its signature twice',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => `${text}${signatureAt(text)}\n`),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with a good and a wrong signature of its key',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => {
          const bad = concat([Buffer.from(first.id, 'hex'), new Uint8Array(64).fill(9)]);
          return `${text}— ${origin} ${toBase64(bad)}\n`;
        }),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint whose key id is another',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => {
          const raw = Buffer.from(signatureAt(text).split(' ')[2] ?? '', 'base64');
          raw[0] = (raw[0] ?? 0) ^ 1;
          return text.replace(signatureAt(text), `— ${origin} ${raw.toString('base64')}`);
        }),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint that is not UTF-8',
    files: () =>
      forged(whole(), files =>
        files.set('checkpoint', concat([files.get('checkpoint') ?? wrong, Uint8Array.of(0xff, 10)])),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a checkpoint with a NUL',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text.replace('\n\n', '\0\n\n')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a checkpoint without a byte',
    files: () => forged(whole(), put('checkpoint', '')),
    verdict: 'malformed',
  },
  {
    title: 'a kept checkpoint without a byte',
    files: whole,
    given: kept(new Uint8Array()),
    verdict: 'malformed',
  },
  {
    title: 'a kept checkpoint of size 0',
    files: whole,
    given: kept(noteBy(checkpointText(0, sha256(new Uint8Array())))),
    verdict: 'intact',
  },
  {
    title: 'an older key that signs the newest checkpoint',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), build.rotation(1, first, second), plain(2), plain(3)]),
        {keys: [first, second], keyFor: () => first},
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'every checkpoint signed again with the newest key',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), build.rotation(1, first, second), plain(2), plain(3)]),
        {keys: [first, second], older: [1, 2], keyFor: () => second},
      ),
    verdict: 'bad-signature',
  },
];

export const versions: readonly Case[] = [
  {
    title: 'a verifier key of another algorithm',
    files: () => forged(whole(), put('ledger.vkey', otherAlgorithm())),
    verdict: 'malformed',
  },
  {
    title: 'entries of version 2 only',
    files: () =>
      build.bundleOf(
        build.logOf(story.map(said => ({...said, line: honest => canonical({...honest, v: 2})}))),
        {without},
      ),
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a rotation of another version',
    files: () => {
      const said = build.rotation(1, first, second);
      const note = `quarterdeck-key-rotation-v2\n${origin}\n1\n${second.vkey}\n`;
      const body = {...said.body, note: Buffer.from(noteBy(note)).toString()};
      return build.bundleOf(build.logOf([build.genesis(first), {...said, body}, plain(2)]), {
        keys: [first, second],
      });
    },
    verdict: 'bad-signature',
  },
  {
    title: 'a range.json that says a version',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace('}', ',"v":2}')),
      ),
    verdict: 'malformed',
  },
];
