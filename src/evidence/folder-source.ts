// A bundle in a directory, read through the Files port.
import path from 'node:path';
import {QdError} from '../domain/error.ts';
import {concat} from '../ledger/bytes.ts';
import type {BundleItem, BundleSource} from '../ledger/bundle/source.ts';
import type {Files} from '../ports.ts';

async function itemsOf(files: Files, dir: string, below: string): Promise<BundleItem[]> {
  const answer = await files.list(path.join(dir, below));
  if (answer.at === 'failed') {
    throw new QdError('EVIDENCE_UNREADABLE', `${path.join(dir, below)} cannot be read: ${answer.message}.`, {
      hint: 'Name the directory of a bundle.',
      file: dir,
    });
  }
  const items: BundleItem[] = [];
  for (const name of answer.names) {
    const item = below === '' ? name : `${below}/${name}`;
    const stat = await files.stat(path.join(dir, item));
    if (stat?.kind === 'directory') items.push(...(await itemsOf(files, dir, item)));
    else
      items.push({
        path: item,
        kind: stat?.kind === 'file' ? 'file' : 'other',
        sizeBytes: stat?.sizeBytes ?? 0,
      });
  }
  return items;
}

/** Throws EVIDENCE_UNREADABLE when the directory cannot be listed. */
export async function folderSource(files: Files, dir: string): Promise<BundleSource> {
  const stream = (name: string): AsyncIterable<Uint8Array> => files.stream(path.join(dir, name));
  return {
    items: await itemsOf(files, dir, ''),
    stream,
    read: async name => {
      const pieces: Uint8Array[] = [];
      for await (const piece of stream(name)) pieces.push(piece);
      return concat(pieces);
    },
  };
}
