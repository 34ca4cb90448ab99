import {describe, expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {parseRunbook} from '../../src/runbook/index.ts';
import {steps} from '../../src/steps/index.ts';
import {parseRequest} from '../../src/steps/http.ts';
import {sizeBytes} from '../../src/steps/limits.ts';
import {around, everywhere} from '../../src/steps/step-type.ts';
import type {StepDefinition, StepPlan, StepSetting} from '../../src/define.ts';
import type {Step, StepAttributes} from '../../src/domain/runbook.ts';
import {step} from '../domain/run-model.ts';

const site: StepSetting['site'] = {
  hosts: {db: {ssh: 'db1.example'}, web: {ssh: 'web1'}},
  runAs: {local: 'deploy', db: 'postgres'},
  sources: [
    {name: 'orders', type: 'postgres', url: 'postgres://db/orders'},
    {name: 'metrics', type: 'prometheus', url: 'http://127.0.0.1:9090'},
  ],
  gates: [{name: 'deploy', title: 'Ready to deploy', checks: ['api/live', 'api/ready']}],
};
const find = (type: string): StepDefinition => {
  const found = steps.find(one => one.type === type);
  if (found === undefined) throw new Error(`no step type ${type}`);
  return found;
};
const plan = (
  type: string,
  more: Parameters<typeof step>[2] = {},
  placeholders: readonly string[] = [],
): StepPlan | {problem: string} =>
  find(type).plan(step('s', type, more), {shell: undefined, placeholders, site});

/** A step of each type that can be planned. */
const good: Readonly<Record<string, Parameters<typeof step>[2]>> = {
  manual: {},
  note: {},
  attest: {},
  command: {lang: 'sh', command: 'true'},
  terminal: {lang: 'sh', command: 'psql'},
  http: {lang: 'http', command: 'GET http://127.0.0.1:1/ready'},
  sql: {lang: 'sql', command: 'select 1'},
  promql: {lang: 'promql', command: 'up'},
  collect: {command: 'file: /var/log/syslog'},
  check: {attributes: {check: 'ready'}},
  gate: {attributes: {gate: 'deploy'}},
  wait: {attributes: {for: '1s'}},
  input: {attributes: {var: 'NODE'}},
  decide: {
    options: [
      {answer: 'Yes', text: ''},
      {answer: 'No', text: ''},
    ],
  },
};

/** A value of each attribute that would be understood where it means something. */
const values: Required<StepAttributes> = {
  name: 'n',
  title: 't',
  type: 'manual',
  effect: 'read',
  on: 'db',
  'run-as': 'root',
  timeout: '5s',
  retries: 1,
  grace: '1s',
  expect: 0,
  check: 'ready',
  panel: 'health',
  pre: 'ready',
  verify: 'ready',
  until: 'ready',
  within: '5s',
  for: '1s',
  rollback: 'undo',
  capture: 'OUT',
  re: '(a)',
  'on-disconnect': 'finish',
  'at-limit': 'kill',
  when: 'NODE=db-1',
  role: 'lead',
  min: 2,
  reason: true,
  target: 'db-1',
  var: 'NODE',
  pattern: 'a+',
  default: 'aa',
  source: 'orders',
  gate: 'deploy',
  login: true,
  'max-output': '1MB',
};

describe.each(steps.map(definition => [definition.type, definition] as const))('%s', (type, definition) => {
  test('says what it does, who does it, and plans a step without doing anything', () => {
    expect(definition.summary).toMatch(/^[A-Z].*[^.]$/);
    const planned = plan(type, good[type]);
    if (type === 'approve') {
      expect(planned).toEqual({problem: containing('nothing approves itself')});
      return;
    }
    expect(planned).not.toHaveProperty('problem');
    if ('problem' in planned) return;
    const acts: Record<StepDefinition['by'], readonly string[]> = {
      runner: ['command', 'http', 'sql', 'promql', 'collect'],
      engine: ['look', 'pause', 'gate'],
      operator: ['person', 'input', 'attest'],
      terminal: ['terminal'],
    };
    expect(acts[definition.by]).toContain(planned.act.at);
    expect(planned.timeoutMs).toBeGreaterThan(0);
    expect(planned.graceMs).toBeGreaterThanOrEqual(0);
  });

  const known: readonly string[] = [
    ...everywhere,
    ...(definition.by === 'engine' ? [] : around),
    ...definition.attributes,
  ];
  const strange = Object.entries(values).filter(([name]) => !known.includes(name));

  test.each(strange)('refuses "%s", which it would have to ignore', (name, value) => {
    const attributes = {...good[type]?.attributes, [name]: value};
    expect(plan(type, {...good[type], attributes})).toEqual({problem: containing(`"${name}"`)});
  });

  test('its example is parsed as such a step, and planned', () => {
    const text = `# Title\n\n## Procedure\n\n${definition.example}\n## Fail over\n\n1. Do it.\n`;
    const runbook = parseRunbook({file: 'example.md', bytes: new TextEncoder().encode(text)});
    expect(runbook.problems).toEqual([]);
    const found = runbook.procedures
      .flatMap(({phases}) => phases.flatMap(block => block.steps))
      .filter((each: Step) => each.type === type && each.title !== 'Do it.');
    expect(found).toHaveLength(1);
    const [example] = found;
    if (example === undefined) return;
    const planned = definition.plan(example, {shell: undefined, placeholders: runbook.placeholders, site});
    if (type === 'approve') expect(planned).toHaveProperty('problem');
    else expect(planned).not.toHaveProperty('problem');
    expect(definition.hints?.(example) ?? []).toEqual([]);
  });

  test('a `when` that says nothing is a problem', () => {
    expect(plan(type, {...good[type], attributes: {...good[type]?.attributes, when: 'sometimes'}})).toEqual({
      problem: containing('"when"'),
    });
  });
});

test('types are listed once', () => {
  expect(new Set(steps.map(({type}) => type)).size).toBe(steps.length);
});

test('`role` and `min` belong to approvals, and say so', () => {
  expect(plan('command', {...good['command'], attributes: {role: 'lead'}})).toEqual({
    problem: containing('steps of type "approve"'),
  });
});

describe('where and as whom', () => {
  const placed = (attributes: StepAttributes, type = 'command') => plan(type, {...good[type], attributes});

  test('a step runs here as the site says, unless it names a host or an account', () => {
    expect(placed({})).toMatchObject({runAs: 'deploy'});
    expect(placed({})).not.toHaveProperty('on');
    expect(placed({'run-as': 'root'})).toMatchObject({runAs: 'root'});
    expect(placed({on: 'db'})).toMatchObject({on: 'db1.example', runAs: 'postgres'});
    expect(placed({on: 'ssh:db1.example'})).toMatchObject({on: 'db1.example', runAs: 'postgres'});
    expect(placed({on: 'web'})).toMatchObject({on: 'web1'});
    expect(placed({on: 'web'})).not.toHaveProperty('runAs');
    expect(placed({on: 'ssh:ops@other', 'run-as': 'app'}, 'terminal')).toMatchObject({
      on: 'ops@other',
      runAs: 'app',
    });
    expect(placed({on: 'local'}, 'collect')).not.toHaveProperty('on');
  });

  test('a host that nobody knows, or that could be an option, is a problem', () => {
    expect(placed({on: 'bd'})).toEqual({problem: containing('Did you mean `db`?')});
    for (const on of ['ssh:', 'ssh:-oProxyCommand=id', 'ssh:a b', 'ssh:a;id', 'constructor'])
      expect(placed({on}), on).toHaveProperty('problem');
    for (const account of ['-u root', 'a b', 'root;id', ''])
      expect(placed({'run-as': account}), account).toHaveProperty('problem');
  });

  test('what is no process has no account', () => {
    for (const type of ['http', 'sql', 'promql', 'check', 'gate'])
      expect(placed({...good[type]?.attributes}, type)).not.toHaveProperty('runAs');
  });

  test('an address is asked from here only', () => {
    expect(plan('collect', {command: 'url: http://h/', attributes: {on: 'db'}})).toEqual({
      problem: containing('run: curl'),
    });
  });
});

describe('what is carried out', () => {
  test('everything that a command may say is in its plan', () => {
    expect(
      plan('command', {
        lang: 'bash',
        command: 'make report',
        effect: 'read',
        attributes: {
          timeout: '2m',
          grace: '1s',
          retries: 3,
          expect: 'done',
          capture: 'COUNT',
          re: '(\\d+) rows',
          'on-disconnect': 'detach',
          login: true,
          'max-output': '2MiB',
        },
      }),
    ).toEqual({
      act: {at: 'command', argv: ['bash', '-eu', '-o', 'pipefail', '-c', 'make report']},
      lines: ['make report'],
      timeoutMs: 120_000,
      graceMs: 1000,
      atLimit: 'kill',
      runAs: 'deploy',
      retries: 3,
      expect: 'done',
      capture: {name: 'COUNT', re: '(\\d+) rows'},
      onDisconnect: 'detach',
      login: true,
      maxOutputBytes: 2 * 1024 * 1024,
    });
  });

  test('what cannot be done is a problem that says so', () => {
    const wrong = (attributes: StepAttributes, more: Partial<Step> = {}) =>
      plan('command', {...good['command'], ...more, attributes});
    expect(wrong({retries: 2}, {effect: 'write'})).toEqual({problem: containing('for reads only')});
    expect(wrong({retries: 21})).toEqual({problem: containing('at most 20')});
    expect(wrong({capture: 'PATH'})).toEqual({problem: containing('"capture"')});
    expect(wrong({capture: 'path'})).toEqual({problem: containing('capital letters')});
    expect(wrong({re: 'a'})).toEqual({problem: containing('"capture" does not say')});
    expect(wrong({capture: 'A', re: '(?=a)'})).toEqual({problem: containing('RE2')});
    expect(wrong({'max-output': 'much'})).toEqual({problem: containing('no size')});
    expect(plan('http', {...good['http'], attributes: {'at-limit': 'ask'}})).toEqual({
      problem: containing('cannot be left running'),
    });
    expect(plan('terminal', {...good['terminal'], attributes: {expect: 'ok'}})).toEqual({
      problem: containing('exit status'),
    });
  });

  test('sizes are written as people write them', () => {
    expect(['1B', '64KB', '10MB', '1GiB', '5 kib'].map(sizeBytes)).toEqual([
      1,
      64_000,
      10_000_000,
      1024 ** 3,
      5120,
    ]);
    expect(['0MB', '10', 'MB', '1.5MB', '-1MB', '1TB', '999999999GB'].map(sizeBytes)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('data sources', () => {
  test('the only one that fits needs no name; a name must be one that fits', () => {
    expect(plan('sql', good['sql'])).toMatchObject({act: {source: {name: 'orders'}}});
    expect(plan('promql', good['promql'])).toMatchObject({act: {source: {name: 'metrics'}}});
    const named = (source: string) => plan('sql', {...good['sql'], attributes: {source}});
    expect(named('ordres')).toEqual({problem: containing('Did you mean `orders`?')});
    expect(named('metrics')).toEqual({problem: containing('is of type prometheus')});
    const setting = {shell: undefined, placeholders: []};
    const one = step('s', 'sql', good['sql']);
    expect(find('sql').plan(one, {...setting, site: {}})).toEqual({problem: containing('`sources:`')});
    const two = {sources: [...(site.sources ?? []), {name: 'b', type: 'sqlite', path: '/b'}] as const};
    expect(find('sql').plan(one, {...setting, site: two})).toEqual({problem: containing('orders, b')});
    expect(find('sql').plan({...one, attributes: {target: 'b'}}, {...setting, site: two})).toMatchObject({
      act: {source: {name: 'b'}},
    });
  });

  test('a query of Prometheus only reads', () => {
    expect(plan('promql', {...good['promql'], effect: 'write'})).toHaveProperty('problem');
  });
});

describe('evidence', () => {
  test('is taken in the order written, from a fence or from nested items', () => {
    const fence = plan('collect', {command: 'run: df -h\n# a comment\n\nfile: /etc/hosts\nurl: http://h/x'});
    const items = plan('collect', {
      detail: ['Keep all of it.', '- run: df -h', '- file: /etc/hosts'],
      children: [step('c', 'http', {title: 'url: http://h/x'})],
    });
    expect(fence).toMatchObject({lines: ['run: df -h', 'file: /etc/hosts', 'url: http://h/x']});
    expect(items).toMatchObject({lines: ['run: df -h', 'file: /etc/hosts', 'url: http://h/x']});
    expect(fence).toMatchObject({
      act: {
        items: [
          {at: 'command', argv: ['sh', '-eu', '-c', 'df -h'], text: 'df -h'},
          {at: 'file', path: '/etc/hosts'},
          {at: 'url', url: 'http://h/x'},
        ],
      },
    });
  });

  test('what is gone sooner but stands later is a hint, and stays where it is', () => {
    const late = step('s', 'collect', {command: 'file: /etc/hosts\nrun: ps aux'});
    expect(find('collect').hints?.(late)).toEqual([containing('"run: ps aux" is gone sooner')]);
    expect(plan('collect', {command: 'file: /etc/hosts\nrun: ps aux'})).toMatchObject({
      lines: ['file: /etc/hosts', 'run: ps aux'],
    });
    const early = step('s', 'collect', {
      command: 'run: ps aux\nfile: /proc/stat\nfile: /var/log/a\nfile: /etc/a',
    });
    expect(find('collect').hints?.(early)).toEqual([]);
  });

  test('what is none of the three, or no absolute path or address, is a problem', () => {
    for (const command of ['', 'df -h', 'file: etc/hosts', 'url: ftp://h/', 'url: /x', 'run:'])
      expect(plan('collect', {command}), command).toHaveProperty('problem');
  });
});

test('a gate of the site brings its checks; another is a problem', () => {
  expect(plan('gate', good['gate'])).toMatchObject({
    act: {at: 'gate', gate: 'deploy', checks: ['api/live', 'api/ready']},
    lines: ['all of gate deploy (Ready to deploy) must pass:', 'api/live', 'api/ready'],
  });
  expect(plan('gate', {attributes: {gate: 'deplyo'}})).toEqual({
    problem: containing('Did you mean `deploy`?'),
  });
  expect(plan('gate')).toHaveProperty('problem');
});

test('a value is asked for by a good name, and its default must be one that would be taken', () => {
  const input = (attributes: StepAttributes) => plan('input', {attributes});
  expect(input({var: 'NODE', pattern: 'db-[0-9]', default: 'db-1'})).toMatchObject({
    act: {at: 'input', name: 'NODE', pattern: 'db-[0-9]', default: 'db-1', may: 'no-option'},
  });
  expect(input({var: 'FLAG', default: '-v'})).toMatchObject({act: {may: 'anything'}});
  expect(input({})).toEqual({problem: containing('"var"')});
  expect(input({var: 'LD_PRELOAD'})).toEqual({problem: containing('may not be set')});
  expect(input({var: 'A', pattern: '('})).toEqual({problem: containing('"pattern"')});
  expect(input({var: 'A', pattern: 'a', default: 'b'})).toEqual({problem: containing('does not match')});
});

test('a fence goes to its shell unmodified, an inline command runs without a shell', () => {
  expect(plan('command', {lang: 'sh', command: 'a | b'})).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', 'a | b']},
  });
  expect(plan('command', {lang: 'bash', command: 'a | b'})).toMatchObject({
    act: {argv: ['bash', '-eu', '-o', 'pipefail', '-c', 'a | b']},
  });
  expect(plan('command', {lang: 'console', command: 'a'})).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', 'a']},
  });
  expect(plan('command', {command: "ls 'a b'", argv: ['ls', 'a b; rm x']})).toMatchObject({
    act: {argv: ['ls', 'a b; rm x']},
    lines: ["ls 'a b; rm x'"],
  });
});

test('reads are ended at their limit, writes only when the runbook says so', () => {
  expect(plan('command', {lang: 'sh', command: 'x'})).toMatchObject({
    timeoutMs: 30_000,
    graceMs: 5000,
    atLimit: 'kill',
  });
  expect(plan('command', {lang: 'sh', command: 'x', effect: 'write'})).toMatchObject({atLimit: 'ask'});
  expect(
    plan('command', {
      lang: 'sh',
      command: 'x',
      effect: 'write',
      attributes: {timeout: '2m', 'at-limit': 'kill'},
    }),
  ).toMatchObject({
    timeoutMs: 120_000,
    atLimit: 'kill',
  });
});

test('a placeholder becomes a variable, and a command of one line then needs a shell', () => {
  expect(plan('command', {lang: 'sh', command: 'rm <file>'}, ['file'])).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', 'rm "${FILE}"']},
    lines: ['rm "${FILE}"'],
    uses: ['FILE'],
    needs: ['FILE'],
  });
  expect(plan('command', {command: "ls '<file>'", argv: ['ls', '<file>']}, ['file'])).toMatchObject({
    act: {argv: ['sh', '-eu', '-c', `ls ''"\${FILE}"''`]},
  });
  expect(plan('command', {lang: 'sh', command: 'ssh <host> "rm <file>"'}, ['host', 'file'])).toMatchObject({
    plain: ['HOST', 'FILE'],
  });
  expect(plan('command', {lang: 'sh', command: 'echo $((<n> + 1))'}, ['n'])).toEqual({
    problem: containing('<n>'),
  });
  expect(plan('command', {lang: 'sh', command: ' '})).toEqual({problem: 'there is no command in it'});
  expect(plan('command', {lang: 'sh', command: 'a\0b'})).toHaveProperty('problem');
});

