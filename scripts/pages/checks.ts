// The reference page of the check types, made from THE list.
import type {AnyCheck} from '../../src/define.ts';
import {fieldTable} from './fields.ts';

const seconds = (ms: number): string => `${ms / 1000} s`;

/** Markdown: one section for each type with a table of its fields. */
export function checksPage(checks: readonly AnyCheck[]): string {
  const sections = checks.map(check => {
    const changes =
      check.mutates === undefined
        ? ''
        : ' It changes something of its own where it looks: it runs only with `allowMutating: true` at the check, and the ledger says so before it begins.';
    const trust = check.needsTrust
      ? ' It runs only on a site that is trusted.'
      : check.hasHost
        ? ' On another host it runs only on a site that is trusted.'
        : '';
    return [
      `## ${check.type}`,
      '',
      `${check.summary}. Every ${seconds(check.everyMs)}, at most ${seconds(check.timeoutMs)}, unless the site says otherwise.${trust}${changes}`,
      '',
      ...fieldTable(check.params),
      '```yaml',
      ...check.example.split('\n'),
      '```',
      '',
    ].join('\n');
  });
  const head = [
    '# Check types',
    '',
    '<!-- Generated from checks/index.ts by `npm run generate`; do not edit. -->',
    '',
    'Fields that every check has (`panel`, `every`, `timeout`, `strikes`, `severity`, `rollup`, `dependsOn`,',
    '`allowMutating`) are explained with the site file. Verdicts: `pass`, `warn`, `fail`, `unknown` (could not look), `skipped` (on purpose).',
    '',
  ].join('\n');
  return `${head}\n${sections.join('\n')}`;
}
