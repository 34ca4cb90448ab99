// Values beside entries: swapped, wrong, put back.
import * as build from '../../build.ts';
import {edit, first, fileText, forged, log, whole, without, type Case} from '../tools.ts';

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
