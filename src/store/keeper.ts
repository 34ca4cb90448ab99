// The keeper of a ledger, over a worker of its own: signing, erasing, a new key.
import type {AppendResult, NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {saltBytes} from '../ledger/commitment.ts';
import type {LedgerKeeper} from '../ports.ts';
import {stored, unexpected, type OpenLedgerOptions} from './ledger.ts';
import type {Place, WireEntry} from './protocol.ts';
import {specOf, stampOf, wireEntry} from './wire.ts';
import {WorkerClient} from './worker-client.ts';

const remains =
  'Another process is reading the ledger, so bytes of the values may remain in its write-ahead log (ledger.db-wal) until it has finished and the ledger is opened again.';

class WorkerKeeper implements LedgerKeeper {
  readonly #options: OpenLedgerOptions;
  readonly #client: WorkerClient;
  readonly #origin: string;

  constructor(options: OpenLedgerOptions, client: WorkerClient, origin: string) {
    this.#options = options;
    this.#client = client;
    this.#origin = origin;
  }

  async signText(text: string): Promise<string> {
    const answer = await this.#client.call({op: 'sign', text});
    if (answer.op !== 'note') throw unexpected(answer);
    return answer.note;
  }

  async erase(
    places: readonly Place[],
    entries: readonly NewEntry[],
    asOf: number,
  ): Promise<AppendResult & {readonly remains?: string}> {
    const {actor, session, random} = this.#options;
    const stamp = stampOf(this.#options);
    const wired: WireEntry[] = [];
    for (const entry of entries) {
      const wire = wireEntry(entry, stamp, {origin: this.#origin, random});
      if ('ok' in wire) return wire;
      wired.push(wire);
    }
    const append = {entries: wired, session, operator: actor.operator, ts: stamp.ts};
    const answer = await this.#client.call({op: 'erase', append, places, asOf});
    if (answer.op !== 'erased') throw unexpected(answer);
    const {result, gone} = answer.erased;
    return {...stored(result), ...(gone ? {} : {remains})};
  }

  async rotateKey(reason: string): Promise<{readonly vkey: string; readonly seq: number}> {
    const {random} = this.#options;
    const stamp = stampOf(this.#options);
    const rotation = {stamp, reason, seed: random.bytes(32), salt: random.bytes(saltBytes)};
    const answer = await this.#client.call({op: 'rotate', rotation});
    if (answer.op !== 'rotated') throw unexpected(answer);
    return {vkey: answer.vkey, seq: answer.seq};
  }

  async close(): Promise<void> {
    try {
      await this.#client.call({op: 'close', checkpoint: true});
    } finally {
      await this.#client.exited();
    }
  }
}

/** Opens the ledger of a data directory for its keeper. Throws what `openLedger` does, and LEDGER_READ_ONLY. */
export async function openKeeper(options: OpenLedgerOptions): Promise<LedgerKeeper> {
  const {client, opened} = await WorkerClient.start(options.worker, specOf(options));
  if (opened.readOnly === undefined) return new WorkerKeeper(options, client, opened.origin);
  await client.call({op: 'close', checkpoint: false});
  await client.exited();
  throw new QdError(
    'LEDGER_READ_ONLY',
    `The ledger of ${options.dir} cannot be written: ${opened.readOnly}.`,
    {
      hint: 'Check the mount and the permissions of the data directory.',
    },
  );
}
