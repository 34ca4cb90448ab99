// Logs and bundles for damage: written by somebody who holds the key, so that everything is consistent but what a test breaks.
import canonicalize from 'canonicalize';
import {maxEntryBytes} from '../../src/domain/limits.ts';
import {concat, hexOf, utf8} from '../../src/ledger/bytes.ts';
import {signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {commitmentTo, commitmentsOf} from '../../src/ledger/commitment.ts';
import {fieldsOf, formProblem} from '../../src/ledger/form.ts';
import {firstPrev, leafHash, sha256} from '../../src/ledger/hash.ts';
import {rotationText, signerFrom, signNote, type Signer} from '../../src/ledger/note.ts';
import {manifestNoteText, manifestText} from '../../src/ledger/bundle/manifest.ts';
import {inclusionProof, neededFor, NodeKeeper} from '../../src/ledger/bundle/proof.ts';
import {rangeOf} from '../../src/ledger/bundle/range.ts';
import {TileWriter} from '../../src/ledger/bundle/tiles.ts';
import {contextLine, disclosureLine, rangeText} from '../../src/ledger/bundle/written-lines.ts';
import {Tree} from '../../src/ledger/tree.ts';
import {Deriver, type Value} from '../../src/report/derive.ts';

export const origin = 'quarterdeck/acme/bastion/0011223344556677';
export const signerOf = (n: number): Signer => signerFrom(origin, new Uint8Array(32).fill(n));
const salt = new Uint8Array(16).fill(7);

export type Files = Map<string, Uint8Array>;
type Body = Readonly<Record<string, unknown>>;

export interface Said {
  readonly kind: string;
  readonly body: Body;
  /** Values by the pointer of their commitment, which the body must hold. */
  readonly values?: Readonly<Record<string, string>>;
  /** Values that are files. */
  readonly artifacts?: Readonly<Record<string, string>>;
  /** Another line than the honest one. */
  readonly line?: (honest: Readonly<Record<string, unknown>>) => string | Uint8Array;
}

/** The commitment to a text at a pointer. */
export const sdOf = (ptr: string, text: string): string => commitmentTo({salt, ptr}, utf8(text));

export interface Log {
  readonly said: readonly Said[];
  readonly lines: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
}

const canonical = (value: unknown): string => canonicalize(value) ?? '';

export function logOf(said: readonly Said[]): Log {
  const lines: Uint8Array[] = [];
  const leaves: Uint8Array[] = [];
  let prev = firstPrev(origin);
  for (const [seq, {kind, body, line}] of said.entries()) {
    const second = String(seq % 60).padStart(2, '0');
    const honest = {
      ...{v: 1, log: origin, seq, prev, ts: `2026-11-22T10:00:${second}.000Z`, mono: seq * 10, boot: 'b'},
      ...{session: 's', actor: {operator: 'mara', uid: 1000, user: 'ops', via: 'local'}, kind, body},
    };
    const written = line === undefined ? canonical(honest) : line(honest);
    const bytes = typeof written === 'string' ? utf8(written) : written;
    const leaf = leafHash(bytes);
    lines.push(bytes);
    leaves.push(leaf);
    prev = hexOf(leaf);
  }
  return {said, lines, leaves};
}

export const genesis = (signer: Signer): Said => ({
  kind: 'ledger.genesis',
  body: {
    ...{format: 'quarterdeck-ledger-v1', vkey: signer.vkey, site: 'acme', path: '/var/lib/quarterdeck'},
    ...{host: 'bastion', version: '1.0.0'},
  },
});

export const rotation = (seq: number, before: Signer, after: Signer): Said => ({
  kind: 'key.rotate',
  body: {vkey: after.vkey, note: signNote(rotationText(origin, seq, after.vkey), before)},
});

/** An entry with a value beside it. */
export const noted = (text: string): Said => ({
  kind: 'note',
  body: {text: {sd: sdOf('/body/text', text)}},
  values: {'/body/text': text},
});

export const rootAt = ({leaves}: Log, size: number): Buffer => {
  const tree = new Tree();
  for (const leaf of leaves.slice(0, size)) tree.push(Buffer.from(leaf));
  return tree.root();
};

export const checkpointOf = (log: Log, size: number, signer: Signer): Uint8Array =>
  utf8(signCheckpoint({size, root: rootAt(log, size)}, signer));

/** Lists and signs all files again. */
export function sealed(files: Files, signer: Signer): Files {
  files.delete('manifest-sha256.txt');
  files.delete('manifest.note');
  const listed = [...files].map(([path, bytes]) => ({path, sha256: sha256(bytes).toString('hex')}));
  const manifest = utf8(manifestText(listed));
  const text = manifestNoteText(signer.name, sha256(manifest).toString('hex'));
  files.set('manifest-sha256.txt', manifest);
  files.set('manifest.note', utf8(signNote(text, signer)));
  return files;
}

export interface Plan {
  readonly from?: number;
  readonly to?: number;
  readonly size?: number;
  /** Sizes of older checkpoints. */
  readonly older?: readonly number[];
  /** `seq` of entries that go into context.jsonl. */
  readonly context?: readonly number[];
  /** Keys of ledger.vkey; the last one signs. */
  readonly keys?: readonly Signer[];
  /** Which key signs a checkpoint of a size; the last one when absent. */
  readonly keyFor?: (size: number) => Signer;
  /** Values that are left out, as `seq ptr`. */
  readonly without?: readonly string[];
}

const lastOf = (keys: readonly Signer[]): Signer => keys.at(-1) ?? signerOf(1);

function setValues(files: Files, log: Log, plan: Required<Pick<Plan, 'from' | 'to' | 'without'>>): void {
  let text = '';
  for (let seq = plan.from; seq < plan.to; seq++) {
    const {values = {}, artifacts = {}} = log.said[seq] ?? {};
    const all = [...Object.entries(values), ...Object.entries(artifacts)].sort(([a], [b]) =>
      a < b ? -1 : 1,
    );
    for (const [ptr, value] of all) {
      if (plan.without.includes(`${seq} ${ptr}`)) continue;
      const sd = sdOf(ptr, value);
      const isFile = Object.hasOwn(artifacts, ptr);
      if (isFile) files.set(`artifacts/${sd}`, utf8(value));
      text += disclosureLine({seq, ptr, sd, salt, value: isFile ? undefined : utf8(value)});
    }
  }
  files.set('disclosures.jsonl', utf8(text));
}

/** Writes the derived files as they follow from the lines that are entries; a line that is none ends them. */
function setDerived(files: Files, log: Log, plan: {from: number; to: number; size: number}): void {
  const deriver = new Deriver({origin, ...plan, root: hexOf(rootAt(log, plan.size))});
  const texts: Record<string, string> = {};
  const take = (pieces: readonly {path: string; text: string}[]): void => {
    for (const {path, text} of pieces) texts[path] = (texts[path] ?? '') + text;
  };
  const erased = new Map<string, number>();
  const told = log.lines.map(line => fieldsOf(line)?.fields['body']);
  for (const [seq, body] of told.entries()) {
    const erases = log.said[seq]?.kind === 'redact' ? [body] : [];
    for (const one of erases)
      if (typeof one === 'object' && one !== null && 'seq' in one && 'ptr' in one)
        erased.set(`${String(one.seq)} ${String(one.ptr)}`, seq);
  }
  const given = new Map<string, Uint8Array>();
  for (const line of Buffer.from(files.get('disclosures.jsonl') ?? [])
    .toString()
    .split('\n')) {
    const one = fieldsOf(utf8(line))?.fields;
    const file = files.get(`artifacts/${String(one?.['artifact'])}`);
    if (one !== undefined)
      given.set(
        `${String(one['seq'])} ${String(one['ptr'])}`,
        file ?? Buffer.from(String(one['value']), 'base64'),
      );
  }
  for (let seq = plan.from; seq < plan.to; seq++) {
    const line = log.lines[seq] ?? new Uint8Array();
    const parsed = fieldsOf(line);
    if (parsed === undefined || formProblem(line, origin) !== undefined) break;
    const values = new Map<string, Value>();
    for (const ptr of commitmentsOf(parsed.fields['body']).keys()) {
      const [bytes, by] = [given.get(`${seq} ${ptr}`), erased.get(`${seq} ${ptr}`)];
      if (bytes !== undefined) values.set(ptr, {bytes});
      else if (by !== undefined) values.set(ptr, {erased: true, by});
    }
    take(
      deriver.add({
        seq,
        leaf: hexOf(log.leaves[seq] ?? line),
        line: parsed.text,
        entry: parsed.fields,
        values,
      }),
    );
  }
  take(deriver.end());
  for (const [path, text] of Object.entries(texts)) files.set(path, utf8(text));
}

function contextOf({lines, leaves}: Log, seqs: readonly number[], size: number): string {
  return seqs
    .map(seq => {
      const keeper = new NodeKeeper(neededFor(seq, size));
      for (const leaf of leaves.slice(0, size)) keeper.push(leaf);
      const proof = inclusionProof(seq, size, keeper.at);
      return contextLine(Buffer.from(lines[seq] ?? []).toString(), proof);
    })
    .join('');
}

/** The files of a bundle of this log. */
export function bundleOf(log: Log, plan: Plan = {}): Files {
  const {
    from = 0,
    size = log.lines.length,
    older = [],
    context = [],
    keys = [signerOf(1)],
    without = [],
  } = plan;
  const {to = size, keyFor = () => lastOf(keys)} = plan;
  const newline = Uint8Array.of(10);
  const files: Files = new Map();
  files.set('README.txt', utf8('How to verify this.\n'));
  files.set('verify.py', utf8('# a verifier\n'));
  files.set('entries.jsonl', concat(log.lines.slice(from, to).flatMap(line => [line, newline])));
  const left = rangeOf(0, log.leaves.slice(0, from));
  const right = rangeOf(to, log.leaves.slice(to, size));
  files.set('range.json', utf8(rangeText({from, to, size, left, right})));
  files.set('checkpoint', checkpointOf(log, size, keyFor(size)));
  for (const n of older) files.set(`checkpoints/${n}`, checkpointOf(log, n, keyFor(n)));
  files.set('ledger.vkey', utf8(keys.map(({vkey}) => `${vkey}\n`).join('')));
  if (context.length > 0) files.set('context.jsonl', utf8(contextOf(log, context, size)));
  setValues(files, log, {from, to, without});
  setDerived(files, log, {from, to, size});
  if (from === 0 && to === size) setTiles(files, log, size);
  return sealed(files, keyFor(size));
}

function setTiles(files: Files, log: Log, size: number): void {
  const tiles = new TileWriter();
  const put = (made: readonly {path: string; bytes: Uint8Array}[]): void => {
    for (const {path, bytes} of made) files.set(path, bytes);
  };
  // A line that is too long fits no tile.
  if (log.lines.some(line => line.length > maxEntryBytes)) return;
  for (const [i, leaf] of log.leaves.slice(0, size).entries()) put(tiles.add(leaf, log.lines[i] ?? leaf));
  put(tiles.end());
}
