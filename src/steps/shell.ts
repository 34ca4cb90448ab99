// Shell text: which variables it reads, and its placeholders as variables that are safe in their quoting context.
// No value is ever put into shell text: `<name>` becomes an expansion, and the value comes in the environment.
import {variableName} from '../domain/variables.ts';
import {readShell, type Context, type Edit, type Mark} from './shell-reader.ts';

export interface ShellText {
  readonly text: string;
  /** Variables whose values it can see, and those of them that must have one. */
  readonly uses: readonly string[];
  readonly needs: readonly string[];
  /** Those whose value a second shell or another language reads. */
  readonly plain: readonly string[];
}

/** The text as it is run, or why a placeholder in it cannot be filled in safely. */
export function withVariables(
  text: string,
  placeholders: readonly string[],
): ShellText | {readonly problem: string} {
  const marked = mark(text, placeholders);
  if ('problem' in marked) return marked;
  const {marks, errors, edits, assigned} = readShell(marked.text, marked.marks);
  if (marks.length > 0 && errors.length > 0) {
    const [first] = marks;
    return {
      problem: `<${first?.placeholder ?? ''}> cannot be filled in, because the shell text cannot be parsed: ${errors[0] ?? ''}`,
    };
  }
  for (const {placeholder, name, context, problem} of marks) {
    if (problem !== undefined) return {problem: `<${placeholder}> ${problem}`};
    if (assigned.has(name)) return {problem: `<${placeholder}> would be ${name}, which the text sets itself`};
    if (context === undefined) return {problem: `<${placeholder}> stands where no value can be put safely`};
  }
  const filled = applied(marked.text, [
    ...edits,
    ...marks.map(({pos, token, name, context}) => ({
      pos,
      end: pos + token.length,
      text: context === undefined ? '' : expansion(name, context),
    })),
  ]);
  const restored = marked.restore(filled);
  const again = readShell(restored, []);
  const names = [...new Set(marks.map(({name}) => name))];
  if (marks.length > 0 && (again.errors.length > 0 || names.some(name => !again.uses.has(name))))
    return {problem: `<${marks[0]?.placeholder ?? ''}> cannot be filled in safely here`};
  return {
    text: restored,
    uses: [...again.uses],
    needs: [...again.uses].filter(
      name => names.includes(name) || (again.needs.has(name) && !again.assigned.has(name)),
    ),
    plain: [...new Set(marks.filter(({plain}) => plain === true).map(({name}) => name))],
  };
}

function expansion(name: string, context: Context): string {
  switch (context) {
    case 'bare':
      return `"\${${name}}"`;
    case 'double':
    case 'heredoc':
      return `\${${name}}`;
    case 'single':
      return `'"\${${name}}"'`;
    case 'ansi':
      return `'"\${${name}}"$'`;
  }
}

interface Marked {
  readonly text: string;
  readonly marks: readonly Mark[];
  /** Puts back those that were left alone, in comments. */
  readonly restore: (filled: string) => string;
}

/** Each placeholder as a word that no shell reads as anything, so that the text around it can be parsed. */
function mark(text: string, placeholders: readonly string[]): Marked | {readonly problem: string} {
  const names = placeholders.filter(each => text.includes(`<${each}>`)).sort((a, b) => b.length - a.length);
  let nonce = 0;
  while (text.includes(`qd${nonce}x`)) nonce += 1;
  const marks: Mark[] = [];
  const originals = new Map<string, string>();
  let out = '';
  for (let i = 0; i < text.length;) {
    const found = names.find(each => text.startsWith(`<${each}>`, i));
    // `<<name>` opens a here-document.
    if (found === undefined || text[i - 1] === '<') {
      out += text.charAt(i);
      i += 1;
      continue;
    }
    const name = variableName(found);
    if (name === undefined) return {problem: `<${found}> has no letter that could name a variable`};
    const token = `%qd${nonce}x${marks.length}%`;
    marks.push({placeholder: found, name, token, pos: out.length});
    originals.set(token, `<${found}>`);
    out += token;
    i += found.length + 2;
  }
  const restore = (filled: string): string => {
    let plain = filled;
    for (const [token, original] of originals) plain = plain.replaceAll(token, () => original);
    return plain;
  };
  return {text: out, marks, restore};
}

function applied(text: string, edits: readonly Edit[]): string {
  let out = '';
  let from = 0;
  for (const {pos, end, text: put} of [...edits].sort((a, b) => a.pos - b.pos)) {
    out += text.slice(from, pos) + put;
    from = end;
  }
  return out + text.slice(from);
}
