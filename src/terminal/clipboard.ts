// Copying: OSC 52 to the terminal's clipboard, and the same text on a bare page, since many links swallow OSC 52.

/** Longest text that terminals take by OSC 52, in base64 characters. */
const limit = 74_994;

export interface BarePage {
  /** Written first; empty when the text is too long for it. */
  readonly sequence: string;
  readonly lines: readonly string[];
  readonly note: string;
}

/** The text must be safe to print. */
export function clipboard(text: string): BarePage {
  const encoded = Buffer.from(text).toString('base64');
  const isSent = encoded.length <= limit;
  return {
    sequence: isSent ? `\x1b]52;c;${encoded}\x07` : '',
    lines: text.split('\n'),
    note: isSent
      ? `Sent to the clipboard of your terminal (OSC 52). Nobody says whether it arrived: select it above if not. Any key goes back.`
      : `Too long for the clipboard of a terminal (OSC 52): select it above. Any key goes back.`,
  };
}
