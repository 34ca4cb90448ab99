// Cuts prompts out of terminal transcripts and tells commands from their output.
import {looksLikeCommand} from './commands.ts';

export interface Transcript {
  readonly command: string;
  /** Lines that are output; undefined when there are none. */
  readonly output: string | undefined;
  readonly prompted: boolean;
}

const dollar =
  /^\s*(?:\([\w.-]+\)\s*)?(?:[\w.-]+@[\w.-]+[^$#%>]{0,80}|\[[^\]]{1,80}\]|(?:sh|bash)-[\d.]+|[\w.-]{0,40})?[$%]\s+(?=\S)/;
const hostHash = /^\s*(?:[\w.-]+@[\w.-]+[^$#%>]{0,80}|\[[^\]]{1,80}\]|(?:sh|bash)-[\d.]+)\s?[#>]\s+(?=\S)/;
const hash = /^\s*#\s+(?=\S)/;

/** Splits a block into its commands (prompts cut, else unmodified) and output; without prompts all of it is command. */
export function readTranscript(text: string, lang: string): Transcript {
  const lines = text.split('\n');
  const rootPrompts =
    lang !== 'sh' &&
    lang !== 'bash' &&
    lang !== 'zsh' &&
    !lines.some(line => dollar.test(line) || hostHash.test(line));
  const promptOf = (line: string): string | undefined =>
    dollar.exec(line)?.[0] ??
    hostHash.exec(line)?.[0] ??
    (rootPrompts && hash.test(line) && looksLikeCommand(line.replace(hash, ''))
      ? hash.exec(line)?.[0]
      : undefined);
  if (!lines.some(line => promptOf(line) !== undefined))
    return {command: text, output: undefined, prompted: false};

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
  const shown = output.join('\n').replace(/^\n+|\s+$/g, '');
  return {command: commands.join('\n'), output: shown === '' ? undefined : shown, prompted: true};
}

/** When a command line goes on: a test that says, for each next line, whether still more follows. */
function unfinished(line: string): ((next: string) => boolean) | undefined {
  const heredoc = /<<-?\s*["']?([A-Za-z_]\w*)["']?/.exec(line)?.[1];
  if (heredoc !== undefined) return next => next.trim() !== heredoc;
  let text = line;
  const goesOn = (): boolean => /(?:\\|\||&&)\s*$/.test(text) || openQuote(text);
  if (!goesOn()) return undefined;
  return next => {
    text += `\n${next}`;
    return goesOn();
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
