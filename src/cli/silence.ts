// `silence`: alerts that nobody is told about for a while, for a reason; lists them and lifts them.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {silencesNow} from '../domain/alert.ts';
import {duration, durationMs} from '../domain/duration.ts';
import {exit} from '../domain/error.ts';
import {longestSilenceMs} from '../domain/limits.ts';
import {say, show} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {deskOf} from './alert-desk.ts';
import {bookIn, reading, textBeside} from './alert-scope.ts';
import {writableLedger} from './erasing.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};
const leastMs = 60_000;

const howLong = z
  .string('the option --for is needed, such as --for 2h')
  .transform(durationMs)
  .refine(ms => ms !== undefined && ms >= leastMs && ms <= longestSilenceMs, {
    error: `expected between 1m and ${duration(longestSilenceMs)}, such as 2h`,
  });

/** Also of a window of maintenance. */
export const typedReason = z
  .string('the option --reason is needed: everybody who reads the ledger sees it')
  .trim()
  .min(1, 'is empty')
  .max(2000, 'is longer than 2000 characters');

export const silence = defineCommand({
  name: 'silence',
  summary: 'tell nobody about a service or check for a while; it is looked at and recorded all the same',
  arguments: [{spec: '<names...>', summary: 'SERVICE, SERVICE/CHECK, label:NAME, or * for all'}],
  options: [
    {flags: '--for <time>', summary: 'how long: between 1m and 30d'},
    {flags: '--reason <text>', summary: 'why'},
    {flags: '--until-resolved', summary: 'ends earlier, when nothing that it covers fires any more'},
    jsonOption,
  ],
  examples: [{line: 'quarterdeck silence api/live --for 2h --reason "deploy 4711"', does: 'for two hours'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1, 'say which service or check'),
    for: howLong,
    reason: typedReason,
    untilResolved: z.boolean().default(false),
    json: z.boolean().default(false),
  }),
  run: async ({args, for: forMs = leastMs, reason, untilResolved, json}, context) => {
    const desk = await deskOf(context, await writableLedger(context));
    const set = await desk.silence({on: args, forMs, reason, untilResolved});
    const {silence: id, on, until, seq} = set;
    if (json) context.talk.json({v: 1, ...set});
    else {
      const or = untilResolved ? ', or until it is over' : '';
      context.talk.out(
        say`${id}: nobody is told about ${on.join(', ')} until ${until}${or}; entry ${seq} says so`,
      );
      context.talk.out(say`Lift it with: quarterdeck silence lift ${id}`);
    }
    return exit.good;
  },
});

export const silenceList = defineCommand({
  name: 'silence list',
  summary: 'what is silenced, until when, by whom and why',
  options: [jsonOption],
  examples: [{line: 'quarterdeck silence list', does: 'one paragraph each'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().default(false)}),
  run: async ({json}, context) =>
    reading(context, async ledger => {
      const {talk, clock} = context;
      const silences = silencesNow(await bookIn(ledger), clock.nowMs());
      const rows = await Promise.all(
        silences.map(async one => ({...one, reason: await textBeside(ledger, one.seq, '/body/reason')})),
      );
      if (json) {
        talk.json({
          v: 1,
          silences: rows.map(({silence: id, on, untilMs, untilResolved, operator, reason}) => ({
            silence: id,
            on,
            until: timestamp(untilMs),
            untilResolved,
            operator,
            ...(reason === undefined ? {} : {reason}),
          })),
        });
        return exit.good;
      }
      if (rows.length === 0) talk.out(show('Nothing is silenced.'));
      for (const {silence: id, on, untilMs, untilResolved, operator, reason} of rows) {
        const or = untilResolved ? ' or until it is over' : '';
        talk.out(say`${id}  ${on.join(', ')}  until ${timestamp(untilMs)}${or}`);
        talk.out(say`  by ${operator}${reason === undefined ? '' : `: ${reason}`}`);
      }
      return exit.good;
    }),
});

export const silenceLift = defineCommand({
  name: 'silence lift',
  summary: 'end a silence before its time',
  arguments: [{spec: '[silences...]', summary: 'which; without one, every silence'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck silence lift silence-0a1b2c3d', does: 'what it covers is told again'}],
  input: z.strictObject({args: z.array(z.string().min(1)), json: z.boolean().default(false)}),
  run: async ({args, json}, context) => {
    const desk = await deskOf(context, await writableLedger(context));
    const lifted = await desk.lift(args);
    if (json) context.talk.json({v: 1, lifted});
    else if (lifted.length === 0) context.talk.out(show('Nothing was silenced.'));
    else for (const id of lifted) context.talk.out(say`${id}: lifted`);
    return exit.good;
  },
});
