// `ctl`: what the shipped runbooks call to operate the reference service.
import {parseArgs} from 'node:util';
import {type ControlRequest, askSupervisor} from './shared/control.ts';
import {type UnitName, chooseFolder, unitNames} from './shared/folder.ts';
import {loadSigningKey, makeSession} from './service/signing.ts';
import {messageOf, oneOf, parseDurationMs, reportFailure, usage} from './shared/text.ts';

const help = `ctl: operates the reference service

  ctl status [--json]                     what runs, in rotation or drained, requests in flight
  ctl start NAME…                         start and wait until it serves
  ctl stop NAME… [--grace 5s] [--force-after-grace]
  ctl restart NAME… [--grace 5s] [--force-after-grace]
  ctl drain UPSTREAM [--wait 10s]         take out of rotation, wait until nothing is in flight
  ctl undrain UPSTREAM                    put back into rotation
  ctl heads [--json]                      migration heads: expected, in code, in the database
  ctl migrate [ID|head]                   apply missing migrations, forward only
  ctl session USER                        a session cookie for /api/auth/me
  ctl shutdown                            stop everything, the supervisor too

NAME: database, upstream-a, upstream-b, gateway, or upstreams, all.
The demo is named by --dir DIR, else $QD_DEMO_DIR.
Exit status: 0 done or good, 1 the answer is no, 2 could not tell or could not do it, 64 usage.
`;

const verbs = [
  'status',
  'start',
  'stop',
  'restart',
  'drain',
  'undrain',
  'heads',
  'migrate',
  'session',
  'shutdown',
] as const;
const groups: Readonly<Record<'upstreams' | 'all', readonly UnitName[]>> = {
  upstreams: ['upstream-a', 'upstream-b'],
  all: unitNames,
};

async function main(): Promise<number> {
  const {values, positionals} = parse();
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const verb = oneOf(positionals[0], verbs, 'command');
  const rest = positionals.slice(1);
  const folder = chooseFolder(values.dir, {latest: false});
  if (verb === 'session') {
    const user = only(rest, verb, 'USER');
    process.stdout.write(`session=${makeSession(loadSigningKey(folder), user)}\n`);
    return 0;
  }
  const {lines, exit, data} = await askSupervisor(folder, toRequest(verb, rest, values));
  process.stdout.write(
    values.json === true ? `${JSON.stringify(data)}\n` : lines.map(line => `${line}\n`).join(''),
  );
  return exit;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        dir: {type: 'string'},
        json: {type: 'boolean'},
        grace: {type: 'string', default: '5s'},
        'force-after-grace': {type: 'boolean', default: false},
        wait: {type: 'string', default: '10s'},
        help: {type: 'boolean', short: 'h'},
      },
    });
  } catch (error) {
    throw usage(messageOf(error), 'See `ctl --help`.');
  }
}

type Options = ReturnType<typeof parse>['values'];

function toRequest(
  verb: Exclude<(typeof verbs)[number], 'session'>,
  rest: readonly string[],
  options: Options,
): ControlRequest {
  switch (verb) {
    case 'status':
    case 'heads':
    case 'shutdown':
      none(rest, verb);
      return {op: verb};
    case 'start':
      return {op: verb, names: units(rest)};
    case 'stop':
    case 'restart':
      return {
        op: verb,
        names: units(rest),
        graceMs: parseDurationMs(options.grace, '--grace'),
        force: options['force-after-grace'],
      };
    case 'drain':
    case 'undrain': {
      const name = oneOf(only(rest, verb, 'UPSTREAM'), ['upstream-a', 'upstream-b'], 'upstream');
      return {op: verb, name, waitMs: parseDurationMs(options.wait, '--wait')};
    }
    case 'migrate':
      return {op: verb, target: rest.length === 0 ? null : only(rest, verb, 'ID')};
  }
}

function units(names: readonly string[]): UnitName[] {
  const known = [...unitNames, 'upstreams', 'all'] as const;
  if (names.length === 0)
    throw usage('Which part? A NAME is needed.', `One or more of: ${known.join(', ')}.`);
  const chosen = names.flatMap((name): readonly UnitName[] => {
    const found = oneOf(name, known, 'part');
    return found === 'upstreams' || found === 'all' ? groups[found] : [found];
  });
  return [...new Set(chosen)];
}

function only(rest: readonly string[], verb: string, what: string): string {
  const [first, ...others] = rest;
  if (first === undefined || others.length > 0)
    throw usage(`\`ctl ${verb}\` takes exactly one ${what}.`, 'See `ctl --help`.');
  return first;
}

function none(rest: readonly string[], verb: string): void {
  if (rest.length > 0) throw usage(`\`ctl ${verb}\` takes no "${rest.join(' ')}".`, 'See `ctl --help`.');
}

main().then(
  exit => {
    process.exitCode = exit;
  },
  (error: unknown) => {
    process.exitCode = reportFailure('ctl', error);
  },
);
