// Options and operands of a command line, as getopt would tell them apart.

export interface OptionNames {
  /** Letters of short options that take a value. */
  readonly short?: string;
  /** Names of long options that take a value as the next word. */
  readonly long?: readonly string[];
  /** The first operand ends the options: what follows is another command. */
  readonly stops?: boolean;
}

export interface ReadOptions {
  /** Letters and long names (without dashes), each with its values; '' where it has none. */
  readonly options: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
}

export function readOptions(
  args: readonly string[],
  {short = '', long = [], stops = false}: OptionNames,
): ReadOptions {
  const options = new Map<string, string[]>();
  let operands: string[] = [];
  const add = (name: string, value: string) =>
    options.set(name, [...(options.get(name) ?? []).slice(-99), value]);
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--' || (stops && operands.length > 0) || (stops && !/^-./.test(word))) {
      operands = [...operands, ...args.slice(word === '--' ? at + 1 : at)];
      break;
    }
    if (word.startsWith('--')) {
      const [name, value] = split(word.slice(2));
      add(name, value ?? (long.includes(name) ? (args[++at] ?? '') : ''));
    } else if (/^-./.test(word)) {
      for (let letter = 1; letter < Math.min(word.length, 64); letter++) {
        const name = word.charAt(letter);
        if (!short.includes(name)) {
          add(name, '');
          continue;
        }
        const rest = word.slice(letter + 1);
        add(name, rest === '' ? (args[++at] ?? '') : rest);
        break;
      }
    } else operands.push(word);
  }
  return {options, operands};
}

/** `name=value` at its first equals sign. */
export function split(word: string): [string, string | undefined] {
  const at = word.indexOf('=');
  return at === -1 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
