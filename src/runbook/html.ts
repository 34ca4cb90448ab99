// HTML in a runbook: comments stay out of sight, `<summary>` is a heading in small, everything else is shown as its text.

/** What a block of HTML says to a reader, without its tags and comments; empty when it says nothing. */
export const htmlText = (html: string): string =>
  html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, '')
    .replace(/<\/?[a-zA-Z][^<>]*>/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();

/** The text of `<summary>`, when there is one. */
export const summaryText = (html: string): string | undefined => {
  const inner = /<summary\b[^<>]*>([\s\S]*?)<\/summary>/i.exec(html)?.[1];
  const text = inner === undefined ? '' : htmlText(inner);
  return text === '' ? undefined : text;
};
