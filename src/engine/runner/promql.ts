// An instant query to Prometheus (HTTP API v1, /api/v1/query). No data is unknown, never zero.
import {z} from 'zod';
import type {Job} from './job.ts';
import type {Outcome, Scene, Try} from './scene.ts';

const maxBodyBytes = 8 * 1024 * 1024;
const point = z.tuple([z.number(), z.string()]);
const metric = z.record(z.string(), z.string());
const answer = z.discriminatedUnion('status', [
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
  }),
  z.object({status: z.literal('error'), errorType: z.string().optional(), error: z.string().optional()}),
]);

export async function runPromql(
  job: Job,
  scene: Scene,
  {act, output, ending}: Try & {readonly act: Extract<Job['act'], {at: 'promql'}>},
): Promise<Outcome> {
  const {source, text} = act;
  if (source.type !== 'prometheus')
    return {verdict: 'unknown', message: `${source.name} is no Prometheus; nothing was asked`};
  const place = placeOf(scene.sourceUrl ?? source.url);
  if (place === undefined) return {verdict: 'unknown', message: `${source.name} has no http or https URL`};
  const http = await scene.http();
  const said = await http.request({
    method: 'POST',
    url: place.url,
    headers: {'content-type': 'application/x-www-form-urlencoded', ...place.headers},
    body: new URLSearchParams({query: text}).toString(),
    timeoutMs: job.timeoutMs,
    maxBodyBytes,
    signal: ending.signal,
  });
  const unknown = (message: string): Outcome => {
    const why = ending.why();
    const ended = why === undefined ? {} : {ended: why.ended};
    return {verdict: 'unknown', message: why?.message ?? `${source.name}: ${message}`, ...ended};
  };
  if (said.at === 'failed') return unknown(said.message);
  if (said.cut) return unknown(`the answer has more than ${maxBodyBytes} bytes`);
  const parsed = answer.safeParse(readJson(said.body));
  if (!parsed.success) return unknown(`HTTP ${said.status}, and no answer of a Prometheus`);
  if (parsed.data.status === 'error') return unknown(parsed.data.error ?? `HTTP ${said.status}`);
  const samples = samplesOf(parsed.data.data);
  const lines = samples.map(({labels, value}) => (labels === '' ? value : `${labels} ${value}`));
  const shown = scene.mask.text(lines.map(line => `${line}\n`).join(''));
  output.add(Buffer.from(shown));
  if (samples.length === 0) return unknown('no data');
  const [first] = samples;
  const more = samples.length === 1 && first !== undefined ? {value: first.value} : {value: shown};
  return {...compared(job.expect, samples, shown), ...more};
}

interface Sample {
  readonly labels: string;
  readonly value: string;
}

type Data = Extract<z.infer<typeof answer>, {status: 'success'}>['data'];

function samplesOf(data: Data): readonly Sample[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.flatMap(one =>
        one.value === undefined ? [] : [{labels: named(one.metric), value: one.value[1]}],
      );
    case 'matrix':
      return data.result.flatMap(one =>
        (one.values ?? []).map(([at, value]) => ({labels: `${named(one.metric)} @${at}`, value})),
      );
    case 'scalar':
    case 'string':
      return [{labels: '', value: data.result[1]}];
  }
}

/** As Prometheus writes a series. */
function named({__name__: name = '', ...labels}: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return name === '' && pairs.length === 0
    ? '{}'
    : `${name}${pairs.length === 0 ? '' : `{${pairs.join(', ')}}`}`;
}

const comparison = /^(<=?|>=?|==?|!=)\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

/** A number, or a comparison such as `< 0.5`, holds for every sample; any other text must be in the output. */
function compared(expect: Job['expect'], samples: readonly Sample[], shown: string): Outcome {
  const only = samples.length === 1 ? (samples[0]?.value ?? '') : `${samples.length} samples`;
  if (expect === undefined) return {verdict: 'pass', message: only};
  const [, operator = '==', limit = ''] =
    typeof expect === 'number' ? [undefined, '==', String(expect)] : (comparison.exec(expect.trim()) ?? []);
  if (limit === '')
    return shown.includes(String(expect))
      ? {verdict: 'pass', message: only}
      : {verdict: 'fail', message: `${only}, but the output does not contain ${JSON.stringify(expect)}`};
  const wrong = samples.find(({value}) => !holds(numberOf(value), operator, Number(limit)));
  const wanted = `${operator} ${limit}`;
  if (wrong === undefined) return {verdict: 'pass', message: `${only}, as expected (${wanted})`};
  const which = samples.length === 1 ? '' : ` at ${wrong.labels}`;
  return {verdict: 'fail', message: `${wrong.value}${which}, expected ${wanted}`};
}

const numberOf = (text: string): number => {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text === '' ? Number.NaN : Number(text);
};

function holds(value: number, operator: string, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '!=':
      return !Number.isNaN(value) && value !== limit;
    default:
      return value === limit;
  }
}

/** The address of the API; a name and password in the URL become a header. */
function placeOf(text: string): {url: string; headers: Record<string, string>} | undefined {
  if (!URL.canParse(text) || !/^https?:/.test(text)) return undefined;
  const url = new URL(text);
  const {username, password} = url;
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/api/v1/query`;
  if (username === '') return {url: url.href, headers: {}};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {url: url.href, headers: {authorization: `Basic ${Buffer.from(pair).toString('base64')}`}};
}

function readJson(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return value;
  } catch {
    return undefined;
  }
}
