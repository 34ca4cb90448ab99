// Hugo's TOML front matter (`+++`), as far as runbooks use it: flat keys, strings, lists, and tables of strings.

type Value = string | readonly string[] | Map<string, string>;

/** `key = value` lines and `[table]` heads into `values`; lines that are neither are handed to `odd`. */
export function readToml(
  text: string,
  values: Map<string, Value>,
  odd: (line: number, text: string) => void,
): void {
  let table: Map<string, string> | undefined;
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? '').trim();
    if (line === '' || line.startsWith('#')) continue;
    const head = /^\[\s*([\w.-]+)\s*\]$/.exec(line)?.[1];
    const pair = /^("[^"]+"|'[^']+'|[\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (head !== undefined) {
      table = new Map();
      values.set(head, table);
    } else if (pair?.[1] !== undefined) {
      let value = pair[2] ?? '';
      const first = i;
      while (
        value.startsWith('[') &&
        !/\]\s*(?:#.*)?$/.test(value) &&
        i + 1 < lines.length &&
        i - first < 200
      )
        value += ` ${(lines[++i] ?? '').trim()}`;
      const key = pair[1].replace(/^["']|["']$/g, '');
      if (table !== undefined) table.set(key, scalar(value));
      else values.set(key, value.startsWith('[') ? list(value) : scalar(value));
    } else odd(i, line);
  }
}

const list = (text: string): string[] =>
  (text.replace(/^\[|\]\s*(?:#.*)?$/g, '').match(/\s*(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^,"']+)/g) ?? [])
    .map(each => scalar(each.trim()))
    .filter(each => each !== '');

function scalar(text: string): string {
  const quoted = /^(?:"((?:[^"\\]|\\.)*)"|'([^']*)')/.exec(text);
  if (quoted?.[1] !== undefined)
    return quoted[1].replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
  return quoted?.[2] ?? text.replace(/\s+#.*$/, '').trim();
}
