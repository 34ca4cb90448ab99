// Programs that start another one: how the other's words are found among theirs, one row each.
import {readOptions, split, type OptionNames} from './options.ts';
import {hole} from './overlap.ts';

/** What a wrapper starts: another command by its words, or a text for a shell. */
export type Inner =
  | {
      readonly at: 'words';
      readonly words: readonly string[];
      readonly assigns: readonly string[];
      /** In a place with files of its own. */
      readonly apart: boolean;
    }
  /** A shell that reads what it does from a file. */
  | {readonly at: 'script'; readonly file: string; readonly args: readonly string[]}
  | {
      readonly at: 'text';
      readonly text: string;
      readonly args?: readonly string[];
      readonly elsewhere: boolean;
    }
  /** A shell that reads what it does from its standard input. */
  | {readonly at: 'stdin'; readonly elsewhere: boolean};

interface Wrapper extends OptionNames {
  /** Words before the command that belong to the wrapper: a duration, a container. */
  readonly skips?: number;
  /** `NAME=value` words before the command. */
  readonly assigns?: boolean;
  /** An option whose value is a text for a shell. */
  readonly text?: readonly string[];
  /** Its own options may stand behind its operands. */
  readonly permutes?: boolean;
  /** The command is joined and read by a shell; `elsewhere`: on another machine. */
  readonly joined?: 'here' | 'elsewhere';
  /** The command has files of its own: a container, another root. */
  readonly apart?: boolean;
  /** Option that only asks about a command. */
  readonly asks?: readonly string[];
}

const plain: Wrapper = {};
const account: Wrapper = {
  short: 'csgGuTw',
  long: ['command', 'shell', 'user', 'group'],
  text: ['c', 'command'],
  skips: 1,
  permutes: true,
};

const wrappers: Readonly<Record<string, Wrapper>> = {
  sudo: {
    short: 'aCcDgGhpRrtTUu',
    long: ['user', 'group', 'host', 'prompt', 'chdir', 'chroot', 'close-from', 'role', 'type', 'other-user'],
    assigns: true,
    asks: ['l', 'list', 'v', 'validate'],
  },
  doas: {short: 'uC'},
  pkexec: {long: ['user']},
  env: {short: 'uCS', long: ['unset', 'chdir', 'split-string'], assigns: true},
  nohup: plain,
  setsid: plain,
  exec: {short: 'a'},
  builtin: plain,
  command: {asks: ['v', 'V']},
  time: {short: 'fo', long: ['format', 'output']},
  timeout: {short: 'ks', long: ['kill-after', 'signal'], skips: 1},
  nice: {short: 'n', long: ['adjustment']},
  ionice: {short: 'cn', long: ['class', 'classdata']},
  chrt: {short: 'TPD', skips: 1},
  taskset: {skips: 1},
  stdbuf: {short: 'ioe', long: ['input', 'output', 'error']},
  unbuffer: plain,
  strace: {short: 'abeEIoOpPsSuX'},
  ltrace: {short: 'aeFlnopsuwx'},
  caffeinate: {short: 'tw'},
  busybox: plain,
  toybox: plain,
  chroot: {long: ['userspec', 'groups'], skips: 1, apart: true},
  unshare: {short: 'RrSG', long: ['root', 'wd', 'setuid', 'setgid']},
  nsenter: {short: 'tSGrw', long: ['target', 'setuid', 'setgid'], apart: true},
  'systemd-run': {
    short: 'pEuGtMH',
    long: [
      'unit',
      'property',
      'setenv',
      'uid',
      'gid',
      'description',
      'slice',
      'machine',
      'host',
      'working-directory',
    ],
  },
  'systemd-inhibit': {long: ['what', 'who', 'why', 'mode']},
  sshpass: {short: 'pfdP'},
  setpriv: {long: ['reuid', 'regid', 'groups']},
  gosu: {skips: 1},
  'su-exec': {skips: 1},
  su: account,
  runuser: {...account, skips: 0},
  script: {short: 'cIOBTEmo', long: ['command'], text: ['c', 'command'], skips: 99, permutes: true},
  flock: {
    short: 'cwE',
    long: ['command', 'timeout', 'wait', 'conflict-exit-code'],
    text: ['c', 'command'],
    skips: 1,
  },
  watch: {short: 'nq', long: ['interval'], joined: 'here'},
  ssh: {short: 'BbcDEeFIiJLlmOopQRSWw', skips: 1, joined: 'elsewhere'},
  mosh: {short: 'p', long: ['ssh', 'port'], skips: 1, apart: true},
  ansible: {
    short: 'aimouftBPcleCMT',
    long: ['args', 'module-name', 'inventory', 'limit'],
    text: ['a', 'args'],
    skips: 99,
    permutes: true,
  },
};

/** Programs with a verb after which a place and then a command stands: `docker exec web rm …`. */
const containers = new Set([
  'docker',
  'podman',
  'nerdctl',
  'crictl',
  'kubectl',
  'oc',
  'k',
  'lxc',
  'incus',
  'multipass',
  'docker-compose',
  'fly',
  'flyctl',
  'gcloud',
  'vagrant',
]);
const insideOptions: OptionNames = {
  short: 'euwncpvlhm',
  long: [
    'env',
    'env-file',
    'user',
    'workdir',
    'namespace',
    'container',
    'name',
    'volume',
    'network',
    'entrypoint',
    'publish',
    'mount',
    'context',
    'project',
    'zone',
    'index',
    'platform',
  ],
  stops: true,
};

