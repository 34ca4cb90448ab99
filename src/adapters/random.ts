// Real chance.
import {randomBytes} from 'node:crypto';
import type {Random} from '../ports.ts';

export const realRandom: Random = {bytes: count => new Uint8Array(randomBytes(count))};
