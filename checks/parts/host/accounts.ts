// Accounts and groups of a host, by name and by number.
import {z} from 'zod';
import type {Host} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {readText} from './text.ts';

export const accountName = z
  .union([z.int().min(0), z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@\\$-]{0,63}$/)], {
    error: 'expected the name or the number of an account',
  })
  .describe('Its name, or its number.');

const databases = {user: {file: '/etc/passwd', name: 'passwd'}, group: {file: '/etc/group', name: 'group'}};

/** The number in the third field of the line that begins with the name. */
const numberIn = (text: string, name: string): number | undefined => {
  const line = text.split('\n').find(each => each.startsWith(`${name}:`));
  const number = line?.split(':')[2];
  return number !== undefined && /^\d+$/.test(number) ? Number(number) : undefined;
};

export type AccountAnswer =
  | {readonly at: 'found'; readonly id: number}
  | {readonly at: 'none'}
  | {readonly at: 'look'; readonly look: Look};

/** The number of an account or group: from the files, else from wherever the host has its accounts. */
export async function accountId(
  host: Host,
  kind: keyof typeof databases,
  name: string | number,
): Promise<AccountAnswer> {
  if (typeof name === 'number') return {at: 'found', id: name};
  const {file, name: database} = databases[kind];
  const text = await readText(host, file, {maxBytes: 4 * 1024 * 1024});
  if (text.at === 'look') return text;
  const local = text.at === 'text' ? numberIn(text.text, name) : undefined;
  if (local !== undefined) return {at: 'found', id: local};
  const asked = await host.run({argv: ['getent', database, name], graceMs: 500, maxOutputBytes: 65_536});
  const said = asked.at === 'exited' ? numberIn(new TextDecoder().decode(asked.stdout), name) : undefined;
  return said === undefined ? {at: 'none'} : {at: 'found', id: said};
}

/** The name of a number as the files have it, else the number: for a message. */
export async function accountSaid(host: Host, kind: keyof typeof databases, id: number): Promise<string> {
  const text = await readText(host, databases[kind].file, {maxBytes: 4 * 1024 * 1024});
  const line =
    text.at === 'text' ? text.text.split('\n').find(each => each.split(':')[2] === String(id)) : undefined;
  return line?.split(':')[0] ?? String(id);
}
