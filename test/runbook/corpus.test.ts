// Real runbooks that lie beside the repository on a developer's machine; skipped with a message elsewhere.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {lintRunbook, parseRunbook, readingLines} from '../../src/runbook/index.ts';
import type {Runbook} from '../../src/domain/runbook.ts';
import {allSteps} from './parse.ts';

const shared = join(import.meta.dirname, '../../../shared');
const filesUnder = (dir: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir, {recursive: true, encoding: 'utf8'})
        .filter(name => /\.(?:md|txt)$/.test(name))
        .map(name => join(dir, name))
        .sort()
    : [];
const corpus = filesUnder(join(shared, 'corpus'));
const documents = filesUnder(join(shared, 'seeds'));
const load = (file: string): Runbook => parseRunbook({file, bytes: readFileSync(file)});

describe.skipIf(corpus.length === 0)('a public corpus of runbooks (needs ../shared/corpus)', () => {
  const runbooks = [...corpus, ...documents].map(load);

  test('every file loads, lints and reads', () => {
    for (const runbook of runbooks) {
      lintRunbook(runbook, {today: '2026-11-21T00:00:00.000Z'});
      const isEmpty = runbook.source.replace(/^---\n.*?\n---\n/s, '').trim() === '';
      expect(readingLines(runbook).length > 0, runbook.file).toBe(!isEmpty);
    }
  });

  test('nearly every command block becomes a step with a title of its own', () => {
    const commands = runbooks
      .flatMap(allSteps)
      .filter(({command, argv}) => command !== undefined && argv === undefined);
    const titled = commands.filter(({title, command}) => title !== command?.split('\n')[0]);
    expect(commands.length).toBeGreaterThan(80);
    expect(titled.length / commands.length).toBeGreaterThan(0.9);
  });

  test('every file with a diagnosis or a mitigation gives steps', () => {
    const empty = runbooks.filter(
      runbook => /^## (?:Diagnosis|Mitigation)\n+\w/m.test(runbook.source) && allSteps(runbook).length === 0,
    );
    expect(empty.map(({file}) => file)).toEqual([]);
  });

  test('the median file parses well below 50 ms', () => {
    const times = [...corpus, ...documents].map(file => {
      const bytes = readFileSync(file);
      const from = performance.now();
      parseRunbook({file, bytes});
      return performance.now() - from;
    });
    expect(times.toSorted((a, b) => a - b)[times.length >> 1]).toBeLessThan(50);
  });
});

const operators = documents.find(file => readFileSync(file, 'utf8').startsWith('# Operator Runbook'));

describe.skipIf(operators === undefined)(
  'an operator runbook of chapters, procedures and labels (needs ../shared/seeds)',
  () => {
    // The body of a skipped block is still read.
    const runbook =
      operators === undefined ? parseRunbook({file: 'none', bytes: Buffer.of()}) : load(operators);
    const lines = runbook.source.split('\n');
    /** Line numbers of the headings at one level. */
    const headings = (mark: string): {title: string; line: number}[] =>
      lines.flatMap((text, i) =>
        text.startsWith(`${mark} `) ? [{title: text.slice(mark.length + 1), line: i + 1}] : [],
      );

    test('every third-level heading is a procedure under its chapter, but for the one that only forbids', () => {
      const chapters = headings('##');
      const wanted = headings('###').filter(({title}) => !title.includes('Forbidden'));
      expect(
        runbook.procedures.slice(0, wanted.length).map(({title, line, chapter}) => ({title, line, chapter})),
      ).toEqual(
        wanted.map(({title, line}) => ({
          title,
          line,
          chapter: chapters.findLast(chapter => chapter.line < line)?.title,
        })),
      );
      expect(runbook.procedures.at(-1)).toMatchObject({
        title: 'Final Health Validation Checklist',
        phases: [{phase: 'preconditions'}, {phase: 'verify'}],
      });
    });

    test('every bullet under a label or heading that forbids is pinned', () => {
      const pinned = new Set(
        runbook.procedures.flatMap(({prohibitions}) => prohibitions.map(({line}) => line)),
      );
      let forbids = false;
      const missing = lines.flatMap((text, i) => {
        if (!text.startsWith('- ') && text.trim() !== '')
          forbids =
            /^(?:What not to do:|Forbidden:|## Safety Rules|### Rotations That Are Forbidden|Always follow these rules:)/.test(
              text,
            );
        return forbids && text.startsWith('- ') && !pinned.has(i + 1) ? [text] : [];
      });
      expect(missing).toEqual([]);
      expect(pinned.size).toBeGreaterThan(30);
    });

    test('file-wide preconditions and rules stand in each procedure', () => {
      for (const procedure of runbook.procedures) {
        expect(procedure.phases[0]).toMatchObject({phase: 'preconditions', from: 'file'});
        expect(procedure.phases[0]?.steps).toHaveLength(5);
        for (const rule of runbook.prohibitions) expect(procedure.prohibitions).toContainEqual(rule);
      }
    });

    test('each label opens its phase', () => {
      const phases = (id: string) =>
        runbook.procedures
          .find(procedure => procedure.id === id)
          ?.phases.map(({phase, steps}) => `${phase} ${steps.length}`);
      expect(phases('start-the-system')).toEqual([
        'preconditions 5',
        'trigger 0',
        'procedure 5',
        'verify 3',
        'dont 0',
        'safe-actions 2',
      ]);
      expect(phases('verify-readiness')).toEqual([
        'preconditions 5',
        'trigger 0',
        'procedure 2',
        'verify 4',
        'dont 0',
        'safe-actions 1',
      ]);
      expect(phases('incident-database-unavailable')).toEqual([
        'preconditions 5',
        'trigger 0',
        'diagnose 4',
        'dont 0',
        'safe-actions 3',
      ]);
    });
  },
);

