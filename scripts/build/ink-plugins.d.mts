import type {Plugin} from 'esbuild';

interface Patch {
  readonly file: string;
  readonly what: string;
  readonly find: string | RegExp;
  readonly put: string | ((...match: string[]) => string);
}

/** Replaces every match, and at least one; throws naming the file when there is none. */
export function patched(text: string, patch: Patch): string;
export function lazySegmenter(text: string, file: string): string;
export function quickWidth(text: string, file: string): string;
export function withoutDevtools(text: string, file: string): string;
export function splitYoga(text: string, file: string): {readonly glue: string; readonly base64: string};

/** For a bundle that contains Ink. */
export function inkPlugins(): Plugin[];