test('a secret is no variable that is asked for or shown, and stands nowhere but in a process or a header', () => {
  const secret = (type: string, command: string, placeholders: readonly string[] = []) =>
    find(type).plan(step('s', type, {lang: 'sh', command}), {
      shell: undefined,
      placeholders,
      secrets: ['TOKEN'],
      site,
    });
  const used = secret('command', 'curl -H "x: $TOKEN" "$BASE"');
  expect(used).toMatchObject({needs: ['BASE'], uses: ['BASE']});
  expect(secret('command', 'login <token>', ['token'])).not.toHaveProperty('needs');
  expect(secret('command', 'ssh db "login <token>"', ['token'])).toEqual({
    problem: containing('TOKEN is a secret'),
  });
  expect(secret('http', 'GET http://h/?t=<token>', ['token'])).toEqual({problem: containing('`env:TOKEN`')});
});

test('placeholders in requests, statements and queries are filled in later, by name', () => {
  expect(plan('http', {command: 'GET http://h/<pod name>?q=<none>'}, ['pod name'])).toMatchObject({
    act: {url: 'http://h/<POD_NAME>?q=<none>'},
    fills: {POD_NAME: 'POD_NAME'},
    needs: ['POD_NAME'],
  });
  expect(plan('http', {command: 'GET <url>'}, ['url'])).toHaveProperty('problem');
  expect(plan('sql', {command: "select '<id>'"}, ['id'])).toMatchObject({
    act: {text: "select '<ID>'"},
    lines: ['orders (postgres):', "select '<ID>'"],
    fills: {ID: 'ID'},
  });
});

