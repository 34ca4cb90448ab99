// The same ledger, told no secrets: everything that goes into an entry, or beside it, is masked before it is hashed.
import type {AppendRequest, Disclosed, Json, NewEntry} from '../domain/entry.ts';
import {issuesOf} from '../domain/body.ts';
import type {Ledger, LedgerFiles, LedgerKeeper} from '../ports.ts';
import type {Masker} from '../secrets/index.ts';

/** What the ledger needs of a masker. */
export type Mask = Pick<Masker, 'text' | 'bytes' | 'json'>;

/** Texts that are kept byte for byte, because their hash is; a run whose texts hold a secret is refused before. */
const pinned: ReadonlySet<string> = new Set(['/body/source', '/body/siteSource']);

export function maskedEntry(entry: NewEntry, mask: Mask): NewEntry {
  const {disclosed} = entry;
  const body = maskedBody(entry, mask);
  if (disclosed === undefined) return body === entry.body ? entry : {...entry, body};
  return {
    ...entry,
    body,
    disclosed: disclosed.map(one =>
      entry.kind === 'run.start' && pinned.has(one.ptr) ? one : maskedValue(one, mask),
    ),
  };
}

/** A value whose commitment was made on the way (`salt`, `whole`) was masked on the way too, and stays as it is. */
function maskedValue(one: Disclosed, mask: Mask): Disclosed {
  if (one.whole !== undefined) return one;
  return {...one, value: typeof one.value === 'string' ? mask.text(one.value) : mask.bytes(one.value)};
}

/** Words of the format (hashes, verdicts, times) stay: the schema of the kind says where nothing else may stand. */
function maskedBody({kind, body}: NewEntry, mask: Mask): NewEntry['body'] {
  const masked = mask.json(body);
  if (masked === body) return body;
  let out: Json = masked;
  for (const path of issuesOf(kind, masked)) out = restored(out, body, path);
  return isObject(out) ? out : masked;
}

const isObject = (value: Json | undefined): value is Readonly<Record<string, Json>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `masked` with what `raw` has at `path`. */
function restored(masked: Json, raw: Json | undefined, path: readonly PropertyKey[]): Json {
  const [key, ...rest] = path;
  if (raw === undefined) return masked;
  if (key === undefined) return raw;
  if (Array.isArray(masked) && Array.isArray(raw)) {
    const [list, from]: [readonly Json[], readonly Json[]] = [masked, raw];
    return list.map((item, i) => (i === key ? restored(item, from[i], rest) : item));
  }
  if (!isObject(masked) || !isObject(raw)) return masked;
  const name = String(key);
  const inner = masked[name];
  return inner === undefined ? masked : {...masked, [name]: restored(inner, raw[name], rest)};
}

const maskedRequest = (request: AppendRequest, mask: Mask): AppendRequest => {
  const [first, ...rest] = request.entries;
  return {...request, entries: [maskedEntry(first, mask), ...rest.map(entry => maskedEntry(entry, mask))]};
};

export const maskedLedger = (ledger: Ledger, mask: Mask): Ledger => ({
  origin: ledger.origin,
  dir: ledger.dir,
  get readOnly() {
    return ledger.readOnly;
  },
  head: async () => ledger.head(),
  ...(ledger.hasRoom === undefined ? {} : {hasRoom: async () => ledger.hasRoom?.() ?? false}),
  append: async request => ledger.append(maskedRequest(request, mask)),
  read: async query => ledger.read(query),
  checkpoint: async () => ledger.checkpoint(),
  disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
  watch: onChange => ledger.watch(onChange),
  close: async () => ledger.close(),
});

/** Ledgers that are opened as files are masked alike, and so are reasons. */
export const maskedLedgerFiles = (files: LedgerFiles, mask: Mask): LedgerFiles => ({
  ...files,
  adopt: async dir => maskedLedger(await files.adopt(dir), mask),
  newOrigin: async (dir, reason) => files.newOrigin(dir, mask.text(reason)),
  keeper: async dir => maskedKeeper(await files.keeper(dir), mask),
});

const maskedKeeper = (keeper: LedgerKeeper, mask: Mask): LedgerKeeper => ({
  // Named one by one: spreading an instance would leave its methods behind.
  signText: async text => keeper.signText(text),
  close: async () => keeper.close(),
  erase: async (places, entries, ...more) =>
    keeper.erase(
      places,
      entries.map(entry => maskedEntry(entry, mask)),
      ...more,
    ),
  rotateKey: async reason => keeper.rotateKey(mask.text(reason)),
});
