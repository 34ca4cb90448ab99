// The ledger's own signing key is a secret like any other: never kept, printed or handed over.
import {parseSigner} from '../ledger/note.ts';
import type {Files} from '../ports.ts';
import {pathsOf} from '../store/paths.ts';
import type {OwnSecrets} from './secrets.ts';

const maxKeyBytes = 64 * 1024;

/** Declares the keys that are there now; another process may have changed them, so it is asked before each search. */
export async function declareLedgerKey(secrets: OwnSecrets, dir: string, files: Files): Promise<void> {
  const {key, nextKey} = pathsOf(dir);
  for (const file of [key, nextKey]) {
    const found = await files.read(file, maxKeyBytes);
    // What is wrong with a key file, the ledger says.
    const text = found.at === 'read' ? parseSigner(new TextDecoder().decode(found.bytes))?.text : undefined;
    // PRIVATE+KEY+name+id+base64, and base64 may hold a plus itself.
    const value = text?.split('+').slice(4).join('+');
    if (value !== undefined) secrets.add([{name: 'ledger signing key', value}]);
  }
}
