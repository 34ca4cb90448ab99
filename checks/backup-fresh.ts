import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {Look} from '../src/domain/verdict.ts';
import {backupFolder, listBackups, sizeText} from './parts/backups.ts';
import type {Backup} from './parts/backups.ts';
import {condition} from './parts/condition.ts';
import type {Assertion} from './parts/expect.ts';
import {ageText, durationLimits, notOlder} from './parts/limits.ts';
import {meets} from './parts/operators.ts';
import {judgeInParts} from './parts/table.ts';

const params = z.strictObject({
  ...backupFolder,
  maxAge: durationLimits.default({fail: '26h'}).describe('How old the newest backup may be.'),
  minBytes: z.int().min(1).default(1).describe('A newest backup with fewer bytes is a failure.'),
  shrinkPercent: z
    .strictObject({
      warn: z.number().min(0).max(100).optional().describe('Smaller by more than this is a warning.'),
      fail: z.number().min(0).max(100).optional().describe('Smaller by more than this is a failure.'),
    })
    .optional()
    .describe('How much smaller the newest may be than the one before, in percent.'),
  count: condition
    .optional()
    .describe('A condition on how many backups there are; none is a failure anyway.'),
});
type Params = z.infer<typeof params>;

const percent = (value: number): string => `${value.toFixed(1)} %`;

function shrunk(newest: Backup, before: Backup | undefined, limits: Params['shrinkPercent']): Assertion[] {
  if (limits === undefined) return [];
  if (before === undefined)
    return [{what: 'shrink', ok: true, expected: 'nothing to compare with', actual: 'the only backup'}];
  const smaller =
    before.sizeBytes === 0 ? 0 : ((before.sizeBytes - newest.sizeBytes) * 100) / before.sizeBytes;
  const one = (limit: number | undefined, otherwise: 'warn' | 'fail'): Assertion[] =>
    limit === undefined
      ? []
      : [
          {
            what: 'shrink',
            ok: smaller <= limit,
            expected: `at most ${percent(limit)} smaller than ${before.name} (${sizeText(before.sizeBytes)})`,
            actual: smaller > 0 ? percent(smaller) : 'not smaller',
            otherwise,
          },
        ];
  return [...one(limits.fail, 'fail'), ...one(limits.warn, 'warn')];
}

function judged(backups: readonly Backup[], given: Params, nowMs: number): Look {
  const [newest, before] = backups;
  if (newest === undefined)
    return {
      verdict: 'fail',
      kind: 'assertion',
      checked: 1,
      message: `no backup content: nothing in ${given.folder} is ${given.name}`,
      expected: 'a backup',
      actual: 'none',
    };
  const ageMs = nowMs - newest.mtimeMs;
  const assertions = [
    ...notOlder('age', ageMs, given.maxAge),
    {
      what: 'size',
      ok: newest.sizeBytes >= given.minBytes,
      expected: `at least ${sizeText(given.minBytes)}`,
      actual: sizeText(newest.sizeBytes),
    },
    ...shrunk(newest, before, given.shrinkPercent),
    ...(given.count === undefined ? [] : meets('count', backups.length, given.count, nowMs)),
  ];
  const look = judgeInParts(
    assertions,
    `${sizeText(newest.sizeBytes)}, ${ageText(Math.max(0, ageMs))} old, ${backups.length} in all`,
  );
  return {...look, message: `${newest.name}: ${look.message}`};
}

export const backupFresh = defineCheck({
  type: 'backupFresh',
  summary: 'The newest backup of a folder is young and large enough',
  example: `type: backupFresh
folder: /srv/backups
name: app-*.tar.gz
maxAge: {warn: 25h, fail: 49h}
minBytes: 20
shrinkPercent: {warn: 30, fail: 80}`,
  needsTrust: true,
  everyMs: 600_000,
  timeoutMs: 30_000,
  params,
  run: async (given, context) => {
    const listed = await listBackups(given, context);
    return 'look' in listed ? listed.look : judged(listed, given, context.clock.nowMs());
  },
});
