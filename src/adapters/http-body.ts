// The body of an answer: decompressed, and never more of it in memory than was asked for.
import type {Readable} from 'node:stream';
import zlib from 'node:zlib';

function decoder(encoding: string): (Readable & NodeJS.WritableStream) | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Reads at most `limit` decompressed bytes and stops there; rejects with what the stream or the decoder threw. */
export async function readBody(
  raw: Readable,
  {encoding, limit}: {readonly encoding: string; readonly limit: number},
): Promise<{body: Uint8Array; cut: boolean}> {
  return new Promise((resolve, reject) => {
    const decode = decoder(encoding);
    const stream: Readable = decode ?? raw;
    const chunks: Uint8Array[] = [];
    let size = 0;
    const end = (cut: boolean): void => {
      resolve({
        body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
        cut,
      });
    };
    stream.on('data', (bytes: Uint8Array) => {
      if (size + bytes.length > limit) {
        chunks.push(bytes.subarray(0, limit - size));
        size = limit;
        end(true);
        stream.destroy();
        raw.destroy();
        return;
      }
      chunks.push(bytes);
      size += bytes.length;
    });
    stream.on('end', () => {
      end(false);
    });
    stream.on('error', reject);
    if (decode === undefined) return;
    raw.on('error', error => decode.destroy(error));
    raw.pipe(decode);
  });
}