test('a wait says how long or until what, a check names a check or a panel, a decision has answers', () => {
  expect(plan('wait')).toHaveProperty('problem');
  expect(plan('wait', {attributes: {until: 'api/ready', within: '90s'}})).toMatchObject({
    act: {at: 'look', until: true, check: 'api/ready'},
    timeoutMs: 90_000,
  });
  expect(plan('wait', {attributes: {until: 'ready', for: '1s'}})).toHaveProperty('problem');
  expect(plan('check')).toHaveProperty('problem');
  expect(plan('check', {attributes: {panel: 'nonsense'}})).toEqual({
    problem: containing('readiness'),
  });
  expect(plan('decide', {options: [{answer: 'Yes', text: ''}]})).toHaveProperty('problem');
});

test('an http fence is method and URL, headers, an empty line, the body', () => {
  expect(parseRequest('POST http://h/x HTTP/1.1\nContent-Type: application/json\n\n{"a":1}\n')).toEqual({
    method: 'POST',
    url: 'http://h/x',
    headers: {'content-type': 'application/json'},
    body: '{"a":1}\n',
  });
  for (const bad of ['', 'GET', 'GET /ready', 'GET ftp://h/', 'GET http://h/\nno header']) {
    expect(parseRequest(bad)).toHaveProperty('problem');
  }
});
