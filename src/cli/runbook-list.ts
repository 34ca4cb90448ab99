// `runbook list`: every runbook that can be walked here, by tag, by service, by text, or for an alert.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import {exit} from '../domain/error.ts';
import {overdueDays} from '../domain/review.ts';
import type {Runbook} from '../domain/runbook.ts';
import {say, type Shown} from '../domain/show.ts';
import {rowsFor, type Row, type Wanted} from './runbook-find.ts';

export const runbookList = defineCommand({
  name: 'runbook list',
  summary: 'the runbooks of the site and the shipped ones; finds them by tag, service, text or alert',
  options: [
    {flags: '--tag <tag>', summary: 'only those with this tag; may be given several times', repeats: true},
    {flags: '--service <name>', summary: 'only those for this service'},
    {
      flags: '--search <text>',
      summary: 'only those that hold all of these words; also tag:x, phase:x, "a phrase"',
    },
    {flags: '--for <alert>', summary: 'those for a service or service/check that is red, the best first'},
    {flags: '--json', summary: 'print JSON'},
  ],
  examples: [
    {line: 'quarterdeck runbook list', does: 'ids, titles, services, tags'},
    {line: 'quarterdeck runbook list --for database/port', does: 'what to open when that check is red'},
    {line: 'quarterdeck runbook list --search "gateway restart"', does: 'with the lines that hold a word'},
  ],
  input: z.strictObject({
    args: z.tuple([]),
    tag: z.array(z.string().min(1)).default([]),
    service: z.string().min(1).optional(),
    search: z.string().regex(/\S/, 'must hold a word').optional(),
    for: z.string().min(1).optional(),
    json: z.boolean().default(false),
  }),
  run: async ({json, tag, service, search, for: alert}, context) => {
    const {talk, clock} = context;
    const nowMs = clock.nowMs();
    const all = await context.runbooks();
    const wanted: Wanted = {tag, service, search, for: alert};
    const rows = await rowsFor(context, all, wanted);
    const isFiltered = tag.length > 0 || [service, search, alert].some(each => each !== undefined);
    const status = isFiltered && rows.length === 0 ? exit.no : exit.good;
    if (json) {
      talk.json({v: 1, runbooks: rows.map(row => rowJson(row, {nowMs, wanted}))});
      return status;
    }
    if (all.length === 0) talk.out(say`No runbooks. Put Markdown files into runbooks/ of the site.`);
    else if (rows.length === 0) talk.out(say`None of ${all.length} runbooks fits. ${wayOut(all, wanted)}`);
    const width = Math.min(40, Math.max(0, ...rows.map(({runbook: {id}}) => id.length)));
    for (const row of rows) for (const line of linesOf(row, {width, nowMs})) talk.out(line);
    return status;
  },
});

function wayOut(all: readonly Runbook[], {tag}: Wanted): string {
  const tags = [...new Set(all.flatMap(({meta}) => meta.tags))].sort();
  if (tag.length === 0) return 'Without options, all are listed.';
  return tags.length === 0 ? 'None of them has a tag.' : `Tags: ${tags.join(', ')}.`;
}

/** Id and title; then who it is for, in which state; then why it is shown. */
function linesOf(row: Row, {width, nowMs}: {readonly width: number; readonly nowMs: number}): Shown[] {
  const {id, title, meta, procedures, problems} = row.runbook;
  const errors = problems.filter(({level}) => level === 'error').length;
  const more = procedures.length > 1 ? `  (${procedures.length} procedures)` : '';
  const bad =
    errors > 0 ? `  ${errors} error${errors === 1 ? '' : 's'}: cannot be walked, see runbook lint` : '';
  const late = overdueDays(meta, nowMs);
  const facts = [
    meta.kind === 'drill' ? 'drill' : '',
    meta.severity ?? '',
    meta.services.length === 0 ? '' : `for ${meta.services.join(', ')}`,
    meta.tags.map(tag => `#${tag}`).join(' '),
    late === undefined ? '' : overdueText(late),
  ].filter(fact => fact !== '');
  return [
    say`${id.padEnd(width)}  ${title}${more}${bad}`,
    ...(facts.length === 0 ? [] : [say`    ${facts.join(' · ')}`]),
    ...(row.why.length === 0 ? [] : [say`    why: ${row.why.join('; ')}`]),
    ...(row.procedure === undefined ? [] : [say`    walk: ${id}#${row.procedure}`]),
    ...row.lines.map(({line, text}) => say`    ${line}: ${text}`),
  ];
}

const overdueText = (days: number): string =>
  days === 0 ? '! review is due' : `! review overdue by ${days} day${days === 1 ? '' : 's'}`;

function rowJson(
  {runbook, lines, why, procedure: fitting}: Row,
  {nowMs, wanted}: {readonly nowMs: number; readonly wanted: Wanted},
): Record<string, unknown> {
  const {id, title, file, sha256, meta, procedures, problems} = runbook;
  return {
    id,
    title,
    file,
    sha256,
    kind: meta.kind,
    owner: meta.owner ?? null,
    severity: meta.severity ?? null,
    tags: meta.tags,
    services: meta.services,
    reviewed: meta.reviewed ?? null,
    reviewOverdueDays: overdueDays(meta, nowMs) ?? null,
    procedures: procedures.map(procedure => ({id: procedure.id, title: procedure.title})),
    problems: problems.length,
    ...(wanted.for === undefined ? {} : {why, procedure: fitting ?? null}),
    ...(wanted.search === undefined ? {} : {found: lines}),
  };
}
