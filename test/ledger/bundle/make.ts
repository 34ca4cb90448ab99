// Bundles written by hand from lines and keys, independent of what the program exports; tests then damage them.
import {createHash, sign} from 'node:crypto';
import canonicalize from 'canonicalize';
import {fieldsOf, isFields, type Fields} from '../../../src/ledger/form.ts';
import {signerFrom, type Signer} from '../../../src/ledger/note.ts';
import {Deriver, type Value} from '../../../src/report/derive.ts';

export type Files = Map<string, Uint8Array>;

export const origin = 'quarterdeck/acme/bastion/0011223344556677';
export const keyOf = (n: number): Signer => signerFrom(origin, new Uint8Array(32).fill(n + 1));

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const leafOf = (line: string | Uint8Array): Buffer => sha256(Buffer.of(0), line);
const nodeOf = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** RFC 6962 §2.1, as it is written there. */
export function rootOf(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return sha256('');
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

function pathOf(index: number, leaves: readonly Uint8Array[]): readonly Uint8Array[] {
  if (leaves.length === 1) return [];
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return index < split
    ? [...pathOf(index, leaves.slice(0, split)), rootOf(leaves.slice(split))]
    : [...pathOf(index - split, leaves.slice(split)), rootOf(leaves.slice(0, split))];
}

function coverOf(leaves: readonly Uint8Array[], from: number, to: number): readonly string[] {
  const roots: string[] = [];
  for (let at = from; at < to;) {
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) width *= 2;
    roots.push(hex(rootOf(leaves.slice(at, at + width))));
    at += width;
  }
  return roots;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const line = (value: object): string => `${canonicalize(value) ?? ''}\n`;
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** A signed note, put together here. */
export const noteOf = (text: string, signer: Signer): string =>
  `${text}\n— ${signer.name} ${base64(Buffer.concat([Buffer.from(signer.id, 'hex'), sign(null, Buffer.from(text), signer.secret)]))}\n`;

export const checkpointOf = (size: number, root: Uint8Array, signer: Signer, log: string = origin): string =>
  noteOf(`${log}\n${size}\n${base64(root)}\n`, signer);

/** An entry of the log: its kind and body, the texts behind commitments, and what was erased of them. */
export interface Said {
  readonly kind: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly step?: string;
  /** Values by member of the body; `artifact` puts it into a file, `erased` leaves it out. */
  readonly values?: Readonly<Record<string, {readonly text: string; readonly at?: 'artifact' | 'erased'}>>;
}

export interface Wanted {
  /** Entries after the genesis, which is made here; `rotate` becomes a `key.rotate` with the next key. */
  readonly entries: readonly (Said | 'rotate')[];
  /** Default: the whole log. */
  readonly from?: number;
  readonly to?: number;
  /** The bundle's size; default: all entries. */
  readonly size?: number;
  /** Older checkpoints that go along. */
  readonly checkpoints?: readonly number[];
  /** Changes a line after it was made (before what follows is chained to it). */
  readonly change?: (text: string, seq: number) => string;
  /** Other text in place of the derived files; by default they are derived as the program does it. */
  readonly derived?: Readonly<Record<string, string>>;
}

interface Disclosure {
  readonly seq: number;
  readonly ptr: string;
  readonly sd: string;
  readonly salt: string;
  readonly text: string;
  readonly at: 'inline' | 'artifact' | 'erased';
}

export interface Log {
  readonly lines: readonly string[];
  readonly leaves: readonly Uint8Array[];
  readonly disclosures: readonly Disclosure[];
  /** `seq` of each rotation. */
  readonly rotations: readonly number[];
}

function committed(seq: number, {body = {}, values = {}}: Said) {
  const disclosures = Object.entries(values).map(([name, {text, at}], i): Disclosure => {
    const ptr = `/body/${name}`;
    const salt = Buffer.alloc(16, seq * 16 + i);
    return {
      seq,
      ptr,
      salt: hex(salt),
      text,
      at: at ?? 'inline',
      sd: hex(sha256('quarterdeck-sd-v1\0', salt, `${ptr}\0`, text)),
    };
  });
  const commitments = disclosures.map(({ptr, sd}) => [ptr.slice('/body/'.length), {sd}] as const);
  return {disclosures, body: {...body, ...Object.fromEntries(commitments)}};
}

const actor = {operator: 'ada', uid: 1000, user: 'ada', via: 'local'};

/** The lines of a log, chained. */
export function makeLog({entries, change = text => text}: Pick<Wanted, 'entries' | 'change'>): Log {
  const genesis: Said = {
    kind: 'ledger.genesis',
    body: {
      format: 'quarterdeck-ledger-v1',
      host: 'bastion',
      path: '/qd',
      site: 'acme',
      version: '1',
      vkey: keyOf(0).vkey,
    },
  };
  const lines: string[] = [];
  const disclosures: Disclosure[] = [];
  const rotations: number[] = [];
  let prev = hex(sha256(origin));
  for (const [seq, wanted] of [genesis, ...entries].entries()) {
    let said = wanted;
    if (said === 'rotate') {
      const {vkey} = keyOf(rotations.length + 1);
      const text = `quarterdeck-key-rotation-v1\n${origin}\n${seq}\n${vkey}\n`;
      said = {kind: 'key.rotate', body: {note: noteOf(text, keyOf(rotations.length)), vkey}};
      rotations.push(seq);
    }
    const {body, disclosures: own} = committed(seq, said);
    disclosures.push(...own);
    const {kind, run, step} = said;
    const ts = new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
    const stamp = {v: 1, log: origin, seq, prev, ts, mono: seq, boot: 'boot', session: 'session', actor};
    const where = {...(run === undefined ? {} : {run}), ...(step === undefined ? {} : {step})};
    const text = change(canonicalize({...stamp, kind, ...where, body}) ?? '', seq);
    lines.push(text);
    prev = hex(leafOf(text));
  }
  return {lines, leaves: lines.map(leafOf), disclosures, rotations};
}

/** The key in force for a checkpoint of `size`. */
const signerAt = ({rotations}: Pick<Log, 'rotations'>, size: number): Signer =>
  keyOf(rotations.filter(seq => seq + 1 < size).length);

const fieldsIn = (text: string): Fields => fieldsOf(bytes(text))?.fields ?? {};
const named = ({seq, ptr}: Fields): string => `${String(seq)} ${String(ptr)}`;

/** What an entry says was erased, as `seq ptr`. */
function erasures(text: string): readonly string[] {
  const {kind, body} = fieldsIn(text);
  if (!isFields(body)) return [];
  if (kind === 'redact') return [named(body)];
  const {erased} = body;
  return kind === 'retention.apply' && Array.isArray(erased) ? erased.filter(isFields).map(named) : [];
}

function contextOf({lines, leaves, rotations, disclosures}: Log, {from, to, size}: Bounds): string {
  const inside = new Set(
    disclosures.filter(({seq}) => seq >= from && seq < to).map(({seq, ptr}) => `${seq} ${ptr}`),
  );
  return lines
    .slice(0, size)
    .map((text, seq) => ({text, seq}))
    .filter(({seq}) => seq < from || seq >= to)
    .filter(
      ({text, seq}) => seq === 0 || rotations.includes(seq) || erasures(text).some(name => inside.has(name)),
    )
    .map(({text, seq}) => line({line: text, proof: pathOf(seq, leaves.slice(0, size)).map(hex)}))
    .join('');
}

interface Bounds {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

const tileIndex = (index: number): string => String(index).padStart(3, '0');

/** Tiles of a log of fewer than 256,000 entries (c2sp.org/tlog-tiles). */
function putTiles(files: Files, lines: readonly string[], leaves: readonly Uint8Array[]): void {
  const put = (level: string, items: readonly Uint8Array[]): void => {
    for (let i = 0; i * 256 < items.length; i++) {
      const tile = items.slice(i * 256, i * 256 + 256);
      const partial = tile.length < 256 ? `.p/${tile.length}` : '';
      files.set(`tile/${level}/${tileIndex(i)}${partial}`, new Uint8Array(Buffer.concat(tile)));
    }
  };
  put(
    'entries',
    lines.map(text => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(Buffer.byteLength(text));
      return Buffer.concat([length, Buffer.from(text)]);
    }),
  );
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    put(String(level), hashes);
    const full = Math.floor(hashes.length / 256);
    const below = hashes;
    hashes = Array.from({length: full}, (_, i) => rootOf(below.slice(i * 256, i * 256 + 256)));
  }
}

