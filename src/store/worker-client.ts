// The caller's end of the worker: one promise per request, and a clear end when the worker dies.
import {Worker} from 'node:worker_threads';
import {QdError} from '../domain/error.ts';
import {thrown, type Client} from './client.ts';
import {eachReply, packed} from './plain.ts';
import type {Answer, Envelope, Opened, OpenSpec, Reply, Request, Told} from './protocol.ts';

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: QdError) => void;
}

const dead = (why: string): QdError =>
  new QdError('LEDGER_WORKER', `The ledger's worker ended: ${why}.`, {
    hint: 'Start again; what was written is safe. If it happens again, run: quarterdeck ledger verify',
  });

/** So many go together; the worker starts on them while the rest of a burst is made, and commits all of it at once. */
const atOnce = 16;

export class WorkerClient implements Client {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exited: Promise<void>;
  /** Requests of this turn that are not on their way yet. */
  #outbox: Envelope[] = [];
  #nextId = 1;
  #ended: QdError | undefined;

  private constructor(url: URL | string, spec: OpenSpec) {
    this.#worker = new Worker(url, {workerData: spec, stdout: false, stderr: false});
    this.#worker.on('message', (told: readonly Told[]) => {
      eachReply(told, reply => {
        this.#settle(reply);
      });
    });
    this.#worker.on('error', error => {
      this.#end(dead(error instanceof Error ? error.message : String(error)));
    });
    this.#exited = new Promise(resolve => {
      this.#worker.on('exit', code => {
        this.#end(dead(`exit code ${code}`));
        resolve();
      });
    });
  }

  /** Starts the worker; resolves with what it opened, or throws what it could not open. */
  static async start(url: URL | string, spec: OpenSpec): Promise<{client: WorkerClient; opened: Opened}> {
    const client = new WorkerClient(url, spec);
    try {
      const answer = await client.#wait(0);
      if (answer.op !== 'opened') throw dead(`it answered ${answer.op} at first`);
      return {client, opened: answer.opened};
    } catch (error) {
      await client.exited();
      throw error;
    }
  }

  async call(request: Request): Promise<Answer> {
    if (this.#ended !== undefined) throw this.#ended;
    const id = this.#nextId++;
    const answer = this.#wait(id);
    this.#outbox.push({id, request});
    if (this.#outbox.length === 1) {
      queueMicrotask(() => {
        this.#post();
      });
    } else if (this.#outbox.length >= atOnce) this.#post();
    return answer;
  }

  #post(): void {
    if (this.#outbox.length === 0) return;
    this.#worker.postMessage(packed(this.#outbox));
    this.#outbox = [];
  }

  async exited(): Promise<void> {
    if (this.#ended === undefined) this.#worker.ref();
    return this.#exited;
  }

  async #wait(id: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // Only a pending request keeps the program alive.
      if (this.#waiting.size === 0) this.#worker.ref();
      this.#waiting.set(id, {resolve, reject});
    });
  }

  #settle({id, answer}: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (answer.op === 'error') waiting?.reject(thrown(answer.error));
    else waiting?.resolve(answer);
  }

  #end(error: QdError): void {
    this.#ended ??= error;
    for (const {reject} of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
