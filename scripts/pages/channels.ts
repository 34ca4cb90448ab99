// The reference page of the channels, made from THE list.
import type {AnyChannel} from '../../src/define-channel.ts';
import {fieldTable} from './fields.ts';

const forms = {
  secret: 'only by where it is kept, `env:NAME` or `file:/path`',
  either: 'plainly, or by where it is kept',
  setting: 'plainly, or as `env:NAME`',
} as const;

/** Markdown: one section for each type with its example and a table of its fields. */
export function channelsPage(channels: readonly AnyChannel[]): string {
  const sections = channels.map(({type, summary, example, params, fields, each, tellsAck, refreshMs}) => {
    const notes = [
      ...Object.entries(fields).map(([name, form]) => `\`${name}\` is written ${forms[form]}.`),
      ...(each ? ['Told of each alert alone.'] : []),
      ...(tellsAck ? ['Told when somebody takes an alert.'] : []),
      ...(refreshMs === undefined ? [] : [`Told again every ${refreshMs / 1000} s while it lasts.`]),
    ];
    return [
      `## ${type}`,
      '',
      `${summary}.${notes.length === 0 ? '' : ` ${notes.join(' ')}`}`,
      '',
      '```yaml',
      ...example.split('\n'),
      '```',
      '',
      ...fieldTable(params),
    ].join('\n');
  });
  const head = [
    '# Channels',
    '',
    '<!-- Generated from src/channels/index.ts by `npm run generate`; do not edit. -->',
    '',
    'How they are used is told in docs/alerts.md; a test sends through every example.',
    '',
  ].join('\n');
  return `${head}\n${sections.join('\n')}`;
}
