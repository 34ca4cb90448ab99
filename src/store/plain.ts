// Appends and their answers as columns, on their way between the caller's thread and the worker.
import type {Envelope, PlainAnswers, PlainAppends, Reply, Sent, Told, WireAppend} from './protocol.ts';

type Columns<T> = {-readonly [K in keyof T]: T[K] extends readonly (infer V)[] ? V[] : T[K]};

/** Whether an append says nothing that has no column. */
function isPlain({entries, ifRunHead, ifNewest, lease, once}: WireAppend): boolean {
  const [entry] = entries;
  return (
    entry !== undefined &&
    entries.length === 1 &&
    ifRunHead === undefined &&
    ifNewest === undefined &&
    lease === undefined &&
    once === undefined &&
    entry.run === undefined &&
    entry.of === undefined &&
    entry.fence === undefined &&
    entry.disclosures.length === 0
  );
}

/** Requests in their order; plain appends that follow each other are put together. */
export function packed(requests: readonly Envelope[]): Sent[] {
  const sent: Sent[] = [];
  let open: Columns<PlainAppends> | undefined;
  for (const envelope of requests) {
    const append = envelope.request.op === 'append' ? envelope.request.append : undefined;
    const entry = append?.entries[0];
    if (append === undefined || entry === undefined || !isPlain(append)) {
      sent.push(envelope);
      open = undefined;
      continue;
    }
    const {session, operator, ts} = append;
    if (open?.session !== session || open.operator !== operator) {
      open = {ids: [], kinds: [], heads: [], middles: [], tails: [], times: [], session, operator};
      sent.push(open);
    }
    open.ids.push(envelope.id);
    open.kinds.push(entry.kind);
    open.heads.push(entry.head);
    open.middles.push(entry.middle);
    open.tails.push(entry.tail);
    open.times.push(ts);
  }
  return sent;
}

/** The requests again; `plain` are those that are to be answered in columns. */
export function unpacked(sent: readonly Sent[]): Envelope[] {
  const requests: Envelope[] = [];
  for (const one of sent) {
    if ('request' in one) {
      requests.push(one);
      continue;
    }
    const {ids, kinds, heads, middles, tails, times, session, operator} = one;
    for (let i = 0; i < ids.length; i++) {
      const [id, kind, head, middle, tail, ts] = [ids[i], kinds[i], heads[i], middles[i], tails[i], times[i]];
      if (id === undefined || kind === undefined || ts === undefined) continue;
      if (head === undefined || middle === undefined || tail === undefined) continue;
      const entries = [{kind, head, middle, tail, disclosures: []}];
      requests.push({id, plain: true, request: {op: 'append', append: {entries, session, operator, ts}}});
    }
  }
  return requests;
}

/** Answers for one message: where plain appends were written in columns, all else as it is. */
export class Answers {
  #told: Told[] = [];
  #open: Columns<PlainAnswers> | undefined;

  add(reply: Reply, plain = false): void {
    const {answer} = reply;
    const row = plain && answer.op === 'append' && answer.result.ok ? answer.result.rows[0] : undefined;
    if (row?.prev === undefined) {
      this.#told.push(reply);
      return;
    }
    if (this.#open === undefined) {
      this.#open = {ids: [], seqs: [], prevs: [], leaves: []};
      this.#told.push(this.#open);
    }
    this.#open.ids.push(reply.id);
    this.#open.seqs.push(row.seq);
    this.#open.prevs.push(row.prev);
    this.#open.leaves.push(row.leaf);
  }

  /** All that were added since the last time. */
  take(): Told[] {
    const told = this.#told;
    this.#told = [];
    this.#open = undefined;
    return told;
  }
}

/** The answers one by one, as if they had come alone. */
export function eachReply(told: readonly Told[], settle: (reply: Reply) => void): void {
  for (const one of told) {
    if ('answer' in one) {
      settle(one);
      continue;
    }
    for (const [i, id] of one.ids.entries()) {
      const [seq, prev, leaf] = [one.seqs[i], one.prevs[i], one.leaves[i]];
      if (seq !== undefined && prev !== undefined && leaf !== undefined)
        settle({id, answer: {op: 'placed', placed: {seq, prev, leaf}}});
    }
  }
}
