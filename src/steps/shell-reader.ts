// Walks the syntax tree of shell text: the quoting context of each placeholder, and the variables that are read and set.
import {forEachChild, parse, type SyntaxNode, type Word} from 'unbash';
import {isOfTheShell, nameProblem} from '../domain/variables.ts';
import {evaluates, readsStandardInput, takesNames} from './languages.ts';

/** How an expansion is written at a place. */
export type Context = 'bare' | 'double' | 'single' | 'ansi' | 'heredoc';

/** A placeholder in the text, and what was found out about its place. */
export interface Mark {
  readonly placeholder: string;
  readonly name: string;
  readonly token: string;
  readonly pos: number;
  context?: Context;
  plain?: boolean;
  problem?: string | undefined;
}

/** What is known on the way down to a node. */
interface Way {
  readonly why?: string;
  readonly plain: boolean;
  readonly quoted: 'bare' | 'double' | 'heredoc';
}

/** Text that takes the place of other text. */
export interface Edit {
  readonly pos: number;
  readonly end: number;
  readonly text: string;
}

export interface ShellReading {
  /** Variables whose values the text reads, and those that must have one. */
  readonly uses: ReadonlySet<string>;
  readonly needs: ReadonlySet<string>;
  /** Variables that it sets itself. */
  readonly assigned: ReadonlySet<string>;
  readonly errors: readonly string[];
  /** What must change beside the placeholders: quoted here-documents that hold one. */
  readonly edits: readonly Edit[];
  /** The placeholders, those in comments left out. */
  readonly marks: readonly Mark[];
}

