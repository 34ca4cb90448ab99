// The terminal: bytes in, cells out, and giving it back unharmed. This file cuts input into keys, one at a time.
import type {Key} from '../define-screen.ts';

/** One piece of input: a key, pasted text, or a reply of the terminal that nobody typed. */
export type Piece =
  | {readonly at: 'key'; readonly key: Key}
  | {readonly at: 'paste-begins'}
  | {readonly at: 'reply'; readonly text: string};

/** What could be cut, and the rest, which may be the beginning of a longer sequence. */
export interface Cutting {
  readonly pieces: readonly Piece[];
  readonly rest: string;
}

const plain = (name: string, text = ''): Piece => ({at: 'key', key: {name, text, pasted: false}});

const finals: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'shift-tab',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

const tildes: Record<string, string> = {
  '1': 'home',
  '2': 'insert',
  '3': 'delete',
  '4': 'end',
  '5': 'pageup',
  '6': 'pagedown',
  '7': 'home',
  '8': 'end',
  '15': 'f5',
  '17': 'f6',
  '18': 'f7',
  '19': 'f8',
  '20': 'f9',
  '21': 'f10',
  '23': 'f11',
  '24': 'f12',
};

const controls: Record<number, string> = {
  0x08: 'backspace',
  0x09: 'tab',
  0x0a: 'enter',
  0x0d: 'enter',
  0x7f: 'backspace',
};

/** A control character or a grapheme as a key. */
function keyOf(piece: string): Piece {
  const code = piece.codePointAt(0) ?? 0;
  const known = controls[code];
  if (known !== undefined) return plain(known);
  if (code === 0) return plain('ctrl-space');
  if (code < 0x20) return plain(`ctrl-${String.fromCharCode(code + 0x60)}`);
  return piece === ' ' ? plain('space', ' ') : plain(piece, piece);
}

const csi = /^\x1b\[([0-?]*)([ -/]*)([@-~])/;
const string = /^\x1b[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)/;
const unfinished = /^\x1b(?:$|\x1b?\[[0-?]*[ -/]*$|O$|[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*$|\[M[\s\S]{0,2}$)/;

/** A complete CSI sequence as a key or a reply; undefined when it means nothing to the console. */
function fromCsi(text: string, [, parameters = '', , final = '']: readonly string[]): Piece | undefined {
  if (final === '~') {
    const [first = '', second = ''] = parameters.split(';');
    if (first === '200') return {at: 'paste-begins'};
    const name = tildes[first];
    return name === undefined ? undefined : plain(second === '5' ? `ctrl-${name}` : name);
  }
  const isReply = /^[?>=<]/.test(parameters) || 'cnyRIOMm'.includes(final);
  const name = final === 'R' && parameters !== '' ? undefined : finals[final];
  if (name !== undefined && !/^[?>=<]/.test(parameters)) {
    return plain(parameters.endsWith(';5') ? `ctrl-${name}` : name);
  }
  return isReply ? {at: 'reply', text} : undefined;
}

let graphemes: Intl.Segmenter | undefined;

function firstGrapheme(text: string): string {
  const head = text.slice(0, 64);
  for (const {segment} of (graphemes ??= new Intl.Segmenter()).segment(head)) return segment;
  return head.slice(0, 1);
}

/** The piece at the beginning of `text`, and how much of it that took; undefined: wait for more. */
function next(
  text: string,
  flush: boolean,
): {readonly piece: Piece | undefined; readonly length: number} | undefined {
  if (text[0] !== '\x1b') {
    const code = text.charCodeAt(0);
    const one =
      code < 0x80 && (code < 0x20 || code === 0x7f || text.length === 1)
        ? text.slice(0, 1)
        : firstGrapheme(text);
    return {piece: keyOf(one), length: one.length};
  }
  if (text.startsWith('\x1b[M') && text.length >= 6) return {piece: undefined, length: 6};
  const reply = string.exec(text);
  if (reply !== null) return {piece: {at: 'reply', text: reply[0]}, length: reply[0].length};
  if (!flush && unfinished.test(text)) return undefined;
  const sequence = csi.exec(text);
  if (sequence !== null) return {piece: fromCsi(sequence[0], sequence), length: sequence[0].length};
  const three = /^\x1bO([ -~])/.exec(text);
  if (three !== null) {
    const name = finals[three[1] ?? ''] ?? (three[1] === 'M' ? 'enter' : undefined);
    return {piece: name === undefined ? undefined : plain(name), length: 3};
  }
  return {piece: plain('escape'), length: 1};
}

/** Cuts as many pieces as are complete; with `flush`, a held Esc and unfinished sequences too. Stops after `paste-begins`. */
export function cutKeys(text: string, flush = false): Cutting {
  const pieces: Piece[] = [];
  let rest = text;
  while (rest !== '') {
    const found = next(rest, flush);
    if (found === undefined) break;
    rest = rest.slice(found.length);
    if (found.piece === undefined) continue;
    pieces.push(found.piece);
    if (found.piece.at === 'paste-begins') break;
  }
  return {pieces, rest};
}
