// The files of a bundle that are derived for people: what an exporter writes and a verifier writes again to compare.
import {populationHead, row, timelineHead} from './csv.ts';
import {detailsOf, type Value} from './details.ts';
import * as html from './html.ts';
import {commitmentsIn, member, numberIn, textIn, type Fields} from './json.ts';
import * as markdown from './markdown.ts';
import {hasTimeline, headFacts, type DerivedInput, type EntryView} from './page.ts';
import {markOf, plainOf, sentenceOf, type Sentence} from './sentence.ts';
import {inline, lengthOf, utf8Length} from './text.ts';
import {Totals, type RunTotal} from './totals.ts';

export type {DerivedInput} from './page.ts';
export type {Value} from './details.ts';

export interface DerivedRow {
  readonly seq: number;
  /** Leaf hash, hex. */
  readonly leaf: string;
  /** The entry's line without its newline. */
  readonly line: string;
  /** The line, parsed; its form holds. */
  readonly entry: Fields;
  /** The values behind its commitments, by pointer. */
  readonly values: ReadonlyMap<string, Value>;
}

export const derivedPaths = ['population.csv', 'timeline.csv', 'report.md', 'report.html'] as const;
export type DerivedPath = (typeof derivedPaths)[number];

/** The next text of a file; the pieces of one path, joined in their order, are the file. */
export interface Piece {
  readonly path: DerivedPath;
  readonly text: string;
}

/** Code points of report.md's timeline after which entries stand without details: both pages stay of a size that opens. */
const mostTimeline = 16 * 1024 * 1024;
/** Rows are handed over in texts of about this length. */
const pieceLength = 65_536;

/**
 * Writes the derived files (docs/formats/ledger.md, Derived files). Entries in order, each once, then `end`.
 * The tables go out as they grow; the reports come at the end, since runs stand before the timeline.
 */
export class Deriver {
  readonly #input: DerivedInput;
  readonly #totals = new Totals();
  readonly #timelines = {markdown: new Array<string>(), html: new Array<string>()};
  #population = populationHead;
  #timeline = timelineHead;
  #length = 0;
  #day = '';
  #first = '';
  #last = '';

  constructor(input: DerivedInput) {
    this.#input = input;
  }

  add(derived: DerivedRow): readonly Piece[] {
    const {entry, seq} = derived;
    const sentence = sentenceOf(entry);
    const mark = markOf(entry);
    const run = this.#totals.add(entry, seq, mark);
    const ts = textIn(entry, 'ts') ?? '';
    if (this.#first === '') this.#first = ts;
    this.#last = ts;
    this.#population += populationRow(derived);
    this.#timeline += this.#timelineRow(derived, {sentence, mark, run});
    if (hasTimeline(this.#input)) this.#show(derived, {sentence, mark, run});
    return this.#population.length < pieceLength && this.#timeline.length < pieceLength ? [] : this.#rows();
  }

  end(): readonly Piece[] {
    const facts = headFacts(this.#input, this.#first, this.#last);
    const runs = [...this.#totals.runs.values()];
    const some = hasTimeline(this.#input);
    const {markdown: md, html: web} = this.#timelines;
    const reports = {
      'report.md': [
        markdown.head(facts),
        markdown.runsHead(runs.length > 0),
        ...runs.map(markdown.runOf),
        markdown.timelineHead(some),
        ...md,
        markdown.totalsOf(this.#totals),
      ],
      'report.html': [
        html.head(this.#input, facts),
        html.runsHead(runs.length > 0),
        ...runs.map(run => html.runOf(this.#input, run)),
        html.timelineHead(some),
        ...web,
        html.totalsOf(this.#totals),
      ],
    };
    const pieces = (['report.md', 'report.html'] as const).flatMap(path =>
      reports[path].map(text => ({path, text})),
    );
    return [...this.#rows(), ...pieces];
  }

  #rows(): Piece[] {
    const pieces: Piece[] = [
      {path: 'population.csv', text: this.#population},
      {path: 'timeline.csv', text: this.#timeline},
    ];
    this.#population = '';
    this.#timeline = '';
    return pieces;
  }

  #timelineRow({entry, seq, values}: DerivedRow, {sentence, mark, run}: Rendered): string {
    const states = {shown: 0, erased: 0};
    // Without values there is nothing to count.
    for (const {ptr} of values.size === 0 ? [] : commitmentsIn(member(entry, 'body'), '/body')) {
      const value = values.get(ptr);
      if (value !== undefined) states['erased' in value ? 'erased' : 'shown'] += 1;
    }
    this.#totals.shown += states.shown;
    this.#totals.erased += states.erased;
    const said = [
      ...(states.shown > 0 ? [`shown ${states.shown}`] : []),
      ...(states.erased > 0 ? [`erased ${states.erased}`] : []),
    ];
    return row([
      seq,
      textIn(entry, 'ts'),
      textIn(member(entry, 'actor'), 'operator'),
      textIn(entry, 'kind'),
      plainOf(sentence),
      textIn(entry, 'run'),
      textIn(entry, 'step'),
      textIn(member(entry, 'body'), 'service') ?? run?.service,
      mark?.word,
      said.join(' '),
    ]);
  }

  #show({entry, seq, values}: DerivedRow, {sentence, mark, run}: Rendered): void {
    const ts = textIn(entry, 'ts') ?? '';
    const actor = member(entry, 'actor');
    const view: EntryView = {
      seq,
      day: ts.slice(0, 10),
      time: ts.slice(11),
      operator: inline(textIn(actor, 'operator') ?? '').text,
      via: inline(textIn(actor, 'via') ?? '').text,
      run,
      mark,
      sentence,
      bare: this.#length >= mostTimeline,
      details: detailsOf(entry, {
        values,
        said: new Set([...sentence.said, ...(mark?.says === undefined ? [] : [mark.says])]),
      }),
    };
    if (view.day !== this.#day) {
      this.#day = view.day;
      this.#timelines.markdown.push(markdown.dayOf(view.day));
      this.#timelines.html.push(html.dayOf(view.day));
    }
    const text = markdown.entryOf(view);
    this.#length += lengthOf(text);
    this.#timelines.markdown.push(text);
    this.#timelines.html.push(html.entryOf(this.#input, view));
  }
}

interface Rendered {
  readonly sentence: Sentence;
  readonly mark: ReturnType<typeof markOf>;
  readonly run: RunTotal | undefined;
}

function populationRow({seq, leaf, line, entry}: DerivedRow): string {
  const actor = member(entry, 'actor');
  return row([
    seq,
    textIn(entry, 'ts'),
    textIn(entry, 'kind'),
    textIn(actor, 'operator'),
    textIn(actor, 'via'),
    numberIn(actor, 'uid'),
    textIn(actor, 'user'),
    textIn(entry, 'session'),
    textIn(entry, 'run'),
    textIn(entry, 'step'),
    numberIn(entry, 'of'),
    numberIn(entry, 'fence'),
    leaf,
    utf8Length(line),
  ]);
}
