// Whether a pattern with wildcards can be what a text is, when the text has gaps of its own. No backtracking.

/** In a text: something that is not known (a variable, the output of a command). */
export const hole = '\uE000';
/** In a text: `*` and `?` that the shell would expand to names of files. */
export const star = '\uE001';
export const single = '\uE002';

const marks = /[\uE000-\uE002]/g;

/** A text that came from outside holds none of the marks. */
export const withoutMarks = (text: string): string => text.replaceAll(marks, '\uFFFD');

export const hasHole = (text: string): boolean => text.includes(hole);

/** For people: gaps as they would be written. */
export const readable = (text: string): string =>
  text.replaceAll(hole, '…').replaceAll(star, '*').replaceAll(single, '?');

type Token =
  | {readonly at: 'char'; readonly char: string}
  | {readonly at: 'one'; readonly slash: boolean}
  | {readonly at: 'many'; readonly slash: boolean}
  /** The next two tokens may be left out: `**` and the slash after it. */
  | {readonly at: 'maybe'};

export interface Pattern {
  readonly alternatives: readonly (readonly Token[])[];
  readonly how: 'path' | 'text' | 'name';
  /** What a text must begin with: everything before the first wildcard. */
  readonly literal: string;
  /** What stands between the wildcards, in order: a text without gaps holds all of it. */
  readonly pieces: readonly string[];
}

/** In paths `*` and `?` stop at a slash, and `**` does not; elsewhere they match everything. Names ignore case. */
export function wildcard(pattern: string, how: Pattern['how']): Pattern {
  const text = how === 'name' ? pattern.toLowerCase() : pattern;
  const folder = how === 'path' ? /^(.+?)\/(?:\*\*)?$/s.exec(text)?.[1] : undefined;
  const alternatives =
    folder === undefined
      ? [tokensOf(text, how === 'path')]
      : [tokensOf(folder, true), tokensOf(`${folder}/**`, true)];
  return {
    alternatives,
    how,
    literal: /^[^*?]*/.exec(folder ?? text)?.[0] ?? '',
    pieces: (folder ?? text)
      .replaceAll('**/', '*')
      .split(/[*?]+/)
      .filter(piece => piece !== ''),
  };
}

function tokensOf(text: string, isPath: boolean): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (isPath && text.startsWith('**/', at)) {
      tokens.push({at: 'maybe'}, {at: 'many', slash: true}, {at: 'char', char: '/'});
      at += 2;
    } else if (char === '*') {
      const isDeep = text.startsWith('**', at);
      tokens.push({at: 'many', slash: !isPath || isDeep});
      if (isDeep) at += 1;
    } else if (char === '?') tokens.push({at: 'one', slash: !isPath});
    else tokens.push({at: 'char', char});
  }
  return tokens;
}

/** Whether they can be the same, where marks in the text stand for whatever suits the pattern (in paths, no slash). */
export function overlaps({alternatives, how, pieces}: Pattern, text: string): boolean {
  const subject = how === 'name' ? text.toLowerCase() : text;
  if (!anyMark.test(subject) && !holdsInOrder(subject, pieces)) return false;
  return alternatives.some(tokens => run(tokens, subject, how === 'path'));
}

const anyMark = /[\uE000-\uE002]/;

/** Quick and necessary, not sufficient: most texts have nothing to do with most patterns. */
function holdsInOrder(text: string, pieces: readonly string[]): boolean {
  let from = 0;
  for (const piece of pieces) {
    const at = text.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
}

/** Walks all places in the pattern at once; each character moves them on. */
function run(tokens: readonly Token[], text: string, isPath: boolean): boolean {
  let places = reach(tokens, [0], () => false);
  for (const char of text) {
    if (places.size === 0) return false;
    const crosses = char === hole && !isPath;
    if (char === hole || char === star) {
      places = reach(tokens, places, token => token.at !== 'char' || token.char !== '/' || crosses);
    } else places = step(tokens, places, char);
  }
  return places.has(tokens.length);
}

function step(tokens: readonly Token[], places: ReadonlySet<number>, char: string): Set<number> {
  const next: number[] = [];
  for (const place of places) {
    const token = tokens[place];
    if (token === undefined || token.at === 'maybe') continue;
    const fits =
      token.at === 'char'
        ? token.char === char || (char === single && token.char !== '/')
        : token.slash || char !== '/';
    if (fits) next.push(token.at === 'many' ? place : place + 1);
  }
  return reach(tokens, next, () => false);
}

/** Every place that is reached without a character, and over the tokens that `over` passes. */
function reach(
  tokens: readonly Token[],
  from: Iterable<number>,
  over: (token: Token) => boolean,
): Set<number> {
  const reached = new Set(from);
  for (const place of reached) {
    const token = tokens[place];
    if (token === undefined) continue;
    if (token.at === 'maybe') reached.add(place + 1).add(place + 3);
    else if (token.at === 'many' || over(token)) reached.add(place + 1);
  }
  return reached;
}
