// What a command line does, as far as its words tell: read or write, nested shell, recognised at all. Guesses err towards write.
import type {Effect} from '../domain/runbook.ts';
import {ambiguous, known, readers, readingSubcommands, standalone} from './programs.ts';

/** Shell text as simple commands (their words), or undefined when it holds more than words, quotes, pipes and lists. */
export function simpleCommands(text: string): string[][] | undefined {
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
export function bare(command: readonly string[]): readonly string[] {
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
  const reading = Object.hasOwn(readingSubcommands, program) ? readingSubcommands[program] : undefined;
  return reading !== undefined && (reading.has(plain[0] ?? '') || reading.has(args[0] ?? ''));
}

/** `read` only when every simple command of the text is known to look and no more. */
export function guessEffect(text: string): Effect {
  const commands = simpleCommands(text);
  return commands !== undefined && commands.length > 0 && commands.every(isReading) ? 'read' : 'write';
}

/** Whether the first line's first word is a program that is known, or looks like a script's path. */
export function looksLikeCommand(text: string): boolean {
  const line = text.split('\n').find(each => each.trim() !== '' && !each.trimStart().startsWith('#'));
  if (line === undefined) return false;
  const parts = line.trim().split(/\s+/);
  let i = 0;
  while (assignment.test(parts[i] ?? '')) i++;
  const program = (parts[i] ?? '').replace(/^["']|["';]$/g, '');
  const args = parts.length - i - 1;
  // A path alone may be the name of a file; with arguments, or with `./` before it, it is run.
  if (/\.(?:sh|bash|py|rb|pl|js|mjs|ts|pex)$/.test(program) && /^[\w./~-]+$/.test(program))
    return /^(?:\.{1,2}|~)?\//.test(program)
      ? args > 0 || /^\.\.?\//.test(program) || program.endsWith('.sh')
      : args > 0 || /\/.*\.sh$/.test(program);
  if (
    /^(?:\.\/|(?:bin|script|scripts|sbin)\/|\/(?:usr|bin|sbin|opt|etc|var|home|srv)\/)[\w./-]+$/.test(program)
  )
    return args > 0 || program.startsWith('./');
  return known.has(program) || readers.has(program) || program in readingSubcommands;
}

/** Arguments that only a command has: options, paths, assignments, numbers, variables, verbs of services. */
const technical =
  /^-|[/=:.$*@<>{}[\]|&;"'\d]|^(?:start|stop|restart|reload|status|enable|disable|run|build|mod|install|get|vet|show|add|del)$/;

/** Words that only a sentence has. */
const prose = /\b(?:the|an|of|is|are|was|this|that|these|sure|should|will|your|please|and|when|with)\b/i;

/** Stricter, for inline code in prose: a known program with arguments, or a script. */
export function looksLikeInlineCommand(text: string): boolean {
  const trimmed = text.trim();
  if (trimmed.includes('\n') || trimmed.length > 2000 || !looksLikeCommand(trimmed)) return false;
  const parts = trimmed.split(/\s+/);
  const [program = '', ...args] = parts;
  if (program.endsWith('.sh') && !program.includes('/')) return args.some(arg => technical.test(arg));
  if (/[./]/.test(program)) return true;
  if (args.length === 0) return standalone.has(program);
  if (/[.:]$/.test(trimmed) || /…|\.\.\.$/.test(trimmed))
    return /["'/]/.test(trimmed) && !prose.test(trimmed);
  if (!ambiguous.has(program)) return true;
  if (program === 'make') return !prose.test(args.join(' ')) && args.length < 4;
  return args.some(arg => technical.test(arg));
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
