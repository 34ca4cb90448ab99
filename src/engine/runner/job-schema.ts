// The job as zod sees it, for its type; the runner itself asks the shape that is made from it (job.ts).
import {z} from 'zod';
import {actorSchema} from '../../domain/entry-schema.ts';
import {processName} from '../../domain/kinds-run.ts';
import {effects} from '../../domain/runbook.ts';

const words = z.tuple([z.string()], z.string());

/** As `DataSource` of the site. `url` may be a reference (`env:NAME`, `file:/path`); the runner looks it up and masks it. */
const dataSource = z.discriminatedUnion('type', [
  z.strictObject({name: z.string(), type: z.literal('postgres'), url: z.string()}),
  z.strictObject({name: z.string(), type: z.literal('sqlite'), path: z.string()}),
  z.strictObject({name: z.string(), type: z.literal('prometheus'), url: z.string()}),
]);

const collectItem = z.discriminatedUnion('at', [
  z.strictObject({at: z.literal('file'), path: z.string()}),
  z.strictObject({at: z.literal('command'), argv: words, text: z.string()}),
  z.strictObject({at: z.literal('url'), url: z.string()}),
]);

export const jobSchema = z.strictObject({
  v: z.literal(1),
  /** Where and as whom the ledger is opened. */
  ledger: z.strictObject({dir: z.string(), site: z.string(), host: z.string(), version: z.string()}),
  actor: actorSchema,
  run: z.string(),
  step: z.string(),
  attempt: z.int().min(1),
  /** The confirm that this rests on; it must still be the newest entry of the run. */
  confirm: z.int().min(0),
  fence: z.int().min(0),
  /** SHA-256 of the pinned runbook. */
  runbook: z.string(),
  effect: z.enum(effects),
  target: z.string(),
  act: z.discriminatedUnion('at', [
    z.strictObject({at: z.literal('command'), argv: words}),
    z.strictObject({
      at: z.literal('http'),
      method: z.string(),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      body: z.string().optional(),
    }),
    /** Variables in the text (`$NAME`, `:NAME`) become parameters of the statement. */
    z.strictObject({at: z.literal('sql'), source: dataSource, text: z.string()}),
    z.strictObject({at: z.literal('promql'), source: dataSource, text: z.string()}),
    z.strictObject({at: z.literal('collect'), items: z.array(collectItem)}),
    /** Takes the runner's own terminal; nothing is captured. */
    z.strictObject({at: z.literal('terminal'), argv: words}),
  ]),
  /** An alias of ssh_config; absent: this host. Commands, and commands and files of `collect`, run there. */
  on: z.string().optional(),
  /** The account that it runs as, through sudo. */
  runAs: z.string().optional(),
  /** Done again so often when it fails; a write is done again only after it ended by itself. */
  retries: z.int().min(0).optional(),
  /** The variable that takes the output once it passed: an entry `step.value` with the outcome. */
  capture: z
    .strictObject({name: z.string(), re: z.string().optional(), pattern: z.string().optional()})
    .optional(),
  /** What becomes of the step when `console` is gone; absent: it runs to its end. */
  onDisconnect: z.enum(['finish', 'abort', 'detach']).optional(),
  /** The console that handed the job over; `abort` needs it. */
  console: processName.optional(),
  /** For `detach`: the command line that goes on without a person; the `seq` of the step's last entry is put behind it. */
  onward: words.optional(),
  /** In the environment of a login shell. */
  login: z.boolean().optional(),
  /** At more output a read is ended, and a write asks as at its time limit. Absent: 10 GB for reads, none for writes. */
  maxOutputBytes: z.int().min(1).optional(),
  timeoutMs: z.int().min(1),
  graceMs: z.int().min(0),
  atLimit: z.enum(['ask', 'kill']),
  expect: z.union([z.int(), z.string()]).optional(),
  /** What should come of it, in words: how it ended is recorded, and a person says whether that is it. */
  expected: z.string().optional(),
  /** On this host. */
  cwd: z.string(),
  /** On the host of `on`: the runbook's own `cwd`; absent: the account's home there. */
  remoteCwd: z.string().optional(),
  /** Variables that the command gets besides the inherited environment. */
  vars: z.record(z.string(), z.string()),
  /** Declared secrets of the runbook: variables of the command, and `env:NAME` in headers. Never on disk or in arguments. */
  secrets: z.record(z.string(), z.string()).optional(),
  /** Everything else that may not appear in what is recorded. */
  mask: z.array(z.strictObject({name: z.string(), value: z.string()})).optional(),
});
