// The tree of a Markdown file: the nodes of mdast that runbooks are read from, each with its place in the text.

export interface Span {
  /** Offsets into the text, the end exclusive. */
  start: number;
  end: number;
  /** The line it begins on, 1-based. */
  line: number;
}

interface BlockSpan extends Span {
  /** The line it ends on. */
  endLine: number;
}

export interface Text extends Span {
  type: 'text';
  value: string;
}

export interface InlineCode extends Span {
  type: 'inlineCode';
  value: string;
}

interface Break extends Span {
  type: 'break';
}

interface Styled extends Span {
  type: 'emphasis' | 'strong' | 'delete';
  children: Inline[];
}

export interface Link extends Span {
  type: 'link';
  url: string;
  children: Inline[];
}

/** A link whose target stands in a definition; nothing here follows it. */
interface LinkReference extends Span {
  type: 'linkReference';
  children: Inline[];
}

interface Image extends Span {
  type: 'image';
  url: string;
  alt: string;
}

interface ImageReference extends Span {
  type: 'imageReference';
  alt: string;
}

interface FootnoteReference extends Span {
  type: 'footnoteReference';
  identifier: string;
}

/** HTML among words as well as a block of it. */
export interface Html extends BlockSpan {
  type: 'html';
  value: string;
}

export type Inline =
  | Text
  | InlineCode
  | Break
  | Styled
  | Link
  | LinkReference
  | Image
  | ImageReference
  | FootnoteReference
  | Html;

/** A block of words. */
interface WordsSpan extends BlockSpan {
  children: Inline[];
  /** Its words in one line: code and links without their marks, line ends as spaces, HTML left out. */
  plain: string;
}

export interface Heading extends WordsSpan {
  type: 'heading';
  depth: number;
}

export interface Paragraph extends WordsSpan {
  type: 'paragraph';
}

export interface Blockquote extends BlockSpan {
  type: 'blockquote';
  children: Block[];
}

export interface ListItem extends BlockSpan {
  type: 'listItem';
  /** Whether its box is ticked; `undefined` for an item without a box. */
  checked: boolean | undefined;
  children: Block[];
}

export interface List extends BlockSpan {
  type: 'list';
  ordered: boolean;
  /** The number of the first item of an ordered list. */
  first: number | undefined;
  children: ListItem[];
}

export interface Code extends BlockSpan {
  type: 'code';
  /** What stands behind the marks that open it, as it is written; undefined for indented code. */
  info: string | undefined;
  /** Whether its own end came; indented code has none. */
  closed: boolean;
  value: string;
}

export interface TableCell extends WordsSpan {
  type: 'tableCell';
}

export interface TableRow extends BlockSpan {
  type: 'tableRow';
  children: TableCell[];
}

export interface Table extends BlockSpan {
  type: 'table';
  children: TableRow[];
}

interface ThematicBreak extends BlockSpan {
  type: 'thematicBreak';
}

export interface Definition extends BlockSpan {
  type: 'definition';
  url: string;
}

export interface FootnoteDefinition extends BlockSpan {
  type: 'footnoteDefinition';
  identifier: string;
  children: Block[];
}

export interface FrontMatter extends BlockSpan {
  type: 'yaml' | 'toml';
  value: string;
}

export type Block =
  | Heading
  | Paragraph
  | Blockquote
  | List
  | Code
  | Html
  | Table
  | ThematicBreak
  | Definition
  | FootnoteDefinition;

/** What stands at the top of a file. */
export type RootContent = Block | FrontMatter;

export interface Root {
  type: 'root';
  children: RootContent[];
}

/** Everything in the tree but its root. */
export type Node = RootContent | ListItem | TableRow | TableCell | Inline;
