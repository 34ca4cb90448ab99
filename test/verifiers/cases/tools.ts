// Logs to damage, and the ways to damage them.
import {textOf, toBase64, utf8} from '../../../src/ledger/bytes.ts';
import {signNote} from '../../../src/ledger/note.ts';
import type {Verdict} from '../../../src/domain/evidence.ts';
import type {Given, Subject} from '../three.ts';
import * as build from '../build.ts';

export interface Case {
  readonly title: string;
  readonly files: () => build.Files;
  /** Paths at which links stand. */
  readonly links?: readonly string[];
  /** Makes a tar of the files, which is judged in their place. */
  readonly tar?: (files: build.Files) => Promise<Uint8Array>;
  readonly given?: () => Given;
  readonly verdict: Verdict | 'no bundle';
  readonly index?: number;
}

export interface Group {
  readonly title: string;
  readonly cases: readonly Case[];
}

export async function subjectOf({files, links = [], tar}: Case): Promise<Subject> {
  const made = files();
  return tar === undefined ? {files: made, links} : {files: made, tar: await tar(made)};
}

export const first = build.signerOf(1);
export const second = build.signerOf(2);
export const third = build.signerOf(3);
export const stranger = build.signerOf(99);
export const {origin, sdOf} = build;
const {noted} = build;
export const long = 'out\n'.repeat(300);

export const plain = (n: number): build.Said => ({
  kind: 'session.open',
  body: {program: 'console', version: '1', n},
});
export const story: readonly build.Said[] = [
  build.genesis(first),
  plain(1),
  noted('disk is full'),
  {
    kind: 'step.outcome',
    body: {output: {sd: sdOf('/body/output', long)}, list: [{sd: sdOf('/body/list/0', 'deep')}], ok: true},
    values: {'/body/list/0': 'deep'},
    artifacts: {'/body/output': long},
  },
  noted('will be erased'),
  plain(5),
  {
    kind: 'redact',
    body: {seq: 4, ptr: '/body/text', reason: {sd: sdOf('/body/reason', 'privacy')}},
    values: {'/body/reason': 'privacy'},
  },
  {
    kind: 'anchor.receipt',
    body: {
      anchor: 'mail',
      type: 'ssh',
      offHost: true,
      size: 5,
      root: 'a'.repeat(64),
      ok: true,
      message: 'sent',
    },
  },
  plain(8),
  noted('the end'),
];
export const log = build.logOf(story);
export const without = ['4 /body/text'];
export const whole = (): build.Files => build.bundleOf(log, {older: [3, 8], without});
export const slice = (): build.Files =>
  build.bundleOf(log, {from: 2, to: 6, size: 9, older: [2, 4, 6, 7], context: [0, 6], without});

const rotated = build.logOf([
  build.genesis(first),
  plain(1),
  build.rotation(2, first, second),
  plain(3),
  build.rotation(4, second, third),
  plain(5),
]);
export const epochs = (size: number): typeof first => (size <= 3 ? first : size <= 5 ? second : third);
const keys = [first, second, third];
export const turned = (plan: build.Plan = {}): build.Files =>
  build.bundleOf(rotated, {older: [1, 2, 3, 4, 5], keys, keyFor: epochs, ...plan});

export const fileText = (files: build.Files, path: string): string =>
  textOf(files.get(path) ?? new Uint8Array()) ?? '';
export type Change = (files: build.Files) => void;
export const changed = (files: build.Files, change: Change): build.Files => {
  change(files);
  return files;
};
export const put =
  (path: string, text: string | Uint8Array): Change =>
  files =>
    void files.set(path, typeof text === 'string' ? utf8(text) : text);
export const edit =
  (path: string, turn: (text: string) => string): Change =>
  files =>
    void files.set(path, utf8(turn(fileText(files, path))));
export const drop =
  (path: string): Change =>
  files =>
    void files.delete(path);
/** Damaged, then listed and signed again: as somebody would who holds the key. */
export const forged = (files: build.Files, change: Change, by = first): build.Files =>
  build.sealed(changed(files, change), by);

export const lineAt = (seq: number, line: NonNullable<build.Said['line']>): build.Log =>
  build.logOf(story.map((said, i) => (i === seq ? {...said, line} : said)));
/** A whole log in which one line is another than the honest one, and all else follows from it. */
export const relined = (seq: number, line: NonNullable<build.Said['line']>): build.Files =>
  build.bundleOf(lineAt(seq, line), {older: [3, 8], without});
export const jsonAt = (seq: number, turn: (json: string) => string): build.Files =>
  relined(seq, honest => turn(canonical(honest)));
export const canonical = (value: unknown): string => JSON.stringify(sorted(value));
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
export const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
export const checkpointText = (size: number | string, root: Uint8Array, name = origin): string =>
  `${name}\n${size}\n${toBase64(root)}\n`;
export const root = build.rootAt(log, 10);
export const wrong = new Uint8Array(32).fill(5);
export const noteBy = (text: string, signer = first): Uint8Array => utf8(signNote(text, signer));
export const kept =
  (raw: Uint8Array): (() => Given) =>
  () => ({notes: [{where: 'kept.txt', raw}]});
/** A line of exactly so many bytes. */

export function padded(honest: Readonly<Record<string, unknown>>, bytes: number): string {
  const body = {pad: ''};
  const short = canonical({...honest, body});
  return canonical({...honest, body: {pad: 'x'.repeat(bytes - short.length)}});
}
