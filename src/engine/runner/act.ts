// Which act a job is.
import {runCollect} from './collect.ts';
import {runCommand} from './command.ts';
import {judged} from './judge.ts';
import type {Job} from './job.ts';
import {finder} from './output.ts';
import {runRequest} from './request.ts';
import type {Outcome, Scene, Try} from './scene.ts';
import {runTerminal} from './terminal.ts';
import {lastLine} from '../../remote/ssh.ts';

/** Of standard output, for the variable that takes it. */
const valueBytes = 1024 * 1024;

export type Act = (job: Job, scene: Scene, one: Try) => Promise<Outcome>;

/**
 * How the job is done. What only some acts need is loaded here, so before the intent: were it missing, nothing would have
 * begun.
 */
export async function actFor({act}: Job): Promise<Act> {
  switch (act.at) {
    case 'command':
      return async (job, scene, one) => runPlain(job, scene, {...one, act});
    case 'http':
      return async (job, scene, one) => runRequest(job, scene, {...one, act});
    case 'sql': {
      const {runSql} = await import('./query.ts');
      return async (job, scene, one) => runSql(job, scene, {...one, act});
    }
    case 'promql': {
      const {runPromql} = await import('./promql.ts');
      return async (job, scene, one) => runPromql(job, scene, {...one, act});
    }
    case 'collect':
      return async (job, scene, one) => runCollect(job, scene, {...one, act});
    case 'terminal':
      return async (job, scene, one) => runTerminal(job, scene, {...one, act});
  }
}

async function runPlain(
  job: Job,
  scene: Scene,
  {act: {argv}, output, ending}: Try & {readonly act: Extract<Job['act'], {at: 'command'}>},
): Promise<Outcome> {
  const streams = {out: scene.mask.stream(), err: scene.mask.stream()};
  const wanted = finder(typeof job.expect === 'string' ? job.expect : '');
  const value: Uint8Array[] = [];
  const complaint: Uint8Array[] = [];
  const held = {out: job.capture === undefined ? 0 : valueBytes, err: 4096};
  const take = (bytes: Uint8Array, from: 'out' | 'err'): void => {
    output.add(bytes);
    wanted.add(bytes);
    if (held[from] <= 0 || bytes.length === 0) return;
    (from === 'out' ? value : complaint).push(Buffer.from(bytes.subarray(0, held[from])));
    held[from] -= bytes.length;
  };
  const ran = await runCommand(job, scene, {
    argv,
    ending,
    onOutput: (chunk, from) => {
      ending.bytes(chunk.length);
      take(streams[from].push(chunk), from);
    },
  });
  take(streams.out.end(), 'out');
  take(streams.err.end(), 'err');
  const said = lastLine(Buffer.concat(complaint));
  return {
    ...judged(job, ran, {ending, found: wanted.found(), complaint: said}),
    ...(job.capture === undefined ? {} : {value: Buffer.concat(value).toString()}),
  };
}
