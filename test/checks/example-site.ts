// Reads one check through the real site file parser, as an operator's file is read.
import {checks} from '../../checks/index.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite} from '../../src/site/resolve.ts';

/** Checks that examples may name as their inputs. */
const siblings = ['live', 'unit'].map(id => `      ${id}: {type: tcp, host: 127.0.0.1, port: 9}\n`).join('');

const indented = (text: string): string => text.replaceAll(/^/gm, '        ');

/** The parameters of the check, or an error that lists what is wrong with the text. */
export function paramsIn(check: string): unknown {
  const text = `site: a\nenvironment: staging\nservices:\n  api:\n    checks:\n${siblings}      example:\n${indented(check)}\n`;
  const resolved = resolveSite(parseSite(new TextEncoder().encode(text)), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });
  if (!resolved.ok) throw new Error(resolved.problems.map(({message}) => message).join('\n'));
  return resolved.site.services[0]?.checks.find(({id}) => id === 'example')?.params;
}
