// `evidence verify` on a file of another system: the verifier's answer as R15 names it, and what it leaves open.
import type {CommandContext} from '../define.ts';
import {exit, QdError} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {runText} from '../evidence/cases/cases.ts';
import {sha256} from '../foreign/canonical.ts';
import {isForeign, maxForeignBytes, verifyForeign} from '../foreign/index.ts';

/** The bytes of a file that looks like evidence of another system; undefined for everything else. */
export async function foreignBytes(file: string, {files}: CommandContext): Promise<Uint8Array | undefined> {
  const found = await files.stat(file);
  if (found?.kind !== 'file' || found.sizeBytes > maxForeignBytes || !file.endsWith('.json'))
    return undefined;
  const answer = await files.read(file, maxForeignBytes);
  return answer.at === 'read' && isForeign(answer.bytes) ? answer.bytes : undefined;
}

/** Prints what the verifier says: 0 verified, 1 not; throws EVIDENCE_UNREADABLE for what is nothing known. */
export function sayForeign(bytes: Uint8Array, given: string, json: boolean, context: CommandContext): number {
  const {talk, host, version} = context;
  const verdict = verifyForeign(bytes);
  if (verdict.at === 'unreadable') {
    throw new QdError('EVIDENCE_UNREADABLE', `${given}: ${verdict.why}.`, {
      hint: 'Give the file as it was exported, or the directory or .tar of a bundle.',
      file: given,
    });
  }
  const {what, answer, notProved} = verdict;
  if (json)
    talk.json(JSON.parse(runText(verdict, {host, tool: `quarterdeck ${version}`, sha256: sha256(bytes)})));
  else {
    const at = answer.failure_index === null ? '' : ` at index ${answer.failure_index}`;
    const words = answer.verified ? 'verified' : `NOT VERIFIED${at}: ${answer.failure_reason ?? ''}`;
    talk.out(say`${given}: ${what}: ${words}`);
    talk.out(say`  ${answer.event_count} events, sha256 ${sha256(bytes)}`);
    if (answer.derived_state !== undefined) talk.out(say`  state ${answer.derived_state}`);
    for (const line of notProved) talk.out(say`  not proved: ${line}`);
  }
  return answer.verified ? exit.good : exit.no;
}
