// README.txt of a bundle: what it is, and how to verify it with tools that everybody has.

export interface ReadmeFacts {
  readonly origin: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
  /** Set when the slice is that of one run. */
  readonly run: string | undefined;
  /** The verifier key in force for `size`. */
  readonly vkey: string;
}

const wholeText = ({size}: ReadmeFacts): string =>
  `This is the whole log: all ${size} entries up to the checkpoint of this export.`;

const sliceText = ({from, to, size, run}: ReadmeFacts): string =>
  [
    `This is a slice of a log of ${size} entries: the entries ${from} to ${to - 1}.`,
    ...(run === undefined
      ? []
      : [
          `They reach from the first to the last entry of run ${run}.`,
          'What others recorded in between is included, so that nothing can be left out.',
        ]),
    'range.json holds the hashes of everything before and after it. With them the',
    'slice leads to the root that the checkpoint signs: it is complete, and in its place.',
  ].join('\n');

/** Commands that check the signature over `file`, in a shell at the bundle; `$T` and `key.der` are made before. */
const signature = (file: string, {origin}: ReadmeFacts): string =>
  [
    `   sed '/^$/,$d' ${file} > "$T/text"`,
    `   grep -F ' ${origin} ' ${file} | cut -d' ' -f3 | base64 -d | tail -c 64 > "$T/signature"`,
    `   openssl pkeyutl -verify -pubin -keyform DER -inkey "$T/key.der" -rawin \\`,
    `     -in "$T/text" -sigfile "$T/signature"`,
  ].join('\n');

export function readmeText(facts: ReadmeFacts): string {
  const {from, to, size, origin, vkey} = facts;
  const isWhole = from === 0 && to === size;
  return `EVIDENCE BUNDLE

Log: ${origin}
${isWhole ? wholeText(facts) : sliceText(facts)}

Nobody needs to trust whoever handed this over, nor the programs in here.
For a judgement that counts, use a copy of verify.py that you got elsewhere, and
a verifier key, or a checkpoint, that was given to you before the events in here.

WHAT IS WHAT

entries.jsonl             the entries, one a line, the exact bytes that were hashed
checkpoint, checkpoints/  signed notes over the size and root of the log
ledger.vkey               the keys that sign, oldest first
range.json                what proves that the slice is complete and in its place
context.jsonl             entries outside the slice that are needed to judge it, if any
disclosures.jsonl         values behind the commitments in the entries, in base64
artifacts/                values that are files, named by their commitment
population.csv            every entry of the slice, one row: the list to sample from
timeline.csv              the same in words
report.md, report.html    for reading
tile/                     only for a whole log: the files of a tlog-tiles log (c2sp.org)
manifest-sha256.txt       the hash of every file; manifest.note signs it

VERIFY EVERYTHING

   python3 verify.py --vkey 'KEY' .

with Python 3 and nothing else, or open verify.html in a browser and drop this
folder on it; both work without a network. The answer is one word:

intact          nothing was changed, nor is missing, but what entries say was erased
empty           there are no entries
malformed       a file or an entry is not in the form of the format
bad-signature   something is not signed by the key that had to sign it
forked          two signed checkpoints contradict each other: two stories were told
truncated       there is less than a signed checkpoint, or range.json, covers
modified        an entry, a value or another file is not what was recorded

It also says what no verification can prove. verify.py ends with exit status 0
(intact), 1 (any other word), 2 (not readable, or no bundle) or 64 (wrong usage).

VERIFY BY HAND

In a shell, in the folder of this file:

1. No file was changed since the manifest was made:

   sha256sum --check --strict --quiet manifest-sha256.txt

2. The manifest is the one that was signed: the third line of manifest.note is

   sha256sum < manifest-sha256.txt

3. The signatures, with OpenSSL 3. Put in the key that you got elsewhere. If the
   log's key was changed since you noted yours, these commands need the newest
   line of ledger.vkey; verify.py and "quarterdeck evidence verify" follow the
   chain of keys from the one you hold:

   KEY='${vkey}'
   T=$(mktemp -d)
   { printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'
     printf %s "$KEY" | cut -d+ -f3- | base64 -d | tail -c 32; } > "$T/key.der"

${signature('manifest.note', facts)}

${signature('checkpoint', facts)}

   Both say: Signature Verified Successfully

4. The chain: each entry names, as "prev", the hash of the line before it.
   The hash of a line is the SHA-256 of one zero byte and the line:

   { printf '\\000'; sed -n 1p entries.jsonl | tr -d '\\n'; } | sha256sum

   is the "prev" in line 2.
   The tree over these hashes is that of RFC 6962; its root is in the checkpoint.

The format is described in docs/formats/ledger.md of Quarterdeck.
`;
}
