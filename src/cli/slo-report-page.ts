// A report over promises as Markdown and as JSON.
import {latencyOf} from '../domain/look-counts.ts';
import {targetText} from '../domain/slo-spec.ts';
import {timestamp} from '../domain/time.ts';
import type {SloReport} from '../engine/slo/index.ts';
import {roughly, shareText, uptimeJson} from './slo-lines.ts';

export interface ReportHead {
  readonly site: string;
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

const minute = (ms: number): string => timestamp(ms).slice(0, 16).replace('T', ' ');

/** What a Markdown table or line would read as its own. */
const plain = (text: string): string => text.replaceAll(/[\\`*_{}[\]<>#|~]/g, '\\$&');

function resultOf({kept, isSure}: SloReport): string {
  if (kept === null) return 'no data';
  return `${kept ? 'kept' : 'missed'}${isSure ? '' : ' as far as was seen'}`;
}

const rangeOf = ({figures: {strict, generous}}: SloReport): string =>
  strict === null ? '–' : `${shareText(strict)} to ${shareText(generous)}`;

const downMs = ({outages}: SloReport): number =>
  outages.reduce((sum, {fromMs, toMs}) => sum + toMs - fromMs, 0);

const summaryRow = (report: SloReport): string =>
  [
    plain(report.service),
    targetText(report.slo.budgetParts),
    shareText(report.figures.availability, 3),
    rangeOf(report),
    shareText(report.figures.coverage, 1),
    String(report.outages.length),
    roughly(downMs(report)),
    shareText(report.figures.consumed, 1),
    resultOf(report),
  ].join(' | ');

function* sectionOf(report: SloReport): Generator<string> {
  const {service, slo, slots, events, figures, withMaintenance, outages, looks, span} = report;
  const slotWord = slo.slotMs === 60_000 ? 'minutes' : `slots of ${roughly(slo.slotMs)}`;
  const [p50, p95] = [latencyOf(looks, 0.5), latencyOf(looks, 0.95)];
  const recorded = slots.good + slots.bad + slots.excluded + slots.unknown;
  const asked = (span.toMs - span.fromMs) / slo.slotMs;
  yield `## ${plain(service)}`;
  yield '';
  yield `- Decided by: ${slo.checks.map(plain).join(', ')}`;
  yield `- SLA uptime: ${shareText(figures.availability, 3)}; with maintenance counted as any other time: ${shareText(withMaintenance.availability, 3)}`;
  yield `- Range: ${rangeOf(report)}, from every unknown slot taken as down to every one taken as up; coverage ${shareText(figures.coverage, 1)}`;
  yield `- Slots: ${slots.good} good, ${slots.bad} bad, ${slots.excluded} in maintenance, ${slots.unknown} unknown (${slotWord})`;
  if (recorded < asked) yield `- Not recorded yet: ${asked - recorded} ${slotWord} before the first look`;
  if (slots.retried > 0) yield `- Good on a second try: ${slots.retried}`;
  if (events !== undefined) yield `- Events: ${events.good} good of ${events.good + events.bad}`;
  yield `- Error budget: ${figures.allowed.toFixed(1)} allowed, ${shareText(figures.consumed, 1)} used, ${shareText(figures.remaining, 1)} left`;
  if (p50 !== undefined && p95 !== undefined) yield `- Answered in: ${p50} ms (p50), ${p95} ms (p95)`;
  yield '';
  if (outages.length === 0) {
    yield 'No outage.';
    yield '';
    return;
  }
  yield '| Outage from (UTC) | to | for |';
  yield '|---|---|---|';
  for (const {fromMs, toMs} of outages)
    yield `| ${minute(fromMs)} | ${minute(toMs)} | ${roughly(toMs - fromMs)} |`;
  yield '';
}

export function reportPage(reports: readonly SloReport[], head: ReportHead): string {
  const lines = [
    `# Service levels of ${plain(head.site)}`,
    '',
    `From ${minute(head.fromMs)} to ${minute(head.toMs)} UTC, made ${minute(head.atMs)} UTC.`,
    '',
    '| Service | Target | Availability | Range | Coverage | Outages | Down | Budget used | Target was |',
    '|---|---|---|---|---|---|---|---|---|',
    ...reports.map(report => `| ${summaryRow(report)} |`),
    '',
    ...reports.flatMap(report => [...sectionOf(report)]),
    'Times in which nobody looked are unknown: left out of the availability, shown as its range. Maintenance is left out',
    'only where it was announced before it began. Shares are cut, never rounded up.',
  ];
  return `${lines.join('\n')}\n`;
}

export const reportJson = (reports: readonly SloReport[], head: ReportHead): Record<string, unknown> => ({
  v: 1,
  site: head.site,
  at: timestamp(head.atMs),
  from: timestamp(head.fromMs),
  to: timestamp(head.toMs),
  services: reports.map(report => ({
    service: report.service,
    target: 1 - report.slo.budgetParts / 10_000_000,
    checks: report.slo.checks,
    slotMs: report.slo.slotMs,
    from: timestamp(report.span.fromMs),
    to: timestamp(report.span.toMs),
    ...uptimeJson(report.figures),
    slaUptime: report.figures.availability,
    withMaintenance: uptimeJson(report.withMaintenance),
    slots: report.slots,
    ...(report.events === undefined ? {} : {events: report.events}),
    errorBudget: {
      allowed: report.figures.allowed,
      consumed: report.figures.consumed,
      remaining: report.figures.remaining,
    },
    kept: report.kept,
    sure: report.isSure,
    breaches: report.outages.map(({fromMs, toMs, slots}) => ({
      from: timestamp(fromMs),
      to: timestamp(toMs),
      slots,
      durationMs: toMs - fromMs,
    })),
    downMs: downMs(report),
    latencyMs: {p50: latencyOf(report.looks, 0.5) ?? null, p95: latencyOf(report.looks, 0.95) ?? null},
  })),
});

/** How many kept their promise, for the line that says where the report is. */
export const keptText = (reports: readonly SloReport[]): string => {
  const missed = reports.filter(({kept}) => kept === false).length;
  const blind = reports.filter(({kept}) => kept === null).length;
  const count = (n: number, word: string): string => (n === 0 ? '' : `, ${n} ${word}`);
  return `${reports.length - missed - blind} kept${count(missed, 'missed')}${count(blind, 'without data')}`;
};
