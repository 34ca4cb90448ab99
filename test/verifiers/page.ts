// The code of verify.html in a context that has only what a browser has: no Buffer, no require, no process.
import vm from 'node:vm';
import {build} from 'esbuild';
import {z} from 'zod';
import {browserOptions} from '../../scripts/build/browser.ts';
import {root} from '../helpers/programs.ts';
import type {Asked} from './in-page.ts';

export interface Page {
  /** The report, as it was parsed from JSON; null for what is no bundle. */
  readonly ask: (asked: Asked) => Promise<unknown>;
}

const isAsker = (value: unknown): value is (asked: Asked) => Promise<unknown> => typeof value === 'function';
const isLender = (value: unknown): value is (what: typeof lent) => void => typeof value === 'function';
const parsed = (text: string): unknown => JSON.parse(text);

/** Encoders of the context itself, so that what they hand over are arrays of its own kind. */
const encoders = `(({encode, decoder}) => {
  globalThis.TextEncoder = class { encode(text = '') { return new Uint8Array(encode(String(text))); } };
  globalThis.TextDecoder = class {
    #decode;
    constructor(label, options) { this.#decode = decoder(label, options); }
    decode(bytes) { return this.#decode(bytes); }
  };
})`;

const lent = {
  encode: (text: string) => new TextEncoder().encode(text),
  decoder: (label?: string, options?: ConstructorParameters<typeof TextDecoder>[1]) => {
    const decoder = new TextDecoder(label, options);
    return (bytes?: Uint8Array) => decoder.decode(bytes);
  },
};

/** `crypto`: see browserOptions. */
export async function startPage(crypto?: string): Promise<Page> {
  const {outputFiles} = await build({
    ...browserOptions(root, crypto),
    entryPoints: ['test/verifiers/in-page.ts'],
    globalName: 'page',
  });
  const context = vm.createContext({});
  const lend: unknown = vm.runInContext(encoders, context);
  if (!isLender(lend)) throw new Error('the encoders are no function');
  lend(lent);
  for (const name of ['Buffer', 'process', 'require', 'setTimeout'])
    if (vm.runInContext(`typeof ${name}`, context) !== 'undefined')
      throw new Error(`a browser has no ${name}`);
  vm.runInContext(outputFiles[0]?.text ?? '', context, {filename: 'verify.html'});
  const ask: unknown = vm.runInContext('page.ask', context);
  if (!isAsker(ask)) throw new Error('the bundle has no ask');
  return {ask: async asked => parsed(z.string().parse(await ask(asked)))};
}
