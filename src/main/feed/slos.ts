// Figures of a promise → what the screens show of it; the words are those of `quarterdeck slo`.
import {burnRate} from '../../domain/slo-budget.ts';
import {burnWindows} from '../../domain/slo-burn.ts';
import type {SloCondition} from '../../domain/slo-alerts.ts';
import {percent, targetText} from '../../domain/slo-spec.ts';
import {say, show} from '../../domain/show.ts';
import type {Shown} from '../../domain/show.ts';
import {
  conditionWords,
  paceText,
  roughly,
  shareText,
  timesText,
  usedText,
  windowText,
} from '../../cli/slo-lines.ts';
import type {SloStatus} from '../../engine/slo/index.ts';
import type {SloView} from '../../state/duty.ts';

const known = (share: number | null, digits: number): Shown | undefined =>
  share === null ? undefined : show(shareText(share, digits));

const times = (rate: number | null): Shown | undefined => (rate === null ? undefined : show(timesText(rate)));

export function sloView(
  status: SloStatus,
  {title, firing}: {readonly title: string; readonly firing: readonly SloCondition[]},
): SloView {
  const {service, slo, state, figures, burnRate: rate, burnPerDay, sustainablePerDay, burns} = status;
  const {availability, strict, generous, coverage, windowFilled, remaining} = figures;
  const inMs = status.exhaustedInMs;
  return {
    service,
    title: show(title),
    state: state === 'ok' && firing.length > 0 ? 'burning' : state,
    target: show(targetText(slo.budgetParts)),
    window: show(windowText(slo.windowMs)),
    checks: show(slo.checks.join(', ')),
    availability: known(availability, 2),
    range: strict === null ? undefined : say`${shareText(strict)} and ${shareText(generous)}`,
    coverage: known(coverage, 1),
    filled: windowFilled < 1 ? show(percent(windowFilled, 1)) : undefined,
    isThin: status.isThin,
    // Where too little was seen, nobody knows what is left.
    remaining: state === 'unknown' ? undefined : (remaining ?? undefined),
    used: show(usedText(status)),
    burn: times(rate),
    pace: rate === null ? undefined : show(paceText(burnPerDay, sustainablePerDay)),
    goneIn: inMs === null ? undefined : show(inMs === 0 ? 'gone' : `gone in ${roughly(inMs)}`),
    burns: burnWindows.flatMap(({name, tier, factorTenths}) => {
      const counts = burns.get(name);
      if (counts === undefined) return [];
      const [long, short] = [burnRate(counts.long, slo), burnRate(counts.short, slo)];
      const isFiring = firing.some(one => one.name === 'burn' && one.window === name);
      const limit = factorTenths / 10;
      return [
        {
          window: show(name),
          tier: show(tier),
          limit: show(timesText(limit)),
          long: times(long),
          short: times(short),
          firing: isFiring,
          above: !isFiring && (long ?? 0) > limit && (short ?? 0) > limit,
        },
      ];
    }),
    alerts: firing.map(condition => ({text: show(conditionWords(condition)), severity: condition.severity})),
  };
}
