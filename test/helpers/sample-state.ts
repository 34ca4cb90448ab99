// States of the console for screen tests: a quiet site, a broken one, runs at every kind of question, huge and hostile ones.
import {say, show} from '../../src/domain/show.ts';
import type {Verdict} from '../../src/domain/verdict.ts';
import type {AlertsView, AlertView, JobView, NoticeView, SilenceView, SloView} from '../../src/state/duty.ts';
import type {
  AppState,
  AskView,
  CheckView,
  ChoiceView,
  RunbookLine,
  RunbookView,
  RunView,
  ServiceHistory,
  StepView,
  ServiceView,
} from '../../src/state/model.ts';

/** 2026-11-21 14:03:20 UTC. */
export const noon = Date.UTC(2026, 10, 21, 14, 3, 20);
const minutes = 60_000;

const hour = (...tail: (Verdict | undefined)[]): readonly (Verdict | undefined)[] => [
  ...Array.from({length: 60 - tail.length}, (): Verdict => 'pass'),
  ...tail,
];

const check = (id: string, patch: Partial<CheckView> = {}): CheckView => ({
  id: show(id),
  panel: 'health',
  type: 'http',
  verdict: 'pass',
  stale: false,
  message: say`401 and body as expected`,
  expected: undefined,
  actual: undefined,
  parts: [],
  seenMs: noon - 4_000,
  sinceMs: noon - 90 * minutes,
  severity: 'sev2',
  durationMs: 12,
  phase: 'ok',
  flapping: false,
  rollup: true,
  dependsOn: [],
  heldBy: undefined,
  ...patch,
});

const service = (id: string, patch: Partial<ServiceView> = {}): ServiceView => ({
  id,
  title: show(id),
  owner: say`platform`,
  verdict: 'pass',
  stale: false,
  health: {verdict: 'pass', stale: false},
  readiness: {verdict: 'pass', stale: false},
  checks: [
    check('live'),
    check('ready', {panel: 'readiness', type: 'health', message: say`db, migrations, signing, worker`}),
  ],
  strip: hour(),
  seenMs: noon - 4_000,
  failingSinceMs: undefined,
  runbooks: [],
  attended: undefined,
  ...patch,
});

const brokenLedgerApi = service('ledger-api', {
  verdict: 'fail',
  readiness: {verdict: 'fail', stale: false},
  strip: hour('fail', 'fail'),
  failingSinceMs: noon - 100_000,
  runbooks: [
    {
      id: 'database-unavailable',
      procedure: 'incident',
      title: say`Incident: Database Unavailable`,
      why: say`looks at ledger-api/ready`,
    },
    {id: 'verify-readiness', procedure: undefined, title: say`Verify Readiness`, why: undefined},
  ],
  checks: [
    check('live'),
    check('ready', {
      panel: 'readiness',
      type: 'health',
      verdict: 'fail',
      message: say`db failed: connect ECONNREFUSED 127.0.0.1:5432`,
      expected: say`{"db":"ok","migration_head":"ok","signing_material":"ok","webhook_worker":"ok"}`,
      actual: say`503 {"db":"failed: connect ECONNREFUSED 127.0.0.1:5432","migration_head":"unknown"}`,
      sinceMs: noon - 100_000,
      parts: [
        {name: say`db`, verdict: 'fail', message: say`connect ECONNREFUSED 127.0.0.1:5432`},
        {name: say`migration_head`, verdict: 'unknown', message: say`cannot be read without the database`},
        {name: say`signing_material`, verdict: 'pass', message: say`key 9c21… present`},
        {name: say`webhook_worker`, verdict: 'skipped', message: say`disabled in configuration`},
      ],
    }),
    check('port', {type: 'tcp', message: say`127.0.0.1:41788 answers`}),
  ],
});

const staleTunnel = service('tunnel', {
  stale: true,
  health: {verdict: 'pass', stale: true},
  readiness: undefined,
  seenMs: noon - 6 * minutes,
  strip: hour(undefined, undefined, undefined, undefined, undefined, undefined),
  checks: [check('live', {stale: true, seenMs: noon - 6 * minutes})],
});

