// Nothing is handed over that holds a known secret, a private key or a token.
import {QdError} from '../../domain/error.ts';
import type {SecretFound} from '../../domain/secret.ts';

export type FindSecrets = (bytes: Uint8Array) => readonly SecretFound[];

export interface Looked {
  /** The file of the bundle. */
  readonly file: string;
  /** Where in it, for somebody who has to act on it. */
  readonly where: string;
  /** What can be done about it. */
  readonly hint: string;
}

/** How many doubts are kept to be shown. */
const mostDoubts = 20;

export class Guard {
  readonly #find: FindSecrets;
  /** What only stands where secrets stand; said, but no reason to refuse. */
  readonly doubts: string[] = [];
  doubtful = 0;

  constructor(find: FindSecrets) {
    this.#find = find;
  }

  /** Throws SECRET_FOUND for what is surely one. `looked` says where, from the offset in `bytes`. */
  check(bytes: Uint8Array, looked: (at: number) => Looked): void {
    for (const {what, at, sure} of this.#find(bytes)) {
      const {file, where, hint} = looked(at);
      if (sure === 'guess') {
        this.doubtful += 1;
        if (this.doubts.length < mostDoubts) this.doubts.push(`${file}, ${where}: looks like ${what}`);
        continue;
      }
      throw new QdError(
        'SECRET_FOUND',
        `${file} would hold a secret: ${what} in ${where}. Nothing was handed over.`,
        {hint, file},
      );
    }
  }
}
