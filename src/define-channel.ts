// One definition per channel: a way in which a notice reaches somebody.
import type {z} from 'zod';
import type {Bell, Mail} from './alert-ports.ts';
import type {Notice} from './domain/notice.ts';
import type {Clock, Env, Exec, Files, Http} from './ports.ts';

/** What came of sending. Messages hold no secret; the caller masks them once more. */
export type Sent =
  | {readonly at: 'sent'; readonly message: string}
  | {
      readonly at: 'failed';
      /** `notice`: it will not take this one, but perhaps others; `channel`: it takes nothing now. */
      readonly about: 'notice' | 'channel';
      readonly message: string;
      readonly retryAfterMs?: number;
    };

export interface ChannelContext {
  readonly http: Http;
  readonly exec: Exec;
  readonly mail: Mail;
  readonly bell: Bell;
  readonly env: Env;
  readonly files: Files;
  readonly clock: Clock;
  /** The site's folder: the working directory of commands. */
  readonly siteDir: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * How a field may be written in the site file: `secret` only by where it is kept, `either` plainly or so, `setting`
 * plainly or as `env:NAME`. What a secret or either is kept as is masked everywhere.
 */
export type FieldForm = 'secret' | 'either' | 'setting';

export interface ChannelDefinition<P> {
  readonly type: string;
  readonly summary: string;
  /** One channel of this type as the site file writes it, from its `type:` on; a test sends through it. */
  readonly example: string;
  /** Fields of this type in the site file; a reference is text here, and looked up before `send`. */
  readonly params: z.ZodType<P>;
  readonly fields: Readonly<Record<string, FieldForm>>;
  /** Told of each alert alone, under a key of its own: the receiver puts them together. */
  readonly each?: boolean;
  /** Told when somebody takes an alert. */
  readonly tellsAck?: boolean;
  /** It forgets what is not said again within this time, and gathers by itself what belongs together. */
  readonly refreshMs?: number;
  /** Where somebody looks: every process rings its own, and nothing waits in the queue for it. */
  readonly local?: boolean;
  /** Where it leads, without what is secret; `params` as written. */
  readonly target: (params: P) => string;
  /** `params` with references looked up. Never throws for what the receiver does. */
  readonly send: (params: P, notice: Notice, context: ChannelContext) => Promise<Sent>;
}

/** A definition in THE list: its params are hidden behind parsing, so the list has one type. */
export interface AnyChannel {
  readonly type: string;
  readonly summary: string;
  readonly example: string;
  readonly params: z.ZodType;
  readonly fields: Readonly<Record<string, FieldForm>>;
  readonly each: boolean;
  readonly tellsAck: boolean;
  readonly refreshMs: number | undefined;
  readonly local: boolean;
  readonly target: (params: unknown) => string;
  readonly send: (params: unknown, notice: Notice, context: ChannelContext) => Promise<Sent>;
}

export function defineChannel<P>(definition: ChannelDefinition<P>): AnyChannel {
  const {params, target, send, each = false, tellsAck = false, refreshMs, local = false} = definition;
  return {
    ...definition,
    each,
    tellsAck,
    refreshMs,
    local,
    target: raw => target(params.parse(raw)),
    send: async (raw, notice, context) => {
      const parsed = params.safeParse(raw);
      if (parsed.success) return send(parsed.data, notice, context);
      // What a reference led to is not what was expected; it is not repeated.
      const issue = parsed.error.issues[0];
      const message = `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'is not valid'}`;
      return {at: 'failed', about: 'channel', message};
    },
  };
}
