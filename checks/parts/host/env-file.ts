// Files of assignments, as systemd's EnvironmentFile= and most programs that read `.env` take them.

/** The variables, or the number of the first line that is no assignment. */
export function readEnvFile(
  text: string,
): {readonly variables: Readonly<Record<string, string>>} | {readonly line: number} {
  const variables = new Map<string, string>();
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const begin = i;
    let line = lines[i] ?? '';
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const [, name, rest = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/s.exec(line) ?? [];
    if (name === undefined) return {line: begin + 1};
    let value = valueOf(rest);
    // A quotation may go on over lines.
    while (value === undefined && i + 1 < lines.length) {
      i += 1;
      line = `${line}\n${lines[i] ?? ''}`;
      value = valueOf(line.slice(line.indexOf('=') + 1));
    }
    if (value === undefined) return {line: begin + 1};
    // The last of a name counts, as for a shell that reads the file.
    variables.set(name, value);
  }
  return {variables: Object.fromEntries(variables)};
}

/** The value without its quotes and without white space around it; undefined while a quotation is open. */
function valueOf(text: string): string | undefined {
  let value = '';
  // Up to here it stays, whatever it ends with.
  let kept = 0;
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    const next = text.charAt(i + 1);
    const isEscape = char === '\\' && (quote === '' ? next !== '' : quote === '"' && /["\\$`\n]/.test(next));
    if (isEscape) {
      i += 1;
      // A line that goes on behind a backslash is one line.
      if (next !== '\n') value += next;
      kept = value.length;
    } else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else if (char === quote) {
      quote = '';
      kept = value.length;
    } else if (quote !== '' || value !== '' || !/\s/.test(char)) value += char;
  }
  return quote === '' ? value.slice(0, kept) + value.slice(kept).trimEnd() : undefined;
}
