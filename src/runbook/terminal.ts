// Commands that need a real terminal: nested shells, database clients, editors, full-screen programs, streams without end.
import {bare, simpleCommands} from './commands.ts';
import {words} from './programs.ts';

/** Always: editors, pagers, full-screen programs, and what asks questions. */
const always = words(`
  watch top htop less more vi vim nvim nano emacs telnet visudo vigr vipw k9s tmux screen minicom passwd fdisk cfdisk
  gdb irb ipython iex lldb mc ncdu iotop iftop nethogs atop btop sqlplus cqlsh ftp sftp ispell dpkg-reconfigure
`);
/** Shells and interpreters: only when nothing says what to run. */
const shells = words('bash sh zsh ksh fish dash ash python python3 node php lua R julia scala ghci');
/** Database and queue clients: a prompt, unless one of these says what to run. */
const clients: Readonly<Record<string, RegExp>> = {
  psql: /^(?:-[a-zA-Z]*[cfl]|--command.*|--file.*|--list|-V|--version)$/,
  'gitlab-psql': /^(?:-[a-zA-Z]*[cfl]|--command.*)$/,
  mysql: /^(?:-[a-zA-Z]*e.*|--execute.*|-V|--version)$/,
  mariadb: /^(?:-[a-zA-Z]*e.*|--execute.*)$/,
  mongo: /^(?:--eval.*|--version|.*\.js)$/,
  mongosh: /^(?:--eval.*|--version|.*\.js)$/,
  'clickhouse-client': /^(?:-q.*|--query.*|--version)$/,
  influx: /^(?:-execute.*|query|write)$/,
};
/** Containers: these subcommands open a shell of their own. */
const containers = words('oc kubectl docker podman nerdctl crictl ctr lxc docker-compose k');

const tty = /^-(?=[a-zA-Z]*[it])[a-zA-Z]{1,4}$|^--(?:stdin|tty|interactive)(?:=true)?$/;

/** Command substitutions as plain words, so that the words around them can be read. */
function withoutSubstitutions(text: string): string {
  let out = text;
  for (let round = 0; round < 3 && out.includes('$('); round++) out = out.replace(/\$\([^()]*\)/g, 'X');
  return out.replace(/`[^`\n]*`/g, 'X');
}

/** Whether running the text would open a shell, an editor or a full-screen program: it needs a real terminal. */
export function opensTerminal(text: string): boolean {
  const commands = simpleCommands(text) ?? simpleCommands(withoutSubstitutions(text));
  if (commands !== undefined) return commands.some(command => needsTerminal(bare(command), command));
  // What is typed into a nested shell is no shell text, so each line is read by itself.
  return text.split('\n', 500).some(line => {
    const alone = simpleCommands(line) ?? simpleCommands(withoutSubstitutions(line));
    return alone === undefined
      ? /^\s*(?:sudo\s+)?(?:oc|kubectl|docker|podman)\s.{0,200}?\b(?:exec|debug|rsh|run)\b.{0,400}?\s-(?:i?t|ti|it|-tty)\b/.test(
          line,
        )
      : alone.some(command => needsTerminal(bare(command), command));
  });
}

/** The first words that are no options, and no values of the usual options. */
const operands = (args: readonly string[]): readonly string[] =>
  args.filter((arg, i) => !arg.startsWith('-') && !/^-[pilFJoLRDbceEmQSWwnhuUPd]$/.test(args[i - 1] ?? ''));

function needsTerminal(command: readonly string[], whole: readonly string[]): boolean {
  const [program, ...args] = command;
  if (program === undefined) return false;
  if (program.startsWith('-') && whole[0] === 'sudo') return args.length === 0 && /^-[is]$/.test(program);
  const fed = whole.some(word => word.startsWith('<'));
  const plain = operands(args);
  const [verb = ''] = plain;
  if (always.has(program)) return !args.some(arg => /^-{1,2}(?:b|batch|version|help)$/.test(arg));
  if (shells.has(program)) return args.length === 0 && !fed;
  if (containers.has(program)) {
    if (verb === 'debug' || verb === 'rsh') return !args.includes('--') || args.some(arg => tty.test(arg));
    if (verb === 'edit' || verb === 'attach') return true;
    const before = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
    const until = before.findIndex(arg => arg === verb);
    const after = before.slice(until + 1);
    // Options of the container's own command come after its name; only those before it are docker's.
    return ['exec', 'run', 'compose', 'shell'].includes(verb) && leading(after).some(arg => tty.test(arg));
  }
  const silent = Object.hasOwn(clients, program) ? clients[program] : undefined;
  if (silent !== undefined) return !fed && !args.some(arg => silent.test(arg));
  switch (program) {
    case 'ssh':
      return (
        (plain.length < 2 && !fed && !args.some(arg => /^-[a-zA-Z]*[NV]$/.test(arg))) ||
        args.some(arg => /^-tt?$/.test(arg))
      );
    case 'redis-cli':
      return (
        plain.length < 1 &&
        !fed &&
        !args.some(arg => /^--(?:scan|bigkeys|stat|eval|version|latency.*)$/.test(arg))
      );
    case 'sqlite3':
      return plain.length < 2 && !fed;
    case 'chroot':
    case 'nsenter':
      return plain.length < 2 && !fed;
    case 'su':
      return !args.some(arg => /^(?:-c|--command.*)$/.test(arg)) && !fed;
    case 'virtctl':
    case 'virsh':
      return ['console', 'vnc', 'ssh', 'edit'].includes(verb);
    case 'aws':
      return plain[0] === 'ssm' && plain[1] === 'start-session';
    case 'gcloud':
      return plain.includes('ssh') && !args.some(arg => arg.startsWith('--command'));
    case 'gitlab-rails':
    case 'rails':
    case 'bin/rails':
      return ['console', 'c', 'dbconsole', 'db'].includes(verb);
    case 'gitlab-ctl':
    case 'tail':
      return args.some(arg => /^(?:-[a-zA-Z]*[fF]|--follow.*|tail)$/.test(arg));
    case 'journalctl':
      return args.some(arg => /^(?:-[a-zA-Z]*f[a-zA-Z]*|--follow)$/.test(arg));
    case 'crontab':
      return args.includes('-e');
    case 'git':
      return (
        ['rebase', 'add'].includes(verb) && args.some(arg => /^(?:-i|-p|--interactive|--patch)$/.test(arg))
      );
    case 'terraform':
      return verb === 'console';
    default:
      return false;
  }
}

/** Arguments up to the second operand: what belongs to `docker exec` itself and the container's name. */
function leading(args: readonly string[]): readonly string[] {
  const end = args.findIndex(
    (arg, i) => !arg.startsWith('-') && !/^-[a-zA-Z]$|^--(?!tty|stdin)[a-z-]+$/.test(args[i - 1] ?? ''),
  );
  // kubectl takes its options after the pod's name too.
  return end === -1 ? args : args.slice(0, end + 4);
}
