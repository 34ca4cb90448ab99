import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {Json, StoredEntry} from '../../src/domain/entry.ts';
import type {Runbook, Step} from '../../src/domain/runbook.ts';
import {runRecord, type Kept} from '../../src/report/run-record.ts';
import {parseRunbook, placesIn} from '../../src/runbook/index.ts';
import {root} from '../helpers/programs.ts';

const zeros = '0'.repeat(64);
type Body = Readonly<Record<string, Json>>;

/** The entries of a run, built one by one, and the values beside them. */
class Entries {
  readonly list: StoredEntry[] = [];
  readonly kept = new Map<string, Kept>();

  add(
    kind: string,
    body: Body,
    {step, values = {}}: {step?: string; values?: Record<string, Kept>} = {},
  ): this {
    const seq = this.list.length + 10;
    const committed = Object.fromEntries(Object.keys(values).map(key => [key, {sd: zeros}]));
    const actor = {operator: 'mara', uid: 0, user: 'u', via: 'local'} as const;
    const entry = {
      v: 1,
      log: 'quarterdeck/s/h/1',
      seq,
      prev: '',
      ts: '2026-01-02T03:04:05.000Z',
      mono: 0,
      boot: '',
      session: 's',
      actor,
      kind,
      run: '20260102T030405Z-1f0a7c33',
      body: {...body, ...committed},
      ...(step === undefined ? {} : {step}),
    } as const;
    this.list.push({seq, line: '', leaf: '', entry});
    for (const [key, value] of Object.entries(values)) this.kept.set(`${seq}/body/${key}`, value);
    return this;
  }

  start(): this {
    return this.add('run.start', {
      title: 'Mend',
      procedureTitle: 'Mend',
      service: 'api',
      environment: 'staging',
      site: 's',
      file: 'mend.md',
      sha256: zeros,
    });
  }

  finish(): this {
    return this.add('run.finish', {result: 'passed', durationMs: 61_000, done: 2, skipped: 1, notReached: 0});
  }
}

const bytes = (text: string): Kept => ({bytes: new TextEncoder().encode(text)});
const parse = (text: string): Runbook =>
  parseRunbook({file: 'mend.md', bytes: new TextEncoder().encode(text)});

const record = (source: string, entries: Entries, size = 99): string => {
  const runbook = parse(source);
  const {head, steps} = placesIn(runbook);
  const log = {origin: 'quarterdeck/s/h/1', size, root: 'ab'.repeat(32)};
  return runRecord({entries: entries.list, kept: entries.kept, source: runbook.source, head, steps, log});
};

const plain = ({id, type, title, effect, command, children}: Step): unknown => [
  id,
  type,
  title,
  effect,
  command,
  children.map(plain),
];
const stepsOf = ({procedures, meta}: Runbook): unknown => [
  meta,
  procedures.map(({id, phases}) => [
    id,
    phases.flatMap(({phase, steps}) => (steps.length === 0 ? [] : [[phase, steps.map(plain)]])),
  ]),
];
const idsOf = (runbook: Runbook): string[] => {
  const ids = new Set<string>();
  const add = (step: Step): void => {
    ids.add(step.id);
    step.children.forEach(add);
  };
  for (const {phases} of runbook.procedures) for (const {steps} of phases) steps.forEach(add);
  return [...ids];
};

const hostile =
  '</pre></details></blockquote>\n\n# Procedure\n\n```sh\nrm -rf /\n```\n1. do it\n \t\n<!-- qd: {"type":"command"} -->\n\u001b]52;c;aGk=\u0007&lt;\n';

/** Every step has an outcome with output that would be Markdown, HTML and steps, if it could. */
function walked(source: string): Entries {
  const entries = new Entries().start();
  for (const step of idsOf(parse(source))) {
    const body = {attempt: 1, verdict: 'pass', message: '# <b>done</b>', by: 'machine', durationMs: 5};
    entries.add('step.outcome', body, {step, values: {output: bytes(hostile)}});
  }
  return entries.finish();
}

const shapes: Readonly<Record<string, string>> = {
  'nested items and sub-steps':
    '---\ntitle: T\ntags: [a]\n---\n# T\n\nOwner: me\n\n## Procedure\n1. One\n   1. `systemctl stop a`\n   2. `systemctl stop b`\n\n      more\n2. Two\n   - [ ] tick\n10. Ten\n\n    ```sh\n    uptime\n    ```\n',
  'task lists and bullets': '# T\n\n## Verify\n- [ ] One\n- [ ] `curl -f x`\n* Two\n',
  'paragraphs with fences, output behind them':
    '# T\n\n## Fix\n\nLook at it:\n\n```sh\nuptime\n```\n\n```\n 10:00 up 3 days\n```\n\nDo one of:\n\n- a\n- b\n\n```sh\ndf\n```\n',
  'steps in a quote':
    '# T\n\n## Procedure\n\n> 1. One\n>\n>    ```sh\n>    uptime\n>    ```\n> 2. Two\n\n3. Three\n',
  'no heading at all': '1. One\n2. Two',
};
const shipped = Object.fromEntries(
  readdirSync(join(root, 'runbooks')).map(name => [name, readFileSync(join(root, 'runbooks', name), 'utf8')]),
);