const warnManager = service('manager', {
  title: say`Release manager`,
  verdict: 'warn',
  health: {verdict: 'warn', stale: false},
  checks: [
    check('live'),
    check('owner', {
      verdict: 'warn',
      type: 'consistency',
      severity: 'sev3',
      message: say`running outside systemd`,
    }),
    check('unit', {type: 'systemd', verdict: 'unknown', message: say`no system bus: cannot look`}),
  ],
});

const line = (
  role: RunbookLine['role'],
  text: string,
  at: number,
  patch: Partial<RunbookLine> = {},
): RunbookLine => ({
  role,
  text: show(text),
  indent: 0,
  line: at,
  phase: undefined,
  ...patch,
});

const databaseRunbook: RunbookView = {
  id: 'database-unavailable',
  title: say`Incident: Database Unavailable`,
  file: say`runbooks/database-unavailable.md`,
  owner: say`platform`,
  tags: [say`database`],
  services: [say`ledger-api`],
  severity: say`sev2`,
  reviewDueMs: undefined,
  entry: undefined,
  problems: 0,
  procedures: [
    {
      id: 'incident',
      title: say`Incident: Database Unavailable`,
      line: 1,
      steps: 5,
      phases: ['diagnose', 'procedure', 'verify'],
      prohibitions: [say`disable the database check`, say`switch to a fallback store`],
    },
  ],
  lines: [
    line('h1', 'Incident: Database Unavailable', 1, {procedure: 'incident'}),
    line('blank', '', 2),
    line(
      'text',
      'The service answers /health but not /ready, and its readiness names the database. Writes are refused; nothing is lost as long as nobody switches to a fallback store.',
      3,
    ),
    line('blank', '', 4),
    line('h2', 'Diagnose', 5, {phase: 'diagnose'}),
    line('item', 'Confirm the symptom', 6, {step: 'guessed'}),
    line('code', 'curl -s http://127.0.0.1:41788/ready', 7, {indent: 1}),
    line('item', 'Check the database process', 8),
    line('h2', 'Procedure', 9, {phase: 'procedure'}),
    line('warning', 'This starts the database of the production site.', 10),
    line('code', 'systemctl start postgresql@15-main', 11, {indent: 1}),
    line('h2', 'Verify', 12, {phase: 'verify'}),
    line('item', 'All readiness checks pass', 13),
    line('rule', '', 14),
    line('h2', 'What not to do', 15, {phase: 'dont'}),
    line('dont', 'disable the database check', 16),
    line('dont', 'switch to a fallback store', 17),
  ],
};

const otherBook = (id: string, title: string): RunbookView => ({
  ...databaseRunbook,
  id,
  title: show(title),
  file: show(`runbooks/${id}.md`),
  procedures: [
    {id: 'one', title: say`First part`, line: 1, steps: 4, phases: ['procedure'], prohibitions: []},
    {
      id: 'two',
      title: say`Second part`,
      line: 9,
      steps: 3,
      phases: ['procedure', 'verify'],
      prohibitions: [],
    },
  ],
});

const step = (number: number, title: string, patch: Partial<StepView> = {}): StepView => ({
  id: `step-${number}`,
  number: String(number),
  title: show(title),
  phase: 'procedure',
  type: 'command',
  at: 'waiting',
  effect: 'read',
  result: undefined,
  ...patch,
});

const choices: readonly ChoiceView[] = [
  {say: 'skip', key: 's', label: say`skip`, disabled: undefined},
  {say: 'undo', key: 'b', label: say`undo`, disabled: say`nothing was done yet`},
];

