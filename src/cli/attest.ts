// `attest`: an operator answers the question of an attest check; the ledger keeps who, as what, with which evidence, until when.
import path from 'node:path';
import {z} from 'zod';
import {defineCommand, type CommandContext} from '../define.ts';
import {duration, durationMs} from '../domain/duration.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import type {CheckSpec} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {recorded} from '../evidence/recorded.ts';
import {hexOf} from '../ledger/bytes.ts';
import {sha256} from '../ledger/hash.ts';
import {selectChecks} from './check-select.ts';
import {writableLedger} from './erasing.ts';

const leastMs = 60_000;
const maxEvidenceBytes = 256 * 1024 * 1024;

/** What the command needs to know of the check; its own file says what all of it means. */
const asked = z.looseObject({
  question: z.string(),
  role: z.string().optional(),
  expires: z.string(),
  evidenceFile: z.string().optional(),
});

const usage = (message: string, hint?: string): QdError =>
  new QdError('USAGE', message, hint === undefined ? {} : {hint});

async function attestCheck(name: string, context: CommandContext): Promise<CheckSpec> {
  const site = await context.site();
  if (!name.includes('/'))
    throw usage(`${name} is a service: say which check of it is attested, as SERVICE/CHECK.`);
  const [spec] = selectChecks(site, [name]);
  if (spec?.type === 'attest') return spec;
  throw usage(
    `${name} is a ${spec?.type ?? ''} check, which sees for itself; nothing can be attested about it.`,
    'Checks of type `attest` ask a person.',
  );
}

/** The evidence as it is now: its name, hash and size. */
async function evidenceOf(
  given: string | undefined,
  wanted: string | undefined,
  {cwd, files}: CommandContext,
): Promise<{readonly file: string; readonly sha256: string; readonly size: number} | undefined> {
  if (given === undefined && wanted === undefined) return undefined;
  if (given === undefined) throw usage(`This check wants evidence: --evidence ${wanted ?? ''} is needed.`);
  const file = path.resolve(cwd, given);
  if (wanted !== undefined && file !== wanted)
    throw usage(`This check is about ${wanted}, and not about ${given}.`);
  const read = await files.read(file, maxEvidenceBytes);
  if (read.at === 'failed')
    throw new QdError('FILE_UNREADABLE', `${given} cannot be read: ${read.message}. Nothing was recorded.`, {
      file: given,
    });
  return {file: path.basename(file), sha256: hexOf(sha256(read.bytes)), size: read.bytes.length};
}

export const attest = defineCommand({
  name: 'attest',
  summary: 'answer the question of an attest check: who says so is recorded, with the evidence',
  arguments: [{spec: '<check>', summary: 'SERVICE/CHECK'}],
  options: [
    {flags: '--says <text>', summary: 'the answer, in your words'},
    {flags: '--evidence <file>', summary: 'the file that shows it; its hash is recorded'},
    {
      flags: '--expires <time>',
      summary: 'how long the answer holds, such as 30d; else as long as the check lets it',
    },
    {flags: '--as <role>', summary: 'as whom you say so, such as data-owner'},
    {flags: '--json', summary: 'as JSON'},
  ],
  examples: [
    {
      line: 'quarterdeck attest api/owner-watched --says "I watched the drill" --evidence drill.pdf --expires 30d',
      does: 'records the answer, and the SHA-256 of the file',
    },
  ],
  input: z.strictObject({
    args: z.tuple([z.string().min(1)]),
    says: z
      .string('the option --says is needed: the answer, in your words')
      .trim()
      .min(5, 'say at least a few words')
      .max(2000, 'expected at most 2000 characters'),
    evidence: z.string().min(1).optional(),
    expires: z.string().optional(),
    as: z.string().min(1).max(63).optional(),
    json: z.boolean().optional(),
  }),
  run: async ({args: [name], says, evidence: given, expires, as: role, json = false}, context) => {
    const {talk, clock} = context;
    const spec = await attestCheck(name, context);
    const check = asked.parse(spec.params);
    const mostMs = durationMs(check.expires) ?? 0;
    const forMs = expires === undefined ? mostMs : durationMs(expires);
    if (forMs === undefined || forMs < leastMs)
      throw usage(`--expires ${expires ?? ''}: expected a time of at least 1m, such as 30d.`);
    if (forMs > mostMs)
      throw usage(`An answer to this check holds at most ${check.expires}; ${expires ?? ''} is longer.`);
    if (check.role !== role && check.role !== undefined)
      throw usage(
        `This check is answered as ${check.role}; you ${role === undefined ? 'named no role' : `say you are ${role}`}.`,
        `Add --as ${check.role} when that is what you are.`,
      );
    const evidence = await evidenceOf(given, check.evidenceFile, context);
    const untilMs = clock.nowMs() + forMs;
    const until = timestamp(untilMs);
    const ledger = await writableLedger(context);
    const {service, id} = spec;
    const {seq} = recorded(
      await ledger.append({
        entries: [
          {
            kind: 'check.attest',
            body: {
              service,
              check: id,
              until,
              untilMs,
              ...(role === undefined ? {} : {role}),
              ...(evidence === undefined ? {} : {evidence}),
            },
            disclosed: [{ptr: '/body/says', value: says}],
          },
        ],
      }),
    );
    if (json)
      talk.json({v: 1, service, check: id, seq, until, ...(evidence === undefined ? {} : {evidence})});
    else {
      talk.out(say`${check.question}`);
      talk.out(
        say`Attested by ${context.actor.operator} until ${until} (${duration(forMs)}); entry ${seq} says so`,
      );
      if (evidence !== undefined) talk.out(say`Evidence: ${evidence.file}, sha256 ${evidence.sha256}`);
    }
    return exit.good;
  },
});
