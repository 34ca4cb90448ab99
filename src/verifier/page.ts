// The page that verifies a bundle in a browser, offline: what is dropped on it goes through the rules of the ledger.
import type {EvidenceNote, Finding} from '../domain/evidence.ts';
import {notesIn} from '../ledger/bundle/notes-file.ts';
import {readTar} from '../ledger/bundle/tar.ts';
import {refusedTar, verifyBundle} from '../ledger/bundle/verify.ts';
import type {VerifyOptions} from '../ledger/verify.ts';
import {chosen, dropped, sourceOf, type Picked} from './picked.ts';
import {progress, trouble, verdictOf} from './show.ts';

function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

const drop = byId('drop', HTMLElement);
const answer = byId('answer', HTMLElement);
const key = byId('key', HTMLInputElement);
const notes = byId('notes', HTMLInputElement);
const folder = byId('folder', HTMLInputElement);
const files = byId('files', HTMLInputElement);

let picked: readonly Picked[] = [];
let turn = 0;

const show = (node: HTMLElement): void => {
  answer.replaceChildren(node);
};

/** Lets the browser paint. */
const breath = async (): Promise<void> =>
  new Promise(resolve => {
    requestAnimationFrame(() => {
      resolve();
    });
  });

/** The verdict over what was chosen: files, or one tar. */
async function findingOf(all: readonly Picked[], options: VerifyOptions): Promise<Finding> {
  const [only] = all;
  if (all.length !== 1 || only?.path.endsWith('.tar') !== true) return verifyBundle(sourceOf(all), options);
  const {file} = only;
  const read = async (from: number, length: number): Promise<Uint8Array> =>
    new Uint8Array(await file.slice(from, from + length).arrayBuffer());
  const source = await readTar({sizeBytes: file.size, read});
  return 'problem' in source
    ? refusedTar(await read(0, 512), source.problem, options)
    : verifyBundle(source, options);
}

async function givenNotes(): Promise<EvidenceNote[]> {
  const files = [...(notes.files ?? [])];
  const given = await Promise.all(files.map(async file => notesIn(new Uint8Array(await file.arrayBuffer()))));
  return given.flatMap((inFile, i) =>
    inFile.map((raw, n) => ({
      where: `${files[i]?.name ?? ''}${inFile.length > 1 ? ` (note ${n + 1})` : ''}`,
      raw,
    })),
  );
}

async function verifyNow(): Promise<void> {
  if (picked.length === 0) return;
  const mine = ++turn;
  show(progress(0, 0));
  await breath();
  try {
    const vkey = key.value.trim();
    let painted = true;
    const finding = await findingOf(picked, {
      notes: await givenNotes(),
      ...(vkey === '' ? {} : {vkey}),
      onProgress: (done, total) => {
        if (mine !== turn || !painted) return;
        painted = false;
        show(progress(done, total));
        requestAnimationFrame(() => {
          painted = true;
        });
      },
    });
    // A later drop, or another key, has its own answer.
    if (mine === turn) show(verdictOf(finding));
  } catch (error) {
    if (mine === turn) show(trouble(error instanceof Error ? error.message : String(error)));
  }
}

const cannotRead =
  'This browser does not let a page that is itself a file read a dropped folder. Choose the folder with the button, or drop its tar.';

function take(all: Promise<readonly Picked[]> | readonly Picked[]): void {
  Promise.resolve(all).then(
    async found => {
      picked = found;
      await verifyNow();
    },
    () => {
      show(trouble(cannotRead));
    },
  );
}

for (const name of ['dragover', 'dragenter']) {
  document.addEventListener(name, event => {
    event.preventDefault();
    drop.classList.add('over');
  });
}
document.addEventListener('dragleave', () => {
  drop.classList.remove('over');
});
document.addEventListener('drop', event => {
  event.preventDefault();
  drop.classList.remove('over');
  if (event.dataTransfer !== null) take(dropped(event.dataTransfer));
});
for (const input of [folder, files]) {
  input.addEventListener('change', () => {
    if (input.files !== null && input.files.length > 0) take(chosen(input.files));
    input.value = '';
  });
}
for (const input of [key, notes]) input.addEventListener('change', () => void verifyNow());
