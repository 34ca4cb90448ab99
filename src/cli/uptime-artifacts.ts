// `uptime artifacts`: whether the files in logs/ are as long as a day, a week or a month should make them (R31).
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {artifactsOf, checkArtifacts} from '../engine/uptime/index.ts';
import type {ArtifactFound} from '../engine/uptime/index.ts';

const words: Record<ArtifactFound['state'], string> = {
  ok: '✔ ok     ',
  late: '! late   ',
  missing: '✖ missing',
};

export const uptimeArtifacts = defineCommand({
  name: 'uptime artifacts',
  summary: 'whether the files in logs/ hold what a day, a week or a month should have written; exit 1 if not',
  options: [{flags: '--format <name>', summary: 'text or json'}],
  examples: [{line: 'quarterdeck uptime artifacts', does: 'after running for 24 hours'}],
  input: z.strictObject({
    args: z.array(z.string()).max(0).default([]),
    format: z.enum(['text', 'json']).default('text'),
  }),
  run: async ({format}, context) => {
    const site = await context.site();
    const dir = `${await context.homeDir()}/logs`;
    const nowMs = context.clock.nowMs();
    const found = await checkArtifacts(context.files, {dir, artifacts: artifactsOf(site), nowMs});
    if (format === 'json')
      context.talk.json({v: 1, site: site.name, at: timestamp(nowMs), dir, artifacts: found});
    else
      for (const {file, state, found: count, least, counts, days, torn} of found) {
        const period = days === 1 ? '24 h' : `${days} d`;
        const torns = torn === 0 ? '' : `; ${torn} torn`;
        context.talk.out(
          say`${words[state]}  ${file.padEnd(24)}  ${count} of ${least} ${counts} in ${period}${torns}`,
        );
      }
    return found.every(({state}) => state === 'ok') ? exit.good : exit.no;
  },
});
