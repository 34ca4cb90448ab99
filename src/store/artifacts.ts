// Values behind commitments: small ones in the database, large ones as files named by their commitment.
import path from 'node:path';
import {maxInlineBytes} from '../domain/limits.ts';
import type {Disclosure} from '../ledger/commitment.ts';
import type {Disk} from './disk.ts';
import type {Paths} from './paths.ts';
import type {DisclosureRow} from './statements.ts';

const isLarge = (value: Uint8Array): boolean => value.length > maxInlineBytes;

/** Writes the large values; before the transaction, so that an entry never names a file that is not there. */
export function keepArtifacts(disk: Disk, paths: Paths, disclosures: readonly Disclosure[]): void {
  const large = disclosures.filter(({value}) => isLarge(value));
  if (large.length === 0) return;
  disk.makeDir(paths.artifacts);
  for (const {sd, value} of large) {
    const file = path.join(paths.artifacts, sd);
    if (disk.name(file) === undefined) disk.replace(file, value);
  }
}

/** What the row holds: the value itself, or null when it is a file. */
export const inlineValue = ({value}: Disclosure): Uint8Array | null => (isLarge(value) ? null : value);

/** The raw value behind a disclosure row; undefined when its file is gone. */
export function valueOf(disk: Disk, paths: Paths, row: DisclosureRow): Buffer | undefined {
  return row.value ?? disk.read(path.join(paths.artifacts, row.sd));
}
