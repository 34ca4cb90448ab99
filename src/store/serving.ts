// One open ledger and what it answers to each request, in whichever thread it is open.
import {QdError} from '../domain/error.ts';
import {checkpointEvery} from '../domain/limits.ts';
import {LedgerCore} from './core.ts';
import type {Answer, Opened, OpenSpec, Request, WireAppend, WireError, WireResult} from './protocol.ts';
import {wireError} from './wire-error.ts';

type Other = Exclude<Request, {readonly op: 'append'}>;

export class Serving {
  readonly #core: LedgerCore;
  readonly #dir: string;
  #closed = false;

  private constructor(core: LedgerCore, dir: string) {
    this.#core = core;
    this.#dir = dir;
  }

  /** Opens the ledger, or says why it cannot be opened. */
  static open(spec: OpenSpec): Serving | WireError {
    try {
      return new Serving(new LedgerCore(spec), spec.dir);
    } catch (error) {
      return wireError(error, spec.dir);
    }
  }

  get opened(): Opened {
    return this.#core.opened;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** How many entries stand after the newest checkpoint, of `size` when that is known. */
  unsealed(size?: number): number {
    return size === undefined ? this.#core.unsealed : this.#core.unsealedUpTo(size);
  }

  takeReserve(): boolean {
    return this.#core.takeReserve();
  }

  /** A failure here is told by the next explicit checkpoint, or stops writing by itself. */
  checkpoint(): void {
    try {
      this.#core.checkpoint();
    } catch (error) {
      if (!(error instanceof QdError) || error.code === 'LEDGER_UNREADABLE') this.#core.stop(error);
    }
  }

  /** As `LedgerCore.append`; why nothing of it was done where that throws. */
  append(appends: readonly WireAppend[], more?: () => void): readonly WireResult[] | WireError {
    try {
      return this.#core.append(appends, more);
    } catch (error) {
      return wireError(error, this.#dir);
    }
  }

  /** Anything but an append; what goes wrong is an answer too. */
  answer(request: Other): Answer {
    try {
      return this.#answer(request);
    } catch (error) {
      return {op: 'error', error: wireError(error, this.#dir)};
    }
  }

  #answer(request: Other): Answer {
    const core = this.#core;
    switch (request.op) {
      case 'head':
        // Whoever asks how far the log is sealed sees what is due sealed.
        if (core.unsealed >= checkpointEvery) this.checkpoint();
        return {op: 'head', head: core.head()};
      case 'room':
        return {op: 'room', room: core.takeReserve()};
      case 'read':
        return {op: 'rows', rows: core.read(request.query)};
      case 'checkpoint':
        return {op: 'head', head: core.checkpoint()};
      case 'disclosure':
        return {op: 'value', value: core.disclosure(request.seq, request.ptr)};
      case 'sign':
        return {op: 'note', note: core.sign(request.text)};
      case 'erase':
        return {op: 'erased', erased: core.erase(request.append, request.places, request.asOf)};
      case 'rotate':
        return {op: 'rotated', ...core.rotateKey(request.rotation)};
      case 'close':
        try {
          if (request.checkpoint) core.checkpoint();
        } finally {
          core.close();
          this.#closed = true;
        }
        return {op: 'closed'};
    }
  }
}