export const run = (ask: AskView, patch: Partial<RunView> = {}): RunView => ({
  run: '01JDATABASE7f2c',
  short: '7f2c',
  title: say`Incident: Database Unavailable`,
  service: say`ledger-api`,
  procedure: say`database-unavailable`,
  operator: say`mara`,
  watching: false,
  isRehearsal: false,
  startedMs: noon - 221_000,
  endedMs: undefined,
  values: [say`UNIT=postgresql@15-main`],
  steps: [
    step(1, 'Confirm the symptom', {at: 'passed', result: say`14:02:05  ready.db fail seen 3 times`}),
    step(2, 'Check the database service', {at: 'passed', result: say`14:02:31  exit 3, inactive (dead)`}),
    step(3, 'Start the database', {at: 'current', effect: 'write', result: say`waiting for you`}),
    step(4, 'Wait until ready.db passes', {result: say`up to 2m`}),
    step(5, 'Verify readiness', {result: say`all checks`}),
  ],
  current: 2,
  detail: {
    title: say`Start the database`,
    effect: 'write',
    command: [say`systemctl start postgresql@15-main`],
    on: say`bastion1 as root`,
    limit: say`60s, then you are asked; it goes on`,
    undo: say`step 3b`,
    verify: say`ledger-api/ready`,
    certainty: say`annotated`,
    values: [say`UNIT=postgresql@15-main`],
    refusals: [],
    prose: [say`The unit is started once; a second start does nothing.`],
    outputOf: say`output`,
    output: [],
  },
  outputs: [{title: say`Step 2  Check the database service`, lines: [say`inactive (dead)`]}],
  prohibitions: [say`disable the database check`, say`switch to a fallback store`],
  safeActions: [say`keep the API closed until ready.db passes`],
  ask,
  choices,
  escalation: [say`Platform on call  +49 30 1234567  anything you are unsure about`],
  brief: [
    say`Incident: Database Unavailable on ledger-api, PRODUCTION.`,
    say`Run 7f2c stands at step 3, Start the database.`,
    say`Ledger entries 4180 to 4196.`,
  ],
  evidence: say`quarterdeck evidence export --run 7f2c evidence-7f2c`,
  ...patch,
});

export const asks: Record<AskView['at'], AskView> = {
  read: {at: 'read', id: 'a-read', text: say`Look: this only reads.`},
  manual: {at: 'manual', id: 'a-manual', question: say`Is it done?`},
  attest: {at: 'attest', id: 'a-attest', question: say`Does this hold on PRODUCTION / ledger-api?`},
  terminal: {at: 'terminal', id: 'a-terminal', question: say`Run this on PRODUCTION / ledger-api?`},
  input: {
    at: 'input',
    id: 'a-input',
    question: say`The tenant whose key is revoked`,
    name: say`TENANT`,
    default: 't-204',
    pattern: say`t-[0-9]+`,
    history: ['t-17', 't-204'],
  },
  guarded: {
    at: 'guarded',
    id: 'a-guarded',
    text: say`A rule of this site refuses this step.`,
    refusals: [
      {
        rule: say`Nothing is deleted from the event ledger`,
        line: 41,
        pattern: say`DELETE event_*`,
        matched: say`DELETE FROM event_ledger`,
        way: say`quarterdeck breakglass open event-ledger --for 15m`,
        isOpen: false,
      },
    ],
  },
  paused: {at: 'paused', id: 'a-paused', text: say`Paused by mara: lunch. Anybody may resume it.`},
  confirm: {at: 'confirm', id: 'a-confirm', question: say`Run this on PRODUCTION / ledger-api?`},
  typed: {
    at: 'typed',
    id: 'a-typed',
    question: say`After this, t-204 cannot write.`,
    expected: say`t-204`,
    reason: true,
  },
  decide: {
    at: 'decide',
    id: 'a-decide',
    question: say`Is the disk full?`,
    options: [
      {key: '1', text: say`Yes: go to Free some space`},
      {key: '2', text: say`No: go on`},
    ],
  },
  failed: {at: 'failed', id: 'a-failed', text: say`Exit 1 after 2.1 s: unit not found.`},
  unknown: {
    at: 'unknown',
    id: 'a-unknown',
    text: say`The step runner ended without an outcome.`,
    survivors: [say`4711 postgres -D /var/lib/postgresql/15/main`],
  },
  busy: {at: 'busy', text: say`waiting for systemctl, limit 60s`, sinceMs: noon - 12_000},
  finish: {at: 'finish', id: 'a-finish', text: say`Everything verified. Finish as passed?`},
  watch: {at: 'watch', text: say`mara walks this run; step 3 waits for her.`},
  over: {at: 'over', text: say`Passed after 6m 10s.`},
};

