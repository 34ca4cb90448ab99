// One definition per thing that can be added later: a check type, a step type, a command.
import type {z} from 'zod';
import type {Bell, Mail, Outbox} from './alert-ports.ts';
import type {AnyChannel} from './define-channel.ts';
import type {CheckResult, Look} from './domain/verdict.ts';
import type {Runbook, Step, StepAttributes} from './domain/runbook.ts';
import type {DataSource, Service, Site} from './domain/site.ts';
import type {StepAct} from './domain/step-act.ts';
import type {Actor} from './domain/entry.ts';
import type {Archives} from './look/archives.ts';
import type {Attestations} from './look/attestations.ts';
import type {Folders} from './look/folders.ts';
import type {Records} from './look/records.ts';
import type {Sql} from './look/sql.ts';
import type {Heal, HealAnswer, HealRequest, Host, Hosts} from './host-ports.ts';
import type {
  Clock,
  Env,
  Exec,
  Files,
  Http,
  Ledger,
  LedgerFiles,
  Net,
  Processes,
  Random,
  Runners,
  Secrets,
  Talk,
  Telemetry,
} from './ports.ts';
import type {Dns, Tls} from './look/net.ts';

export type {CollectItem, StepAct} from './domain/step-act.ts';
export type {Talk} from './ports.ts';

export interface CheckContext extends Pick<
  Ports,
  | 'http'
  | 'net'
  | 'tls'
  | 'dns'
  | 'exec'
  | 'env'
  | 'clock'
  | 'files'
  | 'random'
  | 'sql'
  | 'folders'
  | 'archives'
> {
  /** The machine that the check's `on` names; whatever is asked of it ends with the look. */
  readonly host: Host;
  /** Narrows the permissions of a file of this machine, recorded first; refuses on a site that is not trusted. */
  readonly heal: (request: HealRequest) => Promise<HealAnswer>;
  /** Aborted at the check's time limit and when the monitor stops. */
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** On a site that is not trusted no secret is looked up, so that none can be sent where the site file says. */
  readonly trusted: boolean;
  /** The site's folder: the working directory of commands that name none. */
  readonly siteDir?: string;
  /** The service whose check it is, as the site has it; undefined where a check is run without a site. */
  readonly service?: Service | undefined;
  /** Databases and metric servers that the site names. */
  readonly sources: readonly DataSource[];
  /** What people attested about this very check, or about another of its service. */
  readonly attestations: Attestations;
  /** The newest result of another check of the same service, for checks that compare; undefined when stale. */
  readonly input: (check: string) => CheckResult | undefined;
  /** What this check said last, for those that compare with it; undefined when stale, and without a monitor. */
  readonly previous?: CheckResult | undefined;
}

export interface CheckDefinition<P> {
  readonly type: string;
  readonly summary: string;
  /** Whether it may run on a site that is not trusted. */
  readonly needsTrust: boolean;
  /**
   * It changes something of its own where it looks, such as a token that it issues and revokes. It runs only with
   * `allowMutating: true`, and is recorded in the ledger before it begins.
   */
  readonly mutates?: 'canary';
  readonly everyMs: number;
  readonly timeoutMs: number;
  /** Fields of this type in the site file; unknown keys are refused by the strict schema. */
  readonly params: z.ZodType<P>;
  /** One check of this type as the site file writes it, from its `type:` on; a test makes it true and runs it. */
  readonly example: string;
  /** Other checks of the service that must have a result first. */
  readonly inputs?: (params: P) => readonly string[];
  /** The machine to look at: `local`, or a name under `hosts` of the site; a type without it looks from here. */
  readonly on?: (params: P) => string;
  /** Reads so much that one at a time is enough, such as restoring a backup. */
  readonly isHeavy?: boolean;
  readonly run: (params: P, context: CheckContext) => Promise<Look>;
}

/** A definition in THE list: its params are hidden behind `parse`, so the list has one type. */
export interface AnyCheck {
  readonly type: string;
  readonly summary: string;
  readonly needsTrust: boolean;
  readonly mutates?: 'canary';
  readonly everyMs: number;
  readonly timeoutMs: number;
  readonly params: z.ZodType;
  readonly example: string;
  readonly inputs: (params: unknown) => readonly string[];
  /** `local`, or a name under `hosts` of the site: what is looked at there needs trust, whatever the type. */
  readonly on: (params: unknown) => string;
  /** Whether checks of this type may look at another host. */
  readonly hasHost: boolean;
  readonly isHeavy: boolean;
  /** `params` must be what `params.parse` gave; it is parsed again once, which keeps the types honest. */
  readonly run: (params: unknown, context: CheckContext) => Promise<Look>;
}

