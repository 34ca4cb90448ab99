// Kinds of text that several sections of the site file are made of.
import {z} from 'zod';
import {durationMs} from './duration.ts';

export const text = z.string().min(1, 'is empty').max(500, 'is longer than 500 characters');

/** Names that become parts of paths, of `service/check` and of ledger entries. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const id = z.string().regex(idPattern, {
  error: 'expected a name of at most 63 letters, digits, `-`, `_` and `.`, beginning with a letter or digit',
});

export const sshHost = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.@:-]{0,254}$/, {
  error: 'expected a host or an alias of ~/.ssh/config, such as witness or ops@witness.example',
});

/** A duration between `least` and `most`, in milliseconds; `said` names both in words. */
export const between = (least: number, most: number, said: string) =>
  z.string().superRefine((value, context) => {
    const ms = durationMs(value);
    if (ms === undefined)
      context.addIssue({code: 'custom', message: 'expected a duration such as 500ms, 30s, 15m or 1h'});
    else if (ms < least || ms > most) context.addIssue({code: 'custom', message: `expected ${said}`});
  });
