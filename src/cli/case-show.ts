// `case show` and `case list`: what is in a case, whether it is still what was recorded, and how far it is verified.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {clip, say} from '../domain/show.ts';
import {allCases, caseNamed, folderAt, type CaseDesk} from '../evidence/cases/cases.ts';
import {standingOf, standingWords, type Case, type CaseFile} from '../evidence/cases/fold.ts';
import {folderOf, load, names} from '../evidence/cases/folder.ts';
import {sha256} from '../foreign/canonical.ts';
import {reading, titleOf} from './case-desk.ts';

type Condition = 'unchanged' | 'CHANGED' | 'GONE';

async function conditionOf(desk: CaseDesk, known: Case, file: CaseFile): Promise<Condition> {
  const bytes = await load(folderAt(desk, known.id), file.file);
  if (bytes === undefined) return 'GONE';
  return sha256(bytes) === file.sha256 ? 'unchanged' : 'CHANGED';
}

/** Files in the folder that no entry names. */
async function strays(desk: CaseDesk, known: Case): Promise<readonly string[]> {
  const kept = [...known.files.map(({file}) => file), ...known.runs.map(({output}) => output)];
  const expected = new Set(['manifest.jsonl', ...kept.flatMap(name => [name, `${name}.sha256`])]);
  return (await names(folderAt(desk, known.id))).filter(name => !expected.has(name));
}

export const caseShow = defineCommand({
  name: 'case show',
  summary: 'the files of a case and how far they are verified',
  arguments: [{spec: '<id>', summary: 'the case'}],
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [{line: 'quarterdeck case show audit-2026', does: 'exits 1 on a changed file or a disagreement'}],
  input: z.strictObject({args: z.tuple([z.string().min(1)]), json: z.boolean().optional()}),
  run: async ({args: [id], json = false}, context) =>
    reading(context, async desk => {
      const {talk} = context;
      const known = await caseNamed(desk.ledger, id);
      const title = await titleOf(desk.ledger, known);
      const files = await Promise.all(
        known.files.map(async file => {
          const standing = standingOf(file, known);
          return {file, standing, condition: await conditionOf(desk, known, file)};
        }),
      );
      const unknown = await strays(desk, known);
      const isGood = files.every(one => one.condition === 'unchanged' && one.standing.at !== 'disagreement');
      if (json) {
        talk.json({
          v: 1,
          case: id,
          title: title ?? null,
          critical: known.critical,
          folder: folderOf(folderAt(desk, id)),
          files: files.map(({file: {seq, ...file}, standing, condition}) => ({
            ...file,
            entry: seq,
            condition,
            standing: standing.at,
            words: standingWords(standing),
          })),
          runs: known.runs,
          not_recorded: unknown,
        });
        return isGood ? exit.good : exit.no;
      }
      talk.out(say`case ${id}${known.critical ? ' (critical)' : ''}: ${title ?? '(title erased)'}`);
      talk.out(
        say`  opened ${known.openedAt} by ${known.operator}, entry ${known.seq}; ${folderOf(folderAt(desk, id))}`,
      );
      for (const {file, standing, condition} of files) {
        talk.out(say`${file.file}: ${standingWords(standing)}`);
        talk.out(say`  sha256 ${file.sha256}, ${condition}`);
        talk.out(say`  from ${file.from} at ${file.exportedAt}, request ${file.requestId ?? '(none)'}`);
        for (const warning of file.warnings ?? []) talk.out(say`  WARN ${warning}`);
        if (standing.at === 'disagreement')
          for (const run of standing.runs)
            talk.out(
              say`  ${run.host}: ${run.verified ? 'verified' : (run.failureReason ?? 'not verified')}, entry ${run.seq}`,
            );
      }
      for (const run of known.runs.filter(({file}) => file === undefined))
        talk.out(say`a run on ${run.host} was about other bytes (sha256 ${run.sha256}): counted for no file`);
      for (const name of unknown) talk.out(say`${name}: lies in the folder, but is not recorded`);
      return isGood ? exit.good : exit.no;
    }),
});

export const caseList = defineCommand({
  name: 'case list',
  summary: 'all cases',
  options: [{flags: '--json', summary: 'as JSON'}],
  examples: [{line: 'quarterdeck case list', does: 'one line a case, oldest first'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().optional()}),
  run: async ({json = false}, context) =>
    reading(context, async ({ledger}) => {
      const {talk} = context;
      const cases = await allCases(ledger);
      const rows = await Promise.all(
        cases.map(async one => ({
          case: one.id,
          title: (await titleOf(ledger, one)) ?? null,
          critical: one.critical,
          opened: one.openedAt,
          files: one.files.length,
          verified: one.files.filter(file => standingOf(file, one).at === 'verified').length,
          disagreements: one.files.filter(file => standingOf(file, one).at === 'disagreement').length,
        })),
      );
      if (json) talk.json({v: 1, cases: rows});
      else if (rows.length === 0) talk.out(say`No case was opened yet.`);
      for (const row of json ? [] : rows) {
        const trouble = row.disagreements === 0 ? '' : '  DISAGREEMENT';
        const counts = `${row.verified}/${row.files} verified${row.critical ? ', critical' : ''}${trouble}`;
        talk.out(
          clip(say`${row.case.padEnd(20)}  ${counts}  ${row.title ?? '(title erased)'}`, talk.columns),
        );
      }
      return exit.good;
    }),
});
