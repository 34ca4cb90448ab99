// `slo:` of a service: what it promises, over which window, and which of its checks decide.
import {z} from 'zod';
import type {AnyCheck} from '../define.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {CheckSpec} from '../domain/site.ts';
import {budgetPartsOf, missingPolicies, sloDefaults, sloMethods, slotFor} from '../domain/slo-spec.ts';
import type {Slo} from '../domain/slo-spec.ts';
import {durationMs} from './duration.ts';
import {isMapping, nameOf} from './explain.ts';
import {between, id} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

/** Figures are kept for so long. */
export const longestWindowDays = 400;
const dayMs = 86_400_000;
const hourMs = 3_600_000;

const targetExample = 'expected a target such as 99.5%, or 0.995, with at most five decimals of a percent';

const target = z
  .union([z.string(), z.number()], {error: targetExample})
  .refine(value => budgetPartsOf(String(value)) !== undefined, {error: targetExample});

const samples = z.string().regex(/^(?:100|[1-9]\d?)%$/, {error: 'expected a percentage such as 80%'});

export const sloField = z.strictObject({
  target: target.optional(),
  window: between(dayMs, longestWindowDays * dayMs, `between 1d and ${longestWindowDays}d`).optional(),
  checks: z.array(id).min(1, 'expected at least one check').max(50, 'expected at most 50 checks').optional(),
  method: z.enum(sloMethods).optional(),
  missing: z.enum(missingPolicies).optional(),
  minBad: z.int().min(1, 'expected at least 1').max(10_000, 'expected at most 10000').optional(),
  minSamples: samples.optional(),
});
type SloFields = z.infer<typeof sloField>;

/** From SLO_TARGET and SLO_WINDOW_DAYS. */
export interface SloDefaults {
  readonly budgetParts?: number;
  readonly windowMs?: number;
}

/** Checks that decide when none is named: those of the health panel that roll up and look by themselves. */
const byDefault = (specs: readonly CheckSpec[], checks: readonly AnyCheck[]): readonly CheckSpec[] =>
  specs.filter(
    ({panel, rollup, type, params}) =>
      panel === 'health' && rollup && checks.find(one => one.type === type)?.inputs(params).length === 0,
  );

/** The section as the rest of the program sees it; called when nothing is wrong with the file. */
export function sloOf(
  fields: SloFields,
  {
    specs,
    checks,
    defaults,
  }: {
    readonly specs: readonly CheckSpec[];
    readonly checks: readonly AnyCheck[];
    readonly defaults: SloDefaults;
  },
): Slo {
  const {target: wanted, window, method = 'timeslices', missing = 'unknown', minBad, minSamples} = fields;
  const named = fields.checks ?? byDefault(specs, checks).map(spec => spec.id);
  const slowestMs = Math.max(0, ...specs.filter(spec => named.includes(spec.id)).map(({everyMs}) => everyMs));
  return {
    budgetParts:
      (wanted === undefined ? undefined : budgetPartsOf(String(wanted))) ??
      defaults.budgetParts ??
      sloDefaults.budgetParts,
    windowMs: durationMs(window ?? '') ?? defaults.windowMs ?? sloDefaults.windowMs,
    checks: named,
    slotMs: slotFor(slowestMs) ?? hourMs,
    method,
    missing,
    minBad: minBad ?? sloDefaults.minBad,
    minSamplesPercent:
      minSamples === undefined ? sloDefaults.minSamplesPercent : Number.parseInt(minSamples, 10),
  };
}

export interface SloPlace {
  readonly tree: Tree;
  /** Of the service, and what stands in its `slo:`. */
  readonly service: Path;
  readonly slo: unknown;
  /** Names of the service's checks, and those that could be looked up. */
  readonly names: readonly string[];
  readonly specs: readonly CheckSpec[];
  readonly checks: readonly AnyCheck[];
}

/** Checks that are not there, or are looked at too seldom to say anything about an hour. */
export function sloProblems({tree, service, slo, names, specs, checks}: SloPlace): SiteProblem[] {
  if (!isMapping(slo)) return [];
  const path: Path = [...service, 'slo'];
  const list = slo['checks'];
  const slow = (spec: CheckSpec, at: ReturnType<Tree['at']>): SiteProblem[] =>
    slotFor(spec.everyMs) !== undefined
      ? []
      : [
          {
            ...at,
            message: `${nameOf(path)}: \`${spec.id}\` is looked at less than once an hour, so that it says too little about it`,
            hint: 'Name other checks under `checks:`, or look more often with `every:`.',
          },
        ];
  if (list === undefined) {
    const found = byDefault(specs, checks);
    if (found.length > 0) return found.flatMap(spec => slow(spec, tree.atKey(path)));
    if (specs.length < names.length) return [];
    const hint = 'Name them: `checks: [...]`. Without it, those of the panel `health` that roll up decide.';
    return [
      {...tree.atKey(path), message: `${nameOf(path)}: no check of this service could decide about it`, hint},
    ];
  }
  if (!Array.isArray(list)) return [];
  return list.flatMap((name: unknown, i) => {
    if (typeof name !== 'string' || name === '') return [];
    const at = tree.at([...path, 'checks', i]);
    const where = nameOf([...path, 'checks']);
    if (!names.includes(name))
      return [{...at, message: `${where}: this service has no check \`${name}\`.${didYouMean(name, names)}`}];
    if (list.indexOf(name) !== i) return [{...at, message: `${where}: \`${name}\` stands here twice`}];
    return specs.filter(spec => spec.id === name).flatMap(spec => slow(spec, at));
  });
}
