// The tables of telemetry.db. Losing this file loses figures, never the record of an action.

/** `QDT1`, so that a database of something else is never written to. */
export const applicationId = 0x51_44_54_31;
export const version = 1;

export const schema = `
CREATE TABLE IF NOT EXISTS checks (
  id      INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  name    TEXT NOT NULL,
  every   INTEGER NOT NULL,
  rollup  INTEGER NOT NULL,
  UNIQUE (service, name)
) STRICT;
CREATE TABLE IF NOT EXISTS samples (
  check_id INTEGER NOT NULL,
  slot     INTEGER NOT NULL,
  verdict  INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  PRIMARY KEY (check_id, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last_result (
  check_id INTEGER PRIMARY KEY,
  look     TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS monitor (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  holder TEXT NOT NULL
) STRICT;
`;
