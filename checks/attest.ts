import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {instantOf} from '../src/domain/time.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import type {Attestation} from '../src/look/attestations.ts';
import {sha256Of} from './parts/digest.ts';
import {absolutePath, duration} from './parts/fields.ts';
import {ageText} from './parts/limits.ts';

const params = z.strictObject({
  question: z
    .string()
    .min(1)
    .max(500)
    .describe('What a person must be able to say, for no machine can see it.'),
  role: z.string().min(1).max(63).optional().describe('As whom; `attest --as ROLE` says so.'),
  expires: duration.default('30d').describe('The longest that an answer holds.'),
  evidenceFile: absolutePath
    .optional()
    .describe('The file that shows it: an answer holds as long as the file is the one that was attested.'),
  twoPerson: z.boolean().default(false).describe('Two different operators must say so.'),
  warnBefore: duration.optional().describe('A warning so long before the answer ends.'),
});
type Params = z.infer<typeof params>;

const unknown = (message: string, parts: readonly Part[] = []): Look => ({
  verdict: 'unknown',
  kind: 'noData',
  checked: 0,
  message,
  parts,
});

interface Judged {
  readonly one: Attestation;
  /** Why it does not count; undefined: it does. */
  readonly why: string | undefined;
  readonly endsMs: number;
}

function judge(
  one: Attestation,
  given: Params,
  {nowMs, hash}: {readonly nowMs: number; readonly hash: string | undefined},
): Judged {
  const saidMs = instantOf(one.at) ?? 0;
  const endsMs = Math.min(one.untilMs, saidMs + (durationMs(given.expires) ?? 0));
  const why =
    endsMs <= nowMs
      ? `ended ${ageText(nowMs - endsMs)} ago`
      : saidMs > nowMs
        ? 'is of a time to come'
        : given.role !== undefined && one.role !== given.role
          ? `was not given as ${given.role}`
          : hash !== undefined && one.evidence?.sha256 !== hash
            ? one.evidence === undefined
              ? 'names no evidence'
              : 'is about another state of the evidence'
            : undefined;
  return {one, why, endsMs};
}

const partOf = ({one, why, endsMs}: Judged, nowMs: number): Part => ({
  name: `entry ${one.seq}`,
  verdict: why === undefined ? 'pass' : 'skipped',
  message: `${one.operator} (${one.via})${one.role === undefined ? '' : ` as ${one.role}`}: ${why ?? `holds for ${ageText(endsMs - nowMs)}`}`,
});

async function looked(given: Params, context: CheckContext): Promise<Look> {
  const {question} = given;
  let hash: string | undefined;
  if (given.evidenceFile !== undefined) {
    const read = await sha256Of(given.evidenceFile, context);
    if (typeof read !== 'string')
      return unknown(`the evidence ${given.evidenceFile} cannot be read: ${read.problem}`);
    hash = read;
  }
  const found = await context.attestations();
  if ('problem' in found) return unknown(`attestations cannot be read: ${found.problem}`);
  const nowMs = context.clock.nowMs();
  const all = found.map(one => judge(one, given, {nowMs, hash}));
  const parts = all.slice(0, 10).map(one => partOf(one, nowMs));
  const good = all.filter(({why}) => why === undefined);
  const people = new Map([...good].reverse().map(one => [one.one.operator, one]));
  const needed = given.twoPerson ? 2 : 1;
  if (people.size < needed) {
    const [newest] = all;
    const last =
      newest?.why === undefined ? '' : `; the newest answer, of ${newest.one.operator}, ${newest.why}`;
    const count = given.twoPerson ? `${people.size} of 2 people` : 'nobody';
    return unknown(`${count} attested: ${question}${last}`, parts);
  }
  const names = [...people.keys()].join(' and ');
  // Of each person the newest answer counts, and the first of them to end ends it.
  const endsMs = Math.min(...[...people.values()].map(one => one.endsMs));
  const left = ageText(endsMs - nowMs);
  const isSoon = given.warnBefore !== undefined && endsMs - nowMs <= (durationMs(given.warnBefore) ?? 0);
  return {
    verdict: isSoon ? 'warn' : 'pass',
    kind: 'assertion',
    checked: people.size,
    message: isSoon
      ? `attested by ${names}, for ${left} more: ${question}`
      : `attested by ${names}, for ${left}`,
    parts,
  };
}

export const attest = defineCheck({
  type: 'attest',
  summary: 'A person says so, for what no machine can see; without a recorded answer it is unknown',
  example: `type: attest
question: The restore drill was watched by the owner of the data
role: data-owner
evidenceFile: /srv/reports/restore-drill.pdf
expires: 90d`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) =>
    context.signal.aborted ? unknown('stopped before it was looked at') : looked(given, context),
});
