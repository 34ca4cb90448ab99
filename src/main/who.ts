// The facts about this process that say who the operator is.
import {userInfo} from 'node:os';
import {whoAmI} from '../access/who.ts';
import type {Actor} from '../domain/entry.ts';
import type {Env} from '../ports.ts';

export const uid = (): number => process.getuid?.() ?? 0;

/** An account without a name in the user database is known by its number. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid${uid()}`;
  }
}

export const operatorOf = (claimed: string | undefined, env: Env): Actor =>
  whoAmI({uid: uid(), user: accountName(), env, claimed});
