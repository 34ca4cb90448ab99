// Who the operator is, and how well that is known. Pure: facts come in.
import {QdError} from '../domain/error.ts';
import type {Actor} from '../domain/entry.ts';
import type {Env} from '../ports.ts';

export interface WhoRequest {
  readonly uid: number;
  /** Name of the account of `uid`. */
  readonly user: string;
  readonly env: Env;
  /** Value of `--operator`. */
  readonly claimed?: string | undefined;
  /**
   * What an SSH forced command says, on its own command line in authorized_keys: sshd puts it there, so the person at the
   * other end cannot change it.
   */
  readonly forced?: {readonly operator: string; readonly key: string} | undefined;
}

/**
 * What is known, the first that applies:
 *
 * - `ssh-key`: the forced command names operator and key. Nobody with a shell on the account can be told apart, so such
 *   accounts must have none.
 * - `claimed`: `--operator` or $QUARTERDECK_OPERATOR; recorded as said, proved by nothing, and so also under sudo.
 * - `sudo`: $SUDO_USER of a root process; sudo sets it, root could forge it.
 * - `local`: the account itself.
 *
 * Throws USAGE for a name that cannot be one. `from` ($SSH_CONNECTION) is a hint: the login user can forge it, as well as
 * $SSH_USER_AUTH, which is therefore not read.
 */
export function whoAmI({uid, user, env, claimed, forced}: WhoRequest): Actor {
  const from = env.get('SSH_CONNECTION')?.split(' ')[0] ?? env.get('SSH_CLIENT')?.split(' ')[0];
  const base = {uid, user, ...(from !== undefined && /^[0-9A-Fa-f.:%\w-]{1,64}$/.test(from) ? {from} : {})};
  if (forced !== undefined) {
    if (claimed !== undefined && claimed !== forced.operator) {
      throw new QdError(
        'USAGE',
        `\`--operator ${claimed}\` does not go with an SSH key that belongs to ${forced.operator}.`,
        {
          hint: 'Leave --operator out.',
        },
      );
    }
    return {
      ...base,
      operator: name(forced.operator, 'the forced command'),
      via: 'ssh-key',
      key: keyOf(forced.key),
    };
  }
  const sudo = uid === 0 ? env.get('SUDO_USER') : undefined;
  const said = claimed ?? env.get('QUARTERDECK_OPERATOR');
  const saidBy = claimed === undefined ? '$QUARTERDECK_OPERATOR' : '--operator';
  if (said !== undefined && said !== (sudo ?? user))
    return {...base, operator: name(said, saidBy), via: 'claimed'};
  if (sudo !== undefined && sudo !== 'root')
    return {...base, operator: name(sudo, '$SUDO_USER'), via: 'sudo'};
  return {...base, operator: user, via: 'local'};
}

/** Names go into ledger entries and onto screens for ever: no spaces at the ends, no controls, no look-alike tricks. */
function name(text: string, source: string): string {
  if (/^[\p{L}\p{N}](?:[\p{L}\p{N}\p{M} ._@+'-]{0,62}[\p{L}\p{N}\p{M}])?$/u.test(text))
    return text.normalize('NFC');
  throw new QdError('USAGE', `${source} says \`${text.slice(0, 80)}\`, which is no operator's name.`, {
    hint: "Use up to 64 letters, digits, spaces and . _ @ + ' -.",
  });
}

/** As `%f` of AuthorizedKeysCommand prints it (sshd_config(5)). */
function keyOf(text: string): string {
  if (/^SHA256:[A-Za-z0-9+/]{43}$/.test(text)) return text;
  throw new QdError(
    'USAGE',
    `The forced command says the key is \`${text.slice(0, 80)}\`, which is no fingerprint.`,
    {
      hint: 'Write it as SHA256: and 43 characters, as `ssh-keygen -lf` prints it.',
    },
  );
}
