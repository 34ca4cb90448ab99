// Markdown → procedures and steps, lint, and loading; imports domain, ports and the Markdown parser, nothing else.
export {parseRunbook, unreadableRunbook} from './parse.ts';
export type {ParseRequest} from './parse.ts';
export {lintRunbook, stepsOf} from './lint.ts';
export type {LintContext} from './lint.ts';
export {loadRunbooks, readRunbook} from './load.ts';
export type {LoadRequest, ReadContext} from './load.ts';
export type {PhaseTable} from './phases.ts';
export {readingLines} from './reading.ts';
export type {ReadingLine} from './reading.ts';
export {runbookJson} from './json.ts';
export {maxFileBytes} from './markdown.ts';
export {placesIn} from './places.ts';
export type {Place, Places} from './places.ts';
export {annotate} from './annotate.ts';
export type {Annotated} from './annotate.ts';
