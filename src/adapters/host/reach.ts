// Why another host could not be reached, from the words of ssh.
import type {Kind} from '../../domain/verdict.ts';

/** The first that matches; what nobody knows is a connection that did not come about. */
const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/could not resolve hostname|name or service not known|temporary failure in name resolution/i, 'dns'],
  [
    /permission denied \(|host key verification failed|too many authentication failures|no supported authentication|identification has changed|no matching host key/i,
    'auth',
  ],
  [/account is (?:currently )?not available|account has expired/i, 'auth'],
  [/timed out|no connection within|did not answer/i, 'timeout'],
  [/ssh is not on this machine/i, 'notInstalled'],
  [/bad configuration option|bad owner or permissions|no such identity|terminating, \d+ bad/i, 'config'],
];

/** What kind of failure it is that ssh said this before anything ran on the other host. */
export const reachKind = (said: string): Kind =>
  kinds.find(([pattern]) => pattern.test(said))?.[1] ?? 'connect';
