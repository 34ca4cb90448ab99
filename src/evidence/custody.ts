// Custody: who hands a bundle to whom, with what a verification said at that moment.
import path from 'node:path';
import type {NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {hexOf} from '../ledger/bytes.ts';
import {manifestPath} from '../ledger/bundle/manifest.ts';
import {readTar} from '../ledger/bundle/tar.ts';
import {sha256} from '../ledger/hash.ts';
import type {Files} from '../ports.ts';

const maxManifestBytes = 256 * 1024 * 1024;

async function manifestOf(place: string, files: Files): Promise<Uint8Array | undefined> {
  const found = await files.stat(place);
  if (found?.kind === 'directory') {
    const answer = await files.read(path.join(place, manifestPath), maxManifestBytes);
    return answer.at === 'read' ? answer.bytes : undefined;
  }
  if (found?.kind !== 'file') return undefined;
  const {sizeBytes} = found;
  const source = await readTar({sizeBytes, read: async (at, length) => files.readAt(place, at, length)});
  if ('problem' in source || !source.items.some(item => item.path === manifestPath)) return undefined;
  return source.read(manifestPath);
}

/** What names a bundle for good: the SHA-256 (hex) of its manifest. Throws EVIDENCE_UNREADABLE. */
export async function itemOf(place: string, files: Files): Promise<string> {
  const manifest = await manifestOf((await files.real(place)) ?? place, files);
  if (manifest !== undefined) return hexOf(sha256(manifest));
  throw new QdError('EVIDENCE_UNREADABLE', `${place} holds no manifest, so there is nothing to name it by.`, {
    hint: 'Name the directory of a bundle, or the tar of one.',
    file: place,
  });
}

export interface Transfer {
  readonly item: string;
  readonly what: string;
  readonly from: string;
  readonly to: string;
  readonly how: string;
  readonly verdict: string;
  readonly reason: string | undefined;
}

export const transferEntry = ({reason, ...body}: Transfer): NewEntry => ({
  kind: 'custody.transfer',
  body,
  ...(reason === undefined ? {} : {disclosed: [{ptr: '/body/reason', value: reason}]}),
});