describe.skipIf(corpus.length === 0)(
  'the checker of `npm run bench -- corpus` (needs ../shared/corpus)',
  () => {
    test('command blocks are mapped and titled, nothing else is a command, and every prohibition is pinned', async () => {
      const {judgeFile} = await import('../../bench/corpus-judge.ts');
      const found = corpus.map(file => {
        const runbook = load(file);
        return judgeFile(runbook, allSteps(runbook));
      });
      const sum = (pick: (each: (typeof found)[number]) => number): number =>
        found.reduce((total, each) => total + pick(each), 0);
      const blocks = sum(each => each.blocks);
      expect(blocks).toBeGreaterThan(40);
      expect(sum(each => each.titled) / blocks).toBeGreaterThanOrEqual(0.95);
      expect(found.flatMap(({falseCommands}) => falseCommands)).toEqual([]);
      expect(found.flatMap(({unpinned}) => unpinned)).toEqual([]);
    });
  },
);

const beginning = (words: string): string | undefined =>
  documents.find(file => readFileSync(file, 'utf8').startsWith(words));
const hardening = beginning('# Production Hardening');
const verification = beginning('# v1.0 GA');
const drill = beginning('# Phase 8');

describe.skipIf(hardening === undefined || verification === undefined || drill === undefined)(
  'checklists and a drill record (needs ../shared/seeds)',
  () => {
    const read = (file: string | undefined): Runbook =>
      file === undefined ? parseRunbook({file: 'none', bytes: Buffer.of()}) : load(file);

    test('a checklist walks its items, with the commands of nested items as sub-steps', () => {
      const runbook = read(hardening);
      expect(runbook.meta).toMatchObject({owner: 'Platform Architecture', other: {status: 'Active'}});
      const snapshot = allSteps(runbook).find(({title}) => title.startsWith('Generate rollout readiness'));
      expect(snapshot?.children.map(({command}) => command)).toEqual([
        'pnpm run hardening:rollout:readiness',
        'pnpm run hardening:rollout:readiness:checks',
        undefined,
      ]);
      expect(
        runbook.procedures.flatMap(({phases}) => phases.filter(({phase}) => phase === 'exit-criteria')),
      ).toMatchObject([{steps: {length: 4}}]);
    });

    test('labelled bullets open their phase, and what is expected is shown', () => {
      const runbook = read(verification);
      const verify = runbook.procedures.flatMap(({phases}) => phases.filter(({phase}) => phase === 'verify'));
      expect(verify.length).toBeGreaterThanOrEqual(4);
      const expected = allSteps(runbook).flatMap(({expected: each = []}) => each);
      expect(expected).toContain('request denied');
      expect(expected).toContain('denied');
      expect(runbook.source).toContain('green â†’ tag');
      expect(runbook.problems.map(({code}) => code)).toContain('mis-decoded');
    });

    test('a record of a drill is a drill: its cases are steps, its results are no commands', () => {
      const runbook = read(drill);
      expect(runbook.meta.kind).toBe('drill');
      const cases = allSteps(runbook).filter(
        ({line, children, title}) =>
          line > 0 &&
          /^(?:Manager API|Service manager|Token rotation|Backup and restore|Rollback readiness|Legacy permission)/.test(
            title,
          ) &&
          children.length >= 0,
      );
      expect(cases).toHaveLength(6);
      expect(allSteps(runbook).some(({title}) => title.startsWith('Result:'))).toBe(false);
    });
  },
);
