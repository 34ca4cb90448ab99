// Placeholders in texts that are not shell: each is written with the name of its variable, and filled in later.
import type {StepPlan, StepSetting} from '../define.ts';
import {variableName} from '../domain/variables.ts';

export interface OpenText extends Pick<StepPlan, 'fills' | 'uses' | 'needs'> {
  readonly text: string;
}

/** The text with `<NAME>` for `<pod name>`, and what must be filled in; domain/fill-in.ts does that. */
export function openText(
  text: string,
  {placeholders, secrets = []}: Pick<StepSetting, 'placeholders' | 'secrets'>,
): OpenText | {readonly problem: string} {
  let open = text;
  const fills: Record<string, string> = {};
  for (const placeholder of placeholders) {
    if (!text.includes(`<${placeholder}>`)) continue;
    const name = variableName(placeholder);
    if (name === undefined) return {problem: `<${placeholder}> has no letter that could name a variable`};
    if (secrets.includes(name))
      return {
        problem: `<${placeholder}> is the secret ${name}; a header may say \`env:${name}\`, nothing else can`,
      };
    open = open.replaceAll(`<${placeholder}>`, `<${name}>`);
    fills[name] = name;
  }
  const names = Object.keys(fills);
  return names.length === 0 ? {text} : {text: open, fills, uses: names, needs: names};
}
