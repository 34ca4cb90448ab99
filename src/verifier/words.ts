// What each verdict means, for a person who has never seen a ledger.
import type {Verdict} from '../domain/evidence.ts';

export interface Meaning {
  readonly mark: string;
  readonly title: string;
  readonly text: string;
}

export const meanings: Readonly<Record<Verdict, Meaning>> = {
  intact: {
    mark: '✔',
    title: 'Intact',
    text: 'Every entry is exactly as it was when it was signed, and none is missing between the first and the last.',
  },
  empty: {
    mark: '✖',
    title: 'Nothing to verify',
    text: 'There are no entries. An empty bundle proves nothing.',
  },
  malformed: {
    mark: '✖',
    title: 'Not as specified',
    text: 'A part of the bundle, or an entry, cannot be read in the one way that the format allows. Do not rely on it.',
  },
  'bad-signature': {
    mark: '✖',
    title: 'Wrong signature',
    text: 'Something is not signed by the key that was in force, or not by the key that you gave. Do not rely on it.',
  },
  forked: {
    mark: '✖',
    title: 'Two stories',
    text: 'The owner of the log signed two states that cannot both be true. The two notes below are the proof; keep them.',
  },
  truncated: {
    mark: '✖',
    title: 'Entries are missing',
    text: 'A signed checkpoint covers more entries than are here: the end was cut off.',
  },
  modified: {
    mark: '✖',
    title: 'Changed',
    text: 'Something is not what was signed: an entry, a value, a file of the bundle, or a page made from them.',
  },
};
