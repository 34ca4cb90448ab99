// Secrets that are known by where they stand: assignments to telling names, authorization headers, URLs.
import {isEdge, none, setOf, sets, type Found, type Pattern, type View} from './view.ts';

/** Words that follow a telling name without being a secret. */
const ordinary = new Set(
  (
    'required optional none null nil undefined true false yes no empty missing invalid incorrect wrong expired unset ' +
    'unknown valid set not changed redacted masked hidden filtered removed string text prompt stdin default disabled ' +
    'enabled accepted rejected denied failed failure error needed found with from file path token password secret key'
  ).split(' '),
);

/** What stands for a value that is not there: `<token>`, `$TOKEN`, `${…}`, `***`, `{{…}}`, `env:NAME`, `[secret …]`. */
function isPlaceholder(value: string): boolean {
  return (
    ordinary.has(value.toLowerCase().replace(/[.!?:]+$/, '')) ||
    /^(?:<[^>]*>?|\$[A-Z_][A-Z0-9_]*|\$env:\w+|[*•xX._-]+|%[sdvq])$/.test(value) ||
    /^(?:\$[{(]|\{\{|%[({%]|\[(?:secret |redacted|masked|hidden|filtered|removed|\.\.\.)|(?:env|file|cmd):)/i.test(
      value,
    ) ||
    /^(?:process\.env|os\.environ|ENV\[)/.test(value)
  );
}

const shortestValue = 4;
/** As much of a value is looked at to tell a placeholder from a secret. */
const lookAhead = 72;

const bareEnd = setOf(' \t\r\n"\'`,;&)}<>|', 'allBut');
const lineEnd = setOf('\r\n', 'allBut');
const headerEnd = setOf('\r\n"\'', 'allBut');

/** Where the unquoted value at `from` ends, looking `lookAhead` far. */
function bareLength(view: View, from: number): number {
  let to = from;
  while (to - from < lookAhead && takesBare(view, to)) to += 1;
  return to - from;
}

/** Whether the byte belongs to an unquoted value; that of a printed `\n` or `\"`, or of a `%22` in a URL, does not. */
export function takesBare(view: View, at: number): boolean {
  const byte = view.at(at);
  if (byte === 0x25) return !/^(?:0[ad]|2[0267c]|3b)$/i.test(view.text(at + 1, at + 3));
  if (byte === 0x5c) return !'nrt"\'\\'.includes(String.fromCharCode(view.at(at + 1)));
  return bareEnd[byte] === 1;
}

/** `''` inside single quotes, as YAML and SQL write one. */
export const isDoubled = (view: View, at: number, quote: number): boolean =>
  quote === 0x27 && view.at(at) === quote && view.at(at + 1) === quote;

interface Value {
  readonly from: number;
  readonly quote: {readonly byte: number; readonly slashes: number} | undefined;
}

/** Past a separator: the quote, however often it is escaped, and where the value begins. */
function valueAt(view: View, from: number): Value {
  let at = from;
  while (at - from < 8 && view.at(at) === 0x5c) at += 1;
  const byte = view.at(at);
  if (byte === 0x22 || byte === 0x27) return {from: at + 1, quote: {byte, slashes: at - from}};
  return {from: from + encoded(view, from, ['%22', '%27']), quote: undefined};
}

/** Three where one of these percent-encodings stands, else 0. */
const encoded = (view: View, at: number, forms: readonly string[]): number =>
  view.at(at) === 0x25 && forms.includes(view.text(at, at + 3).toUpperCase()) ? 3 : 0;

const spaces = (view: View, from: number): number => view.run(sets.space, from, 8);

/** Where the separator after a key ends: `=`, `:`, `=>`, `:=`, after the key's own closing quote; 0 when there is none. */
function separatorEnd(view: View, from: number): {readonly to: number; readonly colon: boolean} | undefined {
  const closed = valueAt(view, from);
  let at = spaces(view, closed.from);
  const percent = encoded(view, at, ['%3D', '%3A']);
  if (percent > 0) return {to: at + percent + encoded(view, at + percent, ['%20']), colon: false};
  const colon = view.at(at) === 0x3a;
  if (!colon && view.at(at) !== 0x3d) return undefined;
  at += 1;
  // `==` compares, `://` is an address.
  if (view.at(at) === 0x3d && !colon) return undefined;
  if (colon && view.at(at) === 0x2f && view.at(at + 1) === 0x2f) return undefined;
  if (view.at(at) === 0x3d || view.at(at) === 0x3e) at += 1;
  return {to: spaces(view, at), colon};
}

/** Where the key that holds the byte before `at` begins. */
function keyStart(view: View, at: number): number {
  let from = at;
  while (at - from < 40 && sets.dashed[view.at(from - 1)] === 1) from -= 1;
  return from;
}

function assigned(
  view: View,
  {from, keyEnd, name}: {from: number; keyEnd: number; name: string},
): Found | undefined {
  const start = keyStart(view, from);
  const isFlag = view.at(start) === 0x2d && view.at(start + 1) === 0x2d;
  const separator = separatorEnd(view, keyEnd);
  const isSpaced = separator === undefined && isFlag && sets.space[view.at(keyEnd)] === 1;
  if (separator === undefined && !isSpaced) return undefined;
  const {from: at, quote} = valueAt(view, separator?.to ?? spaces(view, keyEnd));
  if (name === 'authorization' || name === 'cookie') return header(view, {at, quote, name, start});
  // A private key is masked whole, by its own form.
  if (view.at(at) === 0x2d && view.text(at, at + 10) === '-----BEGIN') return undefined;
  if (quote !== undefined) {
    const end = {at: 'quoted', quote: quote.byte, slashes: quote.slashes} as const;
    let to = at;
    const isEnd = (byte: number): boolean =>
      byte === quote.byte ||
      byte === 0x0a ||
      byte === 0x0d ||
      byte === none ||
      (byte === 0x5c && quote.slashes > 0);
    while (to - at < lookAhead && (isDoubled(view, to, quote.byte) || !isEnd(view.at(to))))
      to += view.at(to) === 0x5c || isDoubled(view, to, quote.byte) ? 2 : 1;
    return to - at < shortestValue || isPlaceholder(view.text(at, to))
      ? undefined
      : {at, name, sure: 'guess', end};
  }
  if (isSpaced && view.at(at) === 0x2d) return undefined;
  const length = bareLength(view, at);
  const value = view.text(at, at + length);
  if (length < shortestValue || isPlaceholder(value) || value.startsWith('<')) return undefined;
  if (name === 'token' && /^\d{1,6}$/.test(value)) return undefined;
  // `Password: ask the platform team` is a sentence.
  const isSentence =
    (separator?.colon ?? isSpaced) &&
    /^[A-Za-z][a-z']*$/.test(value) &&
    view.at(at + length) === 0x20 &&
    (sets.letter[view.at(at + length + 1)] === 1 || view.at(at + length + 1) === 0x5b);
  return isSentence ? undefined : {at, name, sure: 'guess', end: {at: 'bare'}};
}

/** `Authorization: Scheme value` and cookies: the rest of the line, for they hold spaces and semicolons. */
function header(
  view: View,
  {at, quote, name, start}: {at: number; quote: Value['quote']; name: string; start: number},
): Found | undefined {
  const word = view.run(sets.letter, at, 16);
  const isScheme = name === 'authorization' && word > at && view.at(word) === 0x20;
  const from = isScheme ? spaces(view, word) : at;
  const length = bareLength(view, from);
  if (length < shortestValue || isPlaceholder(view.text(from, from + length)) || view.at(from) === 0x3c)
    return undefined;
  if (quote !== undefined)
    return {at, name, sure: 'guess', end: {at: 'quoted', quote: quote.byte, slashes: quote.slashes}};
  const before = view.at(start - 1);
  const set = before === 0x22 || before === 0x27 ? headerEnd : lineEnd;
  return {at, name, sure: 'guess', end: {at: 'set', set}};
}

/** `-key`, `_value`, a number: what may follow a telling word in a name. */
const suffix = /^(?:\d{1,2}|[_-]?(?:access[_-]?)?key(?:[_-]?base)?|[_-]?value|[_-]?hash|[_-]?string)?$/i;

const keyPattern = (name: string, starts: readonly string[]): Pattern => ({
  names: [name],
  starts,
  anyCase: true,
  look: (view, {from, after}) => {
    const keyEnd = view.run(sets.dashed, after, 20);
    return suffix.test(view.text(after, keyEnd)) ? assigned(view, {from, keyEnd, name}) : undefined;
  },
});

/** `Bearer …` and `Basic …` outside of a header; words such as `Basic authentication` stay. */
const scheme = (name: string): Pattern => ({
  names: [name],
  starts: [`${name} `],
  anyCase: true,
  look: (view, {from, after}) => {
    if (!isEdge(view, from)) return undefined;
    const to = view.run(sets.token68, after, 32);
    const value = view.text(after, to);
    const isToken = to - after >= 24 || /\d/.test(value) || /[a-z][A-Z]/.test(value);
    if (to - after < 8 || !isToken) return undefined;
    return {at: after, name, sure: 'guess', end: {at: 'set', set: sets.token68}};
  },
});

const authority = setOf(' \t\r\n"\'`<>\\/?#', 'allBut');

/** The password of `scheme://user:password@host`, up to the last `@` of the authority. */
const address: Pattern = {
  names: ['url-password'],
  starts: ['://'],
  anyCase: false,
  look: (view, {after}) => {
    const to = view.run(authority, after, 512);
    const text = view.text(after, to);
    const [colon, at] = [text.indexOf(':'), text.lastIndexOf('@')];
    if (colon === -1 || at <= colon + 1) return undefined;
    const length = at - colon - 1;
    if (isPlaceholder(text.slice(colon + 1, at))) return undefined;
    return {at: after + colon + 1, name: 'url-password', sure: 'guess', end: {at: 'count', length}};
  },
};

export const assignments: readonly Pattern[] = [
  keyPattern('password', ['password', 'passwd', 'passphrase', '_pwd', '_pass', '-pass']),
  keyPattern('secret', ['secret', 'credential']),
  keyPattern('token', ['token']),
  keyPattern('api-key', ['apikey', 'api_key', 'api-key', 'accountkey', 'account_key']),
  keyPattern('access-key', ['accesskey', 'access_key', 'access-key']),
  keyPattern('private-key', ['privatekey', 'private_key', 'private-key']),
  keyPattern('authorization', ['authorization']),
  keyPattern('cookie', ['cookie']),
  scheme('bearer'),
  scheme('basic'),
  address,
];
