// `breakglass`: opens guards for a while, with a typed reason; closes and lists what is open.
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {
  allGuards,
  glassKinds,
  isOver,
  longestGlassMs,
  openGlasses,
  unclosedGlasses,
  type Glass,
} from '../domain/breakglass.ts';
import {duration, durationMs} from '../domain/duration.ts';
import type {StoredEntry} from '../domain/entry.ts';
import {exit, QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {say, show, showBytes} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {closeExpired, closeGlasses} from '../engine/glasses.ts';
import {recorded, refusedAppend} from '../evidence/recorded.ts';
import type {StandingGuard} from '../guards/index.ts';
import type {Ledger} from '../ports.ts';
import {writableLedger} from './erasing.ts';
import {everyGuard} from './guards.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};
const leastMs = 60_000;

const glassEntries = async (ledger: Ledger): Promise<readonly StoredEntry[]> =>
  ledger.read({kinds: [...glassKinds]});

const howLong = z
  .string('the option --for is needed, such as --for 30m')
  .transform(durationMs)
  .refine(ms => ms !== undefined && ms >= leastMs && ms <= longestGlassMs, {
    error: 'expected between 1m and 4h, such as 30m',
  });

/** The guards that are meant; throws UNKNOWN_NAME, and GUARD_ABSOLUTE naming those that nothing opens. */
function chosen(names: readonly string[], guards: readonly StandingGuard[]): readonly string[] {
  const unknown = names.find(name => name !== allGuards && !guards.some(({id}) => id === name));
  if (unknown !== undefined) {
    const near = didYouMean(unknown, [...guards.map(({id}) => id), allGuards]);
    throw new QdError('UNKNOWN_NAME', `There is no guard ${unknown}.${near}`, {
      hint: '`quarterdeck guards list` names them.',
    });
  }
  const absolute = guards.filter(guard => guard.absolute && names.includes(guard.id));
  if (absolute.length > 0) {
    const list = absolute.map(({id, title}) => `${id} ("${title}")`).join(', ');
    throw new QdError('GUARD_ABSOLUTE', `Nothing opens ${list}.`, {
      hint: 'Escalate: what these rules forbid is not done from here.',
    });
  }
  return names.includes(allGuards) ? [allGuards] : [...new Set(names)];
}

async function typedReason({talk}: CommandContext): Promise<string> {
  if (!talk.interactive) {
    throw new QdError('NOT_A_TERMINAL', 'The reason for a break-glass is typed by a person.', {
      hint: 'Run the command on a terminal.',
    });
  }
  const reason = (await talk.ask(show('Why? Everybody who reads the ledger sees this:')))?.trim() ?? '';
  if (reason.length >= 5 && reason.length <= 2000) return reason;
  throw new QdError('USAGE', 'A reason of 5 to 2000 characters is needed; nothing was opened.');
}

export const breakglassOpen = defineCommand({
  name: 'breakglass open',
  summary: 'open guards for a while: asks for the reason, and every use is recorded',
  arguments: [{spec: '<guards...>', summary: 'ids, as `guards list` names them, or all'}],
  options: [{flags: '--for <time>', summary: 'until when: between 1m and 4h'}, jsonOption],
  examples: [{line: 'quarterdeck breakglass open rule.auth --for 30m', does: 'opens one guard'}],
  input: z.strictObject({
    args: z.array(z.string().min(1)).min(1, 'say which guards, or all'),
    for: howLong,
    json: z.boolean().optional(),
  }),
  run: async ({args, for: forMs = leastMs, json = false}, context) => {
    const {talk, clock} = context;
    const guards = chosen(args, await everyGuard(context));
    const ledger = await writableLedger(context);
    await closeExpired(ledger, clock);
    talk.err(
      say`WARNING: for ${duration(forMs)} ${guards.join(', ')} will not stop anything, in every run of this data directory.`,
    );
    const reason = await typedReason(context);
    const glass = `glass-${Buffer.from(context.random.bytes(4)).toString('hex')}`;
    const untilMs = clock.nowMs() + forMs;
    const until = timestamp(untilMs);
    const {seq} = recorded(
      await ledger.append({
        entries: [
          {
            kind: 'breakglass.open',
            body: {glass, guards, untilMs, until},
            disclosed: [{ptr: '/body/reason', value: reason}],
          },
        ],
      }),
    );
    if (json) talk.json({v: 1, glass, guards, until, seq});
    else {
      talk.out(say`${glass}: ${guards.join(', ')} OPEN until ${until}; entry ${seq} says so`);
      talk.out(say`Close it as soon as you can: quarterdeck breakglass close ${glass}`);
    }
    return exit.good;
  },
});

export const breakglassClose = defineCommand({
  name: 'breakglass close',
  summary: 'close what was opened, before its time',
  arguments: [{spec: '[glass]', summary: 'which one; without it, every one that is open'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck breakglass close', does: 'closes all'}],
  input: z.strictObject({args: z.array(z.string().min(1)).max(1), json: z.boolean().optional()}),
  run: async ({args: [id], json = false}, context) => {
    const {talk, clock} = context;
    const ledger = await writableLedger(context);
    const expired = await closeExpired(ledger, clock);
    const open = unclosedGlasses(await glassEntries(ledger)).filter(glass => !isOver(glass, clock.nowMs()));
    const isMeant = ({glass}: Glass): boolean => id === undefined || glass === id;
    if (id !== undefined && !open.some(isMeant) && !expired.includes(id)) {
      const hint =
        open.length === 0 ? 'Nothing is open.' : `Open: ${open.map(({glass}) => glass).join(', ')}.`;
      throw new QdError('UNKNOWN_NAME', `There is no open break-glass ${id}.`, {hint});
    }
    const done = await closeGlasses(ledger, {why: 'closed', meant: isMeant});
    if (!done.ok) throw refusedAppend(done);
    const {closed} = done;
    if (json) talk.json({v: 1, closed: closed.map(({glass}) => glass), expired});
    else if (closed.length + expired.length === 0) talk.out(show('Nothing was open.'));
    for (const {glass, used} of json ? [] : closed)
      talk.out(say`${glass}: closed; it let ${used} refusals pass`);
    for (const glass of json ? [] : expired) talk.out(say`${glass}: its time was over; that is recorded now`);
    return exit.good;
  },
});

export const breakglassList = defineCommand({
  name: 'breakglass list',
  summary: 'what is open, until when, by whom and why',
  options: [jsonOption],
  examples: [{line: 'quarterdeck breakglass list', does: 'one paragraph each'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json = false}, context) => {
    const {talk, clock} = context;
    const ledger = await context.ledgerFiles.openToRead(await context.homeDir());
    try {
      const glasses = openGlasses(await glassEntries(ledger), clock.nowMs());
      if (json) talk.json({v: 1, glasses});
      else if (glasses.length === 0) talk.out(show('Nothing is open: every guard is in force.'));
      else for (const glass of glasses) await print(glass, {ledger, talk});
      return exit.good;
    } finally {
      await ledger.close();
    }
  },
});

async function print(
  {glass, guards, untilMs, operator, seq, used}: Glass,
  {ledger, talk}: {readonly ledger: Ledger; readonly talk: CommandContext['talk']},
): Promise<void> {
  const why = await ledger.disclosure(seq, '/body/reason');
  talk.out(say`${glass}  OPEN until ${timestamp(untilMs)}  ${guards.join(', ')}`);
  talk.out(say`  by ${operator} (entry ${seq}); used ${used} times`);
  if (why !== undefined) talk.out(say`  ${showBytes(why)}`);
}