export function defineCheck<P>(definition: CheckDefinition<P>): AnyCheck {
  const {params, inputs, on, isHeavy = false, run} = definition;
  const known = new WeakMap<object, P>();
  const parsed = (raw: unknown): P => {
    if (typeof raw !== 'object' || raw === null) return params.parse(raw);
    const before = known.get(raw);
    if (before !== undefined) return before;
    const found = params.parse(raw);
    known.set(raw, found);
    return found;
  };
  return {
    ...definition,
    inputs: raw => inputs?.(parsed(raw)) ?? [],
    on: raw => on?.(parsed(raw)) ?? 'local',
    hasHost: on !== undefined,
    isHeavy,
    run: async (raw, context) => run(parsed(raw), context),
  };
}

/** Exactly what will happen, as the dialog shows it and the intent records it. */
export interface StepPlan {
  readonly act: StepAct;
  /** What is executed, for the screen: one line each, unabridged. */
  readonly lines: readonly string[];
  readonly timeoutMs: number;
  readonly graceMs: number;
  readonly atLimit: 'ask' | 'kill';
  /** Exit status, HTTP status, or a text that the output must contain. */
  readonly expect?: number | string;
  /** What should come of it, in words: not the program, a person says whether it did. */
  readonly expected?: string;
  /** A host by its ssh alias; absent: this one. */
  readonly on?: string;
  readonly runAs?: string;
  /** Looks and reads are done again so often before they count as failed. */
  readonly retries?: number;
  /** The variable that takes the (trimmed) output, or the first group of `re` in it; all of it must match `pattern`. */
  readonly capture?: {readonly name: string; readonly re?: string; readonly pattern?: string};
  /** When the connection of the console is lost while it runs. */
  readonly onDisconnect?: 'finish' | 'abort' | 'detach';
  /** In the environment of a login shell. */
  readonly login?: boolean;
  readonly maxOutputBytes?: number;
  /** Variables of the run that its text names; the dialog shows them with their values. */
  readonly uses?: readonly string[];
  /** Those of them without which it cannot run: they are asked for before anything acts. */
  readonly needs?: readonly string[];
  /** Those of them that a second shell or another language reads: `filledIn` takes only plain words for them. */
  readonly plain?: readonly string[];
  /** Placeholders that still stand in the act (never in shell text), with their variables; see domain/fill-in.ts. */
  readonly fills?: Readonly<Record<string, string>>;
}

/** What a step type may look at beside the step itself. */
export interface StepSetting {
  /** The file's `shell`, for fences that name none. */
  readonly shell: string | undefined;
  /** Names in angle brackets that this file leaves to be filled in. */
  readonly placeholders: readonly string[];
  /** Names of the file's secrets: a command gets them in its environment, and nobody is asked for them. */
  readonly secrets?: readonly string[];
  readonly site: Pick<Site, 'hosts' | 'sources' | 'gates' | 'runAs'>;
}

export interface StepDefinition {
  readonly type: string;
  readonly summary: string;
  /**
   * Who does it: `runner` = a process of its own that outlives the console; `engine` = looks only, inside the
   * console; `operator` = a person says that it is done; `terminal` = a program that takes the console's terminal.
   */
  readonly by: 'runner' | 'engine' | 'operator' | 'terminal';
  /** Set where there is nothing to do but read. */
  readonly reading?: boolean;
  /** What annotations may say of such a step besides what every step has; anything else is a problem. */
  readonly attributes: readonly (keyof StepAttributes)[];
  /** Markdown of a step of this type, as a runbook would have it. */
  readonly example: string;
  /** Its steps cannot be passed over, not even with a reason. */
  readonly neverSkipped?: boolean;
  /** What the step would do, or why it cannot be planned. */
  readonly plan: (step: Step, setting: StepSetting) => StepPlan | {readonly problem: string};
  /** What could be better about a step that can be planned. */
  readonly hints?: (step: Step) => readonly string[];
}

export const defineStep = (definition: StepDefinition): StepDefinition => definition;

