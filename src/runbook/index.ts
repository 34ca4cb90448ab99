// Markdown → procedures and steps, lint, and loading; imports domain, ports and the Markdown parser, nothing else.
export {parseRunbook, unreadableRunbook} from './parse.ts';
export type {ParseRequest} from './parse.ts';
