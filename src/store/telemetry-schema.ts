// The tables of telemetry.db, as a list of steps from one format to the next. Losing this file loses figures, never
// the record of an action.
import type {Database} from 'better-sqlite3';
import type {SideKind} from './side-database.ts';
import {rollUpAll} from './telemetry-rollup.ts';

const samples = `
CREATE TABLE checks (
  id      INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  name    TEXT NOT NULL,
  every   INTEGER NOT NULL,
  rollup  INTEGER NOT NULL,
  UNIQUE (service, name)
) STRICT;
CREATE TABLE samples (
  check_id INTEGER NOT NULL,
  slot     INTEGER NOT NULL,
  verdict  INTEGER NOT NULL,
  duration INTEGER NOT NULL,
  PRIMARY KEY (check_id, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE last_result (
  check_id INTEGER PRIMARY KEY,
  look     TEXT NOT NULL
) STRICT;
CREATE TABLE monitor (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  holder TEXT NOT NULL
) STRICT;
`;

const counts = `
  pass     INTEGER NOT NULL,
  warn     INTEGER NOT NULL,
  fail     INTEGER NOT NULL,
  unknown  INTEGER NOT NULL,
  skipped  INTEGER NOT NULL,
  excluded INTEGER NOT NULL,
  retried  INTEGER NOT NULL,
  good     INTEGER NOT NULL,
  total    INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  sum      INTEGER NOT NULL,
  least    INTEGER NOT NULL,
  most     INTEGER NOT NULL,
  spread   BLOB NOT NULL,`;

/**
 * Minutes, hours and days are numbered from the epoch. A minute is kept only for checks that look more often than
 * that; of others the sample says it all. `sli_sums` are running totals of a service's slots, up to the end of an hour:
 * derived from `hours`, so that they can be thrown away and made again.
 */
const rollups = `
CREATE TABLE events (
  check_id INTEGER NOT NULL,
  slot     INTEGER NOT NULL,
  good     INTEGER NOT NULL,
  total    INTEGER NOT NULL,
  PRIMARY KEY (check_id, slot)
) STRICT, WITHOUT ROWID;
CREATE TABLE minutes (
  check_id INTEGER NOT NULL,
  minute   INTEGER NOT NULL,${counts}
  PRIMARY KEY (check_id, minute)
) STRICT, WITHOUT ROWID;
CREATE TABLE hours (
  check_id INTEGER NOT NULL,
  hour     INTEGER NOT NULL,${counts}
  strip    BLOB NOT NULL,
  PRIMARY KEY (check_id, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE days (
  check_id INTEGER NOT NULL,
  day      INTEGER NOT NULL,${counts}
  PRIMARY KEY (check_id, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE sli (
  id         INTEGER PRIMARY KEY,
  service    TEXT NOT NULL UNIQUE,
  definition TEXT NOT NULL,
  since      INTEGER NOT NULL,
  upto       INTEGER NOT NULL
) STRICT;
CREATE TABLE sli_sums (
  sli_id   INTEGER NOT NULL,
  hour     INTEGER NOT NULL,
  good     INTEGER NOT NULL,
  bad      INTEGER NOT NULL,
  excluded INTEGER NOT NULL,
  unknown  INTEGER NOT NULL,
  retried  INTEGER NOT NULL,
  ok       INTEGER NOT NULL,
  events   INTEGER NOT NULL,
  PRIMARY KEY (sli_id, hour)
) STRICT, WITHOUT ROWID;
CREATE TABLE slo_records (
  service TEXT PRIMARY KEY,
  record  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;

/** The step at place n leads from format n to format n + 1. */
const steps: readonly ((db: Database) => void)[] = [
  db => db.exec(samples),
  db => {
    db.exec(rollups);
    rollUpAll(db);
  },
];

/** Brings a database of an older format, or an empty one, to this one; in the transaction that also sets the number. */
function makeTables(db: Database): void {
  const found = Number(db.pragma('user_version', {simple: true}));
  for (const step of steps.slice(found)) step(db);
}

export const telemetryKind: SideKind = {
  // `QDT1`
  applicationId: 0x51_44_54_31,
  version: steps.length,
  synchronous: 'NORMAL',
  makeTables,
  what: 'samples',
};
