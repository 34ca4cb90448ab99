import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {shippedJobs} from '../../src/domain/schedule-shipped.ts';
import {parseSite} from '../../src/site/parse.ts';
import {inOrder} from '../../src/site/problem.ts';
import {resolveSite, type Resolved} from '../../src/site/resolve.ts';
import {smallSite} from '../helpers/site.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

const resolved = (content: string | Uint8Array): Resolved =>
  resolveSite(parseSite(typeof content === 'string' ? bytesOf(content) : content), {
    checks,
    runbookIds: new Set(['restart', 'verify-readiness']),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });

/** `line:column: message` of everything that is wrong. */
function problemsOf(content: string | Uint8Array): string[] {
  const answer = resolved(content);
  return answer.ok
    ? []
    : inOrder(answer.problems).map(({line, column, message}) => `${line}:${column}: ${message}`);
}

const head = 'site: a\nenvironment: staging\n';

describe('what is read', () => {
  test('what a retention does not name, or keeps for good, has no age', () => {
    const day = 86_400_000;
    const answer = resolved(
      `${head}retention: {outputs: 90d, notes: never, archive: {after: 30d, dir: /srv/a}}\n`,
    );
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    expect(answer.site.retention).toEqual({
      outputsMs: 90 * day,
      messagesMs: undefined,
      notesMs: undefined,
      archive: {afterMs: 30 * day, dir: '/srv/a'},
    });
  });

  test('anchors arrive with what they are; only SSH is another machine by itself', () => {
    const answer = resolved(
      `${head}anchors:\n  w: {type: ssh, host: ops@w, path: qd/notes}\n  d: {type: file, path: /mnt/n, offHost: true}\n  l: {type: syslog}\n`,
    );
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    expect(answer.site.anchors).toEqual([
      {name: 'w', type: 'ssh', host: 'ops@w', path: 'qd/notes', offHost: true},
      {name: 'd', type: 'file', path: '/mnt/n', offHost: true},
      {name: 'l', type: 'syslog', socket: undefined, offHost: false},
    ]);
  });

  test('defaults are filled in from the check type and the page of states', () => {
    const answer = resolved(smallSite);
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    const tcp = checks.find(({type}) => type === 'tcp');
    expect(answer.site).toEqual({
      jobs: shippedJobs,
      name: 'small',
      environment: 'staging',
      escalation: [],
      services: [
        {
          id: 'api',
          title: 'api',
          labels: [],
          runbooks: [],
          checks: [
            {
              service: 'api',
              id: 'port',
              type: 'tcp',
              panel: 'health',
              everyMs: tcp?.everyMs,
              timeoutMs: tcp?.timeoutMs,
              rollup: true,
              severity: 'sev2',
              strikes: {fail: 2, recover: 2},
              params: {host: '127.0.0.1', port: 9},
              line: 6,
            },
          ],
        },
      ],
    });
  });

  test('every field of a check, a service and the site arrives with its units', () => {
    const answer = resolved(`${head}escalation: [{who: Duty, phone: "+49 30", when: always}]
services:
  api:
    title: The API
    owner: platform
    labels: [sensitivity:restricted]
    runbooks: [restart]
    checks:
      a: {type: tcp, panel: readiness, host: h, port: 1, every: 1h, timeout: 1500ms, rollup: false, severity: sev4, strikes: 5}
      b: {type: tcp, host: h, port: 1, every: 15m, strikes: {recover: 1}, dependsOn: a}
      c: {type: tcp, host: h, port: 1, strikes: {within: {bad: 3, of: 5}, flapping: false}, dependsOn: [b, db, db/port]}
  db:
    checks:
      port: {type: tcp, host: h, port: 1}
`);
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    const [service] = answer.site.services;
    expect(answer.site.escalation).toEqual([{who: 'Duty', phone: '+49 30', when: 'always'}]);
    expect(service).toMatchObject({
      title: 'The API',
      owner: 'platform',
      labels: ['sensitivity:restricted'],
      runbooks: ['restart'],
    });
    expect(service?.checks).toMatchObject([
      {
        everyMs: 3_600_000,
        timeoutMs: 1500,
        rollup: false,
        severity: 'sev4',
        panel: 'readiness',
        strikes: {fail: 5, recover: 2},
      },
      {
        everyMs: 900_000,
        rollup: true,
        strikes: {fail: 2, recover: 1},
        dependsOn: [{service: 'api', check: 'a'}],
      },
      {
        // Three in a row are three of five; two in a row are not.
        strikes: {fail: 3, recover: 2, within: {bad: 3, of: 5}, flapping: false},
        dependsOn: [{service: 'api', check: 'b'}, {service: 'db'}, {service: 'db', check: 'port'}],
      },
    ]);
  });

  test('a check that names a host knows the alias by which ssh reaches it', () => {
    const answer = resolved(
      `${head}hosts: {db1: {ssh: ops@db1.example}}\nservices:\n  api:\n    checks:\n      there: {type: systemd, unit: a, on: db1}\n      here: {type: systemd, unit: a, on: local}\n`,
    );
    if (!answer.ok) throw new Error(JSON.stringify(answer.problems));
    expect(answer.site.services[0]?.checks.map(({host}) => host)).toEqual([
      {name: 'db1', ssh: 'ops@db1.example'},
      undefined,
    ]);
  });

  test('a byte order mark and CRLF make no difference', () => {
    expect(problemsOf(`\ufeff${smallSite.replaceAll('\n', '\r\n')}`)).toEqual([]);
  });
});

