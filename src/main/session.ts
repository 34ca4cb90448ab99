// A session in the ledger: opened with the first entry that is written, closed with the last. Reading leaves no trace.
import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import {siteLoad} from '../domain/kinds-session.ts';
import type {Json, LedgerHead, NewEntry} from '../domain/entry.ts';
import type {Site} from '../domain/site.ts';
import type {Ledger, Processes} from '../ports.ts';

export interface SessionFacts {
  /** What was started: `console`, `daemon`, or the command's name. */
  readonly program: string;
  readonly version: string;
  readonly processes: Processes;
  /** The program's own file, whose hash is recorded. */
  readonly programFile: string;
  /** Undefined for commands that know of no site. */
  readonly site: () => Site | undefined;
  /** Before a session that wrote is closed: its checkpoint is carried elsewhere. Never throws. */
  readonly beforeClose?: (ledger: Ledger) => Promise<void>;
  /** Told the checkpoint that covers the whole session. */
  readonly onSealed: (head: LedgerHead) => void;
}

export interface SessionLedger extends Ledger {
  /** Records that the session is open, where that has not been done: for what writes past this object. */
  begin(): Promise<void>;
}

/** The same ledger; before its first append it records `session.open` and `site.load`, at close `session.close`. */
export function withSession(ledger: Ledger, facts: SessionFacts): SessionLedger {
  let opening: Promise<void> | undefined;
  let opened = false;
  const open = async (): Promise<void> => {
    const site = facts.site();
    const {program, version, processes} = facts;
    const entries: [NewEntry, ...NewEntry[]] = [
      {
        kind: 'session.open',
        body: {program, version, process: {...processes.self()}, clock: {source: 'system'}},
      },
    ];
    if (site !== undefined) entries.push(await siteEntry(ledger, site, facts.programFile));
    // What stops this stops the entry that the caller is about to append, which then says why.
    opened = (await ledger.append({entries})).ok;
    if (!opened) opening = undefined;
  };
  const begin = async (): Promise<void> => (opening ??= open());
  const recorded: SessionLedger = {
    origin: ledger.origin,
    dir: ledger.dir,
    get readOnly() {
      return ledger.readOnly;
    },
    head: async () => ledger.head(),
    ...(ledger.hasRoom === undefined ? {} : {hasRoom: async () => ledger.hasRoom?.() ?? false}),
    read: async query => ledger.read(query),
    checkpoint: async () => ledger.checkpoint(),
    disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
    watch: onChange => ledger.watch(onChange),
    begin,
    append: async request => {
      await begin();
      return ledger.append(request);
    },
    close: async () => {
      try {
        if (opened) await facts.beforeClose?.(recorded);
        if (opened) await ledger.append({entries: [{kind: 'session.close', body: {why: 'ended'}}]});
        if (ledger.readOnly === undefined) facts.onSealed(await ledger.checkpoint());
      } finally {
        // Also when the disk fails: an open ledger would keep the program alive.
        await ledger.close();
      }
    },
  };
  return recorded;
}

async function siteEntry(ledger: Ledger, site: Site, programFile: string): Promise<NewEntry> {
  const name = 'quarterdeck.yaml';
  const runbooks = Object.entries(site.hashes)
    .filter(([file]) => file !== name)
    .map(([file, sha256]) => ({file, sha256}));
  const [last] = await ledger.read({kinds: ['site.load'], reverse: true, limit: 1});
  const before = siteLoad.safeParse(last?.entry.body).data;
  const known = new Map((before?.runbooks ?? []).map(({file, sha256}) => [file, sha256]));
  const now = new Map(runbooks.map(({file, sha256}) => [file, sha256]));
  const difference: Record<string, Json> = {};
  if (before !== undefined) {
    const added = [...now.keys()].filter(file => !known.has(file));
    const removed = [...known.keys()].filter(file => !now.has(file));
    const changed = [...now]
      .filter(([file, sha]) => known.has(file) && known.get(file) !== sha)
      .map(([file]) => file);
    if (before.sha256 !== site.hashes[name]) changed.unshift(name);
    if (added.length > 0) difference['added'] = added;
    if (removed.length > 0) difference['removed'] = removed;
    if (changed.length > 0) difference['changed'] = changed;
  }
  return {
    kind: 'site.load',
    body: {
      site: site.name,
      path: site.dir,
      sha256: site.hashes[name] ?? '',
      runbooks,
      program: await fileHash(programFile),
      ...difference,
    },
  };
}

async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
