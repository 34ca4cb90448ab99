// Unified diff of two texts, by lines.

export type DiffLine = {readonly sign: ' ' | '-' | '+'; readonly text: string};

const context = 3;
/** Beyond so many changed lines the exact shortest diff is not worth its time. */
const mostEdits = 800;

/** Lines of a unified diff with `@@` headings; empty when the texts are equal. An absent text is `undefined`. */
export function unifiedDiff(before: string | undefined, after: string | undefined): string[] {
  const lines = diffLines(linesOf(before), linesOf(after));
  const changed = lines.flatMap(({sign}, i) => (sign === ' ' ? [] : [i]));
  const out: string[] = [];
  let shown = 0;
  for (let i = 0; i < changed.length;) {
    const from = Math.max(shown, (changed[i] ?? 0) - context);
    let last = changed[i] ?? 0;
    while (i < changed.length && (changed[i] ?? 0) - last <= 2 * context) last = changed[i++] ?? 0;
    const to = Math.min(lines.length, last + context + 1);
    out.push(heading(lines, from, to), ...lines.slice(from, to).map(({sign, text}) => sign + text));
    shown = to;
  }
  return out;
}

const linesOf = (text: string | undefined): string[] => {
  if (text === undefined || text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push('\\ no newline at the end');
  return lines;
};

function heading(lines: readonly DiffLine[], from: number, to: number): string {
  const count = (sign: '-' | '+', a: number, b: number) =>
    lines.slice(a, b).filter(line => line.sign === ' ' || line.sign === sign).length;
  const range = (sign: '-' | '+') => {
    const size = count(sign, from, to);
    return `${count(sign, 0, from) + (size === 0 ? 0 : 1)},${size}`;
  };
  return `@@ -${range('-')} +${range('+')} @@`;
}

function diffLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const same = (texts: readonly string[]) => texts.map((text): DiffLine => ({sign: ' ', text}));
  const middle = shortest(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [...same(a.slice(0, start)), ...middle, ...same(a.slice(a.length - end))];
}

/** Myers 1986: the furthest point on each diagonal for each number of edits, then back along them. */
function shortest(a: readonly string[], b: readonly string[]): DiffLine[] {
  const removed = a.map((text): DiffLine => ({sign: '-', text}));
  const added = b.map((text): DiffLine => ({sign: '+', text}));
  if (a.length === 0 || b.length === 0) return [...removed, ...added];
  const trail: Map<number, number>[] = [];
  let furthest = new Map<number, number>([[1, 0]]);
  const at = (points: Map<number, number>, k: number) => points.get(k) ?? -1;
  const down = (points: Map<number, number>, k: number, d: number) =>
    k === -d || (k !== d && at(points, k - 1) < at(points, k + 1));
  for (let d = 0; d <= Math.min(a.length + b.length, mostEdits); d += 1) {
    trail.push(furthest);
    const next = new Map<number, number>();
    for (let k = -d; k <= d; k += 2) {
      let x = down(furthest, k, d) ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x += 1;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trail);
    }
    furthest = next;
  }
  return [...removed, ...added];

  function walkBack(
    from: readonly string[],
    to: readonly string[],
    points: readonly Map<number, number>[],
  ): DiffLine[] {
    const out: DiffLine[] = [];
    let x = from.length;
    let y = to.length;
    for (let d = points.length - 1; d >= 0; d -= 1) {
      const before = points[d] ?? new Map<number, number>();
      const k = x - y;
      const isDown = down(before, k, d);
      const fromX = d === 0 ? 0 : at(before, isDown ? k + 1 : k - 1);
      const fromY = d === 0 ? 0 : fromX - (isDown ? k + 1 : k - 1);
      while (x > fromX && y > fromY) out.push({sign: ' ', text: from[((x -= 1), (y -= 1), x)] ?? ''});
      if (d === 0) break;
      if (isDown) out.push({sign: '+', text: to[(y -= 1)] ?? ''});
      else out.push({sign: '-', text: from[(x -= 1)] ?? ''});
    }
    return out.reverse();
  }
}
