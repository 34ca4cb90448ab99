// Lines from spans: alignment in columns, left and right ends, safe cutting. Nothing here is wider than asked.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Line, Span, Tone} from '../../src/define-screen.ts';
import {cut, width, wrap} from './text.ts';

export const span = (text: Shown, tone: Tone = 'plain'): Span => ({text, tone});

export const blank: Line = [];

const spaces = (count: number): Shown => show(' '.repeat(Math.max(0, count)));

export const lineWidth = (line: Line): number => line.reduce((sum, {text}) => sum + width(text), 0);

/** The line, no wider than `cells`. */
export function fit(line: Line, cells: number): Line {
  const out: Span[] = [];
  let left = cells;
  for (const {text, tone} of line) {
    const wide = width(text);
    if (wide > left) {
      if (left > 0) out.push({text: cut(text, left), tone});
      return out;
    }
    out.push({text, tone});
    left -= wide;
  }
  return out;
}

export interface Cell {
  readonly text: Shown;
  readonly tone?: Tone;
  readonly cells: number;
  readonly right?: true;
}

/** Columns beside each other, each cut to its width; the last one is not filled up. */
export function columns(parts: readonly Cell[]): Line {
  const out: Span[] = [];
  parts.forEach(({text, tone = 'plain', cells, right}, i) => {
    if (cells <= 0) return;
    const isLast = i === parts.length - 1;
    const shown = cut(text, isLast || right ? cells : Math.max(1, cells - 1));
    const gap = spaces(cells - width(shown));
    if (right) out.push(span(gap), span(shown, tone));
    else out.push(span(shown, tone), ...(isLast ? [] : [span(gap)]));
  });
  return out;
}

/** Left and right end of a row; the right end is kept, the left one cut. */
export function ends(left: Line, right: Line, cells: number): Line {
  const kept = fit(right, cells);
  const room = cells - lineWidth(kept);
  const cutLeft = fit(left, kept.length === 0 ? room : Math.max(0, room - 2));
  return [...cutLeft, span(spaces(room - lineWidth(cutLeft))), ...kept];
}

/** A label, then text wrapped beside it; every row of the text is kept. */
export function labelled(
  label: Span,
  text: Shown,
  opts: {cells: number; at: number; tone?: Tone},
): readonly Line[] {
  const {cells, at, tone = 'plain'} = opts;
  return wrap(text, cells - at).map((piece, i) => [
    ...(i === 0 ? [span(cut(label.text, at - 1), label.tone)] : []),
    span(spaces(at - (i === 0 ? Math.min(at - 1, width(label.text)) : 0))),
    span(piece, tone),
  ]);
}

/** Wrapped text, each row indented. */
export const paragraph = (
  text: Shown,
  cells: number,
  indent: number,
  tone: Tone = 'plain',
): readonly Line[] => wrap(text, cells - indent).map(piece => [span(spaces(indent)), span(piece, tone)]);

/** A heading over a block. */
export const heading = (text: Shown): Line => [span(say` `), span(text, 'strong')];