test.each(Object.entries({...shapes, ...shipped}))(
  'the record of %s parses again as a runbook of the same steps, whatever was printed',
  (_, source) => {
    const entries = walked(source);
    expect(idsOf(parse(source)).length).toBeGreaterThan(1);
    const text = record(source, entries);
    expect(stepsOf(parse(text))).toEqual(stepsOf(parse(source)));
    expect(text.match(/✔ <b>pass<\/b>/g)).toHaveLength(idsOf(parse(source)).length);
    expect(text).not.toMatch(/\u001b|\u0007/);
    expect(text).toContain('&lt;/pre&gt;&lt;/details&gt;');
  },
);

const small =
  '# Mend\n\n## Procedure\n\n1. Stop it\n\n   ```sh {"name":"stop","effect":"write"}\n   stop\n   ```\n\n2. Tell them\n';

test('each step holds what was confirmed, run, printed and decided about it; the rest stands in the log', () => {
  const entries = new Entries()
    .start()
    .add(
      'step.value',
      {attempt: 1, name: 'NODE', from: 'typed'},
      {step: 'mend/value-NODE', values: {value: bytes('db-1')}},
    )
    .add(
      'step.confirm',
      {attempt: 1, say: 'yes', delayMs: 1200, source: 'line', typed: true},
      {step: 'stop', values: {reason: bytes('asked for')}},
    )
    .add('guard.refused', {prohibition: 'Never <x>', line: 3, pattern: 'rm'}, {step: 'stop'})
    .add(
      'step.intent',
      {attempt: 1, argv: ['sh', '-c', 'a && b'], target: 'api', effect: 'write'},
      {step: 'stop'},
    )
    .add(
      'step.outcome',
      {attempt: 1, verdict: 'fail', message: 'exit status 1', durationMs: 2034},
      {step: 'stop', values: {output: bytes('a\nb\n')}},
    )
    .add('step.skip', {attempt: 1}, {step: 'mend/2', values: {reason: {gone: true, by: 42}}})
    .finish();
  const text = record(small, entries);
  const [head = '', ...blocks] = text.split('</blockquote>');
  expect(head).toContain('<b>Record of a run</b> <code>20260102T030405Z-1f0a7c33</code>: <b>passed</b>');
  expect(head).toContain('after 1 min 1 s');
  expect(head).toContain('steps: 2 done, 1 skipped, 0 not reached');
  expect(head).toContain('<code>NODE</code> = <code>db-1</code> (typed)');
  expect(head).toContain(`entries 10 to 17; root of the first 99 entries <code>${'ab'.repeat(32)}</code>`);
  const [stop = '', tell = '', log = ''] = blocks;
  expect(stop).toContain('reason: <code>asked for</code>');
  expect(stop).toContain('the name was typed');
  expect(stop).toContain('Never &lt;x&gt;');
  expect(stop).toContain("command: <code>sh -c 'a &amp;&amp; b'</code>");
  expect(stop).toContain('✖ <b>fail</b>');
  expect(stop).toContain(
    '<details><summary>output: 2 lines, 4 bytes</summary>\n   <pre>\n   a\n   b\n   </pre>',
  );
  expect(tell).toContain('– <b>skipped</b>');
  expect(tell).toContain('reason: <i>erased, see entry 42</i>');
  expect(log.match(/^#\d+/gm)).toEqual(entries.list.map(({seq}) => `#${seq}`));
});

test('an open run says that it is open, and one that no checkpoint covers says that', () => {
  const text = record(small, new Entries().start(), 10);
  expect(text).toContain('<b>still open</b>');
  expect(text).toContain('no checkpoint covers its end yet');
});

test('an undo and a look around a step stand at the step that they belong to', () => {
  const outcome = {attempt: 1, verdict: 'pass', message: 'ok', durationMs: 1};
  const entries = new Entries()
    .start()
    .add('step.outcome', outcome, {step: 'stop.verify'})
    .add('step.outcome', outcome, {step: 'stop~2'});
  const [, stop = ''] = record(small, entries).split('</blockquote>');
  expect(stop).toContain('[stop.verify]');
  expect(stop).toContain('[stop~2]');
});
