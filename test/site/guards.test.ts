import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {guardsOf} from '../../src/guards/index.ts';
import {loadSite} from '../../src/site/load.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite, type Resolved} from '../../src/site/resolve.ts';
import {siteOnDisk, smallSite} from '../helpers/site.ts';

const resolved = (more: string): Resolved =>
  resolveSite(parseSite(new TextEncoder().encode(smallSite + more)), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });

/** `line:column: message` of everything that is wrong, lines counted behind the small site, hints in brackets. */
function problemsOf(more: string): string[] {
  const answer = resolved(more);
  const head = smallSite.split('\n').length - 1;
  return answer.ok
    ? []
    : inOrder(answer.problems).map(
        ({line, column, message, hint}) =>
          `${line - head}:${column}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
}

const section = `guards:
  no-prod-namespace:
    title: The production namespace is never deleted
    argv: ["kubectl delete namespace prod*"]
    absolute: true
  spool:
    title: Nobody touches the spool
    path: ["/var/spool/app/**"]
    sql: ["DELETE spool_*", "* audit.log"]
    env: [AUTH_MODE!=enforced]
`;

test('guards arrive with their line and what they do not say filled in', () => {
  const answer = resolved(section);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  const line = smallSite.split('\n').length;
  expect(answer.site.guards).toEqual([
    {
      id: 'no-prod-namespace',
      title: 'The production namespace is never deleted',
      line: line + 1,
      argv: ['kubectl delete namespace prod*'],
      sql: [],
      path: [],
      env: [],
      absolute: true,
    },
    {
      id: 'spool',
      title: 'Nobody touches the spool',
      line: line + 5,
      argv: [],
      sql: ['DELETE spool_*', '* audit.log'],
      path: ['/var/spool/app/**'],
      env: ['AUTH_MODE!=enforced'],
      absolute: false,
    },
  ]);
});

test('a site without the section adds none, and the shipped ones stay', () => {
  const answer = resolved('');
  if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
  expect(answer.site).not.toHaveProperty('guards');
  expect(guardsOf(answer.site, undefined, undefined).map(({from}) => from)).toEqual(Array(6).fill('shipped'));
});

test('they are there when a site is loaded from its folder, beside the shipped ones', async () => {
  const site = await loadSite(siteOnDisk({'quarterdeck.yaml': smallSite + section}).request());
  const own = guardsOf(site, undefined, undefined).filter(({from}) => from === 'site');
  expect(own.map(({id, absolute}) => [id, absolute])).toEqual([
    ['no-prod-namespace', true],
    ['spool', false],
  ]);
});

describe('what is wrong is named with its place', () => {
  test.each([
    [
      'a rule without patterns',
      'guards:\n  a: {title: A}\n',
      [
        '2:3: `guards.a` has no pattern: it would refuse nothing (Patterns are lists under argv, sql, path, env.)',
      ],
    ],
    [
      'a list of patterns that is empty',
      'guards:\n  a: {title: A, argv: []}\n',
      [
        '2:3: `guards.a` has no pattern: it would refuse nothing (Patterns are lists under argv, sql, path, env.)',
      ],
    ],
    [
      'a name of the shipped guards',
      'guards:\n  rule.auth: {title: A, argv: [ls]}\n',
      ['2:3: `guards.rule.auth`: names that begin with `rule.` are those of the shipped guards'],
    ],
    [
      'a statement where a verb and a table are expected',
      'guards:\n  a: {title: A, sql: [DELETE x, "DROP TABLE *"]}\n',
      ['2:33: `guards.a.sql`: expected a verb and a table, such as DELETE event_*'],
    ],
    [
      'a path that begins nowhere',
      'guards:\n  a: {title: A, path: [data/x]}\n',
      ['2:24: `guards.a.path`: a path begins with `/`, or with `**/` where the folder does not matter'],
    ],
    [
      'a pattern that every command matches',
      'guards:\n  a: {title: A, argv: ["*"]}\n',
      ['2:24: `guards.a.argv`: it would refuse every command'],
    ],
    [
      'a rule without a title',
      'guards:\n  a: {argv: [ls]}\n',
      ['2:6: `guards.a.title` is missing: expected text'],
    ],
    [
      'patterns that are no list',
      'guards:\n  a: {title: A, argv: ls}\n',
      ['2:23: `guards.a.argv`: expected a list, found `ls`'],
    ],
    [
      'a kind of pattern that there is not',
      'guards:\n  a: {title: A, argw: [ls]}\n',
      [
        '2:3: `guards.a` has no pattern: it would refuse nothing (Patterns are lists under argv, sql, path, env.)',
        '2:17: `guards.a`: `argw` is not known here. Did you mean `argv`?',
      ],
    ],
    [
      'absolute that is no yes or no',
      'guards:\n  a: {title: A, argv: [ls], absolute: often}\n',
      ['2:39: `guards.a.absolute`: expected true or false, found `often`'],
    ],
  ])('%s', (_, more, problems) => {
    expect(problemsOf(more)).toEqual(problems);
  });
});
