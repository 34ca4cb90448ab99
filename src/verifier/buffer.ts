// The Buffer of Node, for a browser; esbuild puts it where code names the global.
import {Buffer} from 'buffer/';

// Node's takes any bytes; the package's own takes only its own kind.
Buffer.prototype.equals = function (this: Uint8Array, other: Uint8Array): boolean {
  return this.length === other.length && this.every((byte, i) => byte === other[i]);
};

export {Buffer};
