// The verifiers that go into every bundle.
import {QdError} from '../domain/error.ts';
import type {Files} from '../ports.ts';
import {paths} from './paths.ts';

const maxBytes = 16 * 1024 * 1024;

async function read(file: string, files: Files, hint: string): Promise<Uint8Array> {
  const answer = await files.read(file, maxBytes);
  if (answer.at === 'read') return answer.bytes;
  throw new QdError(
    'FILE_UNREADABLE',
    `${file}, which goes into every bundle, cannot be read: ${answer.message}.`,
    {
      hint,
      file,
    },
  );
}

/** Throws FILE_UNREADABLE and says how to get the file. */
export const readVerifiers = async (
  files: Files,
): Promise<{readonly python: Uint8Array; readonly html: Uint8Array}> => ({
  python: await read(paths.verifierPython, files, 'It is part of Quarterdeck: install it again.'),
  html: await read(paths.verifierPage, files, 'In a checkout it is made with: npm run build'),
});