const shells = new Set([
  'sh',
  'bash',
  'dash',
  'ash',
  'ksh',
  'mksh',
  'zsh',
  'rbash',
  'yash',
  'fish',
  'csh',
  'tcsh',
]);

export const isShell = (program: string): boolean => shells.has(program);

/** Whether its language is the one that is read here. */
export const isPosixShell = (program: string): boolean =>
  shells.has(program) && !['fish', 'csh', 'tcsh'].includes(program);

/** What this command starts; undefined when it is no wrapper, or only asks about one. */
export function innerOf(program: string, args: readonly string[]): Inner | undefined {
  if (isShell(program)) return shellOf(args);
  if (program === 'xargs' || program === 'parallel') return undefined;
  if (containers.has(program)) return containerOf(args);
  const wrapper = Object.hasOwn(wrappers, program) ? wrappers[program] : undefined;
  if (wrapper === undefined) return undefined;
  const {options, operands} = readOptions(args, {...wrapper, stops: wrapper.permutes !== true});
  if (wrapper.asks?.some(name => options.has(name)) === true) return undefined;
  const text = wrapper.text?.flatMap(name => options.get(name) ?? [])[0];
  if (text !== undefined) return {at: 'text', text, elsewhere: false};
  const splitText = program === 'env' ? (options.get('S') ?? options.get('split-string'))?.[0] : undefined;
  const words = operands.slice(wrapper.skips ?? 0);
  const [option = '', behind] = words;
  if (wrapper.text !== undefined && behind !== undefined && /^-(?:c|-command)$/.test(option)) {
    return {at: 'text', text: behind, elsewhere: false};
  }
  if (splitText !== undefined) return {at: 'text', text: [splitText, ...words].join(' '), elsewhere: false};
  const first = wrapper.assigns === true ? words.findIndex(word => !/^[A-Za-z_]\w*=/.test(word)) : 0;
  const assigns = first === -1 ? words : words.slice(0, first);
  const rest = first === -1 ? [] : words.slice(first);
  if (wrapper.joined === undefined)
    return rest.length + assigns.length === 0
      ? undefined
      : {at: 'words', words: rest, assigns, apart: wrapper.apart === true};
  const elsewhere = wrapper.joined === 'elsewhere';
  if (rest.length > 0) return {at: 'text', text: rest.join(' '), elsewhere};
  return elsewhere && operands.length > 0 ? {at: 'stdin', elsewhere} : undefined;
}

/** `sh -c TEXT name args`, `sh -s`, `sh`, `sh FILE args`. */
function shellOf(args: readonly string[]): Inner | undefined {
  const {options, operands} = readOptions(args, {short: 'oO', long: ['rcfile', 'init-file'], stops: true});
  const [first, ...rest] = operands;
  if (options.has('c')) return {at: 'text', text: first ?? '', args: rest, elsewhere: false};
  const reads =
    first === undefined ||
    options.has('s') ||
    ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'].includes(first);
  if (reads) return {at: 'stdin', elsewhere: false};
  return first.includes(hole)
    ? {at: 'text', text: hole, elsewhere: false}
    : {at: 'script', file: first, args: rest};
}

function containerOf(args: readonly string[]): Inner | undefined {
  const verb = args.findIndex(arg => ['exec', 'run', 'rsh', 'ssh', 'debug'].includes(arg));
  if (verb === -1) return undefined;
  const after = args.slice(verb + 1);
  const remote = after.map(split).find(([name]) => name === '--command' || name === '-c');
  if (remote?.[1] !== undefined) return {at: 'text', text: remote[1], elsewhere: true};
  const dashes = after.indexOf('--');
  const words = dashes === -1 ? readOptions(after, insideOptions).operands.slice(1) : after.slice(dashes + 1);
  return words.length === 0 ? undefined : {at: 'words', words, assigns: [], apart: true};
}

/** The words that `xargs` and `parallel` put before those they read. */
export const appendedTo = (
  args: readonly string[],
): {words: readonly string[]; replace: string | undefined} => {
  const {options, operands} = readOptions(args, {
    short: 'adEILnPsS',
    long: ['arg-file', 'delimiter', 'max-args', 'max-procs', 'replace', 'max-lines', 'max-chars', 'jobs'],
    stops: true,
  });
  const given = operands.indexOf(':::');
  const words = given === -1 ? operands : [...operands.slice(0, given), ...operands.slice(given + 1)];
  const replace = (options.get('I') ?? options.get('replace'))?.[0] ?? (options.has('i') ? '{}' : undefined);
  return {words, replace: replace === '' ? '{}' : replace};
};

/** The commands in `-exec … ;`, `-ok … +` of `find`, with `path` for what is found. */
export function executedByFind(
  args: readonly string[],
  path: readonly string[],
): readonly (readonly string[])[] {
  return args.flatMap((arg, at) => {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(arg)) return [];
    const rest = args.slice(at + 1);
    const end = rest.findIndex(word => word === ';' || word === '+');
    const words = end === -1 ? rest : rest.slice(0, end);
    return [words.flatMap(word => (word === '{}' ? path : [word.replaceAll('{}', path[0] ?? hole)]))];
  });
}
