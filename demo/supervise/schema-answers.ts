// What `ctl heads` and `ctl migrate` answer.
import type {Sql} from '../service/db.ts';
import {codeHeads, databaseHead, migrateForward, migrations} from '../service/migrations.ts';
import type {ControlResult} from '../shared/control.ts';
import {DemoError, messageOf, oneOf} from '../shared/text.ts';

/** Expected, in-code and in-database head side by side: exit 0 when all agree, 1 when not, 2 when the database cannot be asked. */
export async function showHeads(sql: Sql, expected: string | null): Promise<ControlResult> {
  const code = codeHeads().join(',');
  const asked = await databaseHead(sql).then(
    head => ({head, problem: null}),
    (error: unknown) => ({head: null, problem: messageOf(error)}),
  );
  const agree = asked.problem === null && code === (expected ?? code) && asked.head === code;
  const database =
    asked.problem === null ? (asked.head ?? '(nothing applied)') : `could not be asked: ${asked.problem}`;
  return {
    lines: [
      `expected  ${expected ?? '(not configured)'}`,
      `code      ${code}`,
      `database  ${database}`,
      agree ? 'all agree' : asked.problem === null ? 'they do NOT agree' : 'cannot tell',
    ],
    exit: agree ? 0 : asked.problem === null ? 1 : 2,
    data: {expected, code: codeHeads(), database: asked.head, problem: asked.problem, agree},
  };
}

/** Applies missing migrations up to `target` (`null` or `head`: all). */
export async function migrateTo(sql: Sql, target: string | null): Promise<ControlResult> {
  const known = ['head', ...migrations.map(({id}) => id)];
  const wanted = oneOf(target ?? 'head', known, 'migration');
  try {
    const applied = await migrateForward(sql, wanted === 'head' ? undefined : wanted);
    const lines = applied.length === 0 ? ['nothing to apply'] : applied.map(id => `applied ${id}`);
    return {lines, exit: 0, data: {applied}};
  } catch (error) {
    if (error instanceof DemoError) throw error;
    throw new DemoError('DB_UNAVAILABLE', `The migration did not run: ${messageOf(error)}`, {
      exit: 2,
      hint: 'Bring the database up first: `ctl start database`.',
      cause: error,
    });
  }
}
