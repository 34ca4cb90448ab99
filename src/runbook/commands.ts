// What a command line does, as far as its words tell: read or write, nested shell, recognised at all. Guesses err towards write.
import type {Effect} from '../domain/runbook.ts';

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Programs that only look, whatever their arguments. */
const readers = words(`
  cat zcat grep egrep fgrep zgrep rg ls head wc df du free ps uptime date hostname whoami id groups uname which
  whereis type stat file dig host nslookup ping traceroute tracepath mtr ss netstat lsof dmesg vmstat iostat mpstat
  pidstat sort uniq cut tr jq echo printf test true false diff cmp sha256sum sha512sum md5sum printenv env pwd cd export
  set column nl tac rev basename dirname realpath readlink seq getent lscpu lsblk lspci sleep pgrep awk tail sed find
  curl journalctl ip man history wait [ read shopt unset
`);

/** Programs with subcommands: these only look. */
const readingSubcommands: Readonly<Record<string, ReadonlySet<string>>> = {
  systemctl: words(
    'status is-active is-enabled is-failed show list-units list-timers list-unit-files cat list-sockets',
  ),
  service: words('status --status-all'),
  kubectl: words('get describe logs top version explain api-resources api-versions cluster-info events diff'),
  oc: words('get describe logs status version whoami explain projects project'),
  docker: words('ps logs inspect images info version stats top port diff'),
  podman: words('ps logs inspect images info version stats top port diff'),
  crictl: words('ps logs inspect images info version stats pods'),
  git: words('status log diff show rev-parse blame describe ls-files ls-remote'),
  helm: words('list ls status get history version lint template search'),
  alembic: words('heads current history show branches'),
  etcdctl: words('endpoint version get'),
  promtool: words('query check'),
  terraform: words('show output validate version providers'),
  apt: words('list show search'),
  'apt-cache': words('policy show search'),
  dpkg: words('-l -s -L --list --status'),
  rpm: words('-q -qa -qi -ql'),
  ceph: words('status health -s df'),
  consul: words('members info version'),
  nomad: words('status version'),
  vault: words('status version'),
  nodetool: words('status info tpstats'),
  virtctl: words('version guestosinfo fslist userlist'),
  quarterdeck: words('check status'),
  nc: words('-z -vz -zv'),
};

/** Programs that are known as commands besides the ones above, for blocks and inline code without a language. */
const known = words(`
  sudo ssh scp rsync psql mysql mongo mongosh redis-cli sqlite3 pg_ctl pg_dump pg_restore pg_isready su chroot cp mv rm
  mkdir rmdir touch chmod chown ln kill pkill killall tar gzip gunzip unzip make npm npx pnpm yarn bun node deno python
  python3 pip ruby bundle rake rails go cargo java mvn gradle wget tee xargs watch top htop less more vi vim nano crontab
  mount umount fdisk mkfs lvextend resize2fs swapoff swapon sysctl modprobe iptables nft ufw ifconfig route reboot
  shutdown halt poweroff apt-get yum dnf apk brew snap ansible ansible-playbook chef-client knife aws gcloud az doctl
  eksctl kustomize skopeo openssl gpg ssh-keygen base64 xxd strace tcpdump gdb perf gitlab-ctl gitlab-rails
  gitlab-rake amtool tsh knife bin/rails bin/rake alembic flyway liquibase haproxy nginx source bash sh zsh
  for while if function docker-compose gsutil bq hab patronictl pgbouncer telnet nmap stern k9s kubectx kubens ctr
`);

const standalone = words('top htop reboot pwd whoami uptime hostname df ls ps free id date exit');

/** Shell text as simple commands (their words), or undefined when it holds more than words, quotes, pipes and lists. */
function simpleCommands(text: string): string[][] | undefined {
  const out: string[][] = [];
  let current: string[] = [];
  let word = '';
  let inWord = false;
  const endWord = (): void => {
    if (inWord) current.push(word);
    word = '';
    inWord = false;
  };
  const endCommand = (): void => {
    endWord();
    if (current.length > 0) out.push(current);
    current = [];
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "'") {
      const close = text.indexOf("'", i + 1);
      if (close < 0) return undefined;
      word += text.slice(i + 1, close);
      inWord = true;
      i = close;
    } else if (char === '"') {
      let j = i + 1;
      for (; j < text.length && text.charAt(j) !== '"'; j++) {
        if (text.charAt(j) === '`' || text.startsWith('$(', j)) return undefined;
        if (text.charAt(j) === '\\') j++;
        word += text.charAt(j);
      }
      if (j >= text.length) return undefined;
      inWord = true;
      i = j;
    } else if (char === '\\') {
      if (text.charAt(i + 1) === '\n') endWord();
      else {
        word += text.charAt(i + 1);
        inWord = true;
      }
      i++;
    } else if (char === '#' && !inWord) {
      const eol = text.indexOf('\n', i);
      i = eol < 0 ? text.length : eol - 1;
    } else if (char === ' ' || char === '\t') endWord();
    else if (char === '\n' || char === ';' || char === '|') endCommand();
    else if (char === '&' && !word.endsWith('>')) endCommand();
    else if (char === '(' || char === ')' || char === '`' || text.startsWith('<<', i)) return undefined;
    else {
      word += char;
      inWord = true;
    }
  }
  endCommand();
  return out;
}

