// Bytes → Runbook: outline, ids, file-wide rules on each procedure, and everything that is wrong.
import {hash} from 'node:crypto';
import type {
  Phase,
  PhaseBlock,
  Problem,
  Procedure,
  Prohibition,
  Runbook,
  RunbookMeta,
  Step,
} from '../domain/runbook.ts';
import type {Block, Draft, Section, Source} from './draft.ts';
import {isMetadata, readMeta} from './front-matter.ts';
import {readLinks} from './links.ts';
import {readMarkdown} from './markdown.ts';
import type {PhaseTable} from './phases.ts';
import {findPlaceholders} from './placeholders.ts';
import {readOutline} from './sections.ts';

export interface ParseRequest {
  /** Path as shown in messages; its base name gives the id when the front matter has none. */
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The site's own phase words, tried before the built-in table. */
  readonly phases?: PhaseTable;
  /** The folder that links may not leave (the site's); without one it is the file's own folder. */
  readonly root?: string;
}

/** Phases outside any procedure that every procedure gets when it has none of its own. */
const inherited: readonly Phase[] = ['safe-actions', 'rollback', 'escalate'];
/** Phases outside any procedure whose steps stand in each procedure, so that nothing is lost without one of the file's own. */
const repeatedOnly: readonly Phase[] = ['preconditions', 'escalate'];

/** Parses any bytes; what is wrong stands in `problems` (an `error` there means: not runnable). Never throws. */
export function parseRunbook({file, bytes, phases = noWords, root: folder}: ParseRequest): Runbook {
  const problems: Problem[] = [];
  const {text, root} = readMarkdown(bytes, problems);
  const front = readMeta(root, text, problems);
  const heading = root.children.findIndex(node => node.type === 'heading');
  const under = root.children[heading + 1];
  const children =
    heading >= 0 && under?.type === 'paragraph' && isMetadata(under, text)
      ? root.children.filter(node => node !== under)
      : root.children;
  const source: Source = {text, problems, phases, quiet: false, codes: new WeakMap(), told: new WeakSet()};
  const outline = readOutline({...root, children}, source);
  const baseName = (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(?:md|markdown|txt)$/i, '');
  const id = front.id ?? (baseName === '' ? 'runbook' : baseName);
  const title = front.title ?? outline.title ?? baseName;
  const procedures = makeProcedures({id, title, file: outline.file, sections: outline.procedures, problems});
  return {
    file,
    sha256: hash('sha256', bytes, 'hex'),
    id,
    title,
    meta: front.meta,
    procedures,
    prohibitions: outline.file.prohibitions,
    placeholders: findPlaceholders(procedures, front.meta),
    links: readLinks(root, file, folder, problems),
    problems: problems.toSorted((a, b) => a.line - b.line),
    source: text,
  };
}

/** A runbook that could not even be read: no procedures, one problem. */
export function unreadableRunbook(file: string, message: string): Runbook {
  const baseName = (file.split(/[\\/]/).at(-1) ?? file).replace(/\.(?:md|markdown|txt)$/i, '');
  const meta: RunbookMeta = {
    tags: [],
    services: [],
    environments: [],
    requires: [],
    roles: [],
    vars: [],
    secrets: {},
    kind: 'runbook',
    other: {},
  };
  const problems: Problem[] = [{code: 'unreadable', line: 1, level: 'error', message}];
  return {
    file,
    sha256: '',
    id: baseName === '' ? 'runbook' : baseName,
    title: baseName,
    meta,
    procedures: [],
    prohibitions: [],
    placeholders: [],
    problems,
    source: '',
  };
}

const noWords: PhaseTable = {};

interface Parts {
  readonly id: string;
  readonly title: string;
  readonly file: Section;
  readonly sections: readonly Section[];
  readonly problems: Problem[];
}

function makeProcedures({id, title, file, sections, problems}: Parts): Procedure[] {
  const alone =
    sections.length === 0 ||
    file.blocks.some(block => !repeatedOnly.includes(block.phase) && block.steps.length > 0);
  const names = new Names(problems);
  const out: Procedure[] = [];
  const fileBlocks = number(file.blocks, id, names);
  if (
    alone &&
    (fileBlocks.some(block => block.steps.length > 0) ||
      file.prohibitions.length > 0 ||
      sections.length === 0)
  )
    out.push({
      id,
      title: file.title || title,
      line: file.line,
      phases: fileBlocks,
      prohibitions: file.prohibitions,
    });
  for (const section of sections) {
    const procedureId =
      section.anchor === '' || (alone && section.anchor === id) ? `${id}-${section.line}` : section.anchor;
    const own = number(section.blocks, procedureId, names);
    const first = fileBlocks.filter(block => block.phase === 'preconditions');
    const last = fileBlocks.filter(
      block => inherited.includes(block.phase) && !own.some(each => each.phase === block.phase),
    );
    const repeated = (blocks: readonly PhaseBlock[]): PhaseBlock[] =>
      blocks.map(block => ({...block, from: 'file'}));
    out.push({
      id: procedureId,
      title: section.title,
      line: section.line,
      ...(section.chapter === undefined ? {} : {chapter: section.chapter}),
      phases: [...repeated(first), ...own, ...repeated(last)],
      prohibitions: merge(section.prohibitions, file.prohibitions),
    });
  }
  return out;
}

const merge = (own: readonly Prohibition[], file: readonly Prohibition[]): Prohibition[] => [...own, ...file];

/** Gives each step its id; a name that is used twice is an error, and the later step gets its ordinal id. */
class Names {
  private readonly used = new Map<string, number>();
  private readonly problems: Problem[];

  constructor(problems: Problem[]) {
    this.problems = problems;
  }

  take(name: string | undefined, ordinal: string, line: number): string {
    if (name === undefined) return ordinal;
    const before = this.used.get(name);
    if (before === undefined) {
      this.used.set(name, line);
      return name;
    }
    const message = `The step name "${name}" is already used on line ${before}; names must be unique in a file.`;
    this.problems.push({code: 'duplicate-name', line, level: 'error', message});
    return ordinal;
  }
}

function number(blocks: readonly Block[], procedureId: string, names: Names): PhaseBlock[] {
  let ordinal = 0;
  const finish = (draft: Draft, path: string): Step => {
    const id = names.take(draft.attributes.name, `${procedureId}/${path}`, draft.line);
    return {...draft, id, children: draft.children.map((child, i) => finish(child, `${path}.${i + 1}`))};
  };
  return blocks.map(block => ({...block, steps: block.steps.map(step => finish(step, String(++ordinal)))}));
}
