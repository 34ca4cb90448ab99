// Whether bytes are an entry's line in the form that docs/formats/ledger.md asks for, and where its fields stand.
// It says good exactly where `formProblem` finds nothing; a line that it does not pass is told about by that.
import {maxEntryBytes} from '../domain/limits.ts';
import {ascii, CanonicalReader, hexDigit} from './canonical.ts';
import {isOrigin} from './origin.ts';

const actor = ascii('{"actor":{');
const body = ascii(',"body":{');
const boot = ascii(',"boot":"');
const fence = ascii(',"fence":');
const kind = ascii(',"kind":"');
const mono = ascii(',"mono":');
const of = ascii(',"of":');
const prev = ascii(',"prev":"');
const run = ascii(',"run":"');
const seq = ascii('","seq":');
const seqAfterRun = seq.subarray(1);
const session = ascii(',"session":"');
const step = ascii(',"step":"');
const ts = ascii(',"ts":"');
const end = ascii('","v":1}');
/** `0` stands for any digit. */
const time = ascii('0000-00-00T00:00:00.000Z');

/** What an actor must say, and what it may. */
const operator = ascii('operator"');
const user = ascii('user"');
const via = ascii('via"');
const from = ascii('from"');
const key = ascii('key"');
const uid = ascii('uid"');
const wholeActor = 15;

/** Kinds whose bodies a verification reads: keys, erasures, receipts. */
const needed = ['key.rotate', 'redact', 'retention.apply', 'anchor.receipt'];
export const neededKinds: ReadonlySet<string> = new Set(needed);
const neededBytes = needed.map(name => ascii(`${name}"`));

/** Reads one line after the other; what it found of a line is overwritten by the next. */
export class LineReader extends CanonicalReader {
  readonly #log: Uint8Array | undefined;
  /** Where the text that was read last begins, inside its quotes. */
  #textAt = 0;
  /** Spans of texts inside their quotes, as they are written; `runAt` is -1 where there is no run. */
  kindAt = 0;
  kindEnd = 0;
  runAt = 0;
  runEnd = 0;
  /** Where the 64 digits of `prev` begin. */
  prevAt = 0;
  seq = 0;

  /** `log` is the origin of the log that the lines stand in. */
  constructor(log: string) {
    super();
    this.#log = isOrigin(log) ? ascii(`,"log":"${log}"`) : undefined;
  }

  /** Whether the bytes `from` to before `to` are a good line. Behind them must stand no byte, or one below 0x20. */
  read(bytes: Uint8Array, from: number, to: number): boolean {
    const log = this.#log;
    if (to - from > maxEntryBytes || log === undefined) return false;
    this.bytes = bytes;
    this.at = from;
    this.isWanted = false;
    if (!this.#takeWhat() || !this.takeAll(log) || !this.#takePlace() || !this.#takeWhen()) return false;
    this.isWanted ||= this.#isNeeded();
    return this.at === to;
  }

  #isNeeded(): boolean {
    for (const name of neededBytes) if (this.#is(this.kindAt, name)) return true;
    return false;
  }

  /** From the actor to the kind. */
  #takeWhat(): boolean {
    if (!this.takeAll(actor) || !this.#takeActor() || !this.takeAll(body)) return false;
    this.at -= 1;
    if (!this.takeObject(2) || !this.#takeText(boot)) return false;
    if (!this.#takeCount(fence) || !this.#takeText(kind)) return false;
    this.kindAt = this.#textAt;
    this.kindEnd = this.at - 1;
    return true;
  }
  /** From `mono` to `seq`. */
  #takePlace(): boolean {
    if (!this.takeAll(mono) || !this.takeInteger() || !this.#takeCount(of)) return false;
    if (!this.takeAll(prev) || !this.#takePrev() || !this.#takeRun()) return false;
    this.seq = this.takeInteger() ? this.integer : -1;
    return this.seq >= 0;
  }

  /** From the session to the end. */
  #takeWhen(): boolean {
    if (!this.#takeText(session) || (this.#is(this.at, step) && !this.#takeText(step))) return false;
    return this.takeAll(ts) && this.#takeTime() && this.takeAll(end);
  }

  /** `name` ends in the quote that opens the text. */
  #takeText(name: Uint8Array): boolean {
    if (!this.takeAll(name)) return false;
    this.#textAt = this.at;
    this.at -= 1;
    return this.takeString();
  }

  /** A count that may be absent. */
  #takeCount(name: Uint8Array): boolean {
    return !this.takeAll(name) || (this.takeInteger() && this.integer >= 0);
  }

  #takePrev(): boolean {
    this.prevAt = this.at;
    for (let i = 0; i < 64; i++) if (hexDigit(this.byte(this.at + i)) < 0) return false;
    this.at += 64;
    return true;
  }

  #takeRun(): boolean {
    this.runAt = -1;
    if (this.takeAll(seq)) return true;
    if (!this.take(0x22) || !this.#takeText(run)) return false;
    this.runAt = this.#textAt;
    this.runEnd = this.at - 1;
    return this.takeAll(seqAfterRun);
  }

  #takeTime(): boolean {
    const {bytes, at} = this;
    for (let i = 0; i < time.length; i++) {
      const byte = bytes[at + i] ?? 0;
      if (time[i] === 0x30 ? byte < 0x30 || byte > 0x39 : byte !== time[i]) return false;
    }
    this.at = at + time.length;
    return true;
  }

  #takeActor(): boolean {
    let had = 0;
    let before = -1;
    do {
      const at = this.at + 1;
      if (!this.takeKey(before)) return false;
      const bit = this.#actorBit(at, this.byte(this.at));
      if (bit < 0 || !this.takeValue(2)) return false;
      had |= bit;
      before = at;
    } while (this.take(0x2c));
    return had === wholeActor && this.take(0x7d);
  }

  /** What a member of the actor is worth, by its name and the first byte of its value; -1: it may not be that. */
  #actorBit(at: number, first: number): number {
    if (this.#is(at, uid)) return first === 0x2d || (first >= 0x30 && first <= 0x39) ? 8 : -1;
    const bit = this.#textBit(at);
    return bit < 0 ? 0 : first === 0x22 ? bit : -1;
  }

  /** A bit for each text that an actor must say, 0 for those that it may; -1: it is none of them. */
  #textBit(at: number): number {
    if (this.#is(at, operator)) return 1;
    if (this.#is(at, user)) return 2;
    if (this.#is(at, via)) return 4;
    return this.#is(at, from) || this.#is(at, key) ? 0 : -1;
  }

  #is(at: number, expected: Uint8Array): boolean {
    const {bytes} = this;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    return true;
  }
}
