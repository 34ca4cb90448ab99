// A runbook's text at a width: each line in its role, code broken hard, what is searched for marked.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Line, Span, Tone} from '../../src/define-screen.ts';
import type {RunbookLine, RunbookView} from '../../src/state/model.ts';
import {blank, span} from './line.ts';
import {width, wrap} from './text.ts';

interface Look {
  readonly tone: Tone;
  /** Stands before the first row; what colour says is said by it as well. */
  readonly mark: Shown;
}

const looks: Record<RunbookLine['role'], Look> = {
  h1: {tone: 'strong', mark: say``},
  h2: {tone: 'accent', mark: say``},
  h3: {tone: 'strong', mark: say``},
  text: {tone: 'plain', mark: say``},
  item: {tone: 'plain', mark: say`• `},
  code: {tone: 'accent', mark: say`│ `},
  fence: {tone: 'dim', mark: say`  `},
  head: {tone: 'strong', mark: say``},
  row: {tone: 'plain', mark: say``},
  caution: {tone: 'bad', mark: say`✖ CAUTION  `},
  warning: {tone: 'warn', mark: say`! WARNING  `},
  note: {tone: 'dim', mark: say`· note  `},
  rule: {tone: 'dim', mark: say``},
  blank: {tone: 'plain', mark: say``},
  dont: {tone: 'bad', mark: say`✖ `},
};

export interface ReadingRow {
  readonly line: Line;
  /** Index of the line in the runbook's `lines`. */
  readonly from: number;
  /** The text of the row, lower case, for searching. */
  readonly text: string;
}

const made = new WeakMap<RunbookView, {readonly cells: number; readonly rows: readonly ReadingRow[]}>();

/** The whole text at this width; made once for as long as book and width stay. */
export function readingRows(book: RunbookView, cells: number): readonly ReadingRow[] {
  const known = made.get(book);
  if (known?.cells === cells) return known.rows;
  const rows = book.lines.flatMap((line, from) => rowsOf(line, from, cells));
  made.set(book, {cells, rows});
  return rows;
}

function rowsOf(line: RunbookLine, from: number, cells: number): readonly ReadingRow[] {
  const {role} = line;
  if (role === 'blank') return [{line: blank, from, text: ''}];
  if (role === 'rule') {
    const rule = show(`   ${'─'.repeat(Math.max(0, Math.min(20, cells - 3)))}`);
    return [{line: [span(rule, 'dim')], from, text: ''}];
  }
  const {tone, mark} = isNumbered(line) ? {tone: looks.item.tone, mark: say``} : looks[role];
  const indent = Math.max(
    0,
    Math.min(1 + line.indent * 2 + (role.startsWith('h') && role !== 'head' ? 0 : 2), Math.floor(cells / 2)),
  );
  const pad = width(mark);
  const note = stepNote(line);
  const hang = isNumbered(line) ? 3 : 0;
  const room = Math.max(4, cells - indent - pad);
  return wrapped(line.text, room, hang).map((text, i): ReadingRow => {
    const before = show(' '.repeat(indent + (i > 0 ? (role === 'code' ? 0 : pad) + hang : 0)));
    const head = i === 0 || role === 'code' ? [span(mark, role === 'code' ? 'dim' : tone)] : [];
    const after =
      i === 0 && note !== undefined && width(text) + width(note.text) + 2 <= room
        ? [span(say`  `), note]
        : [];
    return {line: [span(before), ...head, span(text, tone), ...after], from, text: text.toLowerCase()};
  });
}

/** `1. Do this`, `[ ] Do that`: the text has its own mark. */
const isNumbered = ({role, text}: RunbookLine): boolean =>
  role === 'item' && /^(?:\d+\. |\[[ x]\] )/.test(text);

/** Rows after the first stand under the words, not under the number. */
function wrapped(text: Shown, room: number, hang: number): readonly Shown[] {
  const [first, ...rest] = wrap(text, room);
  if (first === undefined || rest.length === 0 || hang === 0) return wrap(text, room);
  return [first, ...wrap(show(text.slice(first.length).replace(/^ /, '')), Math.max(4, room - hang))];
}

/** What a step that runs something is known from. */
function stepNote({step}: RunbookLine): Span | undefined {
  if (step === undefined) return undefined;
  return step === 'guessed' ? span(say`‹guessed command›`, 'warn') : span(say`‹step›`, 'dim');
}

/** The row with every place that holds the words marked; `words` in lower case. */
export function marked({line, text}: ReadingRow, words: string): Line {
  if (words === '' || !text.includes(words)) return line;
  return line.flatMap((part): readonly Span[] => {
    const low = part.text.toLowerCase();
    // A letter that changes its length in lower case would put the marks in the wrong place.
    if (low.length !== part.text.length) return [part];
    const out: Span[] = [];
    let at = 0;
    for (let hit = low.indexOf(words); hit !== -1; hit = low.indexOf(words, at)) {
      out.push(
        span(show(part.text.slice(at, hit)), part.tone),
        span(show(part.text.slice(hit, hit + words.length)), 'staging'),
      );
      at = hit + words.length;
    }
    return [...out, span(show(part.text.slice(at)), part.tone)].filter(({text: piece}) => piece !== '');
  });
}
