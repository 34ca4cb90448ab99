// Anchor snapshots: the sorted anchors of all tenants at a moment, under one digest.
import {bad, good, isHash, missingOf, type ForeignAnswer} from './answer.ts';
import {sha256} from './canonical.ts';
import {isList, type JsonObject} from './strict-json.ts';

const keys = ['version', 'generated_at', 'algorithm', 'anchor_count', 'digest', 'anchors'];

export function verifyAnchors(snapshot: JsonObject): ForeignAnswer {
  const missing = missingOf(snapshot, keys);
  if (missing.length > 0) return bad(`missing keys: ${missing.join(', ')}`);
  if (snapshot.get('version') !== 1) return bad('unsupported version');
  if (snapshot.get('algorithm') !== 'SHA256') return bad('unsupported algorithm');
  const anchors = snapshot.get('anchors');
  if (!isList(anchors)) return bad('anchors must be a list');
  const count = anchors.length;
  const odd = anchors.findIndex(anchor => !isHash(anchor));
  if (odd !== -1) return bad('invalid anchor', count, odd);
  const hashes = anchors.filter(isHash);
  const unsorted = hashes.findIndex((anchor, index) => (hashes[index - 1] ?? '') > anchor);
  if (unsorted !== -1) return bad('anchors must be sorted', count, unsorted);
  if (snapshot.get('anchor_count') !== count) return bad('anchor_count mismatch', count);
  if (snapshot.get('digest') !== sha256(hashes.join('\n'))) return bad('digest mismatch', count);
  return count === 0 ? bad('no anchors: nothing is proved') : good(count);
}