const ledgerRows = (count: number, size: number): AppState['ledger']['rows'] =>
  Array.from({length: count}, (_, i) => ({
    seq: size - 1 - i,
    run: i % 3 === 2 ? undefined : '01JDATABASE7f2c',
    time: say`2026-11-21 14:0${i % 4}:05`,
    kind: i % 3 === 0 ? say`step.outcome` : i % 3 === 1 ? say`step.intent` : say`check.change`,
    operator: say`mara`,
    summary: say`run 7f2c step ${i}: systemctl start postgresql@15-main`,
  }));

const hourOf = (value: (minute: number) => number | undefined): readonly (number | undefined)[] =>
  Array.from({length: 60}, (_, minute) => value(minute));

const historyOfLedgerApi: ServiceHistory = {
  service: 'ledger-api',
  atMs: noon,
  checks: [
    {
      id: say`ready`,
      strip: hour('fail', 'fail'),
      p50: hourOf(minute => (minute < 58 ? 12 + (minute % 7) : undefined)),
      p95: hourOf(minute => (minute < 58 ? 40 + (minute % 11) * 18 : undefined)),
    },
    {id: say`live`, strip: hour(), p50: hourOf(() => 3), p95: hourOf(() => 5)},
  ],
  changes: [
    {
      seq: 4_180,
      atMs: noon - 100_000,
      verdict: 'fail',
      what: say`ready`,
      text: say`firing  db failed: connect ECONNREFUSED 127.0.0.1:5432`,
    },
    {seq: 4_150, atMs: noon - 86_400_000, verdict: 'pass', what: say`ready`, text: say`ok  all of them`},
    {
      seq: 4_100,
      atMs: noon - 87_000_000,
      verdict: undefined,
      what: say`maintenance`,
      text: say`by mara  2026-11-20T13:00:00Z to 2026-11-20T14:00:00Z`,
    },
  ],
};

const slo = (service: string, patch: Partial<SloView> = {}): SloView => ({
  service,
  title: show(service),
  state: 'ok',
  target: say`99.5 %`,
  window: say`30d`,
  checks: say`live, ready`,
  availability: say`99.97 %`,
  range: say`99.90 % to 99.98 %`,
  coverage: say`99.9 %`,
  filled: undefined,
  isThin: false,
  remaining: 0.94,
  used: say`13 of 216 bad minutes used`,
  burn: say`0.2 ×`,
  pace: say`0.7 % a day, where 3.3 % would last`,
  goneIn: undefined,
  burns: ['1h/5m', '6h/30m', '1d/2h', '3d/6h'].map((window, i) => ({
    window: show(window),
    tier: i < 2 ? say`page` : say`ticket`,
    limit: say`${['14.4', '6.0', '3.0', '1.0'][i] ?? ''} ×`,
    long: say`0.2 ×`,
    short: say`0.0 ×`,
    firing: false,
    above: false,
  })),
  alerts: [],
  ...patch,
});

const sloOk = slo('gateway');
const sloAtRisk = slo('manager', {
  title: say`Release manager`,
  state: 'atRisk',
  availability: say`99.58 %`,
  remaining: 0.12,
  used: say`190 of 216 bad minutes used`,
  burn: say`3.2 ×`,
  pace: say`10.7 % a day, where 3.3 % would last`,
  goneIn: say`gone in 1d 3h`,
  coverage: say`97.2 %`,
  isThin: true,
  filled: say`61.0 %`,
  burns: slo('manager').burns.map(one => ({...one, long: say`3.2 ×`, firing: one.window === '1d/2h'})),
  alerts: [
    {text: say`ticket: burns too fast over 1d/2h, since 2026-11-21 09:10 UTC`, severity: 'sev3'},
    {text: say`more than 80 % used, since 2026-11-21 07:00 UTC`, severity: 'sev3'},
  ],
});
const sloGone = slo('ledger-api', {
  state: 'exhausted',
  availability: say`99.41 %`,
  remaining: -0.18,
  used: say`255 of 216 bad minutes used`,
  burn: say`41.0 ×`,
  goneIn: say`gone`,
  alerts: [{text: say`page: burns too fast over 1h/5m, since 2026-11-21 14:02 UTC`, severity: 'sev2'}],
});
const sloUnseen = slo('tunnel', {
  state: 'unknown',
  availability: undefined,
  range: undefined,
  coverage: undefined,
  remaining: undefined,
  isThin: true,
  used: say`0 of 216 bad minutes used`,
  burn: undefined,
  pace: undefined,
  burns: slo('tunnel').burns.map(one => ({...one, long: undefined, short: undefined})),
});

