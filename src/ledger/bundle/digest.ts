// SHA-256 of what goes by in pieces.
import {createHash} from 'node:crypto';

export class Digest {
  readonly #hash = createHash('sha256');

  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** Hex; nothing may be added afterwards. */
  hex(): string {
    return this.#hash.digest('hex');
  }
}
