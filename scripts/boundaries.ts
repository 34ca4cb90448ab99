// The import table: for each part of the tree, what it may import besides itself, and why nothing else.
// Lint (.dependency-cruiser.cjs), the test of boundaries and docs/GUIDE.md all read this one table.

const builtin = (name: string): string => `^(node:)?${name}$`;
const npm = (name: string): string => `(^|/)node_modules/${name}/`;

const domain = '^src/domain/';
// Ports that only looking needs have a folder of their own, so that none becomes long.
const ports = '^src/([a-z-]*ports\\.ts$|look/)';
const define = '^src/define(-channel)?\\.ts$';
const pattern = '^src/pattern\\.ts$';
const cron = '^src/cron\\.ts$';
const zod = npm('zod');

interface Row {
  readonly part: string;
  readonly path: string;
  readonly may: readonly string[];
  readonly why: string;
}

export const table: readonly Row[] = [
  {
    part: 'domain',
    path: '^src/domain/',
    may: [zod],
    why: 'Types and rules that every folder shares: an effect or a library here would be everywhere.',
  },
  {
    part: 'ports, looking ports, define',
    path: '^src/(([a-z-]*ports|define|define-channel)\\.ts$|look/)',
    may: [domain, ports, define, zod],
    why: 'Interfaces only: a definition must not know who implements or lists it.',
  },
  {
    part: 'pattern',
    path: pattern,
    may: [npm('re2js')],
    why: 'Patterns out of files: in linear time, read the same way wherever they are met.',
  },
  {
    part: 'cron',
    path: cron,
    may: [domain, npm('croner')],
    why: 'Times in cron’s words are read the same way wherever they are met.',
  },
  {
    part: 'checks, steps',
    path: '^(checks|src/steps)/',
    may: [
      domain,
      ports,
      define,
      zod,
      pattern,
      cron,
      '^src/(secrets|foreign|ledger)/',
      npm('re2js'),
      npm('ipaddr\\.js'),
      npm('unbash'),
      npm('croner'),
      npm('aws4'),
      npm('@types/aws4'),
      builtin('crypto'),
    ],
    why: 'A check or step says what to look at; how the world is reached is a port, so each can be tested alone. Secrets are masked before anything is quoted from an answer. Chains and evidence are judged by the pure rules that verifications use. Of node:crypto, hashes and signatures are pure, and so is what aws4 makes of a request.',
  },
  {
    part: 'channels',
    path: '^src/channels/',
    may: [domain, ports, define, zod, builtin('crypto')],
    why: 'A channel says how somebody is told; what is sent, and when, is decided elsewhere. Of node:crypto, signatures are pure.',
  },
  {
    part: 'site',
    path: '^src/site/',
    may: [domain, ports, define, cron, zod, npm('yaml'), builtin('crypto'), builtin('path')],
    why: 'The site file is parsed once at the edge; nothing deeper may depend on YAML. Hashes pin what was trusted.',
  },
  {
    part: 'markdown',
    path: '^src/markdown/',
    may: [npm('decode-named-character-reference')],
    why: 'CommonMark is a language of its own: its parser is held against another one, and knows nothing of runbooks.',
  },
  {
    part: 'runbook',
    path: '^src/runbook/',
    may: [domain, ports, '^src/markdown/', builtin('crypto')],
    why: 'Markdown becomes plain procedures here; the engine never sees a syntax tree.',
  },
  {
    part: 'guards',
    path: '^src/guards/',
    may: [domain, define, npm('re2js'), npm('unbash'), npm('pgsql-ast-parser')],
    why: 'Whether a command may run is a pure question about its text, the site and what is opened.',
  },
  {
    part: 'ledger',
    path: '^src/ledger/',
    may: [domain, '^src/report/', npm('canonicalize'), builtin('crypto')],
    why: 'The format must be checkable without storage, clock or chance.',
  },
  {
    part: 'report',
    path: '^src/report/',
    may: [domain],
    why: 'Pages for people are derived from entries alone, so that a verifier can derive them again.',
  },
  {
    part: 'formats',
    path: '^src/formats/',
    may: [domain],
    why: 'What other tools read is made from verdicts alone, the same for commands and for an HTTP answer.',
  },
  {
    part: 'secrets',
    path: '^src/secrets/',
    may: [domain],
    why: 'Masking must be usable before anything is hashed, printed or stored, and knows none of them.',
  },
  {
    part: 'foreign',
    path: '^src/foreign/',
    may: [domain, zod, npm('canonicalize'), builtin('crypto')],
    why: 'Evidence of other systems is judged by its bytes alone.',
  },
  {
    part: 'evidence',
    path: '^src/evidence/',
    may: [domain, ports, define, zod, '^src/(ledger|report|secrets|foreign)/', builtin('path')],
    why: 'Bundles, anchors, cases, holds and retention: what is done with a ledger, through ports only.',
  },
  {
    part: 'verifier',
    path: '^src/verifier/',
    may: [domain, '^src/(ledger|report)/', npm('@noble/.*'), npm('buffer')],
    why: 'The page that verifies a bundle in a browser: the same rules, with the browser’s own means.',
  },
  {
    part: 'store',
    path: '^src/store/',
    may: [
      zod,
      domain,
      ports,
      '^src/ledger/',
      npm('better-sqlite3'),
      npm('@types/better-sqlite3'),
      builtin('fs'),
      builtin('worker_threads'),
      builtin('path'),
    ],
    why: 'The only folder that knows SQLite, so that everything else works against the Ledger and Telemetry ports.',
  },
  {
    part: 'access',
    path: '^src/access/',
    may: [domain, ports, zod],
    why: 'Who may do what is a pure question about facts that are passed in.',
  },
  {
    part: 'remote',
    path: '^src/remote/',
    may: [domain, ports, builtin('path')],
    why: 'How stock ssh is called and what is sent through it, the same for steps and for checks; whoever starts it is passed in.',
  },
  {
    part: 'engine',
    path: '^src/engine/',
    may: [
      builtin('path'),
      domain,
      ports,
      define,
      cron,
      zod,
      pattern,
      '^src/ledger/',
      '^src/access/',
      '^src/guards/',
      '^src/remote/',
      npm('croner'),
      npm('p-queue'),
    ],
    why: 'Rules of running; lists, store and runbook loader are passed in, so that a run can be simulated.',
  },
  {
    part: 'state',
    path: '^src/state/',
    may: [domain, npm('zustand')],
    why: 'What screens show is plain data with one writer.',
  },
  {
    part: 'screens',
    path: '^screens/',
    may: [
      domain,
      define,
      '^src/define-screen\\.ts$',
      '^src/state/',
      npm('zustand'),
      npm('ink'),
      npm('react'),
      npm('@types/react'),
      npm('string-width'),
    ],
    why: 'Screens turn state into text: no I/O, no timers, no rules.',
  },
  {
    part: 'cli',
    path: '^src/cli/',
    may: [
      domain,
      ports,
      define,
      pattern,
      cron,
      '^src/engine/',
      '^src/formats/',
      '^src/ledger/',
      '^src/access/',
      '^src/guards/',
      '^src/site/',
      '^src/runbook/',
      '^src/(report|secrets|foreign|evidence)/',
      npm('commander'),
      builtin('path'),
      zod,
    ],
    why: 'A command is the line-by-line face of the same code as the console; lists and store are passed in.',
  },
  {
    part: 'adapters',
    path: '^src/adapters/',
    may: [
      domain,
      ports,
      define,
      '^src/remote/',
      npm('execa'),
      npm('nodemailer'),
      npm('ipaddr\\.js'),
      npm('pg'),
      npm('@types/pg'),
      npm('tar'),
      '^(node:)?[a-z0-9/_]+$',
    ],
    why: 'The only place where the outside world is touched, so that a ban elsewhere means something.',
  },
  {
    part: 'terminal',
    path: '^src/(terminal/|define-screen\\.ts$)',
    may: [
      domain,
      ports,
      define,
      '^src/define-screen\\.ts$',
      '^src/state/',
      '^screens/',
      npm('ink'),
      npm('react'),
      npm('@types/react'),
      npm('zustand'),
      npm('string-width'),
      builtin('stream'),
      builtin('string_decoder'),
    ],
    why: 'Ink and the terminal meet here; screens stay free of streams and signals.',
  },
  {
    part: 'demo',
    path: '^demo/',
    may: [
      npm('canonicalize'),
      zod,
      npm('pg'),
      npm('@types/pg'),
      npm('prom-client'),
      npm('@electric-sql/.*'),
      '^(node:)?[a-z0-9/_]+$',
    ],
    why: 'The reference service stands for a stranger’s system: it knows nothing of the console.',
  },
];
