// README.txt of an auditor's pack: what it is, and how to verify it without us.
import {standingOf, standingWords, type Case} from './fold.ts';

const formulas = `How each kind of file is verified (hashes are SHA-256 in lowercase hex; "canonical" is JSON with sorted keys,
no spaces, UTF-8; || stands for nothing but the next text):

system ledger export {"events": [...]} and system proof {version, generated_at, event_count, last_event_hash, events}
  event_hash = hash of  SYSTEM|event_type|tenant_id|resource_type|resource_id|{"payload_hash":"..."}|prev_hash
  null counts as empty; the first prev_hash is null, each later one is the event_hash before it.
  A proof also gives the number of events and the last event_hash.

consent lineage {version, tenant_id, consent_id, algorithm, canonicalization, tenant_anchor, events, signer...}
  signature: Ed25519 over the canonical bytes of the object without "signature"; the fingerprint is the hash of the
  32 bytes of the public key. Compare the fingerprint with one that you got from elsewhere.
  event_hash = hash of  tenant_id|consent_id|action|{}|prev_event_hash
  tenant_anchor = hash of  ANCHOR|tenant_id|last event_hash

consent proof {proof_type: CONSENT_STATE_AT_TIME, asserted_at, asserted_state, lineage, included_events, signer...}
  the lineage verifies; included_events are all of its events up to asserted_at, and give asserted_state.
  proof_signature: Ed25519 over the canonical bytes of {asserted_at, asserted_state, lineage_root_hash (the last
  included event_hash), signer_identity_fingerprint, signer_public_key}.

anchor snapshot {version, generated_at, algorithm, anchor_count, digest, anchors}
  anchors are sorted; digest = hash of the anchors, joined by newlines.
`;

export function readme(known: Case, title: string | undefined): string {
  const files = known.files.map(
    file => `  evidence/${file.file}
    sha256 ${file.sha256}
    from ${file.from} at ${file.exportedAt}, request ${file.requestId ?? '(none)'}
    ${standingWords(standingOf(file, known))}${(file.warnings ?? []).map(warning => `\n    WARN ${warning}`).join('')}`,
  );
  return `Case ${known.id}${title === undefined ? '' : `: ${title}`}
${known.critical ? 'Critical: two environments must agree on every file.\n' : ''}
This is evidence of another system, byte for byte as it was exported, with what verifiers said about it. case.json says
where each file came from, when, under which request id, and which entry of the ledger recorded it.

Files
${files.length === 0 ? '  (none)' : files.join('\n')}

1. Nothing was changed on the way:

     sha256sum -c manifest-sha256.txt

   The SHA-256 of manifest-sha256.txt itself is in the ledger of whoever made this pack (entry case.pack); ask for it.

2. Verify every file yourself, with a verifier that you got from elsewhere:

     quarterdeck evidence verify evidence/NAME

   and compare with verifier-output/. Send your result back as {"host": "...", "tool": "...", "version": "...",
   "input_sha256": "...", "verified": true, "failure_index": null, "failure_reason": null}.

3. What no verification of such files shows: that no events are missing at the end of an export, when events happened
   (times are not under the hashes), and who holds a signing key.

${formulas}`;
}
