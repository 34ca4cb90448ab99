// An instant query to Prometheus (HTTP API v1, /api/v1/query). No data is unknown, never zero.
import {prometheusAnswer, prometheusPlace, sampleNumber, seriesName} from '../../domain/prometheus.ts';
import type {PrometheusAnswer} from '../../domain/prometheus.ts';
import type {Job} from './job.ts';
import type {Outcome, Scene, Try} from './scene.ts';

const maxBodyBytes = 8 * 1024 * 1024;
export async function runPromql(
  job: Job,
  scene: Scene,
  {act, output, ending}: Try & {readonly act: Extract<Job['act'], {at: 'promql'}>},
): Promise<Outcome> {
  const {source, text} = act;
  if (source.type !== 'prometheus')
    return {verdict: 'unknown', message: `${source.name} is no Prometheus; nothing was asked`};
  const place = prometheusPlace(scene.sourceUrl ?? source.url, 'query');
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
  const parsed = prometheusAnswer.safeParse(readJson(said.body));
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

type Data = Extract<PrometheusAnswer, {status: 'success'}>['data'];

function samplesOf(data: Data): readonly Sample[] {
  switch (data.resultType) {
    case 'vector':
      return data.result.flatMap(one =>
        one.value === undefined ? [] : [{labels: seriesName(one.metric), value: one.value[1]}],
      );
    case 'matrix':
      return data.result.flatMap(one =>
        (one.values ?? []).map(([at, value]) => ({labels: `${seriesName(one.metric)} @${at}`, value})),
      );
    case 'scalar':
    case 'string':
      return [{labels: '', value: data.result[1]}];
  }
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
  const wrong = samples.find(({value}) => !holds(sampleNumber(value), operator, Number(limit)));
  const wanted = `${operator} ${limit}`;
  if (wrong === undefined) return {verdict: 'pass', message: `${only}, as expected (${wanted})`};
  const which = samples.length === 1 ? '' : ` at ${wrong.labels}`;
  return {verdict: 'fail', message: `${wrong.value}${which}, expected ${wanted}`};
}

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

function readJson(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return value;
  } catch {
    return undefined;
  }
}
