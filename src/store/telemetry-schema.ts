// The tables of telemetry.db. Losing this file loses figures, never the record of an action.
import type {SideKind} from './side-database.ts';

const schema = `
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

export const telemetryKind: SideKind = {
  // `QDT1`
  applicationId: 0x51_44_54_31,
  version: 1,
  synchronous: 'NORMAL',
  makeTables: db => db.exec(schema),
  what: 'samples',
};
