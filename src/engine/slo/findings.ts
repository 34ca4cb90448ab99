// From conditions of promises to findings for alerts: a burn that wakes somebody, one that waits, the budget, silence.
import type {Finding} from '../../domain/alert.ts';
import {duration} from '../../domain/duration.ts';
import type {SloCondition} from '../../domain/slo-alerts.ts';
import {percent, targetText} from '../../domain/slo-spec.ts';
import type {Service} from '../../domain/site.ts';
import {timestamp} from '../../domain/time.ts';
import type {Severity} from '../../domain/verdict.ts';
import type {Evaluation} from './evaluate.ts';
import type {SloStatus} from './measure.ts';

/** What one alert is about: two windows of a tier are one thing to whoever is told. */
interface Matter {
  readonly name: 'page' | 'ticket' | 'budget' | 'noData';
  readonly word: string;
  readonly severity: Severity;
  readonly takes: (condition: SloCondition) => boolean;
}

const matters: readonly Matter[] = [
  {name: 'page', word: 'BURN', severity: 'sev2', takes: ({name, tier}) => name === 'burn' && tier === 'page'},
  {
    name: 'ticket',
    word: 'SLOW BURN',
    severity: 'sev3',
    takes: ({name, tier}) => name === 'burn' && tier === 'ticket',
  },
  {
    name: 'budget',
    word: 'BUDGET',
    severity: 'sev3',
    takes: ({name}) => name === 'budget' || name === 'exhausted',
  },
  {name: 'noData', word: 'NO DATA', severity: 'sev2', takes: ({name}) => name === 'noData'},
];

const sayings: Record<SloCondition['name'], (condition: SloCondition) => string> = {
  burn: ({window = ''}) => `the error budget goes too fast (${window})`,
  budget: () => 'more than 80 % of the error budget is used',
  exhausted: () => 'the error budget is used up',
  noData: () => 'nothing is seen of it',
};

export const isSloKey = (key: string): boolean => key.startsWith('slo ');

function messageOf({slo, figures: {availability, consumed}}: SloStatus): string {
  const promise = `${targetText(slo.budgetParts)} over ${duration(slo.windowMs)}`;
  const seen = availability === null ? 'nothing seen' : percent(availability);
  return `${seen} of ${promise}${consumed === null ? '' : `, ${percent(consumed, 1)} of the budget used`}`;
}

export interface SloFindingsRequest extends Evaluation {
  readonly services: readonly Pick<Service, 'id' | 'labels' | 'slo'>[];
  /** Whether silence may be somebody's fault yet: right after a start nothing was looked at. */
  readonly maySpeakOfSilence: (status: SloStatus) => boolean;
  readonly nowMs: number;
}

/** One finding for each matter of each promise, in the order of the site. */
export function sloFindings(request: SloFindingsRequest): readonly Finding[] {
  const {statuses, conditions, services, maySpeakOfSilence, nowMs} = request;
  return services.flatMap(({id: service, labels, slo}) => {
    if (slo === undefined) return [];
    const status = statuses.find(one => one.service === service);
    const firing = conditions.filter(one => one.service === service && one.at === 'firing');
    return matters.map((matter): Finding => {
      const [gravest, ...others] = firing
        .filter(matter.takes)
        .sort((a, b) => a.severity.localeCompare(b.severity));
      const all = gravest === undefined ? [] : [gravest, ...others];
      const sinceMs = Math.min(nowMs, ...all.map(one => one.sinceMs));
      const waits =
        status === undefined || (matter.name === 'noData' && all.length > 0 && !maySpeakOfSilence(status));
      const words = gravest === undefined ? 'as promised' : sayings[gravest.name](gravest);
      return {
        key: `slo ${service} ${matter.name}`,
        service,
        slo: matter.word.toLowerCase(),
        labels,
        at: waits ? 'undecided' : gravest === undefined ? 'clear' : 'firing',
        severity: gravest?.severity ?? matter.severity,
        title: `${service} ${matter.word}: ${words} @ ${timestamp(sinceMs).slice(0, 19)}Z`,
        message: status === undefined ? '' : messageOf(status),
        sinceMs,
      };
    });
  });
}
