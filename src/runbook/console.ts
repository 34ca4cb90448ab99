// Cuts prompts out of terminal transcripts and tells commands from their output.
import {looksLikeCommand} from './commands.ts';

export interface Transcript {
  readonly command: string;
  /** Lines that are output; undefined when there are none. */
  readonly output: string | undefined;
  readonly prompted: boolean;
}

/** A prompt: `$ `, `host$ `, `user@host:~$ `, `[root@db1 ~]# `, `(venv) $ `, `➜ `, `PS1` of the usual shells. */
const dollar =
  /^\s*(?:\([\w.-]+\)\s*)?(?:(?:[\w.-]+@[\w.-]+[^$#%>\n]{0,80}|\[[^\]\n]{1,80}\]|(?:sh|bash|zsh|ksh)-[\d.]+|[a-zA-Z][\w.-]{0,40}|~|\/[\w./-]{0,40})?\$|(?:[\w.-]+@[\w.-]+[^$#%>\n]{0,80}|[a-zA-Z][\w-]{0,40})?%|[➜❯])\s+(?=\S)/u;
const hostHash =
  /^\s*(?:[\w.-]+@[\w.-]+[^$#%>\n]{0,80}|\[[^\]\n]{1,80}\]|(?:sh|bash|zsh|ksh)-[\d.]+)\s?[#>]\s+(?=\S)/;
const hash = /^\s*#\s+(?=\S)/;
const scripts = ['sh', 'bash', 'zsh', 'ksh', 'shell-script'];

/** Splits a block into its commands (prompts cut, else unmodified) and output; without prompts all of it is command. */
export function readTranscript(text: string, lang: string): Transcript {
  const lines = text.split('\n');
  const promptOf = promptReader(lines, lang);
  if (!lines.some(line => promptOf(line) !== undefined)) return withoutPrompts(text, lines);

  const commands: string[] = [];
  const output: string[] = [];
  let open: ((line: string) => boolean) | undefined;
  for (const line of lines) {
    const prompt = open === undefined ? promptOf(line) : undefined;
    if (open === undefined && prompt === undefined) {
      output.push(line);
      continue;
    }
    const cut = prompt === undefined ? line : line.slice(prompt.length);
    commands.push(cut);
    if (prompt !== undefined) open = unfinished(cut);
    else if (open !== undefined && !open(line)) open = undefined;
  }
  const shown = output.join('\n').replace(/^\n+/, '').trimEnd();
  return {command: commands.join('\n'), output: shown === '' ? undefined : shown, prompted: true};
}

function promptReader(lines: readonly string[], lang: string): (line: string) => string | undefined {
  const marked = lines.some(line => dollar.test(line) || hostHash.test(line));
  // `# cmd` is a prompt only in a session of root's: nothing else in it looks like a command or a comment.
  const asRoot =
    !marked &&
    !scripts.includes(lang) &&
    lines.some(line => hash.test(line)) &&
    lines.every(line => !hash.test(line) || looksLikeCommand(line.replace(hash, ''))) &&
    (lang === 'console' || !lines.some(line => !hash.test(line) && looksLikeCommand(line)));
  return line =>
    dollar.exec(line)?.[0] ?? hostHash.exec(line)?.[0] ?? (asRoot ? hash.exec(line)?.[0] : undefined);
}

/** `NAME   READY   STATUS`, or at least four words in capitals. */
const tableHead =
  /^\s*[A-Z][A-Z0-9_()%/.-]*(?:\s[A-Z0-9_()%/.-]+)?(?:\s{2,}[A-Z][A-Z0-9_()%/. -]*)+\s*$|^\s*[A-Z][A-Z0-9:_()%/.-]+(?:\s+[A-Z][A-Z0-9:_()%/.-]+){3,}\s*$/;

/** A block without prompts is all command, but for a table that a command before it printed. */
function withoutPrompts(text: string, lines: readonly string[]): Transcript {
  const whole: Transcript = {command: text, output: undefined, prompted: false};
  const head = lines.findIndex(line => tableHead.test(line));
  if (head < 1 || /<</.test(text)) return whole;
  const before = lines.slice(0, head).join('\n');
  if (!looksLikeCommand(before) || unfinished(lines[head - 1] ?? '') !== undefined) return whole;
  return {command: before.trimEnd(), output: lines.slice(head).join('\n').trimEnd(), prompted: false};
}

/** Whether a text without prompts is plainly what a program printed: a table, JSON, YAML, log lines, an error. */
export function looksLikeOutput(text: string): boolean {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const [first = ''] = lines;
  if (tableHead.test(first)) return true;
  if (/^\s*(?:[{[]\s*$|\[?\{\s*"|\[\s*[\d"{]|"[^"]*"\s*:)/.test(first)) return true;
  if (
    /^\s*(?:apiVersion|kind|metadata|spec|status|- (?:alert|name|apiVersion|job_name)):(?:\s|$)/.test(first)
  )
    return true;
  if (
    /^\s*(?:\[?\d{4}[-/]\d{2}[-/]\d{2}[T ]\d{2}:|[A-Z][a-z]{2}\s+\d{1,2}\s\d{2}:\d{2}:\d{2}\s|[IWEF]\d{4}\s\d{2}:|(?:level|ts|time|msg)=)/.test(
      first,
    )
  )
    return true;
  if (
    /^\s*(?:error(?: from server|:)|fatal:|warning:|panic:|exception\b|traceback \(|<\?xml|<!doctype|<html|HTTP\/\d|active:\s|loaded:\s|●\s)/i.test(
      first,
    )
  )
    return true;
  if (/^\s*(?:\+-{3,}|\|.*\|\s*$|={4,}|-{4,})/.test(first)) return true;
  return (
    lines.length > 1 &&
    lines.every(
      line => /^\s*[A-Za-z][\w .()/-]{0,40}:(?:\s+\S.*)?$/.test(line) && !/^\s*(?:if|for|while)\b/.test(line),
    )
  );
}

/** When a command line goes on: a test that says, for each next line, whether still more follows. */
function unfinished(line: string): ((next: string) => boolean) | undefined {
  const heredoc = /<<-?\s*["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1];
  if (heredoc !== undefined) return next => next.replace(/^>\s?/, '').trim() !== heredoc;
  let text = line;
  // A quote that is never closed would swallow the rest of the block, and its cost grow with its square.
  let left = 200;
  const goesOn = (): boolean => /(?:\\|\||&&)\s*$/.test(text) || openQuote(text);
  if (!goesOn()) return undefined;
  return next => {
    text += `\n${next}`;
    return --left > 0 && goesOn();
  };
}

function openQuote(text: string): boolean {
  let quote = '';
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && quote !== "'") i++;
    else if (quote === '' && (char === "'" || char === '"')) quote = char;
    else if (char === quote) quote = '';
  }
  return quote !== '';
}