const job = (id: string, patch: Partial<JobView> = {}): JobView => ({
  id,
  title: show(id),
  cron: say`0 3 * * *`,
  timezone: say`UTC`,
  does: say`looks at every check of type backup`,
  acts: false,
  catchUp: 'once',
  limitMs: 30 * minutes,
  nextMs: noon + 60 * minutes,
  paused: undefined,
  running: false,
  startedMs: noon - 40 * minutes,
  last: {endedMs: noon - 39 * minutes, outcome: 'passed', message: say`4 checks pass`},
  missed: 0,
  overruns: 0,
  refused: undefined,
  byHand: undefined,
  ...patch,
});

const jobs: readonly JobView[] = [
  job('backup-verify', {
    last: {
      endedMs: noon - 86_400_000,
      outcome: 'failed',
      message: say`1 of 4 fail: ledger-api/backup: 400 of 412 files`,
    },
    byHand: {endedMs: noon - minutes, outcome: 'passed', message: say`4 checks pass`},
    missed: 3,
    overruns: 1,
  }),
  job('rotation', {
    title: say`Rotate the keys`,
    cron: say`0 4 * * 0`,
    timezone: say`Europe/Berlin`,
    does: say`runs bin/rotate --all`,
    acts: true,
    catchUp: 'none',
    paused: say`key vault is moving`,
    nextMs: noon + 86_400_000,
  }),
  job('slo', {
    cron: say`*/15 * * * *`,
    does: say`evaluates what the services promise`,
    running: true,
    startedMs: noon - 2_000,
  }),
  job('dr-drill', {
    last: undefined,
    startedMs: undefined,
    refused: say`The site is not trusted: new`,
    acts: true,
  }),
  job('uptime', {last: {endedMs: noon - minutes, outcome: 'unknown', message: say`nobody knows`}}),
];

const notice = (alert: string, patch: Partial<NoticeView> = {}): NoticeView => ({
  alert,
  channel: say`oncall`,
  as: say`firing`,
  at: 'sent',
  dueMs: noon - minutes,
  attempts: 1,
  error: undefined,
  ...patch,
});

const alert = (id: string, service: string, patch: Partial<AlertView> = {}): AlertView => ({
  id,
  service,
  check: 'ready',
  severity: 'sev2',
  title: show(`${service}/ready UPTIME: 3 consecutive failures @ 2026-11-21T14:01:40Z`),
  message: say`db failed: connect ECONNREFUSED 127.0.0.1:5432`,
  sinceMs: noon - 100_000,
  acked: undefined,
  silence: undefined,
  maintenance: undefined,
  told: [notice(id)],
  ...patch,
});

const silence: SilenceView = {
  id: 'silence-7',
  on: say`manager`,
  untilMs: noon + 90 * minutes,
  untilResolved: true,
  operator: say`mara`,
  reason: say`deploy 4711`,
};

const undelivered = notice('alert-1', {
  channel: say`mail`,
  at: 'waiting',
  dueMs: noon + 2 * minutes,
  attempts: 3,
  error: say`421 too many connections`,
});

const alerts: AlertsView = {
  off: undefined,
  problems: [],
  open: [
    alert('alert-1', 'ledger-api', {told: [notice('alert-1'), undelivered]}),
    alert('alert-2', 'gateway', {
      severity: 'sev3',
      acked: {operator: say`mara`, atMs: noon - minutes, note: say`looking at the database`},
    }),
    alert('alert-3', 'manager', {severity: 'sev3', silence, told: []}),
    alert('alert-4', 'tunnel', {
      check: undefined,
      severity: 'sev4',
      message: undefined,
      maintenance: {name: say`weekly`, untilMs: noon + 30 * minutes},
      told: [],
    }),
  ],
  held: [
    {
      service: 'worker',
      check: 'beat',
      severity: 'sev2',
      title: say`worker/beat UPTIME: 2 consecutive failures @ 2026-11-21T14:01:40Z`,
      why: say`it depends on database/port, which is down`,
    },
  ],
  silences: [silence],
  maintenance: [
    {
      id: 'weekly',
      on: say`tunnel`,
      fromMs: noon - 30 * minutes,
      untilMs: noon + 30 * minutes,
      operator: undefined,
      reason: say`the link is measured`,
    },
    {
      id: 'maintenance-9',
      on: say`label:tier:1`,
      fromMs: noon + 24 * 60 * minutes,
      untilMs: noon + 25 * 60 * minutes,
      operator: say`kim`,
      reason: undefined,
    },
  ],
  queued: [undelivered, notice('alert-0', {as: say`resolved`, at: 'waiting', attempts: 0})],
};