const assignment = /^[A-Za-z_][A-Za-z0-9_]*=/;

/** The words without leading assignments, `sudo`, `time` and the like. */
function bare(command: readonly string[]): readonly string[] {
  let i = 0;
  while (i < command.length) {
    const word = command[i] ?? '';
    if (assignment.test(word) || ['sudo', 'time', 'nohup', 'exec', 'command'].includes(word)) i++;
    else if (word === '-u' && command[i - 1] === 'sudo') i += 2;
    else break;
  }
  return command.slice(i);
}

const harmlessRedirect = /^(?:\d?>&\d|\d?>>?\/dev\/(?:null|stderr|stdout)|&>\/dev\/null|<.*)$/;

function writesFile(command: readonly string[]): boolean {
  return command.some((word, i) => {
    if (!/^(?:\d|&)?>/.test(word)) return false;
    const joined = /^(?:\d|&)?>{1,2}$/.test(word) ? word + (command[i + 1] ?? '') : word;
    return !harmlessRedirect.test(joined);
  });
}

const changes: Readonly<Record<string, (args: readonly string[]) => boolean>> = {
  find: args => args.some(arg => /^-(?:delete|exec|execdir|ok|okdir|fprint.*)$/.test(arg)),
  sed: args => args.some(arg => /^(?:-[a-zA-Z]*i|--in-place)/.test(arg)),
  awk: args => args.some(arg => /system\s*\(|>/.test(arg)),
  sort: args => args.some(arg => /^-o|^--output/.test(arg)),
  dmesg: args => args.some(arg => /^(?:-[a-zA-Z]*[cC]|--clear|--read-clear)$/.test(arg)),
  hostname: args => args.length > 0 && !args.every(arg => arg.startsWith('-')),
  date: args => args.some(arg => /^(?:-s|--set)/.test(arg)),
  env: args => args.some(arg => !arg.startsWith('-') && !assignment.test(arg)),
  journalctl: args => args.some(arg => /^--(?:vacuum|rotate|flush|sync)/.test(arg)),
  ip: args => args.some(arg => /^(?:add|del|delete|set|change|replace|flush|exec)$/.test(arg)),
  curl: args =>
    args.some(
      (arg, i) =>
        /^(?:-[a-zA-Z]*[dFToOK]|--data.*|--form.*|--upload-file|--json|--output|--remote-name|--config)$/.test(
          arg,
        ) && !(/^(?:-[a-zA-Z]*o|--output)$/.test(arg) && args[i + 1] === '/dev/null'),
    ) ||
    args.some(
      (arg, i) =>
        /^(?:-[a-zA-Z]*X|--request)$/.test(arg) && !/^(?:GET|HEAD|OPTIONS)$/.test(args[i + 1] ?? ''),
    ) ||
    args.some(arg => /^(?:-X|--request=)(?!GET|HEAD|OPTIONS).+/.test(arg)),
};

function isReading(command: readonly string[]): boolean {
  if (writesFile(command)) return false;
  const [program, ...args] = bare(command);
  if (program === undefined) return true;
  if (readers.has(program)) return !(changes[program]?.(args) ?? false);
  const plain = args.filter(
    (arg, i) =>
      !arg.startsWith('-') && !/^-[nNlLcf]$|^--(?:namespace|context|kubeconfig)$/.test(args[i - 1] ?? ''),
  );
  if (program === 'aws' || program === 'gcloud' || program === 'az')
    return (
      args.some(arg => /^(?:describe|list|get|show|ls)(?:-|$)/.test(arg)) &&
      !args.some(arg =>
        /^(?:create|delete|update|put|set|start|stop|run|cp|rm|mv|sync|add|remove)(?:-|$)/.test(arg),
      )
    );
  if (program === 'etcdctl' && ['member', 'alarm'].includes(plain[0] ?? '')) return plain[1] === 'list';
  const reading = readingSubcommands[program];
  return reading !== undefined && (reading.has(plain[0] ?? '') || reading.has(args[0] ?? ''));
}

/** `read` only when every simple command of the text is known to look and no more. */
export function guessEffect(text: string): Effect {
  const commands = simpleCommands(text);
  return commands !== undefined && commands.length > 0 && commands.every(isReading) ? 'read' : 'write';
}

/** Whether running the text would open a shell, an editor or a full-screen program: it needs a real terminal. */
export function opensTerminal(text: string): boolean {
  const commands = simpleCommands(text);
  if (commands === undefined)
    return /^\s*(?:sudo\s+)?(?:oc|kubectl|docker|podman)\s+(?:exec|debug|rsh|run)\b.*\s-(?:i?t|ti|it|-tty)\b/m.test(
      text,
    );
  return commands.some(command => needsTerminal(bare(command), command));
}

function needsTerminal(command: readonly string[], whole: readonly string[]): boolean {
  const [program, ...args] = command;
  if (program === undefined) return false;
  if (program.startsWith('-') && whole[0] === 'sudo') return args.length === 0 && /^-[is]$/.test(program);
  const plain = args.filter(
    (arg, i) => !arg.startsWith('-') && !/^-[pilFJoLRDbceEmQSWw]$/.test(args[i - 1] ?? ''),
  );
  const has = (...flags: string[]): boolean => args.some(arg => flags.includes(arg));
  switch (program) {
    case 'ssh':
      return plain.length < 2 || has('-t', '-tt');
    case 'oc':
    case 'kubectl':
    case 'docker':
    case 'podman':
      if (plain[0] === 'debug' || plain[0] === 'rsh') return !args.includes('--');
      if (plain[0] === 'edit' || plain[0] === 'attach') return true;
      return (
        ['exec', 'run', 'compose'].includes(plain[0] ?? '') &&
        args.some(arg => /^(?:-(?:it|ti|i|t)|--stdin|--tty)$/.test(arg))
      );
    case 'psql':
      return (
        !args.some(arg => /^(?:-[a-zA-Z]*[cfl]|--command.*|--file.*|--list)$/.test(arg)) &&
        !whole.includes('<')
      );
    case 'mysql':
    case 'mongo':
    case 'mongosh':
      return !args.some(arg => /^(?:-e|--execute.*|--eval.*)$/.test(arg));
    case 'redis-cli':
    case 'sqlite3':
      return plain.length < (program === 'sqlite3' ? 2 : 1);
    case 'chroot':
      return plain.length < 2;
    case 'su':
      return !has('-c');
    case 'virtctl':
      return ['console', 'vnc', 'ssh'].includes(plain[0] ?? '');
    case 'gitlab-rails':
    case 'rails':
      return plain[0] === 'console' || plain[0] === 'c' || plain[0] === 'dbconsole';
    case 'tail':
      return args.some(arg => /^-[a-zA-Z]*[fF]$/.test(arg));
    case 'journalctl':
      return args.some(arg => /^-[a-zA-Z]*f[a-zA-Z]*$/.test(arg));
    case 'watch':
    case 'top':
    case 'htop':
    case 'less':
    case 'more':
    case 'vi':
    case 'vim':
    case 'nano':
    case 'telnet':
    case 'visudo':
      return true;
    case 'crontab':
      return has('-e');
    default:
      return false;
  }
}

/** Whether the first line's first word is a program that is known, or looks like a script's path. */
export function looksLikeCommand(text: string): boolean {
  const line = text.split('\n').find(each => each.trim() !== '' && !each.trimStart().startsWith('#'));
  if (line === undefined) return false;
  const parts = line.trim().split(/\s+/);
  let i = 0;
  while (assignment.test(parts[i] ?? '')) i++;
  const program = (parts[i] ?? '').replace(/^["']|["';]$/g, '');
  if (/^(?:\.{1,2}\/|~\/|\/)?[\w.-]+(?:\/[\w.-]+)*\.(?:sh|py|rb|pl|js|mjs|ts)$/.test(program)) return true;
  if (/^(?:\.\/|\/(?:usr|bin|sbin|opt)\/)[\w./-]+$/.test(program)) return true;
  return known.has(program) || readers.has(program) || program in readingSubcommands;
}

/** Stricter, for inline code in prose: a known program with arguments, or a script. */
export function looksLikeInlineCommand(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.includes('\n') || !looksLikeCommand(trimmed)) return false;
  const parts = trimmed.split(/\s+/);
  return parts.length > 1 || standalone.has(parts[0] ?? '') || /\.(?:sh|py|rb|pl)$/.test(parts[0] ?? '');
}

/** Splits a single inline command into argv; undefined when it needs a shell (pipes, variables, globs, redirects). */
export function splitArgv(text: string): [string, ...string[]] | undefined {
  if (/[|;&<>$`*?~(){}[\]\n#!]/.test(text.replace(/'[^']*'/g, ''))) return undefined;
  const commands = simpleCommands(text);
  const [program, ...args] = commands?.[0] ?? [];
  return commands?.length === 1 && program !== undefined && !assignment.test(program)
    ? [program, ...args]
    : undefined;
}