function derive(log: Log, bounds: Bounds): Map<string, string> {
  const {from, to, size} = bounds;
  const deriver = new Deriver({origin, from, to, size, root: hex(rootOf(log.leaves.slice(0, size)))});
  const erasedBy = new Map<string, number>();
  for (const [seq, text] of log.lines.slice(0, size).entries())
    for (const name of erasures(text)) if (!erasedBy.has(name)) erasedBy.set(name, seq);
  const texts = new Map<string, string>();
  const take = (pieces: ReturnType<Deriver['end']>): void => {
    for (const {path, text} of pieces) texts.set(path, (texts.get(path) ?? '') + text);
  };
  for (let seq = from; seq < to; seq++) {
    const text = log.lines[seq] ?? '';
    const values = log.disclosures
      .filter(one => one.seq === seq)
      .map(({ptr, at, text: value}): [string, Value] => [
        ptr,
        at === 'erased' ? {erased: true, by: erasedBy.get(`${seq} ${ptr}`) ?? -1} : {bytes: bytes(value)},
      ]);
    const leaf = hex(leafOf(text));
    take(deriver.add({seq, leaf, line: text, entry: fieldsIn(text), values: new Map(values)}));
  }
  take(deriver.end());
  return texts;
}

const manifests = ['manifest-sha256.txt', 'manifest.note'];

