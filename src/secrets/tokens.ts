// Secrets that are known by their form: private keys, JWTs, tokens of well-known services, web hooks.
import {isEdge, sets, type Found, type Pattern, type View} from './view.ts';

interface TokenForm {
  readonly name: string;
  readonly starts: readonly string[];
  readonly set: Uint8Array;
  /** Bytes of `set` that must follow. */
  readonly least: number;
  /** The start is a common word: it must stand at an edge, and a digit or a capital must follow. */
  readonly plain?: boolean;
}

const forms: readonly TokenForm[] = [
  {name: 'github-token', starts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], set: sets.word, least: 16},
  {name: 'github-token', starts: ['github_pat_'], set: sets.word, least: 20},
  {
    name: 'gitlab-token',
    starts: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glsoat-'],
    set: sets.dashed,
    least: 16,
  },
  {
    name: 'slack-token',
    starts: ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xapp-'],
    set: sets.dashed,
    least: 10,
  },
  {
    name: 'stripe-key',
    starts: ['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'],
    set: sets.word,
    least: 10,
  },
  {name: 'api-key', starts: ['sk-'], set: sets.dashed, least: 20, plain: true},
  {name: 'aws-key-id', starts: ['AKIA', 'ASIA'], set: sets.upper, least: 16, plain: true},
  {name: 'google-key', starts: ['AIza'], set: sets.dashed, least: 35, plain: true},
  {name: 'google-token', starts: ['ya29.'], set: sets.dotted, least: 20, plain: true},
  {name: 'npm-token', starts: ['npm_'], set: sets.word, least: 30, plain: true},
  {name: 'pypi-token', starts: ['pypi-AgE'], set: sets.dashed, least: 30},
  {name: 'huggingface-token', starts: ['hf_'], set: sets.word, least: 30, plain: true},
  {name: 'digitalocean-token', starts: ['dop_v1_', 'doo_v1_', 'dor_v1_'], set: sets.hex, least: 32},
  {name: 'sendgrid-key', starts: ['SG.'], set: sets.dotted, least: 40, plain: true},
  {name: 'vault-token', starts: ['hvs.', 'hvb.'], set: sets.dotted, least: 20, plain: true},
  {name: 'shopify-token', starts: ['shpat_', 'shpss_'], set: sets.hex, least: 32},
  {name: 'private-key', starts: ['AGE-SECRET-KEY-1'], set: sets.upper, least: 20},
  {name: 'private-key', starts: ['PRIVATE+KEY+'], set: sets.token68, least: 20},
  {name: 'webhook', starts: ['hooks.slack.com/'], set: sets.path, least: 24},
  {name: 'webhook', starts: ['discord.com/api/webhooks/'], set: sets.path, least: 24},
];

const tokenPattern = ({name, starts, set, least, plain = false}: TokenForm): Pattern => ({
  names: [name],
  starts,
  anyCase: false,
  look: (view, {from, after}) => {
    if (plain && !isEdge(view, from)) return undefined;
    if (view.run(set, after, least) - after < least) return undefined;
    if (plain && !/[0-9A-Z]/.test(view.text(after, after + least))) return undefined;
    // The host of a web hook may be told, its path may not.
    const at = name === 'webhook' ? after : from;
    return at === from
      ? {at, name, sure: 'form', end: {at: 'set', set: sets.token68 === set ? set : withStart(set)}}
      : {at, name, sure: 'form', end: {at: 'set', set}};
  },
});

/** A set that also takes what the starts are made of. */
const withStart = (set: Uint8Array): Uint8Array => {
  let made = known.get(set);
  if (made === undefined) {
    made = Uint8Array.from(set, (flag, byte) => (flag === 1 || sets.dashed[byte] === 1 ? 1 : 0));
    known.set(set, made);
  }
  return made;
};
const known = new Map<Uint8Array, Uint8Array>();

/** `123456789:AA…` of the Telegram bot API; the number is the bot's name, which is no secret. */
const telegram: Pattern = {
  names: ['telegram-token'],
  starts: [':AA'],
  anyCase: false,
  look: (view, {from, after}) => {
    let first = from;
    while (from - first < 11 && sets.digit[view.at(first - 1)] === 1) first -= 1;
    if (from - first < 8 || from - first > 10) return undefined;
    if (view.run(sets.dashed, after, 32) - after < 32) return undefined;
    return {at: from + 1, name: 'telegram-token', sure: 'form', end: {at: 'set', set: sets.dashed}};
  },
};

const longestHeader = 1024;

/** Three base64url parts; the first one decodes to a JSON object that names an algorithm (RFC 7515, RFC 7516). */
const jwt: Pattern = {
  names: ['jwt'],
  starts: ['eyJ', 'eyA', 'ewo', 'ew0'],
  anyCase: false,
  look: (view, {from}) => {
    if (!isEdge(view, from)) return undefined;
    const dot = view.run(sets.dashed, from, longestHeader);
    if (view.at(dot) !== 0x2e || sets.dashed[view.at(dot + 1)] !== 1) return undefined;
    return namesAlgorithm(view.text(from, dot))
      ? {at: from, name: 'jwt', sure: 'form', end: {at: 'set', set: sets.dotted}}
      : undefined;
  },
};

function namesAlgorithm(base64url: string): boolean {
  // Most of what begins like one is none, and throwing for each would be slow.
  if (base64url.length < 12 || base64url.length % 4 === 1) return false;
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  if (!text.includes('"alg"') || !text.trimEnd().endsWith('}')) return false;
  try {
    const header: unknown = JSON.parse(text);
    return typeof header === 'object' && header !== null && 'alg' in header;
  } catch {
    return false;
  }
}

const longestLabel = 64;
const pemLabel = /^ (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----/;

/** A PEM block whose label says that it holds a private key (RFC 7468, and OpenSSH's and OpenPGP's). */
const pem: Pattern = {
  names: ['private-key'],
  starts: ['-----BEGIN'],
  anyCase: false,
  look: (view, {from, after}) =>
    pemLabel.test(labelAt(view, after).replace(/%20|\+/g, ' '))
      ? {at: from, name: 'private-key', sure: 'form', end: {at: 'pem'}}
      : undefined,
};

/** What stands between the dashes; a space may be encoded as in a URL. */
function labelAt(view: View, from: number): string {
  let to = from;
  while (to - from < longestLabel && view.at(to) !== 0x2d && view.at(to) < 0x80) to += 1;
  return view.text(from, to + 5);
}

const pemEnd = '-----END';

/** The length of the line that ends a PEM block, when one begins at `at`; else 0. */
export function pemEndAt(view: View, at: number): number {
  for (let i = 0; i < pemEnd.length; i += 1) if (view.at(at + i) !== pemEnd.charCodeAt(i)) return 0;
  const label = labelAt(view, at + pemEnd.length);
  return label.endsWith('-----') ? pemEnd.length + label.length : 0;
}

/** The base64 of a whole PEM block, as Kubernetes and many a variable hold it. */
const wrappedPem: Pattern = {
  names: ['private-key'],
  starts: ['LS0tLS1CRUdJTi'],
  anyCase: false,
  look: (view, {from}): Found | undefined => {
    const to = view.run(sets.base64, from, 64);
    const whole = to - from - ((to - from) % 4);
    return atob(view.text(from, from + whole).replace(/=+$/, '')).includes('PRIVATE KEY')
      ? {at: from, name: 'private-key', sure: 'form', end: {at: 'set', set: sets.base64}}
      : undefined;
  },
};

export const tokens: readonly Pattern[] = [...forms.map(tokenPattern), telegram, jwt, pem, wrappedPem];
