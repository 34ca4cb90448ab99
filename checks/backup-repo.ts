import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {SecretValue} from '../src/domain/secret.ts';
import type {Look} from '../src/domain/verdict.ts';
import {programEnv, programWords, runProgram} from './parts/program.ts';
import {repoModes, repoTools, tools} from './parts/repo-tools.ts';
import type {Outcome, ToolRequest} from './parts/repo-tools.ts';
import {resolveSecret, withoutSecrets} from './parts/secrets.ts';

const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');

const params = z
  .strictObject({
    tool: z.enum(repoTools).describe('What the backups are made with.'),
    repository: z.string().min(1).optional().describe('restic, borg: where it is, or `env:NAME`.'),
    password: reference.optional().describe('restic, borg: `env:NAME` or `file:/path`.'),
    stanza: z
      .string()
      .regex(/^[\w.-]{1,64}$/)
      .optional()
      .describe('pgbackrest: which one.'),
    mode: z
      .enum(repoModes)
      .optional()
      .describe('`structure`, `subset` (restic: a part of the data each day), or `full` (all data is read).'),
    subset: z.int().min(2).max(1000).default(7).describe('Of `subset`: in how many days all data is read.'),
    lock: z
      .boolean()
      .default(true)
      .describe('restic: take its lock, so that nothing is changed meanwhile; backups wait as long.'),
    program: programWords
      .optional()
      .describe('How it is started, such as [sudo, -n, -u, postgres, pgbackrest]; else by its name.'),
    env: programEnv.describe('Variables, such as those of the storage; `env:NAME` passes one on.'),
  })
  .superRefine((given, context) => {
    const {needs, modes, program} = tools[given.tool];
    if (needs !== undefined && given[needs] === undefined)
      context.addIssue({code: 'custom', message: `${program} needs a ${needs}`});
    if (given.mode !== undefined && !modes.includes(given.mode))
      context.addIssue({
        code: 'custom',
        path: ['mode'],
        message: `${program} has no mode ${given.mode}; it has ${modes.join(', ')}`,
      });
  });
type Params = z.infer<typeof params>;

const dayMs = 86_400_000;

/** Another part each day, so that every part comes once in as many days as there are parts. */
function requestOf(given: Params, nowMs: number): ToolRequest {
  const [usual = 'full'] = tools[given.tool].modes;
  return {
    mode: given.mode ?? usual,
    part: {n: (Math.floor(nowMs / dayMs) % given.subset) + 1, of: given.subset},
    stanza: given.stanza,
    repository: given.repository,
    lock: given.lock,
  };
}

type Variables =
  | {readonly ok: true; readonly env: Record<string, string>; readonly secrets: readonly SecretValue[]}
  | {readonly ok: false; readonly look: Look};

async function variables(given: Params, context: CheckContext): Promise<Variables> {
  const {variables: names} = tools[given.tool];
  const env: Record<string, string> = {...given.env};
  const secrets: SecretValue[] = [];
  for (const [name, text] of [
    [names.repository, given.repository],
    [names.password, given.password],
  ] as const) {
    if (name === undefined || text === undefined) continue;
    if (secretReference(text).at === 'wrong') env[name] = text;
    else {
      const resolved = await resolveSecret(name, text, context);
      if (!resolved.ok) return resolved;
      env[name] = resolved.value;
      secrets.push(...resolved.secrets);
    }
  }
  return {ok: true, env, secrets};
}

const lookOf = (outcome: Outcome): Look => ({
  ...outcome,
  ...(outcome.parts === undefined ? {} : {parts: outcome.parts}),
});

async function verified(given: Params, context: CheckContext): Promise<Look> {
  const tool = tools[given.tool];
  const set = await variables(given, context);
  if (!set.ok) return set.look;
  const {env, secrets} = set;
  const start = given.program ?? [tool.program];
  const request = requestOf(given, context.clock.nowMs());
  const ask = async (words: readonly string[]) =>
    runProgram({argv: [...start, ...words], env, secrets}, context);
  let backups: number | undefined;
  if (tool.count !== undefined) {
    const counted = await ask(tool.count.words(request));
    if (!counted.ok) return counted.look;
    if (counted.status !== 0) return withoutSecrets(lookOf(tool.read(counted)), secrets);
    backups = tool.count.in(counted.out);
    if (backups === 0)
      return {
        verdict: 'fail',
        kind: 'assertion',
        checked: 1,
        message: 'no backup content: the repository is empty',
      };
  }
  const ran = await ask(tool.words(request));
  if (!ran.ok) return ran.look;
  const outcome = tool.read(ran);
  const how = request.mode === 'subset' ? `part ${request.part.n} of ${request.part.of}` : request.mode;
  const many = backups === undefined ? '' : `, ${backups} backups`;
  const look = lookOf({
    ...outcome,
    checked: outcome.verdict === 'pass' && backups !== undefined ? backups : outcome.checked,
    message: outcome.verdict === 'pass' ? `${outcome.message} (${how}${many})` : outcome.message,
  });
  return withoutSecrets(look, secrets);
}

export const backupRepo = defineCheck({
  type: 'backupRepo',
  summary: 'The tool that made the backups verifies its repository; its words count, not its status alone',
  example: `type: backupRepo
tool: restic
repository: /srv/restic
password: file:/etc/restic/password
mode: subset
subset: 7
timeout: 1h`,
  needsTrust: true,
  everyMs: 86_400_000,
  timeoutMs: 3_600_000,
  isHeavy: true,
  params,
  run: async (given, context) =>
    context.signal.aborted
      ? {verdict: 'unknown', kind: 'noData', checked: 0, message: 'stopped before it began'}
      : verified(given, context),
});
