// Whether a text forbids something: the start of a clause decides, so that "a pod that does not start" forbids nothing.
import {banAnywhere, banBeginnings, banHint} from './ban-words.ts';

/** Words before a ban that change nothing about it. */
const lead =
  /^(?:[\s*_"'“”(\[>\u2600-\u27BF\uFE0F\u{1F300}-\u{1FAFF}-]|(?:please|and|but|so|then|also|always|bitte|warning|caution|important|note|attention|danger|nb|remember|hence|therefore|however|instead|just|merci de|por favor|achtung|wichtig|hinweis|atención)\b[,:!]?)+/iu;

/** Whether one clause, from its beginning, forbids something. */
function clauseForbids(clause: string): boolean {
  const text = clause.slice(lead.exec(clause)?.[0].length ?? 0);
  return banBeginnings.some(beginning => beginning.test(text));
}

/** Whether a text begins by forbidding: all of it is then a prohibition, and nothing to be done. */
export const beginsForbidding = (text: string): boolean =>
  banHint.test(text) && (clauseForbids(text) || banAnywhere.some(ban => ban.test(text)));

const sentenceEnd = /(?<=[.!?。！？])\s+|(?<=[。！？])|\s*\n+\s*/;

/** Whether a text forbids in any of its clauses ("If it is down, do not restart it"). */
export const forbidsSomewhere = (text: string): boolean =>
  banHint.test(text) &&
  (banAnywhere.some(ban => ban.test(text)) ||
    text
      .split(
        /(?<=[.!?:;,)…])\s+|\s+[-–—]+>?\s+|\s*[(（]|\s+(?:and|but|so|then)\s+(?=(?:do not|don['’]t|never|avoid)\b)/i,
      )
      .some(clauseForbids));

/** The sentences of a text that forbid something, as they stand. */
export const forbiddingSentences = (text: string): readonly string[] =>
  banHint.test(text) ? text.split(sentenceEnd).filter(sentence => forbidsSomewhere(sentence)) : [];
