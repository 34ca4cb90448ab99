// Argument vectors, and one of their words as text for a shell. What is here is sent to other hosts; nothing here sends it.

export type Words = readonly [string, ...string[]];

/** One word for a POSIX shell: inside single quotes only the quote itself is special. */
export const quoted = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
