// The ledger in the thread of its caller, for a process that does one thing at a time: a worker costs more than it saves.
import {QdError} from '../domain/error.ts';
import type {Ledger} from '../ports.ts';
import {thrown, type Client} from './client.ts';
import {ledgerOver, type OpenHere} from './ledger.ts';
import type {Answer, Request} from './protocol.ts';
import {Serving} from './serving.ts';
import {specOf} from './wire.ts';

class HereClient implements Client {
  readonly #serving: Serving;
  #isReady = false;

  constructor(serving: Serving) {
    this.#serving = serving;
  }

  async call(request: Request): Promise<Answer> {
    // Nobody is answered in the turn in which it asked, as with a worker.
    await Promise.resolve();
    if (this.#serving.closed)
      throw new QdError('LEDGER_WORKER', 'The ledger was closed.', {hint: 'Start again.'});
    const answer = this.#answer(request);
    if (answer.op === 'error') throw thrown(answer.error);
    return answer;
  }

  async exited(): Promise<void> {
    return Promise.resolve();
  }

  #answer(request: Request): Answer {
    if (request.op !== 'append') return this.#serving.answer(request);
    if (!this.#isReady) {
      // As after the start of a worker: before the write lock is taken, since it may write a large file.
      const room = this.#serving.answer({op: 'room'});
      if (room.op === 'error') return room;
      this.#isReady = true;
    }
    const results = this.#serving.append([request.append]);
    if ('code' in results) return {op: 'error', error: results};
    const [result] = results;
    return result === undefined
      ? {op: 'error', error: {code: 'LEDGER_WORKER', message: 'The append was not answered.'}}
      : {op: 'append', result};
  }
}

/**
 * As `openLedger`, in this thread: each call blocks it until the disk has answered. `uid` is the owner that the data
 * directory must have.
 */
export async function openLedgerHere({uid, ...options}: OpenHere & {readonly uid: number}): Promise<Ledger> {
  const serving = Serving.open({...specOf(options), uid});
  if ('code' in serving) throw thrown(serving);
  return ledgerOver(new HereClient(serving), serving.opened, options);
}
