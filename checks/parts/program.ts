// Running a program for a check, with its secrets resolved and taken out of everything that it says.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {childEnv} from '../../src/domain/child-env.ts';
import {excerpt} from './expect.ts';
import {cleanBytes, resolveSecrets, withoutForms, withoutSecrets} from './secrets.ts';

const noNul = (value: string): boolean => !value.includes('\0');

/** Program and arguments, as the site file writes them. */
export const programWords = z
  .array(z.string().refine(noNul, 'a NUL byte cannot be passed to a program'))
  .min(1)
  .refine(argv => argv[0] !== '', 'the first word is the program');

export const programEnv = z.record(z.string().regex(/^[A-Za-z_]\w*$/), z.string().refine(noNul)).default({});

export interface ProgramRequest {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Values that are no references and still nobody's business. */
  readonly secrets?: readonly SecretValue[];
  readonly cwd?: string | undefined;
  readonly input?: Uint8Array;
  readonly maxOutputBytes?: number;
  /** Beside that of the context: for cleaning up after it was aborted. */
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

export type ProgramAnswer =
  | {
      readonly ok: true;
      readonly status: number | null;
      /** Without the secrets; cut at the limit. */
      readonly out: string;
      readonly err: string;
      readonly cut: boolean;
      readonly secrets: readonly SecretValue[];
    }
  | {readonly ok: false; readonly look: Look};

const maxOutputBytes = 256 * 1024;
const graceMs = 5_000;

/** The last line that says something, for messages. */
export const lastLine = (text: string): string =>
  excerpt(withoutForms(text).trimEnd().split('\n').at(-1)?.trim() ?? '');

/** How it ended, or the look when it could not be run or did not end in time (a failure, kind `hang`). */
export async function runProgram(request: ProgramRequest, context: CheckContext): Promise<ProgramAnswer> {
  const [program, ...args] = request.argv;
  if (program === undefined)
    return {ok: false, look: {verdict: 'unknown', kind: 'config', checked: 0, message: 'argv is empty'}};
  const resolved = resolveSecrets(request.env ?? {}, context);
  if (!resolved.ok) return resolved;
  const secrets = [...resolved.secrets, ...(request.secrets ?? [])];
  const cwd = request.cwd ?? context.siteDir;
  const answer = await context.exec.run({
    argv: [program, ...args],
    env: {...childEnv(name => context.env.get(name)), ...resolved.values},
    ...(cwd === undefined ? {} : {cwd}),
    ...(request.input === undefined ? {} : {input: request.input}),
    timeoutMs: request.timeoutMs ?? context.timeoutMs,
    graceMs,
    maxOutputBytes: request.maxOutputBytes ?? maxOutputBytes,
    signal: request.signal ?? context.signal,
  });
  if (answer.at === 'spawn') {
    const {kind, message} = answer;
    return {ok: false, look: withoutSecrets({verdict: 'unknown', kind, checked: 0, message}, secrets)};
  }
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(cleanBytes(bytes, secrets));
  const [out, err] = [text(answer.stdout), text(answer.stderr)];
  if (answer.at === 'hang') {
    const said = lastLine(err) || lastLine(out);
    const message = `${program} did not end within its time and was stopped after ${answer.durationMs} ms${said === '' ? '' : `; it last said: ${said}`}`;
    return {ok: false, look: withoutSecrets({verdict: 'fail', kind: 'hang', checked: 1, message}, secrets)};
  }
  if (context.signal.aborted && request.signal === undefined)
    return {
      ok: false,
      look: {verdict: 'unknown', kind: 'noData', checked: 0, message: `${program} was stopped`},
    };
  return {ok: true, status: answer.status, out, err, cut: answer.cut, secrets};
}
