// `maintenance`: windows in which no alert is opened, said beforehand; lists them and ends them.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {duration, durationMs} from '../domain/duration.ts';
import {exit} from '../domain/error.ts';
import {spansIn} from '../domain/local-time.ts';
import {isOverAt, spanOf, type RecurringWindow, type Window} from '../domain/maintenance.ts';
import {say, show} from '../domain/show.ts';
import {foreignInstant, timestamp} from '../domain/time.ts';
import {deskOf} from './alert-desk.ts';
import {bookIn, reading, textBeside} from './alert-scope.ts';
import {writableLedger} from './erasing.ts';
import {typedReason} from './silence.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};
const leastMs = 60_000;
const dayMs = 86_400_000;
const longestMs = 30 * dayMs;

const instant = z
  .string()
  .transform(foreignInstant)
  .refine(
    ms => ms !== undefined,
    'expected a time such as 2026-03-01T22:00:00Z or 2026-03-01T22:00:00+01:00',
  );

export const maintenanceSet = defineCommand({
  name: 'maintenance set',
  summary: 'announce work: no alert is opened meanwhile, and service levels do not count it',
  arguments: [{spec: '<names...>', summary: 'SERVICE, SERVICE/CHECK, label:NAME, or * for all'}],
  options: [
    {flags: '--from <time>', summary: 'when it begins; now, unless said'},
    {flags: '--for <time>', summary: 'how long: between 1m and 30d'},
    {flags: '--reason <text>', summary: 'what is done'},
    jsonOption,
  ],
  examples: [
    {line: 'quarterdeck maintenance set db --for 1h --reason "new disk"', does: 'from now on'},
    {
      line: 'quarterdeck maintenance set api --from 2026-03-01T22:00:00Z --for 2h --reason upgrade',
      does: 'beforehand',
    },
  ],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1, 'say which service or check'),
    from: instant.optional(),
    for: z
      .string('the option --for is needed, such as --for 1h')
      .transform(durationMs)
      .refine(ms => ms !== undefined && ms >= leastMs && ms <= longestMs, {
        error: `expected between 1m and ${duration(longestMs)}, such as 1h`,
      }),
    reason: typedReason,
    json: z.boolean().default(false),
  }),
  run: async ({args, from, for: forMs = leastMs, reason, json}, context) => {
    const desk = await deskOf(context, await writableLedger(context));
    const set = await desk.announce({on: args, fromMs: from, forMs, reason});
    const {window: id, on, countsFrom, seq, ...times} = set;
    if (json) context.talk.json({v: 1, ...set});
    else {
      context.talk.out(
        say`${id}: ${on.join(', ')} from ${times.from} until ${times.until}; entry ${seq} says so`,
      );
      if (countsFrom !== times.from)
        context.talk.out(say`It counts from now on only: what lies before was not announced.`);
      context.talk.out(say`End it with: quarterdeck maintenance end ${id}`);
    }
    return exit.good;
  },
});

const weekMs = 7 * dayMs;

const comingOf = ({when}: RecurringWindow, nowMs: number) =>
  spansIn(when, {fromMs: nowMs, untilMs: nowMs + weekMs + dayMs})[0];

const wordOf = (window: Window, nowMs: number): string =>
  spanOf(window).fromMs <= nowMs ? 'now' : 'to come';

export const maintenanceList = defineCommand({
  name: 'maintenance list',
  summary: 'windows that are open or to come: those that were set, and those of the site file',
  options: [jsonOption],
  examples: [{line: 'quarterdeck maintenance list', does: 'one paragraph each'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().default(false)}),
  run: async ({json}, context) => {
    const {maintenance = []} = await context.site();
    return reading(context, async ledger => {
      const {talk, clock} = context;
      const nowMs = clock.nowMs();
      const {windows} = await bookIn(ledger);
      const set = await Promise.all(
        windows
          .filter(window => !isOverAt(window, nowMs))
          .map(async window => ({window, reason: await textBeside(ledger, window.seq, '/body/reason')})),
      );
      const recurring = maintenance.map(one => ({one, next: comingOf(one, nowMs)}));
      if (json) {
        talk.json({
          v: 1,
          windows: set.map(({window, reason}) => ({
            window: window.window,
            on: window.on,
            from: timestamp(window.fromMs),
            until: timestamp(window.untilMs),
            countsFrom: timestamp(spanOf(window).fromMs),
            operator: window.operator,
            ...(reason === undefined ? {} : {reason}),
          })),
          recurring: recurring.map(({one: {name, on, reason}, next}) => ({
            name,
            on,
            reason,
            ...(next === undefined ? {} : {from: timestamp(next.fromMs), until: timestamp(next.untilMs)}),
          })),
        });
        return exit.good;
      }
      if (set.length + recurring.length === 0) talk.out(show('No maintenance is open or to come.'));
      for (const {window, reason} of set) {
        const {window: id, on, fromMs, untilMs, operator} = window;
        talk.out(
          say`${id}  ${wordOf(window, nowMs)}  ${on.join(', ')}  ${timestamp(fromMs)} to ${timestamp(untilMs)}`,
        );
        talk.out(say`  by ${operator}${reason === undefined ? '' : `: ${reason}`}`);
      }
      for (const {one, next} of recurring) {
        const times =
          next === undefined ? 'not this week' : `${timestamp(next.fromMs)} to ${timestamp(next.untilMs)}`;
        talk.out(say`${one.name}  repeats  ${one.on.join(', ')}  ${times}`);
        talk.out(say`  by the site file: ${one.reason}`);
      }
      return exit.good;
    });
  },
});

export const maintenanceEnd = defineCommand({
  name: 'maintenance end',
  summary: 'end a window before its time, or take back one that has not begun',
  arguments: [{spec: '<windows...>', summary: 'which, as `maintenance list` names them'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck maintenance end maintenance-0a1b2c3d', does: 'alerts open again'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1, 'say which window'),
    json: z.boolean().default(false),
  }),
  run: async ({args, json}, context) => {
    const desk = await deskOf(context, await writableLedger(context));
    const ended = await desk.endMaintenance(args);
    if (json) context.talk.json({v: 1, ended});
    else for (const {window, why} of ended) context.talk.out(say`${window}: ${why}`);
    return exit.good;
  },
});
