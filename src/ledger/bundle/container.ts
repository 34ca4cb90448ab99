// The small files of a bundle, read as strictly as the format asks (docs/formats/ledger.md, Verification, rule 2).
import type {EvidenceNote} from '../../domain/evidence.ts';
import {fromHex, textOf} from '../bytes.ts';
import {isFields} from '../form.ts';
import {sha256} from '../hash.ts';
import {
  isBad,
  malformed,
  readKeys,
  readNotes,
  strayNote,
  type Bad,
  type Facts,
  type Known,
} from '../judge/facts.ts';
import {parseNote, type Note} from '../note.ts';
import {Tree} from '../tree.ts';
import {hashesOf, isCount, jsonOf} from './lines.ts';
import {isBundleName, manifestNotePath, manifestNoteText, manifestPath, parseManifest} from './manifest.ts';
import {subtreesOf} from './range.ts';
import type {BundleSource} from './source.ts';

export interface RangeFile {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly left: Tree;
  readonly right: readonly Uint8Array[];
}

export interface Container {
  readonly keys: Facts['keys'];
  readonly range: RangeFile;
  readonly checkpoint: Known;
  /** Every checkpoint of the bundle, `checkpoint` first. */
  readonly notes: readonly Known[];
  readonly manifest: ReadonlyMap<string, string>;
  readonly manifestNote: Note;
  /** The SHA-256 of the manifest that its note names is the right one. */
  readonly namesManifest: boolean;
}

const needed = ['checkpoint', 'ledger.vkey', 'range.json', manifestPath, manifestNotePath];

/** A thing that is no file, a name outside the grammar, a file that must be there. */
function itemProblem({items}: BundleSource): Bad | undefined {
  const special = items.find(({kind}) => kind === 'other');
  if (special !== undefined) return malformed(`${special.path} is a link or a special file`);
  const misnamed = items.find(({path}) => !isBundleName(path));
  if (misnamed !== undefined) return malformed(`${misnamed.path} is no name that a bundle uses`);
  const lacking = needed.find(path => !items.some(item => item.path === path));
  return lacking === undefined ? undefined : malformed(`the file ${lacking} is missing`);
}

const bytesOf = (hashes: readonly string[]): Buffer => Buffer.from(hashes.join(''), 'hex');

/** Reads `range.json`. */
export function parseRange(bytes: Uint8Array): RangeFile | undefined {
  const json = jsonOf(bytes);
  if (json === undefined || !isFields(json.value)) return undefined;
  const {from, to, size} = json.value;
  const left = hashesOf(json.value['left']);
  const right = hashesOf(json.value['right']);
  if (!isCount(from) || !isCount(to) || !isCount(size) || left === undefined || right === undefined)
    return undefined;
  const text = `{"from":${from},"left":${left.text},"right":${right.text},"size":${size},"to":${to}}\n`;
  if (json.text !== text || from >= to || to > size) return undefined;
  const tree = Tree.from(from, bytesOf(left.hashes));
  if (tree === undefined || subtreesOf(to, size).length !== right.hashes.length) return undefined;
  return {from, to, size, left: tree, right: right.hashes.map(hex => fromHex(hex) ?? new Uint8Array())};
}

/** `checkpoint`, then `checkpoints/<n>` in the order of their sizes. */
async function readStored(source: BundleSource): Promise<readonly Known[] | Bad> {
  const older = source.items
    .filter(({path}) => path.startsWith('checkpoints/'))
    .map(({path}) => ({path, digits: path.slice('checkpoints/'.length)}))
    .toSorted((a, b) => Number(a.digits) - Number(b.digits));
  const files: EvidenceNote[] = [];
  for (const path of ['checkpoint', ...older.map(file => file.path)])
    files.push({where: path, raw: await source.read(path)});
  const notes = readNotes(files);
  if (isBad(notes)) return notes;
  const wrong = older.find(({digits}, i) => digits !== String(notes[i + 1]?.size));
  return wrong === undefined ? notes : malformed(`${wrong.path} holds a checkpoint of another size`);
}

function manifestProblem(note: Note, origin: string, sha: string): Bad | undefined | 'other' {
  const [name, , hex = ''] = note.text.split('\n');
  if (!/^[0-9a-f]{64}$/.test(hex) || note.text !== manifestNoteText(name ?? '', hex))
    return malformed(`${manifestNotePath} does not say what a manifest's note says`);
  if (name !== origin) return malformed(`${manifestNotePath} is not of the log that ledger.vkey names`);
  return hex === sha ? undefined : 'other';
}

type Manifest = Pick<Container, 'manifest' | 'manifestNote' | 'namesManifest'>;

async function readManifest(source: BundleSource, origin: string): Promise<Manifest | Bad> {
  const bytes = await source.read(manifestPath);
  const text = textOf(bytes);
  const manifest = text === undefined ? {problem: 'it is not UTF-8'} : parseManifest(text);
  if (!(manifest instanceof Map)) return malformed(`${manifestPath} cannot be read: ${manifest.problem}`);
  const manifestNote = parseNote(await source.read(manifestNotePath));
  if ('problem' in manifestNote)
    return malformed(`${manifestNotePath} cannot be read: ${manifestNote.problem}`);
  const problem = manifestProblem(manifestNote, origin, sha256(bytes).toString('hex'));
  if (typeof problem === 'object') return problem;
  return {manifest, manifestNote, namesManifest: problem === undefined};
}

/** Reads all small files; the verdict when one cannot be read as specified. */
export async function readContainer(source: BundleSource): Promise<Container | Bad> {
  const problem = itemProblem(source);
  if (problem !== undefined) return problem;
  const vkeys = textOf(await source.read('ledger.vkey'));
  const keys = vkeys === undefined ? malformed('the file ledger.vkey is not UTF-8') : readKeys(vkeys);
  if (isBad(keys)) return keys;
  const range = parseRange(await source.read('range.json'));
  if (range === undefined) return malformed('range.json does not say what it must');
  const notes = await readStored(source);
  if (isBad(notes)) return notes;
  const [checkpoint] = notes;
  const stray = strayNote(notes, keys);
  if (checkpoint === undefined || stray !== undefined) return stray ?? malformed('checkpoint is missing');
  const manifest = await readManifest(source, keys[0].name);
  if (isBad(manifest)) return manifest;
  return {keys, range, checkpoint, notes, ...manifest};
}
