// Rules 1 and 2: the small files of a bundle.
import {toBase64, utf8} from '../../../src/ledger/bytes.ts';
import {
  whole,
  slice,
  changed,
  put,
  edit,
  drop,
  forged,
  checkpointText,
  wrong,
  noteBy,
  kept,
  type Case,
} from './tools.ts';

export const containers: readonly Case[] = [
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