/** Four services, one broken, one stale, one warning. */
export const sample = (patch: Partial<AppState> = {}): AppState => ({
  nowMs: noon,
  session: {
    site: say`acme-prod`,
    environment: 'production',
    operator: say`mara`,
    via: 'ssh-key',
    readOnly: undefined,
    monitor: {at: 'here'},
    hint: undefined,
  },
  services: [service('gateway'), warnManager, staleTunnel, brokenLedgerApi],
  history: historyOfLedgerApi,
  slos: [sloOk, sloAtRisk, sloGone, sloUnseen],
  schedule: {jobs, problem: undefined},
  alerts,
  runbooks: [
    databaseRunbook,
    otherBook('start-the-system', 'Start the System'),
    otherBook('stop-safely', 'Stop the System Safely'),
    otherBook('verify-readiness', 'Verify Readiness'),
  ],
  run: undefined,
  runs: [
    {
      run: '01JDATABASE7f2c',
      book: say`Incident: Database Unavailable`,
      short: '7f2c',
      title: say`Incident: Database Unavailable`,
      service: say`ledger-api`,
      state: say`waiting`,
      startedMs: noon - 221_000,
      open: true,
    },
    {
      run: '01JOLD1a2b',
      book: say`Start the System`,
      short: '1a2b',
      title: say`Start the System`,
      service: say`gateway`,
      state: say`passed`,
      startedMs: noon - 86_400_000,
      open: false,
    },
  ],
  glasses: [],
  ledger: {
    size: 4_196,
    rows: ledgerRows(60, 4_196),
    carried: {at: 'local'},
    verify: {at: 'never'},
    export: {at: 'never'},
    of: undefined,
    detail: undefined,
  },
  notice: undefined,
  ...patch,
});

/** The sample where the failing check stands on a database that is down, and that on a host that nobody can see. */
export const entangled = (): AppState => {
  const base = sample();
  const stands = [{service: 'database', check: 'port'}];
  const ready = (one: CheckView): CheckView =>
    one.id === 'ready' ? {...one, phase: 'firing', dependsOn: stands, heldBy: say`database/port`} : one;
  const down = {verdict: 'fail', phase: 'firing', sinceMs: noon - 130_000} as const;
  return {
    ...base,
    services: [
      ...base.services.map(one => ({
        ...one,
        checks: one.checks.map(check =>
          one.id === 'gateway' && check.id === 'live'
            ? {...check, dependsOn: [{service: 'ledger-api'}, {service: 'gone', check: 'x'}]}
            : one.id === 'ledger-api'
              ? ready(check)
              : check,
        ),
      })),
      service('database', {
        verdict: 'fail',
        health: {verdict: 'fail', stale: false},
        failingSinceMs: noon - 130_000,
        checks: [
          check('port', {
            ...down,
            type: 'tcp',
            message: say`connect ECONNREFUSED 127.0.0.1:5432`,
            dependsOn: [{service: 'host', check: 'ping'}],
          }),
        ],
        runbooks: [
          {
            id: 'database-unavailable',
            procedure: 'incident',
            title: say`Incident: Database Unavailable`,
            why: undefined,
          },
        ],
      }),
      service('host', {
        verdict: 'pass',
        stale: true,
        checks: [check('ping', {stale: true, seenMs: noon - 20 * minutes})],
      }),
    ],
  };
};

