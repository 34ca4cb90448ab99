// The nearest known name, for "did you mean".

/** The candidate within two edits (a third of its length for long names), or undefined. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  let best: {name: string; edits: number} | undefined;
  for (const name of candidates) {
    const edits = distance(word.toLowerCase(), name.toLowerCase());
    if (edits <= Math.max(2, Math.floor(name.length / 3)) && (best === undefined || edits < best.edits))
      best = {name, edits};
  }
  return best?.name;
}

/** Levenshtein distance; both words are cut at 60 characters. */
function distance(left: string, right: string): number {
  const a = left.slice(0, 60);
  const b = right.slice(0, 60);
  let row = Array.from({length: b.length + 1}, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a.charAt(i - 1) === b.charAt(j - 1) ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
