// What a file leaves to be filled in: `<name>` in commands, and `$NAME` of names that nothing sets.
import {isOfTheShell} from '../domain/variables.ts';
import type {Procedure, RunbookMeta, Step} from '../domain/runbook.ts';

/** Words in angle brackets that mean themselves: tags of HTML, and what programs print for "nothing". */
const notPlaceholders = new Set(
  `none nil null unknown pending invalid unset empty default defunct details summary br hr a b i p img code pre em strong
  li ul ol div span table thead tbody tr td th sub sup kbd html head body script style title h1 h2 h3 h4 h5 h6 input form
  button label select option iframe video audio source svg path xml meta link center font u s del ins blockquote`.split(
    /\s+/,
  ),
);

/** Whether a word in angle brackets is a tag of HTML. */
export const isTag = (name: string): boolean => notPlaceholders.has(name.toLowerCase());

/** Names in order of first use: `<pod name>` as `pod name`, `$NAME` as `$NAME`. */
export function findPlaceholders(procedures: readonly Procedure[], meta: RunbookMeta): string[] {
  const found = new Set<string>();
  const texts: string[] = [];
  const shell = new Set<string>();
  const set = new Set([...meta.vars.map(({name}) => name), ...Object.keys(meta.secrets)]);
  const seen = new Set<Step>();
  const visit = (step: Step): void => {
    if (seen.has(step)) return;
    seen.add(step);
    const {command: text, type, attributes} = step;
    if (attributes.capture !== undefined) set.add(attributes.capture);
    if (attributes.var !== undefined) set.add(attributes.var);
    if (text !== undefined) {
      const isShell = type === 'command' || type === 'terminal';
      for (const name of placeholdersIn(isShell ? withoutHeredocs(text) : text)) found.add(name);
      if (isShell) {
        texts.push(text);
        for (const name of used(text)) shell.add(name);
      }
    }
    step.children.forEach(visit);
  };
  for (const procedure of procedures) for (const block of procedure.phases) block.steps.forEach(visit);
  if (shell.size > 0) for (const text of texts) for (const name of assigned(text)) set.add(name);
  for (const name of shell) if (!set.has(name) && !isOfTheShell(name)) found.add(`$${name}`);
  return [...found];
}

/** Names inside one command text, without the angle brackets. `cat < in > out` and `<<EOF` hold none. */
function placeholdersIn(text: string): string[] {
  const names: string[] = [];
  if (!text.includes('<')) return names;
  const closes = text.includes('</') && text.length < 100_000;
  for (const {1: name = '', index} of text.matchAll(
    /(?<![<\d])<([\p{L}][\p{L}\p{N}_ ./:'#@-]{0,78}[\p{L}\p{N}]|[\p{L}])>(?![&>])/gu,
  )) {
    const bare = name.toLowerCase().replace(/\s*\/$/, '');
    if (notPlaceholders.has(bare) || /^(?:https?|mailto):|@.+\./.test(bare)) continue;
    // A tag has its closing partner; a placeholder has none.
    if (closes && text.indexOf(`</${name}>`) > index) continue;
    names.push(name);
  }
  return names;
}

/** The text without the bodies of quoted heredocs, in which nothing is expanded. */
const withoutHeredocs = (text: string): string =>
  text.includes('<<') && text.length < 100_000
    ? text.replace(/<<-?\s*\\?['"]([A-Za-z_]\w*)['"][^\n]*\n[\s\S]*?\n\s*\1(?=\n|$)/g, '<<')
    : text;

const assigned = (text: string): string[] => [
  ...Array.from(text.matchAll(/(?:^|[\s;&|(])([A-Z][A-Z0-9_]*)\+?=/g), match => match[1] ?? ''),
  ...Array.from(
    text.matchAll(/\b(?:read(?:\s+-\w+)*|for|export|declare(?:\s+-\w+)*|local|select)\s+([A-Z][A-Z0-9_]*)/g),
    match => match[1] ?? '',
  ),
  ...Array.from(text.matchAll(/\$\{([A-Z][A-Z0-9_]*):?[-=+?]/g), match => match[1] ?? ''),
];

/** `$NAME` and `${NAME…}` outside single quotes. */
const used = (text: string): string[] =>
  text.includes('$')
    ? Array.from(
        withoutSingleQuotes(withoutHeredocs(text)).matchAll(
          /(?<!\\)\$(?:\{([A-Z][A-Z0-9_]*)\}?|([A-Z][A-Z0-9_]*))/g,
        ),
        match => match[1] ?? match[2] ?? '',
      )
    : [];

/** Single quotes inside double quotes are plain characters, so both are read. */
const withoutSingleQuotes = (text: string): string =>
  text.replace(/"(?:[^"\\]|\\[\s\S])*"|'[^']*'|\\[\s\S]/g, part => (part.startsWith("'") ? '' : part));
