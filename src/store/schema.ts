// Everything that knows SQLite lives in this folder: the ledger database, its worker, its files.

/** "QDLG": marks the file as a ledger of ours. */
export const applicationId = 0x51444c47;
export const schemaVersion = 1;

/**
 * `kind` and `run` repeat what the line says, for queries; the trigger holds them to it. There is no `prev` column and
 * no index on hashes: the trigger reads `prev` from the line.
 */
export const schema = `
CREATE TABLE entry(
  seq INTEGER PRIMARY KEY,
  leaf BLOB NOT NULL CHECK (length(leaf) = 32),
  kind TEXT NOT NULL,
  run TEXT,
  line BLOB NOT NULL CHECK (length(line) <= 65535)
) STRICT;
CREATE INDEX entry_kind ON entry(kind);
CREATE INDEX entry_run ON entry(run) WHERE run IS NOT NULL;

CREATE TABLE disclosure(
  seq INTEGER NOT NULL,
  ptr TEXT NOT NULL,
  sd TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  value BLOB,
  PRIMARY KEY (seq, ptr)
) STRICT;

CREATE TABLE checkpoint(size INTEGER PRIMARY KEY, range BLOB NOT NULL, note BLOB NOT NULL) STRICT;

CREATE TABLE lease(
  service TEXT PRIMARY KEY, run TEXT NOT NULL, fence INTEGER NOT NULL,
  session TEXT NOT NULL, operator TEXT NOT NULL, since TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE fence(run TEXT PRIMARY KEY, fence INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TRIGGER entry_append BEFORE INSERT ON entry BEGIN
  SELECT CASE
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), -1) + 1 FROM entry)
      THEN RAISE(ABORT, 'ledger: seq must be the next one')
    WHEN json_extract(CAST(NEW.line AS TEXT), '$.prev', '$.seq', '$.kind', '$.run') IS NOT json_array(
        CASE NEW.seq
          WHEN 0 THEN json_extract(CAST(NEW.line AS TEXT), '$.prev')
          ELSE (SELECT lower(hex(leaf)) FROM entry WHERE seq = NEW.seq - 1)
        END, NEW.seq, NEW.kind, NEW.run)
      THEN RAISE(ABORT, 'ledger: the line must follow from the last one, and the columns must repeat it')
  END;
END;
CREATE TRIGGER entry_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'ledger: entries are never changed'); END;
CREATE TRIGGER entry_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'ledger: entries are never deleted'); END;
CREATE TRIGGER checkpoint_update BEFORE UPDATE ON checkpoint BEGIN SELECT RAISE(ABORT, 'ledger: checkpoints are never changed'); END;
CREATE TRIGGER checkpoint_delete BEFORE DELETE ON checkpoint BEGIN SELECT RAISE(ABORT, 'ledger: checkpoints are never deleted'); END;
CREATE TRIGGER disclosure_update BEFORE UPDATE ON disclosure BEGIN SELECT RAISE(ABORT, 'ledger: disclosures are never changed'); END;
`;
