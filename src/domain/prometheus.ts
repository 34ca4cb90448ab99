// The HTTP API of Prometheus (v1): what it answers, how a series is written, where it is.
import {z} from 'zod';

const point = z.tuple([z.number(), z.string()]);
const metric = z.record(z.string(), z.string());
const notes = {warnings: z.array(z.string()).optional(), infos: z.array(z.string()).optional()};

/** The envelope of /api/v1/query and /api/v1/query_range. The value of a sample is a text. */
export const prometheusAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({metric, value: point.optional()})),
      }),
      z.object({
        resultType: z.literal('matrix'),
        result: z.array(z.object({metric, values: z.array(point).optional()})),
      }),
      z.object({resultType: z.enum(['scalar', 'string']), result: point}),
    ]),
    ...notes,
  }),
  z.object({
    status: z.literal('error'),
    errorType: z.string().optional(),
    error: z.string().optional(),
    ...notes,
  }),
]);
export type PrometheusAnswer = z.infer<typeof prometheusAnswer>;

/** As Prometheus writes a series, such as `up{job="self"}`. */
export function seriesName({__name__: name = '', ...labels}: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return name === '' && pairs.length === 0
    ? '{}'
    : `${name}${pairs.length === 0 ? '' : `{${pairs.join(', ')}}`}`;
}

/** The number in the text of a sample, which may be `NaN`, `+Inf` or `-Inf`. */
export function sampleNumber(text: string): number {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text === '' ? Number.NaN : Number(text);
}

/** The address of one call of the API; a name and password in the URL become a header. Undefined for what is no URL. */
export function prometheusPlace(
  text: string,
  call: 'query' | 'query_range',
): {readonly url: string; readonly headers: Record<string, string>} | undefined {
  if (!URL.canParse(text) || !/^https?:/.test(text)) return undefined;
  const url = new URL(text);
  const {username, password} = url;
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/${call}`;
  if (username === '') return {url: url.href, headers: {}};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {url: url.href, headers: {authorization: `Basic ${Buffer.from(pair).toString('base64')}`}};
}
