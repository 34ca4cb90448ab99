// Ports of the alerts: mail, and the queue of what is still to be told.
import type {Telling} from './domain/notice.ts';
import type {MonitorHolder, ProcessName} from './ports.ts';

export interface MailRequest {
  readonly host: string;
  readonly port: number;
  /** `starttls` is demanded, not tried; `none` sends in the clear. */
  readonly tls: 'starttls' | 'tls' | 'none';
  readonly login?: {readonly user: string; readonly password: string};
  /** PEM certificates to trust besides the ones Node trusts. */
  readonly ca?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Of this very message, again when it is sent again. */
  readonly messageId: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export type MailAnswer =
  | {readonly at: 'sent'; readonly message: string}
  /** `status` is what the server said, such as 550; undefined when it never came to that. */
  | {readonly at: 'failed'; readonly status: number | undefined; readonly message: string};

export interface Mail {
  send(request: MailRequest): Promise<MailAnswer>;
}

/** The terminal that somebody looks at. */
export interface Bell {
  /** Rings, and shows the line where lines are shown; false where there is no terminal. */
  ring(what: {readonly text: string; readonly isLoud: boolean}): boolean;
}

/** One thing to tell one channel: that an alert began, is still there, was taken, or is over. */
export interface Item {
  readonly channel: string;
  readonly alert: string;
  readonly as: Telling;
}

export interface QueuedItem extends Item {
  /** What is told together. */
  readonly group: string;
  readonly digest: boolean;
  readonly queuedMs: number;
  /** Not tried before this. */
  readonly dueMs: number;
  readonly attempts: number;
  readonly error: string | undefined;
  /** `dropped`: overtaken by what came after. */
  readonly at: 'waiting' | 'sent' | 'dropped' | 'given up';
  /** When that was. */
  readonly doneMs: number | undefined;
  /** A process that was sending it ended without saying how that went. */
  readonly repeated: boolean;
}

export interface ChannelState {
  readonly channel: string;
  /** Nothing is tried before this. */
  readonly notBeforeMs: number;
  /** In a row. */
  readonly failures: number;
  readonly error: string | undefined;
  readonly errorMs: number | undefined;
  readonly sentMs: number | undefined;
  /** The digest that was made last: the moment it was due. */
  readonly digestMs: number | undefined;
}

/**
 * What is to be told and what was, on disk. Every method is done when it returns. It never holds what a service said,
 * only names; never throws: where nothing can be written it is memory, and `problem` says so.
 */
export interface Outbox {
  readonly problem: string | undefined;
  /** Everything that is remembered, by channel and alert. */
  items(): readonly QueuedItem[];
  channels(): readonly ChannelState[];
  /** Queues what is not there yet, and again a reminder that was sent and what was dropped. */
  queue(items: readonly (Item & {readonly group: string; readonly digest: boolean})[], nowMs: number): void;
  /**
   * Takes items for sending, so that no other process does; what comes back is what was taken. What a process that is
   * gone had taken is taken over, and marked as repeated.
   */
  claim(
    items: readonly Item[],
    me: Pick<MonitorHolder, 'pid' | 'start' | 'boot' | 'session'>,
    isAlive: (name: ProcessName) => boolean,
  ): readonly QueuedItem[];
  /** They were taken by the receiver; false when that could not be written, and must be said again. */
  sent(items: readonly Item[], nowMs: number): boolean;
  /** Not taken; tried again from `dueMs` on, or never. */
  failed(
    items: readonly Item[],
    what: {readonly nowMs: number; readonly dueMs: number; readonly error: string; readonly giveUp: boolean},
  ): void;
  drop(items: readonly Item[], nowMs: number): void;
  channel(state: ChannelState): void;
  /** How often this channel was sent something since then. */
  sendings(channel: string, sinceMs: number): number;
  /** Takes out everything about alerts that are not of these, when it was done before this. */
  forget(keep: ReadonlySet<string>, beforeMs: number): void;
  close(): void;
}