/** Nothing at all: a site that was just made. */
export const empty = (): AppState =>
  sample({
    services: [],
    history: undefined,
    slos: undefined,
    runbooks: [],
    runs: [],
    ledger: {...sample().ledger, size: 0, rows: []},
  });

/** A thousand services, a hundred runbooks, twenty thousand lines of output. */
export const huge = (): AppState =>
  sample({
    services: Array.from({length: 1_000}, (_, i) =>
      service(
        `service-${String(i).padStart(4, '0')}`,
        i % 97 === 0 ? {verdict: 'fail', failingSinceMs: noon - 9_000_000} : {},
      ),
    ),
    runbooks: Array.from({length: 100}, (_, i) => otherBook(`book-${i}`, `Runbook number ${i}`)),
    slos: Array.from({length: 1_000}, (_, i) =>
      slo(
        `service-${String(i).padStart(4, '0')}`,
        i % 2 === 0 ? {} : {state: 'unknown', remaining: undefined},
      ),
    ),
    alerts: {
      ...alerts,
      open: Array.from({length: 1_000}, (_, i) => alert(`alert-${i}`, `service-${i}`)),
      queued: Array.from({length: 1_000}, (_, i) =>
        notice(`alert-${i}`, {at: 'waiting', channel: show(`c${i}`)}),
      ),
    },
    schedule: {jobs: Array.from({length: 500}, (_, i) => job(`job-${i}`)), problem: undefined},
    history: {
      service: 'service-0000',
      atMs: noon,
      checks: [],
      changes: Array.from({length: 60}, (_, i) => ({
        seq: i,
        atMs: noon - i * minutes,
        verdict: undefined,
        what: say`alert`,
        text: show(`opened ${'very '.repeat(60)}long`),
      })),
    },
    run: run(asks.confirm, {
      steps: Array.from({length: 300}, (_, i) =>
        step(i + 1, `Step with a long title that says what it does, number ${i + 1}`, {
          at: i < 150 ? 'passed' : i === 150 ? 'current' : 'waiting',
        }),
      ),
      current: 150,
      detail: {
        title: say`A very long script`,
        effect: 'write',
        command: Array.from({length: 120}, (_, i) =>
          show(`echo "line ${i} of a script that goes on and on and is wider than any phone, by far"`),
        ),
        on: say`bastion1 as root`,
        limit: say`60s`,
        undo: undefined,
        verify: undefined,
        certainty: say`guessed`,
        values: Array.from({length: 40}, (_, i) => show(`NAME_${i}=${'value '.repeat(30)}`)),
        refusals: [],
        prose: Array.from({length: 20}, (_, i) =>
          show(`Paragraph ${i} about the step, which explains at length why it is done.`),
        ),
        outputOf: undefined,
        output: Array.from({length: 20_000}, (_, i) => show(`output line ${i}`)),
      },
      outputs: [
        {title: say`Step 1  Long`, lines: Array.from({length: 20_000}, (_, i) => show(`output line ${i}`))},
      ],
      prohibitions: Array.from({length: 30}, (_, i) =>
        show(`do not do thing number ${i}, whatever anybody says`),
      ),
    }),
    ledger: {...sample().ledger, size: 1_000_000, rows: ledgerRows(2_000, 1_000_000)},
  });

const nasty =
  '\u001b]52;c;cm0gLXJm\u0007\u001b[2J\u202egnp.exe \u0000 漢字かな交じり 👩‍👩‍👧‍👦🏳️‍🌈 e\u0301\u0301\u0301 \u200b\u00ad ' +
  'x'.repeat(3_000);

