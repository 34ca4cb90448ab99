// GFM alerts (`> [!CAUTION]`): danger that every reader of the file sees.
import type {Blockquote} from '../markdown/index.ts';
import type {Effect, Step} from '../domain/runbook.ts';
import {plain} from '../markdown/index.ts';

type Kind = NonNullable<Step['alert']>;

export interface Alert {
  readonly kind: Kind;
  readonly text: string;
}

const kinds: readonly Kind[] = ['caution', 'warning', 'note', 'tip', 'important'];

/** The alert that a block quote is, or undefined. */
export function readAlert(node: Blockquote): Alert | undefined {
  const words = plain(node);
  const found = /^\[!(\w+)\]\s*/.exec(words);
  const kind = kinds.find(each => each === found?.[1]?.toLowerCase());
  return kind === undefined ? undefined : {kind, text: words.slice(found?.[0].length)};
}

const floor: Readonly<Partial<Record<Kind, Effect>>> = {caution: 'irreversible', warning: 'write'};
const rank: Readonly<Record<Effect, number>> = {read: 0, write: 1, irreversible: 2};

/** The stricter of a step's own effect and the one its alert stands for. */
export function raised(effect: Effect, alert: Kind | undefined): Effect {
  const least = alert === undefined ? undefined : floor[alert];
  return least !== undefined && rank[least] > rank[effect] ? least : effect;
}

/** Why an alert and a declared effect disagree, or undefined when they agree. */
export function disagreement(effect: Effect | undefined, alert: Kind | undefined): string | undefined {
  if (effect === undefined) return undefined;
  if (alert === 'caution' && effect !== 'irreversible')
    return `CAUTION stands for an irreversible step, but its effect says "${effect}"; the stricter one applies.`;
  if (alert === 'warning' && effect === 'read')
    return 'WARNING stands for a writing step, but its effect says "read"; the stricter one applies.';
  if (effect === 'irreversible' && alert !== 'caution')
    return 'The step is irreversible, but no "> [!CAUTION]" before it tells the reader so.';
  return undefined;
}