/** Writes the manifest and its note anew, as somebody with the key would after a change. */
export function seal(files: Files, signer: Signer): Files {
  const listed = [...files.keys()].filter(path => !manifests.includes(path)).toSorted();
  const text = listed.map(path => `${hex(sha256(files.get(path) ?? ''))}  ${path}\n`).join('');
  files.set('manifest-sha256.txt', bytes(text));
  files.set(
    'manifest.note',
    bytes(noteOf(`${origin}\nquarterdeck-manifest-v1\n${hex(sha256(text))}\n`, signer)),
  );
  return files;
}

/** A bundle as docs/formats/ledger.md describes it. */
export function makeBundle(wanted: Wanted): Files {
  const log = makeLog(wanted);
  const {size = log.lines.length, from = 0, to = size} = wanted;
  const bounds = {from, to, size};
  const leaves = log.leaves.slice(0, size);
  const files: Files = new Map();
  const put = (path: string, text: string): void => void files.set(path, bytes(text));
  put('README.txt', 'How to verify this bundle.\n');
  put(
    'entries.jsonl',
    log.lines
      .slice(from, to)
      .map(text => `${text}\n`)
      .join(''),
  );
  put('range.json', line({from, to, size, left: coverOf(leaves, 0, from), right: coverOf(leaves, to, size)}));
  put('checkpoint', checkpointOf(size, rootOf(leaves), signerAt(log, size)));
  for (const older of wanted.checkpoints ?? [])
    put(`checkpoints/${older}`, checkpointOf(older, rootOf(leaves.slice(0, older)), signerAt(log, older)));
  const epochs = log.rotations.filter(seq => seq < size).length;
  put('ledger.vkey', Array.from({length: epochs + 1}, (_, i) => `${keyOf(i).vkey}\n`).join(''));
  const context = contextOf(log, bounds);
  if (context !== '') put('context.jsonl', context);
  const disclosed = log.disclosures
    .filter(({seq, at}) => seq >= from && seq < to && at !== 'erased')
    .toSorted((a, b) => a.seq - b.seq || (a.ptr < b.ptr ? -1 : 1));
  for (const {at, sd, text} of disclosed) if (at === 'artifact') put(`artifacts/${sd}`, text);
  put(
    'disclosures.jsonl',
    disclosed
      .map(({seq, ptr, salt, sd, at, text}) =>
        line({seq, ptr, salt, ...(at === 'artifact' ? {artifact: sd} : {value: base64(bytes(text))})}),
      )
      .join(''),
  );
  if (from === 0 && to === size) putTiles(files, log.lines.slice(0, size), leaves);
  for (const [path, text] of wanted.derived ? Object.entries(wanted.derived) : derive(log, bounds))
    put(path, text);
  return seal(files, signerAt(log, size));
}
