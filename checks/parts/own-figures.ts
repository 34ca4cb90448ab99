// What the site itself says of a service, for settings elsewhere that must say the same.
import {z} from 'zod';
import {wholeParts} from '../../src/domain/slo-spec.ts';
import type {Service} from '../../src/domain/site.ts';
import {excerpt} from './expect.ts';
import type {Assertion} from './expect.ts';

const words = ['slo.target', 'slo.window', 'CHECK.every', 'CHECK.strikes', 'CHECK.url'];

/** `slo.target`, `slo.window`, or `every`, `strikes` or `url` of a check, such as `live.every`. */
export const figureName = z
  .string()
  .regex(
    /^(?:slo\.(?:target|window)|[A-Za-z0-9][\w-]*\.(?:every|strikes|url))$/,
    `expected one of ${words.join(', ')}, with the name of a check of this service for CHECK`,
  );

interface Figure {
  readonly text: string;
  readonly isSame: (value: string) => boolean;
}

const number = (figure: number): Figure => ({
  text: String(figure),
  isSame: value => value.trim() !== '' && Number(value) === figure,
});

const httpParams = z.looseObject({url: z.string()});

/** An address that everything below it begins with. */
const isBaseOf = (value: string, url: string): boolean => {
  if (!URL.canParse(value)) return false;
  const base = new URL(value).href.replace(/\/+$/, '');
  return url === base || url.startsWith(`${base}/`);
};

const dayMs = 86_400_000;

function figureOf(name: string, {checks, slo}: Service): Figure | undefined {
  if (name === 'slo.target' && slo !== undefined) {
    const parts = wholeParts - slo.budgetParts;
    return {
      text: String(parts / wholeParts),
      isSame: value => Math.round(Number(value) * wholeParts) === parts,
    };
  }
  if (name === 'slo.window') return slo === undefined ? undefined : number(slo.windowMs / dayMs);
  const dot = name.lastIndexOf('.');
  const spec = checks.find(({id}) => id === name.slice(0, dot));
  if (spec === undefined) return undefined;
  if (name.endsWith('.every')) return number(spec.everyMs / 1000);
  if (name.endsWith('.strikes')) return number(spec.strikes.fail);
  const params = httpParams.safeParse(spec.params);
  if (!params.success || !URL.canParse(params.data.url)) return undefined;
  const {href} = new URL(params.data.url);
  return {text: `the beginning of ${href}`, isSame: value => isBaseOf(value, href)};
}

/** Whether a setting says what the site says; undecided where the site says nothing. */
export function sameFigure(
  variable: string,
  value: string | undefined,
  {name, service}: {readonly name: string; readonly service: Service | undefined},
): Assertion {
  const figure = service === undefined ? undefined : figureOf(name, service);
  const actual = value === undefined ? 'nothing' : excerpt(JSON.stringify(value));
  if (figure === undefined)
    return {what: variable, ok: undefined, expected: `what ${name} is`, actual: `a site that has no ${name}`};
  return {
    what: variable,
    ok: value !== undefined && figure.isSame(value),
    expected: `${figure.text}, as ${name}`,
    actual,
  };
}
