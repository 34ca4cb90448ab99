// Shell completion, generated from the list of commands.
import {Option} from 'commander';
import {z} from 'zod';
import type {AnyCommand} from '../define.ts';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {showLines} from '../domain/show.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

const globalOptions = ['--home', '--site', '--operator', '--help'];

/** `completion SHELL`: prints a script; it knows every command because it is made from the same list. */
export const completionCommand = (commands: () => readonly AnyCommand[]): AnyCommand =>
  defineCommand({
    name: 'completion',
    summary: 'print a completion script for your shell',
    arguments: [{spec: '<shell>', summary: 'bash, zsh or fish'}],
    examples: [
      {line: 'source <(quarterdeck completion bash)', does: 'bash, this session'},
      {line: 'quarterdeck completion zsh > ~/.zfunc/_quarterdeck', does: 'zsh, with ~/.zfunc in fpath'},
      {line: 'quarterdeck completion fish > ~/.config/fish/completions/quarterdeck.fish', does: 'fish'},
    ],
    input: z.strictObject({args: z.tuple([z.enum(shells, {error: 'is none of bash, zsh, fish'})])}),
    run: async ({args: [shell]}, {talk}) => {
      for (const line of showLines(scripts[shell](levels(commands())))) talk.out(line);
      return Promise.resolve(exit.good);
    },
  });

/** What may follow some words: further words with their summaries, and options. */
interface Level {
  readonly path: string;
  readonly words: readonly {readonly word: string; readonly summary: string}[];
  readonly options: readonly string[];
}

function levels(commands: readonly AnyCommand[]): Level[] {
  const paths = new Set(['']);
  for (const {name} of commands) {
    const words = name.split(' ');
    words.forEach((_, i) => paths.add(words.slice(0, i + 1).join(' ')));
  }
  return [...paths].map(path => {
    const prefix = path === '' ? '' : `${path} `;
    const children = [...paths].filter(
      other => other.startsWith(prefix) && !other.slice(prefix.length).includes(' '),
    );
    const own = commands.find(({name}) => name === path);
    return {
      path,
      words: children
        .filter(other => other !== path)
        .map(other => ({
          word: other.slice(prefix.length),
          summary: commands.find(({name}) => name === other)?.summary ?? '',
        })),
      options: [...optionsOf(own), ...globalOptions, ...(path === '' ? ['--version'] : [])],
    };
  });
}

function optionsOf(command: AnyCommand | undefined): string[] {
  const long = (command?.options ?? [])
    .map(({flags}) => new Option(flags).long ?? '')
    .filter(flag => flag !== '');
  return long.includes('--format') && !long.includes('--json') ? [...long, '--json'] : long;
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Lines of a shell `case` that turn the words typed so far into what may follow. */
const cases = (all: readonly Level[], body: (level: Level) => string): string =>
  all.map(level => `    ${quote(level.path)}) ${body(level)} ;;`).join('\n');

const list = (level: Level): string => [...level.words.map(({word}) => word), ...level.options].join(' ');

const known = (all: readonly Level[]): string =>
  all
    .filter(({path}) => path !== '')
    .map(({path}) => quote(path))
    .join('|');

const scripts: Record<Shell, (all: readonly Level[]) => string> = {
  bash: all => `# bash completion for quarterdeck
_quarterdeck() {
  local path='' next word reply='' i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    next="\${path:+$path }$word"
    case "$next" in ${known(all)}) path="$next" ;; esac
  done
  case "\${COMP_WORDS[COMP_CWORD-1]}" in
    --home|--site) COMPREPLY=($(compgen -d -- "\${COMP_WORDS[COMP_CWORD]}")); return ;;
  esac
  case "$path" in
${cases(all, level => `reply=${quote(list(level))}`)}
  esac
  COMPREPLY=($(compgen -W "$reply" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _quarterdeck quarterdeck qd`,

  zsh: all => `#compdef quarterdeck qd
_quarterdeck() {
  local at='' next word i
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    next="\${at:+$at }$word"
    case "$next" in (${known(all)}) at="$next" ;; esac
  done
  case "\${words[CURRENT-1]}" in
    (--home|--site) _files -/; return ;;
  esac
  local -a found flags
  case "$at" in
${cases(
  all,
  level =>
    `found=(${level.words.map(({word, summary}) => quote(`${word}:${summary.replaceAll(':', '\\:')}`)).join(' ')}) ` +
    `flags=(${level.options.join(' ')})`,
)}
  esac
  (( \${#found} )) && _describe command found
  [[ "\${words[CURRENT]}" == -* ]] && compadd -- $flags
  (( \${#found} )) || _files
}
if [ "$funcstack[1]" = _quarterdeck ]; then _quarterdeck "$@"; else compdef _quarterdeck quarterdeck qd; fi`,

  fish: all => `# fish completion for quarterdeck
function __quarterdeck_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$at $word")
    switch $next
      case ${known(all).replaceAll('|', ' ')}
        set at $next
    end
  end
  test "$at" = "$argv[1]"
end
${['quarterdeck', 'qd'].flatMap(program => all.flatMap(level => fishLines(program, level))).join('\n')}`,
};

function fishLines(program: string, level: Level): string[] {
  const when = `complete -c ${program} -n ${quote(`__quarterdeck_at ${quote(level.path)}`)}`;
  return [
    ...level.words.map(({word, summary}) => `${when} -f -a ${quote(word)} -d ${quote(summary)}`),
    ...level.options.map(
      option => `${when} -l ${option.slice(2)}${/^--(home|site)$/.test(option) ? ' -r' : ''}`,
    ),
  ];
}
