// The guards that come with the program and are in force on every site: six rules, each with the patterns that an accident would match.
import type {StandingGuard} from './types.ts';

const shipped = (
  id: string,
  title: string,
  patterns: Partial<Pick<StandingGuard, 'argv' | 'sql' | 'path' | 'env' | 'absolute'>>,
): StandingGuard => ({
  id: `rule.${id}`,
  title,
  line: 0,
  from: 'shipped',
  argv: [],
  sql: [],
  path: [],
  env: [],
  absolute: false,
  ...patterns,
});

/** Tables that only ever grow, by the names that they usually have. */
const ledgers = ['*ledger*', '*event_log*', '*audit_log*', '*audit_event*', '*audit_trail*', '*append_only*'];
/** What makes a history cryptographic. */
const proofs = ['*signature*', '*proof*', '*merkle*', '*attestation*', '*lineage*'];
/** Records of what a migration tool applied. */
const applied = [
  'alembic_version',
  'schema_migrations',
  'flyway_schema_history',
  'databasechangelog',
  '_prisma_migrations',
  'django_migrations',
  'knex_migrations',
];
const changing = ['UPDATE', 'DELETE', 'TRUNCATE', 'DROP', 'MERGE', 'REPLACE'];

const each = (verbs: readonly string[], tables: readonly string[]): string[] =>
  verbs.flatMap(verb => tables.map(table => `${verb} ${table}`));

/** Programs and scripts whose name says both words, in either order; also as a word for another program. */
const named = (verbs: readonly string[], nouns: readonly string[]): string[] =>
  verbs.flatMap(verb =>
    nouns.flatMap(noun => [
      `*${verb}*${noun}*`,
      `*${noun}*${verb}*`,
      `* *${verb}*${noun}*`,
      `* *${noun}*${verb}*`,
      `* ${verb} *${noun}*`,
      `* *${noun}* ${verb}`,
    ]),
  );

const on = '1|true|on|yes';
const off = '0|false|off|no|none|disabled';

export const shippedGuards: readonly StandingGuard[] = [
  shipped('history', 'Tables of historical data are not changed by hand.', {
    sql: each(changing, ['*_history', 'history_*', '*_archive']),
  }),
  shipped('migrations', 'A migration that was applied is not edited, and neither is the record of it.', {
    sql: each(changing, applied),
    path: [
      '**/alembic/versions/**',
      '**/migrations/**',
      '**/db/migrate/**',
      '**/db/changelog/**',
      '**/flyway/sql/**',
    ],
    argv: ['alembic stamp', 'flyway repair', 'liquibase changelog-sync', 'prisma migrate resolve'],
  }),
  shipped('proofs', 'Cryptographic history is not regenerated, overwritten or backfilled.', {
    argv: named(
      ['backfill', 'regenerate', 'resign', 're-sign', 'rewrite'],
      ['ledger', 'proof', 'signature', 'hash', 'chain', 'artifact'],
    ),
    sql: each(changing, proofs),
  }),
  shipped('append-only', 'Rows of an append-only ledger are not updated, deleted or taken away.', {
    sql: each(changing, ledgers),
    absolute: true,
  }),
  shipped('signing', 'A signing identity is not rotated without an approved plan.', {
    argv: named(['rotate'], ['signing']),
    path: ['**/*signing*.key', '**/*signing*.pem', '**/*signing_key*', '**/*signing-key*'],
    env: ['*SIGNING_KEY*', '*SIGNING_PRIVATE*', '*SIGNING_SEED*'],
  }),
  shipped('auth', 'Authentication, signatures and rate limits are not turned off to look for a fault.', {
    env: [
      'AUTH_MODE!=enforced',
      `AUTH_ENABLED=${off}`,
      `*AUTH_DISABLED=${on}`,
      `DISABLE_AUTH*=${on}`,
      `ALLOW_UNSIGNED_*=${on}`,
      `SIGNING_MODE=${off}`,
      `RATE_LIMIT*=${off}`,
      `DISABLE_RATE_LIMIT*=${on}`,
    ],
    argv: [
      '* --no-auth',
      '* --noauth',
      '* --disable-auth*',
      '* --skip-grant-tables',
      '* --no-rate-limit',
      '* --disable-rate-limit*',
      '* --auth-mode=off',
      '* --auth-mode=disabled',
    ],
  }),
];
