// A strict reader of the small XML that object stores answer with: elements and text, and nothing that a reader could
// be led astray by: no document types, no sections, no comments.

export interface Element {
  readonly name: string;
  /** Text that stands directly in it, entities resolved. */
  readonly text: string;
  readonly children: readonly Element[];
}

const maxDepth = 16;
const named: Readonly<Record<string, string>> = {amp: '&', lt: '<', gt: '>', quot: '"', apos: "'"};
const declaration = /^\uFEFF?(?:<\?xml [^<>?]{0,200}\?>)?\s*/;
const startTag =
  /<([A-Za-z_][\w.-]{0,99})((?:\s+[A-Za-z_][\w.:-]{0,99}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y;
const endTag = /<\/([A-Za-z_][\w.-]{0,99})\s*>/y;
const reference = /^(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]{2,4}));/;

/** The text with its entities resolved; undefined where one is not known. */
function resolved(raw: string): string | undefined {
  const [first = '', ...rest] = raw.split('&');
  const pieces = rest.map(piece => {
    const [whole, decimal, hex, name] = reference.exec(piece) ?? [];
    const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal);
    const found = name === undefined ? character(code) : named[name];
    return whole === undefined || found === undefined ? undefined : found + piece.slice(whole.length);
  });
  return pieces.includes(undefined) ? undefined : first + pieces.join('');
}

const character = (code: number): string | undefined =>
  code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : undefined;

interface Open {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

/** The one element of the document; undefined where anything is not as it should be. */
export function readXml(document: string): Element | undefined {
  const open: Open[] = [];
  let at = declaration.exec(document)?.[0].length ?? 0;
  for (;;) {
    const end = document.indexOf('<', at);
    const within = open.at(-1);
    const text = end < 0 ? undefined : resolved(document.slice(at, end));
    if (end < 0 || text === undefined || (within === undefined && text !== '')) return undefined;
    if (within !== undefined) within.text += text;

    startTag.lastIndex = end;
    const [started, name = '', , closed] = startTag.exec(document) ?? [];
    endTag.lastIndex = end;
    const [ended, last] = endTag.exec(document) ?? [];
    at = end + (started ?? ended ?? '').length;
    let done: Element | undefined;
    if (started !== undefined && closed === '') {
      if (open.push({name, children: [], text: ''}) > maxDepth) return undefined;
      continue;
    } else if (started !== undefined) done = {name, text: '', children: []};
    else if (ended !== undefined && within?.name === last) done = open.pop();
    if (done === undefined) return undefined;
    const parent = open.at(-1);
    if (parent === undefined) return document.slice(at).trim() === '' ? done : undefined;
    parent.children.push(done);
  }
}

/** The element at this path of names from the root on, where each stands there exactly once. */
export function elementAt(root: Element | undefined, names: readonly string[]): Element | undefined {
  const [first, ...rest] = names;
  let found = root?.name === first ? root : undefined;
  for (const name of rest) {
    const [one, ...others]: readonly Element[] = found?.children.filter(child => child.name === name) ?? [];
    found = others.length === 0 ? one : undefined;
  }
  return found;
}
