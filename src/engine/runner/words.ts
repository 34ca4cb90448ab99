// Argument vectors around argument vectors: a login shell, another account, a scope. Values never become shell text.
import type {Words} from '../../remote/quote.ts';
import type {Job} from './job.ts';

/** Shells in which `-l -c 'exec "$@"'` means the same. */
const knownShells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'mksh']);

/** In the environment that a login makes: the account's profile is read first. */
export function inLogin(argv: Words, shell: string | undefined): Words {
  const name = shell?.split('/').at(-1) ?? '';
  const login = shell !== undefined && knownShells.has(name) ? shell : 'sh';
  return [login, '-l', '-c', 'exec "$@"', 'login', ...argv];
}

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'zsh']);

/**
 * As another account, through sudo that asks nothing. Names of variables that are to be kept need SETENV in sudoers; an
 * inline command without variables names none, so that a rule for that very command is enough.
 */
export function asAccount(argv: Words, account: string, {names, ask = false}: Account): Words {
  const isPlain = names.length === 0 && !shells.has(argv[0]);
  const kept = [...names, 'QD_RUN', 'QD_FENCE', 'QD_STEP'];
  return [
    'sudo',
    ...(ask ? [] : ['-n']),
    '-u',
    account,
    ...(isPlain ? [] : [`--preserve-env=${kept.join(',')}`]),
    '--',
    ...argv,
  ];
}

interface Account {
  /** Variables of the run and secrets. */
  readonly names: readonly string[];
  /** Whether sudo may ask for a password: only on a terminal. */
  readonly ask?: boolean;
}

/** In a transient scope of systemd, whose processes can be found, and ended, wherever they went. */
export const inScope = (argv: Words, {user}: {readonly user: boolean}, unit: string): Words => [
  'systemd-run',
  ...(user ? ['--user'] : []),
  '--scope',
  '--quiet',
  '--collect',
  `--unit=${unit}`,
  '--',
  ...argv,
];

/** Environment of a step besides what it inherits. */
export const stepVariables = (job: Job): Readonly<Record<string, string>> => ({
  ...job.vars,
  ...job.secrets,
  QD_RUN: job.run,
  QD_FENCE: String(job.fence),
});

export const namesOf = (job: Job): readonly string[] => [
  ...Object.keys(job.vars),
  ...Object.keys(job.secrets ?? {}),
];

/** One variable may not be longer: the kernel takes 128 KiB with its name. */
const maxVariableBytes = 100 * 1024;

/** Why the job cannot be started as it is; undefined when it can. Values are never in the text. */
export function jobProblem(job: Job): string | undefined {
  const {on, runAs, act} = job;
  for (const [name, value] of Object.entries({...job.vars, ...job.secrets})) {
    if (!/^[A-Za-z_]\w*$/.test(name)) return `${JSON.stringify(name)} is no name of a variable.`;
    if (value.includes('\0')) return `The value of ${name} holds a NUL character, which no variable can.`;
    const size = Buffer.byteLength(value);
    if (size > maxVariableBytes)
      return `The value of ${name} has ${size} bytes; a variable may have ${maxVariableBytes}. Put it into a file, and the file's name into the variable.`;
  }
  if (on !== undefined && !/^[\w@%+=:,./~[\]][\w@%+=:,./~[\]-]*$/.test(on))
    return `${JSON.stringify(on)} is no name of a host for ssh.`;
  if (runAs !== undefined && !/^[A-Za-z_][\w.@$-]*$|^#\d+$/.test(runAs))
    return `${JSON.stringify(runAs)} is no name of an account.`;
  const elsewhere = act.at === 'http' || act.at === 'sql' || act.at === 'promql';
  if (elsewhere && (on !== undefined || runAs !== undefined))
    return `A step of type ${act.at} is done from this host by this account; it cannot have "on" or "run-as".`;
  if ('argv' in act && act.argv.some(word => word.includes('\0')))
    return 'Its command holds a NUL character.';
  return undefined;
}
