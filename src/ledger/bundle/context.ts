// Entries outside the slice that a verification needs, each with its way to the root.
import {fromHex, utf8} from '../bytes.ts';
import {fieldsOf, isFields} from '../form.ts';
import {leafHash} from '../hash.ts';
import {malformed, type Bad} from '../judge/facts.ts';
import type {Said} from '../scan.ts';
import type {RangeFile} from './container.ts';
import {hashesOf, isCount, jsonOf, linesOf} from './lines.ts';
import {rootOfInclusion} from './proof.ts';
import type {BundleSource} from './source.ts';

const contextPath = 'context.jsonl';

export interface ContextLine {
  readonly said: Said;
  /** The key that its body names. */
  readonly vkey: string | undefined;
  /** Where its way leads; undefined when it can be no way of that entry. */
  readonly reached: Uint8Array | undefined;
}

function parseContext(bytes: Uint8Array, {from, to, size}: RangeFile): ContextLine | undefined {
  const json = jsonOf(bytes);
  if (json === undefined || !isFields(json.value)) return undefined;
  const {line} = json.value;
  const path = hashesOf(json.value['proof']);
  if (typeof line !== 'string' || !line.isWellFormed() || path === undefined) return undefined;
  if (json.text !== `{"line":${JSON.stringify(line)},"proof":${path.text}}`) return undefined;
  const entry = utf8(line);
  const {seq, kind, body, ts} = fieldsOf(entry)?.fields ?? {};
  if (!isCount(seq) || typeof kind !== 'string' || !isFields(body)) return undefined;
  if (seq >= size || (seq >= from && seq < to)) return undefined;
  const {vkey} = body;
  const proof = path.hashes.map(hex => fromHex(hex) ?? new Uint8Array());
  return {
    said: {seq, kind, ts: typeof ts === 'string' ? ts : '', body},
    vkey: typeof vkey === 'string' ? vkey : undefined,
    reached: rootOfInclusion({index: seq, size, leaf: leafHash(entry), proof}),
  };
}

/** The lines of `context.jsonl`, if it is there. */
export async function readContext(
  source: BundleSource,
  range: RangeFile,
): Promise<readonly ContextLine[] | Bad> {
  if (!source.items.some(({path}) => path === contextPath)) return [];
  const found: ContextLine[] = [];
  const ends = {unended: false};
  const pages = linesOf(source.stream(contextPath), () => {
    ends.unended = true;
  });
  for await (const page of pages) {
    for (const bytes of page) {
      const line = parseContext(bytes, range);
      const last = found.at(-1)?.said.seq ?? -1;
      if (line === undefined || ends.unended || line.said.seq <= last)
        return malformed(`line ${found.length + 1} of ${contextPath} does not say what it must`);
      found.push(line);
    }
  }
  return found.length === 0 ? malformed(`${contextPath} is empty`) : found;
}
