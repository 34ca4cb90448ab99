// A text into a file that somebody named; nothing is written over.
import path from 'node:path';
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';

/** Relative to where the command was given. Throws FILE_EXISTS, FILE_UNWRITABLE. */
export async function writeNew({files, cwd}: CommandContext, named: string, text: string): Promise<void> {
  const file = path.resolve(cwd, named);
  const answer = await files.write(file, new TextEncoder().encode(text), {mode: 0o600, exclusive: true});
  if (answer.at === 'written') return;
  if (answer.why === 'exists')
    throw new QdError('FILE_EXISTS', `${named} exists; nothing is written over.`, {
      hint: 'Name another file.',
    });
  throw new QdError('FILE_UNWRITABLE', `${named} cannot be written: ${answer.message}.`, {
    hint: 'Name a file in a folder that exists and that you may write to.',
  });
}
