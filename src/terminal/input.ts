// Guarded input: a lone Esc is held for a moment, pastes are gathered and capped, Ctrl-C always gets through.
import {StringDecoder} from 'node:string_decoder';
import type {Key} from '../define-screen.ts';
import type {Cancel, Clock} from '../ports.ts';
import {cutKeys} from './keys.ts';

/** How long an Esc may be the beginning of a sequence that a slow link broke apart. */
export const holdMs = 80;

/** Longest paste that is kept, in characters. */
export const pasteCap = 16_384;

const pasteEnds = '\x1b[201~';

export interface InputHandlers {
  readonly onKey: (key: Key) => void;
  /** Answers of the terminal to our questions; never keys. */
  readonly onReply: (text: string) => void;
}

export interface GuardedInput {
  push(chunk: Uint8Array | string): void;
  /** Forgets what was typed ahead. */
  drop(): void;
}

const newlines = /[\r\n\t]+/g;

/** Feeds chunks of a terminal's input to `onKey`, one key a call, in order. */
export function guardInput(clock: Pick<Clock, 'after'>, {onKey, onReply}: InputHandlers): GuardedInput {
  const decoder = new StringDecoder('utf8');
  let held = '';
  let paste: string | undefined;
  let cancel: Cancel | undefined;

  const gather = (): boolean => {
    const end = held.indexOf(pasteEnds);
    // An abandoned paste must not swallow the keyboard: Ctrl-C drops it.
    const hatch = held.indexOf('\x03');
    if (hatch !== -1 && (end === -1 || hatch < end)) {
      paste = undefined;
      held = held.slice(hatch);
      return true;
    }
    if (end === -1) {
      const keep = Math.max(0, held.length - pasteEnds.length + 1);
      paste = `${paste ?? ''}${held.slice(0, keep)}`.slice(0, pasteCap);
      held = held.slice(keep);
      return false;
    }
    const text = `${paste ?? ''}${held.slice(0, end)}`.slice(0, pasteCap).replaceAll(newlines, ' ');
    held = held.slice(end + pasteEnds.length);
    paste = undefined;
    if (text !== '') onKey({name: 'paste', text, pasted: true});
    return true;
  };

  const pump = (flush: boolean): void => {
    for (;;) {
      if (paste !== undefined) {
        if (!gather()) return;
        continue;
      }
      const {pieces, rest} = cutKeys(held, flush);
      held = rest;
      for (const piece of pieces) {
        if (piece.at === 'key') onKey(piece.key);
        else if (piece.at === 'reply') onReply(piece.text);
        else paste = '';
      }
      if (paste === undefined) return;
    }
  };

  return {
    push(chunk) {
      cancel?.();
      cancel = undefined;
      held += typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk));
      pump(false);
      if (held !== '' && paste === undefined) cancel = clock.after(holdMs, () => pump(true));
    },
    drop() {
      cancel?.();
      cancel = undefined;
      held = '';
      paste = undefined;
    },
  };
}
