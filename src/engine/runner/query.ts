// Statements and queries of a step. A database is asked by a process of its own, so that a limit can always end it.
import {z} from 'zod';
import {runCommand} from './command.ts';
import type {Job} from './job.ts';
import {judged} from './judge.ts';
import {finder} from './output.ts';
import type {Outcome, Scene, Try} from './scene.ts';
import {statementProblem, statementsOf} from './sql-text.ts';

/** What the program that asks a database is told, on standard input. */
export const sqlRequest = z.strictObject({
  source: z.discriminatedUnion('type', [
    z.strictObject({type: z.literal('postgres'), url: z.string()}),
    z.strictObject({type: z.literal('sqlite'), path: z.string()}),
  ]),
  readOnly: z.boolean(),
  /** The database ends a statement by itself after this; 0: never. */
  limitMs: z.int().min(0),
  statements: z.array(z.strictObject({text: z.string(), values: z.array(z.string())})),
});
export type SqlRequest = Readonly<z.infer<typeof sqlRequest>>;

/** What it tells on descriptor 3; rows go to standard output. */
const sqlReport = z.discriminatedUnion('at', [
  z.strictObject({
    at: z.literal('done'),
    /** Such as `3 rows` or `UPDATE 2`, of the last statement. */
    did: z.string(),
    rows: z.int().min(0),
    /** The only cell of the last answer, where it has one row and one column. */
    cell: z.string().optional(),
  }),
  z.strictObject({at: z.literal('failed'), message: z.string()}),
  /** No answer: not reached, or lost on the way. */
  z.strictObject({at: z.literal('lost'), sent: z.boolean(), message: z.string()}),
]);
export type SqlReport = Readonly<z.infer<typeof sqlReport>>;

const aLittleMs = 1_000;

export async function runSql(
  job: Job,
  scene: Scene,
  {act, output, ending}: Try & {readonly act: Extract<Job['act'], {at: 'sql'}>},
): Promise<Outcome> {
  const {source, text} = act;
  if (source.type === 'prometheus')
    return {verdict: 'unknown', message: `${source.name} is no database; nothing was done`};
  const values = new Map(Object.entries({...job.vars, ...job.secrets}));
  const statements = statementsOf(text, new Set(values.keys()), source.type);
  const isRead = job.effect === 'read';
  const problem = statementProblem(statements, isRead);
  if (problem !== undefined) return {verdict: 'fail', message: `nothing was done: ${problem}`};
  const request: SqlRequest = {
    source:
      source.type === 'postgres'
        ? {type: 'postgres', url: scene.sourceUrl ?? source.url}
        : {type: 'sqlite', path: source.path},
    readOnly: isRead,
    limitMs: job.atLimit === 'kill' ? job.timeoutMs + aLittleMs : 0,
    statements: statements.map(one => ({
      text: one.text,
      values: one.names.map(name => values.get(name) ?? ''),
    })),
  };
  const streams = {out: scene.mask.stream(), err: scene.mask.stream()};
  const wanted = finder(typeof job.expect === 'string' ? job.expect : '');
  const take = (bytes: Uint8Array): void => {
    output.add(bytes);
    wanted.add(bytes);
  };
  const told: Uint8Array[] = [];
  const {expect, ...rest} = job;
  const ran = await runCommand(rest, scene, {
    argv: scene.sqlProgram,
    input: JSON.stringify(request),
    ending,
    onOutput: (chunk, from) => {
      ending.bytes(chunk.length);
      take(streams[from].push(chunk));
    },
    onReport: chunk => told.push(chunk),
  });
  take(streams.out.end());
  take(streams.err.end());
  const report = readReport(Buffer.concat(told).toString());
  const outcome = judged(rest, ran, {ending, found: true, complaint: undefined});
  if (outcome.ended !== undefined || report === undefined)
    return outcome.ended === undefined
      ? {...outcome, verdict: 'unknown', message: `the answer of ${source.name} was lost: ${outcome.message}`}
      : outcome;
  switch (report.at) {
    case 'lost': {
      const verdict = report.sent || isRead ? 'unknown' : 'fail';
      return {verdict, message: `${source.name}: ${report.message}`};
    }
    case 'failed':
      return {verdict: 'fail', message: `${source.name}: ${report.message}`};
    case 'done': {
      const more = {value: report.cell ?? ''};
      const {did, rows} = report;
      if (typeof expect === 'number' && rows !== expect)
        return {verdict: 'fail', message: `${did}, expected ${expect}`, ...more};
      if (typeof expect === 'string' && !wanted.found())
        return {
          verdict: 'fail',
          message: `${did}, but the output does not contain ${JSON.stringify(expect)}`,
          ...more,
        };
      return {verdict: 'pass', message: did, ...more};
    }
  }
}

function readReport(text: string): SqlReport | undefined {
  try {
    const report: unknown = JSON.parse(text);
    return sqlReport.safeParse(report).data;
  } catch {
    return undefined;
  }
}
