// Asymmetric matchers with an honest type: vitest's own return `any`.
import {expect} from 'vitest';

/** Equal to any string that contains `text`. */
export const containing = (text: string): unknown => expect.stringContaining(text);

/** Equal to any string that matches. */
export const matching = (pattern: RegExp): unknown => expect.stringMatching(pattern);

/** Equal to any number. */
export const someNumber = (): unknown => expect.any(Number);
