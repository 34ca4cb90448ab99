// What a command prints, where that can be told from its words alone: for pipes, substitutions and xargs.
import {readOptions} from './options.ts';
import {star} from './overlap.ts';
import type {Source} from './scope.ts';
import {startsOfFind} from './writes.ts';

/** What a command reads on its standard input, or what comes out of it. */
export type Stream =
  /** Nothing, the terminal, or a file whose text is not known. */
  | {readonly at: 'none'}
  /** `from`: the file that it is the text of. */
  | {readonly at: 'text'; readonly text: string; readonly from?: Source}
  /** `decoded`: out of a decoder, a decompressor or the network. */
  | {readonly at: 'unknown'; readonly decoded: boolean};

export const nothing: Stream = {at: 'none'};
const largest = 1 << 20;

const printers: Readonly<Record<string, (args: readonly string[]) => string>> = {
  echo: args => {
    const from = args.findIndex(arg => !/^-[neE]+$/.test(arg));
    const text = from === -1 ? '' : args.slice(from).join(' ');
    return `${from > 0 && args.slice(0, from).some(arg => arg.includes('e')) ? unescaped(text) : text}\n`;
  },
  printf: args => printed(args[0] === '--' ? args.slice(1) : args),
  find: args =>
    startsOfFind(args)
      .flatMap(path => [path, `${path.replace(/\/+$/, '')}/${star}`])
      .join('\n'),
  ls: args =>
    readOptions(args, {})
      .operands.map(path => `${path}/${star}`)
      .join('\n'),
};

const decoders: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  base64: args => /(?:^|\s)(?:-\w*[dD]|--decode)/.test(args.join(' ')),
  base32: args => /(?:^|\s)(?:-\w*d|--decode)/.test(args.join(' ')),
  basenc: args => /(?:^|\s)(?:-\w*d|--decode)/.test(args.join(' ')),
  xxd: args => args.some(arg => /^-\w*r/.test(arg)),
  openssl: args => args.includes('-d'),
  gpg: () => true,
  age: () => true,
  gunzip: () => true,
  zcat: () => true,
  gzip: args => args.some(arg => /^-\w*d|^--decompress/.test(arg)),
  bzcat: () => true,
  xzcat: () => true,
  zstdcat: () => true,
  xz: args => args.some(arg => /^-\w*d/.test(arg)),
  bunzip2: () => true,
  curl: () => true,
  wget: () => true,
  uudecode: () => true,
  nc: () => true,
};

/** What comes out of this command when `input` goes in. */
export function outputOf(program: string, args: readonly string[], input: Stream): Stream {
  const printer = Object.hasOwn(printers, program) ? printers[program] : undefined;
  if (printer !== undefined) return textStream(printer(args));
  if (program === 'cat' || program === 'tee') {
    if (program === 'tee' || args.every(arg => arg.startsWith('-'))) return input;
  }
  if (Object.hasOwn(decoders, program) && decoders[program]?.(args) === true)
    return {at: 'unknown', decoded: true};
  return {at: 'unknown', decoded: input.at === 'unknown' && input.decoded};
}

export const textStream = (text: string): Stream =>
  text.length > largest ? {at: 'unknown', decoded: false} : {at: 'text', text};

/** Two outputs one after the other. */
export function together(first: Stream, second: Stream): Stream {
  if (first.at === 'none') return second;
  if (second.at === 'none') return first;
  if (first.at === 'text' && second.at === 'text') return textStream(first.text + second.text);
  const decoded = [first, second].some(stream => stream.at === 'unknown' && stream.decoded);
  return {at: 'unknown', decoded};
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '',
  b: '',
  f: '',
  v: '',
  e: '',
};

const unescaped = (text: string): string =>
  text.replaceAll(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|(.))/gs,
    (all, hex?: string, octal?: string, char?: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      return escapes[char ?? ''] ?? all;
    },
  );

/** `printf '%s\n' a b`: the format is used again while there are words left. */
function printed([format = '', ...values]: readonly string[]): string {
  const pieces = unescaped(format).split(/%[-+ #0-9.]*[a-zA-Z]/);
  const count = pieces.length - 1;
  if (count === 0) return pieces.join('');
  let text = '';
  for (let at = 0; at === 0 || at < values.length; at += count) {
    text += pieces.map((piece, i) => (i < count ? `${piece}${values[at + i] ?? ''}` : piece)).join('');
    if (text.length > largest) break;
  }
  return text;
}