/** Walks the syntax tree of a text: finds the context of each mark, and the names that are read and set. */
export function readShell(source: string, all: readonly Mark[]): ShellReading {
  const uses = new Set<string>();
  const needs = new Set<string>();
  const assigned = new Set<string>();
  const errors: string[] = [];
  const edits: Edit[] = [];
  /** Where words and texts stand: a `#` there begins no comment. */
  const words: {readonly pos: number; readonly end: number}[] = [];
  let isEvaluating = false;
  const flowing: Mark[] = [];
  let marks = [...all];

  const within = ({pos, end}: {readonly pos: number; readonly end: number}): Mark[] =>
    marks.filter(each => each.pos >= pos && each.pos + each.token.length <= end);

  const place = (node: SyntaxNode, context: Context, {why, plain}: Way): void => {
    for (const each of within(node)) {
      // `$"…"` would be a text to be translated.
      const behind = context !== 'single' && source[each.pos - 1] === '$' ? 'stands behind a $' : undefined;
      each.problem = why ?? behind;
      each.context = context;
      each.plain = each.plain === true || plain;
    }
  };

  const read = (name: string, isNeeded: boolean): void => {
    if (nameProblem(name) !== undefined || isOfTheShell(name)) return;
    uses.add(name);
    if (isNeeded) needs.add(name);
  };

  const down = (node: SyntaxNode, way: Way): void => {
    forEachChild(node, child => {
      visit(child, way);
    });
  };

  /** No value in all of it; the names in it are read all the same. */
  const refuse = (node: SyntaxNode, way: Way, why: string): void => {
    place(node, 'bare', {...way, why});
    down(node, {...way, why});
  };

  const visit = (node: SyntaxNode, way: Way): void => {
    // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- all other nodes are only walked through
    switch (node.type) {
      case 'Script':
        errors.push(...(node.errors ?? []).map(({message}) => message));
        // Offsets in such a script are not those of the text.
        if (node.source !== undefined) {
          marks = [];
          down(node, way);
          marks = [...all];
          return;
        }
        break;
      case 'Word':
        words.push(node);
        if (node.parts === undefined) place(node, 'bare', way);
        break;
      case 'Literal':
        place(node, way.quoted, way);
        return;
      case 'SingleQuoted':
        place(node, 'single', way);
        return;
      case 'AnsiCQuoted':
        place(node, 'ansi', way);
        return;
      case 'DoubleQuoted':
      case 'LocaleString':
        down(node, {...way, quoted: 'double'});
        return;
      case 'SimpleExpansion':
        read(node.text.slice(1), true);
        return;
      case 'ParameterExpansion': {
        const gives = node.operation?.type === 'Default' && !node.operation.operator.endsWith('?');
        if (node.prefix !== '!') read(node.parameter, !gives);
        refuse(node, way, 'stands inside ${…}, where no value can be put safely');
        return;
      }
      case 'CommandExpansion':
        down(node, {
          ...way,
          quoted: 'bare',
          // Between quotes, quotes inside of `…` are read differently from shell to shell.
          ...(node.text.startsWith('`') && way.quoted !== 'bare'
            ? {why: 'stands inside `…` between quotes; write $(…) instead'}
            : {}),
        });
        return;
      case 'ProcessSubstitution':
        down(node, {...way, quoted: 'bare'});
        return;
      case 'ArithmeticExpansion':
      case 'ArithmeticCommand':
      case 'ArithmeticFor':
        refuse(node, way, 'stands in arithmetic, where a shell would evaluate its value');
        return;
      case 'ExtendedGlob':
      case 'BraceExpansion':
      case 'Glob':
        refuse(node, way, 'stands inside a pattern or {…}, where no value can be put safely');
        return;
      case 'TestUnary':
        if (node.operator === '-v' || node.operator === '-R') {
          refuse(node, way, 'stands where a shell would evaluate its value');
          return;
        }
        break;
      case 'TestBinary':
        if (/^-(?:eq|ne|lt|le|gt|ge)$/.test(node.operator)) {
          refuse(node, way, 'stands in arithmetic, where a shell would evaluate its value');
          return;
        }
        break;
      case 'Assignment':
        assigned.add(node.name);
        flowing.push(...within(node));
        break;
      case 'For':
      case 'Select':
        assigned.add(node.name.text);
        visit(node.name, {...way, why: 'stands where the name of a variable stands'});
        flowing.push(...(node.wordlist ?? []).flatMap(within));
        node.wordlist?.forEach(word => {
          visit(word, way);
        });
        visit(node.body, way);
        return;
      case 'Function':
      case 'Coproc':
        if (node.name !== undefined) visit(node.name, {...way, why: 'stands where a name stands'});
        visit(node.body, way);
        return;
      case 'HereDoc': {
        words.push(node.body);
        hereDoc(node, way);
        return;
      }
      case 'Pipeline':
        if (node.commands.some(each => wordsOf(each).some(readsStandardInput))) {
          down(node, {...way, plain: true});
          return;
        }
        break;
      case 'Command':
        command(node, way);
        return;
      default:
        break;
    }
    down(node, way);
  };

  const hereDoc = (node: SyntaxNode & {type: 'HereDoc'}, way: Way): void => {
    const {delimiter, body} = node;
    if (delimiter?.quoted !== true) {
      if (body.parts === undefined) place(body, 'heredoc', way);
      else
        body.parts.forEach(part => {
          visit(part, {...way, quoted: 'heredoc'});
        });
      return;
    }
    const inside = within(body);
    if (inside.length === 0) return;
    const isWord = /^\w+$/.test(delimiter.value);
    place(
      body,
      'heredoc',
      isWord ? way : {...way, why: 'stands in a here-document with an unusual end mark'},
    );
    if (!isWord) return;
    // Quoted end marks keep everything as it is; unquoted, with what would be read escaped, the text is the same.
    edits.push({pos: delimiter.pos, end: delimiter.end, text: delimiter.value});
    let from = body.pos;
    for (const each of [...inside, {pos: body.end, token: ''}]) {
      for (const found of source.slice(from, each.pos).matchAll(/[\\$`]/g))
        edits.push({pos: from + found.index, end: from + found.index, text: '\\'});
      from = each.pos + each.token.length;
    }
  };

  const command = (node: SyntaxNode & {type: 'Command'}, way: Way): void => {
    const {name, prefix, suffix} = node;
    const program = name === undefined ? undefined : programOf(name);
    if (program === 'eval') isEvaluating = true;
    prefix.forEach(each => {
      visit(each, redirected(each) && readsStandardInput(program ?? '') ? {...way, plain: true} : way);
    });
    if (name !== undefined) {
      const isFirst = within(name).some(({token}) => name.value.startsWith(token));
      visit(
        name,
        isFirst ? {...way, why: 'would say which program is run; write the program'} : {...way, plain: true},
      );
    }
    let plain = way.plain || (program !== undefined && (evaluates(program) || takesNames(program)));
    let stdin = plain || (program !== undefined && readsStandardInput(program));
    for (const each of suffix) {
      const isAssignment = each.type === 'Assignment';
      // `export NAME=<value>` only gives a value.
      const isGiven = isAssignment && program !== undefined && takesNames(program);
      visit(each, {...way, plain: isGiven ? way.plain : redirected(each) ? stdin : plain});
      if (each.type !== 'Word') continue;
      const word = programOf(each);
      if (program === 'read' || program === 'mapfile' || program === 'readarray') assigned.add(word);
      if (evaluates(word) || word === '-v') plain = stdin = true;
      if (readsStandardInput(word)) stdin = true;
    }
  };

  const start = (): void => {
    visit(parse(source), {plain: false, quoted: 'bare'});
    if (isEvaluating) for (const each of marks) each.plain = true;
    // What an assignment took may be handed to another shell further down.
    if (flowing.length > 0 && wordsOf(parse(source)).some(evaluates))
      for (const each of flowing) each.plain = true;
    const isComment = ({pos}: Mark): boolean => {
      const line = source.lastIndexOf('\n', pos) + 1;
      for (let i = line; i < pos; i += 1) {
        if (source[i] !== '#' || (i > line && !/[\s;&|()]/.test(source[i - 1] ?? ''))) continue;
        if (!words.some(word => word.pos <= i && i < word.end)) return true;
      }
      return false;
    };
    marks = marks.filter(
      each => each.context !== undefined || each.problem !== undefined || !isComment(each),
    );
  };

  start();
  return {uses, needs, assigned, errors, edits, marks};
}

const redirected = (node: SyntaxNode): boolean => node.type === 'HereDoc' || node.type === 'HereString';

/** The program that a word names: without its folder. */
const programOf = ({value}: Word): string => value.slice(value.lastIndexOf('/') + 1);

/** Every word of a simple command, and of those in a compound one. */
function wordsOf(node: SyntaxNode): string[] {
  if (node.type === 'Word') return [programOf(node)];
  const out: string[] = [];
  forEachChild(node, child => {
    out.push(...wordsOf(child));
  });
  return out;
}
