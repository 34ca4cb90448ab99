// Real chance, drawn from the system in blocks: each byte is given out once.
import {randomFillSync} from 'node:crypto';
import type {Random} from '../ports.ts';

const blockBytes = 4096;

function createRandom(): Random {
  const block = new Uint8Array(blockBytes);
  let at = blockBytes;
  return {
    bytes: count => {
      if (count > blockBytes) return randomFillSync(new Uint8Array(count));
      if (at + count > blockBytes) {
        randomFillSync(block);
        at = 0;
      }
      const given = block.slice(at, at + count);
      // What was given out, such as a key, does not stay here.
      block.fill(0, at, at + count);
      at += count;
      return given;
    },
  };
}

export const realRandom: Random = createRandom();