/** Untrusted text in every place, after the sanitising boundary. */
export const hostile = (): AppState => {
  const bad = show(nasty);
  const base = run(asks.unknown);
  return sample({
    session: {...sample().session, site: bad, operator: bad, hint: bad},
    services: [
      service('nasty', {
        title: bad,
        owner: bad,
        attended: bad,
        verdict: 'fail',
        checks: [
          check('nasty', {
            id: bad,
            verdict: 'fail',
            message: bad,
            expected: bad,
            actual: bad,
            parts: [{name: bad, verdict: 'fail', message: bad}],
            dependsOn: [{service: nasty}, {service: 'nasty', check: nasty}],
            heldBy: bad,
          }),
        ],
        runbooks: [{id: 'x', procedure: undefined, title: bad, why: bad}],
        failingSinceMs: noon,
      }),
    ],
    history: {
      service: 'nasty',
      atMs: noon,
      checks: [{id: bad, strip: hour('fail'), p50: hourOf(() => 1e9), p95: hourOf(() => 1e12)}],
      changes: [{seq: 1, atMs: 0, verdict: 'fail', what: bad, text: bad}],
    },
    alerts: {
      off: bad,
      problems: [bad, bad, bad],
      open: [
        alert('nasty', nasty, {
          title: bad,
          message: bad,
          acked: {operator: bad, atMs: 0, note: bad},
          silence: {...silence, on: bad, operator: bad, reason: bad},
          maintenance: {name: bad, untilMs: 0},
          told: [notice('nasty', {channel: bad, as: bad, at: 'given up', error: bad})],
        }),
      ],
      held: [{service: nasty, check: nasty, severity: 'sev1', title: bad, why: bad}],
      silences: [{...silence, on: bad, operator: bad, reason: bad}],
      maintenance: [{id: nasty, on: bad, fromMs: 0, untilMs: 0, operator: bad, reason: bad}],
      queued: [notice(nasty, {channel: bad, as: bad, at: 'waiting', error: bad})],
    },
    schedule: {
      jobs: [
        job(nasty, {
          title: bad,
          cron: bad,
          timezone: bad,
          does: bad,
          paused: bad,
          refused: bad,
          last: {endedMs: 0, outcome: 'failed', message: bad},
          byHand: {endedMs: 0, outcome: 'unknown', message: bad},
        }),
      ],
      problem: bad,
    },
    slos: [
      slo('nasty', {
        title: bad,
        state: 'exhausted',
        target: bad,
        window: bad,
        checks: bad,
        availability: bad,
        range: bad,
        coverage: bad,
        filled: bad,
        remaining: -1e9,
        used: bad,
        burn: bad,
        pace: bad,
        goneIn: bad,
        burns: [{window: bad, tier: bad, limit: bad, long: bad, short: bad, firing: true, above: false}],
        alerts: [{text: bad, severity: 'sev1'}],
      }),
    ],
    runbooks: [
      {
        ...databaseRunbook,
        title: bad,
        file: bad,
        owner: bad,
        tags: [bad],
        services: [bad],
        severity: bad,
        reviewDueMs: 0,
        procedures: [{id: 'x', title: bad, line: 1, steps: 1, phases: ['procedure'], prohibitions: [bad]}],
        lines: [line('h1', nasty, 1), line('code', nasty, 2), line('item', nasty, 3, {indent: 40})],
      },
    ],
    run: run(
      {at: 'unknown', id: 'a-unknown', text: bad, survivors: [bad]},
      {
        service: bad,
        procedure: bad,
        operator: bad,
        steps: [step(1, nasty, {at: 'current', result: bad})],
        current: 0,
        detail:
          base.detail === undefined
            ? undefined
            : {
                ...base.detail,
                title: bad,
                command: [bad],
                on: bad,
                limit: bad,
                undo: bad,
                certainty: bad,
                verify: bad,
                values: [bad],
                refusals: [{rule: bad, line: 3, pattern: bad, matched: bad, way: bad, isOpen: false}],
                prose: [bad],
                outputOf: bad,
                output: [bad],
              },
        outputs: [{title: bad, lines: [bad]}],
        prohibitions: [bad],
        safeActions: [bad],
        escalation: [bad],
        values: [bad],
        brief: [bad],
        evidence: bad,
      },
    ),
    runs: [
      {run: 'x', book: bad, short: '7f2c', title: bad, service: bad, state: bad, startedMs: noon, open: true},
    ],
    ledger: {
      size: 12,
      rows: [{seq: 11, run: 'x', time: bad, kind: bad, operator: bad, summary: bad}],
      carried: {at: 'local'},
      verify: {at: 'done', verified: false, text: bad, size: 12},
      export: {at: 'done', ok: false, text: bad},
      of: {run: 'x', rows: []},
      detail: {seq: 11, run: 'x', intent: 10, lines: [bad, bad]},
    },
    notice: {level: 'error', text: bad},
  });
};