/** The real world as one object; made once in main.ts, faked in tests. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly env: Env;
  readonly exec: Exec;
  readonly http: Http;
  readonly net: Net;
  readonly tls: Tls;
  readonly dns: Dns;
  readonly processes: Processes;
  readonly files: Files;
  readonly sql: Sql;
  readonly hosts: Hosts;
  readonly folders: Folders;
  readonly archives: Archives;
  readonly records: Records;
  readonly heal: Heal;
}

/** What every command gets. Opening is lazy: a command that needs no ledger opens none. */
export interface CommandContext extends Ports {
  readonly talk: Talk;
  readonly cwd: string;
  readonly version: string;
  readonly actor: Actor;
  readonly checks: readonly AnyCheck[];
  readonly steps: readonly StepDefinition[];
  /** Aborted by Ctrl-C, SIGTERM and SIGHUP. */
  readonly signal: AbortSignal;
  /** Value of the global options `--home` and `--site`. */
  readonly home: string | undefined;
  readonly siteDir: string | undefined;
  /** Name of this session in the ledger, and of this host in the ledger's origin. */
  readonly session: string;
  readonly host: string;
  /** Starts step runners that open the ledger of this data directory. */
  runners(dir: string): Runners;
  /** The command line that starts this program again with these words: same site, data directory and operator. */
  again(dir: string, words: readonly string[]): readonly [string, ...string[]];
  /** Hands this process's terminal to a step runner of that data directory until it ends; undefined without a terminal. */
  readonly terminal: ((dir: string, job: string) => Promise<{readonly said: string}>) | undefined;
  /** Gives back what only starting needed; stops the program for a moment, so it is for those without a screen. */
  giveBackMemory(): void;
  /** Ids of the runbooks that come with the program, which a site may name without having the file. */
  readonly shippedRunbooks: readonly string[];
  /** Throws QdError SITE_NOT_FOUND or SITE_INVALID. */
  site(): Promise<Site>;
  /** The data directory (created 0700 when missing); throws HOME_UNSAFE. */
  homeDir(): Promise<string>;
  /** Opens for writing, falling back to reading (`readOnly` says why); throws LEDGER_* when not even that. */
  ledger(): Promise<Ledger>;
  /** Ledgers as files: reading one that must not be written, verifying, a new origin. */
  readonly ledgerFiles: LedgerFiles;
  telemetry(): Promise<Telemetry>;
  /** Types of channels, and what they need besides the other ports. */
  readonly channels: readonly AnyChannel[];
  readonly mail: Mail;
  readonly bell: Bell;
  /** What is still to be told to whom. */
  outbox(): Promise<Outbox>;
  /** Everything that this context hands out is masked by it already: talk, ledger, checks. */
  readonly secrets: Secrets;
  /** The verifiers that go into a bundle; throws FILE_UNREADABLE and says how they are built. */
  verifiers(): Promise<{readonly python: Uint8Array; readonly html: Uint8Array}>;
  /** Every runbook of the site and the shipped ones, parsed. */
  runbooks(): Promise<readonly Runbook[]>;
}

export interface OptionSpec {
  /** As commander takes it: `--json`, `--format <name>`, `-n, --lines <count>`. */
  readonly flags: string;
  readonly summary: string;
  /** May be given several times; the value is then a list. */
  readonly repeats?: boolean;
}

export interface CommandDefinition<I> {
  /** Words as typed: `check`, `site show`, `ledger verify`. */
  readonly name: string;
  readonly summary: string;
  /** As commander takes it: `[paths...]`, `<file>`. */
  readonly arguments?: readonly {readonly spec: string; readonly summary: string}[];
  readonly options?: readonly OptionSpec[];
  /** Whole command lines for `--help`, with what each does. */
  readonly examples?: readonly {readonly line: string; readonly does: string}[];
  /** Parses `{args: string[], ...options}`; a failure is a usage error. */
  readonly input: z.ZodType<I>;
  /** Returns the exit status (see `exit` in domain/error.ts). */
  readonly run: (input: I, context: CommandContext) => Promise<number>;
}

export interface AnyCommand {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly {readonly spec: string; readonly summary: string}[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly {readonly line: string; readonly does: string}[];
  readonly input: z.ZodType;
  readonly run: (input: unknown, context: CommandContext) => Promise<number>;
}

export function defineCommand<I>(definition: CommandDefinition<I>): AnyCommand {
  const {input, run} = definition;
  return {
    ...definition,
    arguments: definition.arguments ?? [],
    options: definition.options ?? [],
    examples: definition.examples ?? [],
    run: async (raw, context) => run(input.parse(raw), context),
  };
}
