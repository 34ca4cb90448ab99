// Patterns that a runbook or a site brings, in RE2 syntax: matched in linear time, whatever they are.
import {RE2JS} from 're2js';

export interface Pattern {
  /** Whether the whole text is what the pattern says. */
  readonly matches: (text: string) => boolean;
  /** The first group of the first place where it is found (the whole place without groups); undefined when nowhere. */
  readonly first: (text: string) => string | undefined;
}

/** The pattern, or what is wrong with it. */
export function readPattern(source: string): Pattern | {readonly problem: string} {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      problem: `"${source}" is no pattern of RE2, which has no look-around and no back-references: ${why}`,
    };
  }
  return {
    matches: text => compiled.matches(text),
    first: text => {
      const found = compiled.matcher(text);
      if (!found.find()) return undefined;
      return (found.groupCount() > 0 ? found.group(1) : found.group()) ?? undefined;
    },
  };
}

/** Why a value does not fit the pattern of its variable; undefined when it does, or when there is none. */
export function patternProblem(value: string, source: string | undefined): string | undefined {
  if (source === undefined) return undefined;
  const pattern = readPattern(source);
  if ('problem' in pattern) return pattern.problem;
  return pattern.matches(value) ? undefined : `it does not match ${source}`;
}