describe('what is refused names its place, what was expected and what was found', () => {
  test.each([
    ['an unknown key', `${head}sevices: {}`, ['3:1: `sevices` is not known here. Did you mean `services`?']],
    [
      'an unknown key of a service',
      `${head}services:\n  api:\n    onwer: me\n`,
      ['5:5: `services.api`: `onwer` is not known here. Did you mean `owner`?'],
    ],
    [
      'a mistyped field that all checks have',
      `${head}services:\n  api:\n    checks:\n      a: {type: tcp, host: h, port: 1, evry: 1m}\n`,
      ['6:40: `services.api.checks.a`: `evry` is not known here. Did you mean `every`?'],
    ],
    [
      'a mistyped field of the check type',
      `${head}services:\n  api:\n    checks:\n      a: {type: http, url: "http://h/", expect: {stauts: 200}}\n`,
      ['6:50: `services.api.checks.a.expect`: `stauts` is not known here. Did you mean `status`?'],
    ],
    [
      'a name that is spoken for',
      `${head}controls: {}\n`,
      ['3:1: `controls` is not known here. It is not supported by this version.'],
    ],
    [
      'an unknown check type',
      `${head}services: {api: {checks: {a: {type: tpc}}}}\n`,
      ['3:37: `services.api.checks.a`: there is no check type `tpc`. Did you mean `tcp`?'],
    ],
    ['a wrong type', `${head}services: [api]\n`, ['3:11: `services`: expected a mapping, found a list']],
    [
      'a wrong value',
      'site: a\nenvironment: prod\n',
      ['2:14: `environment`: expected one of `development`, `staging`, `production`, found `prod`'],
    ],
    [
      'a retention that is no age',
      `${head}retention:\n  outputs: 2h\n  notes: forever\n  archive: {after: 30d, dir: archive}\n  outptus: 3d\n`,
      [
        '4:12: `retention.outputs`: expected between 1d and 36500d, or `never`, found `2h`',
        '5:10: `retention.notes`: expected a duration such as 90d, or `never`, found `forever`',
        '6:30: `retention.archive.dir`: expected an absolute path such as /srv/archive, found `archive`',
        '7:3: `retention`: `outptus` is not known here. Did you mean `outputs`?',
      ],
    ],
    [
      'a missing field',
      'site: a\n',
      ['1:1: `environment` is missing: expected one of `development`, `staging`, `production`'],
    ],
    [
      'a number for a phone',
      `${head}escalation:\n  - who: x\n    phone: 0049301\n`,
      ['5:12: `escalation.0.phone`: expected text, found the number 49301'],
    ],
    [
      'a duration without a unit',
      `${head}services:\n  a:\n    checks:\n      b: {type: tcp, host: h, port: 1, every: 30, timeout: 5 s}\n`,
      [
        '6:47: `services.a.checks.b.every`: expected text, found the number 30',
        '6:60: `services.a.checks.b.timeout`: expected a duration such as 500ms, 30s, 15m or 1h, found `5 s`',
      ],
    ],
    [
      'a duration out of bounds',
      `${head}services: {a: {checks: {b: {type: tcp, host: h, port: 1, every: 500ms}}}}\n`,
      ['3:65: `services.a.checks.b.every`: expected between 1s and 7d, found `500ms`'],
    ],
    [
      'strikes of a wrong kind',
      `${head}services: {a: {checks: {b: {type: tcp, host: h, port: 1, strikes: many}}}}\n`,
      ['3:67: `services.a.checks.b.strikes`: expected a number or a mapping, found `many`'],
    ],
    [
      'strikes of a right kind with a wrong field',
      `${head}services: {a: {checks: {b: {type: tcp, host: h, port: 1, strikes: {fial: 2}}}}}\n`,
      ['3:68: `services.a.checks.b.strikes`: `fial` is not known here. Did you mean `fail`?'],
    ],
    [
      'more bad looks than looks',
      `${head}services: {a: {checks: {b: {type: tcp, host: h, port: 1, strikes: {within: {bad: 6, of: 5}}}}}}\n`,
      ['3:82: `services.a.checks.b.strikes.within.bad`: expected no more than `of`, found the number 6'],
    ],
    [
      'a dependency that is not there',
      `${head}services:\n  a:\n    checks:\n      live: {type: tcp, host: h, port: 1}\n      c: {type: tcp, host: h, port: 1, dependsOn: [lvie, b/x, nothing-like-it]}\n`,
      [
        '7:52: `services.a.checks.c.dependsOn`: there is no check or service `lvie`. Did you mean `live`?',
        '7:58: `services.a.checks.c.dependsOn`: there is no check or service `b/x`.',
        '7:63: `services.a.checks.c.dependsOn`: there is no check or service `nothing-like-it`.',
      ],
    ],
    [
      'checks that depend on each other, over other services too',
      `${head}services:\n  a:\n    checks:\n      c: {type: tcp, host: h, port: 1, dependsOn: b}\n      alone: {type: tcp, host: h, port: 1, dependsOn: c}\n  b:\n    checks:\n      d: {type: tcp, host: h, port: 1, dependsOn: [a/c]}\n`,
      [
        '6:40: `services.a.checks.c.dependsOn`: it depends on itself: a/c → b/d → a/c',
        '10:40: `services.b.checks.d.dependsOn`: it depends on itself: b/d → a/c → b/d',
      ],
    ],
    [
      'a check that depends on its own service',
      `${head}services: {a: {checks: {c: {type: tcp, host: h, port: 1, dependsOn: a}}}}\n`,
      ['3:58: `services.a.checks.c.dependsOn`: it depends on itself: a/c → a/c'],
    ],
    [
      'a parameter of a wrong type',
      `${head}services: {a: {checks: {b: {type: tcp, host: h, port: "80"}}}}\n`,
      ['3:55: `services.a.checks.b.port`: expected a number, found `80`'],
    ],
    [
      'a name that is no name',
      `${head}services:\n  "a b": {}\n`,
      [
        '4:3: `services.a b`: expected a name of at most 63 letters, digits, `-`, `_` and `.`, beginning with a letter or digit',
      ],
    ],
    [
      'a runbook that is not there',
      `${head}services: {a: {runbooks: [restart, verify-redines]}}\n`,
      ['3:36: `services.a.runbooks`: there is no runbook `verify-redines`. Did you mean `verify-readiness`?'],
    ],
    [
      'a host that the site does not name',
      `${head}hosts: {db1: {ssh: db1}}\nservices:\n  a:\n    checks:\n      b: {type: systemd, unit: api, on: db2}\n`,
      ['7:41: `services.a.checks.b.on`: there is no host `db2`. Did you mean `db1`?'],
    ],
    [
      'a host on a site that names none',
      `${head}services:\n  a:\n    checks:\n      b: {type: command, on: web, argv: [uptime]}\n`,
      ['6:30: `services.a.checks.b.on`: there is no host `web`. Known: local.'],
    ],
    [
      'a database that the site does not name',
      `${head}sources: {orders: {type: sqlite, path: /x.db}}\nservices:\n  a:\n    checks:\n      b: {type: sql, source: order, query: SELECT 1, expect: {scalar: 1}}\n`,
      ['7:30: `services.a.checks.b.source`: there is no source `order`. Did you mean `orders`?'],
    ],
    [
      'an input that is no check of the service',
      `${head}services:\n  a:\n    checks:\n      live: {type: tcp, host: h, port: 1}\n      c: {type: consistency, when: {lvie: pass}, require: {live: pass}, else: {message: m}}\n`,
      ['7:37: `services.a.checks.c`: this service has no check `lvie`. Did you mean `live`?'],
    ],
    [
      'a check that names itself',
      `${head}services:\n  a:\n    checks:\n      c: {type: consistency, when: {c: pass}, require: {c: pass}, else: {message: m}}\n`,
      ['6:7: `services.a.checks.c`: it names itself as an input'],
    ],
    [
      'checks that wait for each other',
      `${head}services:\n  a:\n    checks:\n${['c', 'd']
        .map((name, i) => {
          const other = i === 0 ? 'd' : 'c';
          return `      ${name}: {type: consistency, when: {${other}: pass}, require: {${other}: pass}, else: {message: m}}\n`;
        })
        .join('')}`,
      [
        '6:7: `services.a.checks.c`: it waits for a check that waits for it',
        '7:7: `services.a.checks.d`: it waits for a check that waits for it',
      ],
    ],
    [
      'an anchor of a type that is not there, or without one',
      `${head}anchors:\n  a: {type: shh, host: w}\n  b: {}\n`,
      [
        '4:13: `anchors.a.type`: expected one of `file`, `syslog`, `ssh`, found `shh`',
        '5:6: `anchors.b.type` is missing: expected one of `file`, `syslog`, `ssh`',
      ],
    ],
    [
      'an anchor with a key that is not its own',
      `${head}anchors: {a: {type: ssh, hots: w, path: n}}\n`,
      [
        '3:14: `anchors.a.host` is missing: expected text',
        '3:26: `anchors.a`: `hots` is not known here. Did you mean `host`?',
      ],
    ],
    [
      'an anchor whose path or host a shell or ssh would read as something else',
      `${head}anchors: {a: {type: ssh, host: "-oProxyCommand=x", path: "a;b"}, b: {type: file, path: notes}}\n`,
      [
        '3:32: `anchors.a.host`: expected a host or an alias of ~/.ssh/config, such as witness or ops@witness.example, found `-oProxyCommand=x`',
        '3:58: `anchors.a.path`: expected a path of letters, digits and `_`, `.`, `/`, `@`, `+`, `=`, `:`, `-`, found `a;b`',
        '3:88: `anchors.b.path`: expected an absolute path such as /srv/anchors/notes, found `notes`',
      ],
    ],
    ['text instead of a mapping', 'hello', ['1:1: the file: expected a mapping, found `hello`']],
    ['an empty file', '# nothing\n', ['1:1: the file is empty']],
  ])('%s', (_, text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('everything that is wrong is said at once, in the order of the file', () => {
    const text = `site: "no good"
environment: prod
servces: {}
services:
  api:
    runbooks: [nope]
    checks:
      a: {type: tcp, host: h}
      b: {type: nope}
`;
    expect(problemsOf(text).map(line => line.split(' ')[0])).toEqual([
      '1:7:',
      '2:14:',
      '3:1:',
      '6:16:',
      '8:10:',
      '9:17:',
    ]);
  });
});

describe('YAML that is more than data', () => {
  const bomb = `a: &a [x, x]\n${'bcdefgh'
    .split('')
    .map((name, i) => `${name}: &${name} [${`*${'abcdefg'.charAt(i)}, `.repeat(9)}]\n`)
    .join('')}`;

  test.each([
    ['an alias bomb', bomb, '1:7: `&a` is an anchor; anchors and aliases are not supported'],
    ['a tag', 'site: !!js/function x', '1:21: the tag `!!js/function` is not supported; remove it'],
    ['a merge key', '<<: {site: a}', '1:1: `<<` merges are not supported; write the keys out instead'],
    ['a key that reaches the prototype', '__proto__: {site: a}', '1:1: `__proto__` cannot be a name'],
    ['a key twice', 'site: a\nsite: b', '2:1: `site` stands here a second time (first on line 1)'],
    ['a tab as indentation', 'services:\n\tapi: {}', '2:1: a tab indents this line; YAML wants spaces'],
    [
      'a second document',
      'site: a\n---\nsite: b',
      '2:1: a second document begins here; a site file holds one',
    ],
    ['YAML 1.1', '%YAML 1.1\n---\nsite: a', '1:1: only YAML 1.2 is read; remove the %YAML line'],
    ['a key that is a mapping', '{a: 1}: 2', '1:1: a key must be plain text'],
    [
      'a bracket left open',
      'site: [a',
      '1:9: a `[` is not closed by `]`, or what it holds is not indented enough',
    ],
    ['a NUL byte', 'site: a\0b', '1:8: a NUL byte does not belong in a site file'],
    [
      'an escape character',
      'site: a\nx: \x1b[2J',
      '2:4: the control character U+001B does not belong in a site file',
    ],
    [
      'a right-to-left override',
      'site: "a\u202eb"',
      '1:9: the invisible direction mark U+202E does not belong in a site file',
    ],
    ['a thousand brackets', '['.repeat(1000), '1:33: nested more than 32 levels deep'],
    ['a thousand dashes', '- '.repeat(1000), '1:65: nested more than 32 levels deep'],
    [
      'deep indentation',
      Array.from({length: 40}, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      '33:33: nested more than 32 levels deep',
    ],
  ])('%s is refused', (_, text, first) => {
    expect(problemsOf(text)[0]).toBe(first);
  });

  test('bytes that are no UTF-8 are refused by line', () => {
    expect(problemsOf(Uint8Array.of(0x61, 0x3a, 0x0a, 0xff))).toEqual(['2:1: this line is not UTF-8 text']);
    expect(problemsOf(Uint8Array.of(0xff, 0xfe, 0x61, 0))).toEqual([
      '1:1: the file is UTF-16; save it as UTF-8',
    ]);
  });

  test('five mebibytes, and a mebibyte of values, are refused without much work', () => {
    expect(problemsOf('#'.repeat(5 * 1024 * 1024))).toEqual([
      '1:1: the file has 5242880 bytes, and 1048576 is the most',
    ]);
    expect(problemsOf(`[${'1,'.repeat(500_000)}]`)[0]).toMatch(/more than 100000 values in one file$/);
  });

  test('any text at all gives a site or problems with a place inside the file', () => {
    const pieces = fc.constantFrom(
      'site',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '&a ',
      '*a',
      '!t ',
      '|',
      '>',
      '#',
      '?',
      'x',
      '1',
      '---',
      '%',
      '\t',
      'services',
    );
    fc.assert(
      fc.property(fc.array(pieces, {maxLength: 40}), parts => {
        const text = parts.join('');
        const answer = resolved(text);
        if (answer.ok) return;
        expect(answer.problems.length).toBeGreaterThan(0);
        for (const {line, column} of answer.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split('\n').length);
          expect(column).toBeGreaterThanOrEqual(1);
        }
      }),
      {numRuns: 400},
    );
  });
});
