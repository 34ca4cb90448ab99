// Asking a Prometheus: it is the means of looking, so that whatever is wrong with it is unknown, never a failure.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import {prometheusAnswer, prometheusPlace, sampleNumber, seriesName} from '../../src/domain/prometheus.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {askShape, prepare, type Asked} from './ask.ts';
import {excerpt} from './expect.ts';
import {httpUrl} from './fields.ts';
import {parseJson} from './json.ts';
import {couldNot, isReference, resolveReferences, type Found} from './reference.ts';
import {withoutSecrets} from './secrets.ts';

export const prometheusShape = {
  source: z.string().min(1).optional().describe('A Prometheus of `sources:` in the site file.'),
  url: httpUrl.optional().describe('Or its address, such as http://127.0.0.1:9090.'),
  headers: askShape.headers,
  tls: askShape.tls,
};

export const oneSource = ({source, url}: {source?: string | undefined; url?: string | undefined}): boolean =>
  (source === undefined) !== (url === undefined);
export const oneSourceMessage = 'name either `source` or `url`';

export interface PrometheusGiven {
  readonly source?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls?: Asked['tls'];
}

export interface Series {
  /** As Prometheus writes it; empty for a number that is no series. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 and value, oldest first; a value may be NaN or infinite. */
  readonly points: readonly {readonly atMs: number; readonly value: number}[];
}

export interface Queried {
  readonly series: readonly Series[];
  /** What Prometheus said about its own answer: it may be incomplete. */
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  readonly secrets: readonly SecretValue[];
  readonly isInsecure: boolean;
}

export interface Query {
  readonly text: string;
  /** A range of times instead of now. */
  readonly range?: {readonly fromMs: number; readonly toMs: number; readonly stepMs: number};
  readonly timeoutMs: number;
}

const maxBodyBytes = 8 * 1024 * 1024;

interface Place {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly SecretValue[];
}

/** Where the API is. The address of a source may be a secret, or hold one. */
async function placeOf(
  given: PrometheusGiven,
  call: 'query' | 'query_range',
  context: CheckContext,
): Promise<Found<Place>> {
  const {source: name, url} = given;
  const source = context.sources.find(one => one.name === name);
  if (name !== undefined && source?.type !== 'prometheus') {
    const known = context.sources.filter(({type}) => type === 'prometheus').map(one => one.name);
    const list = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`;
    return couldNot('config', `the site has no Prometheus called ${name} under \`sources\`; ${list}`);
  }
  const text = source?.type === 'prometheus' ? source.url : (url ?? '');
  const resolved = isReference(text) ? await resolveReferences({url: text}, context) : undefined;
  if (resolved?.ok === false) return resolved;
  const address = resolved?.values['url'] ?? text;
  const place = prometheusPlace(address, call);
  if (place === undefined) return couldNot('config', 'the address of Prometheus is no http or https URL');
  const password = new URL(address).password;
  const secrets = [
    ...(resolved?.secrets ?? []),
    ...(password === '' ? [] : [{name: `${name ?? 'url'}-password`, value: decodeURIComponent(password)}]),
  ];
  return {ok: true, value: {...place, secrets}};
}

/** Statuses of the API's own documentation, and what they say about looking. */
function refusalOf(status: number, said: string): Look {
  const kind = status === 503 ? 'timeout' : status === 401 || status === 403 ? 'auth' : 'config';
  const words =
    status === 400
      ? 'the query is wrong'
      : status === 422
        ? 'the query cannot be carried out'
        : status === 503
          ? 'the query took too long'
          : status === 404
            ? 'there is no API of a Prometheus'
            : `HTTP ${status}`;
  return {
    verdict: 'unknown',
    kind: status >= 500 && status !== 503 ? 'noData' : kind,
    checked: 0,
    message: said === '' ? words : `${words}: ${excerpt(said)}`,
  };
}

const point = ([at, value]: readonly [number, string]) => ({atMs: at * 1000, value: sampleNumber(value)});

/** Every series of the answer, or the look that says why there is none to judge. */
function seriesIn(
  body: Uint8Array,
  {status, isRange}: {readonly status: number; readonly isRange: boolean},
): Found<Omit<Queried, 'secrets' | 'isInsecure'>> {
  const parsed = prometheusAnswer.safeParse(parseJson(new TextDecoder().decode(body))?.value);
  if (status !== 200 || !parsed.success) {
    const error = parsed.success && parsed.data.status === 'error' ? (parsed.data.error ?? '') : '';
    return status === 200
      ? couldNot('noData', 'what came back is no answer of a Prometheus')
      : {ok: false, look: refusalOf(status, error)};
  }
  if (parsed.data.status === 'error') return couldNot('config', excerpt(parsed.data.error ?? 'an error'));
  const {data, warnings = [], infos = []} = parsed.data;
  const notes = {warnings, infos};
  switch (data.resultType) {
    case 'vector':
      return {
        ok: true,
        value: {
          ...notes,
          series: data.result.flatMap(({metric, value}) =>
            value === undefined ? [] : [{name: seriesName(metric), labels: metric, points: [point(value)]}],
          ),
        },
      };
    case 'matrix':
      if (!isRange)
        return couldNot(
          'config',
          'the query gives ranges, not numbers; put a function such as rate() around it',
        );
      return {
        ok: true,
        value: {
          ...notes,
          series: data.result.flatMap(({metric, values = []}) =>
            values.length === 0
              ? []
              : [{name: seriesName(metric), labels: metric, points: values.map(point)}],
          ),
        },
      };
    case 'scalar':
      return {ok: true, value: {...notes, series: [{name: '', labels: {}, points: [point(data.result)]}]}};
    case 'string':
      return couldNot('config', 'the query gives a text, not a number');
  }
}

/** Asks once. A look that comes back instead is `unknown`, with the name of the source, and without secrets. */
export async function query(
  given: PrometheusGiven,
  context: CheckContext,
  {text, range, timeoutMs}: Query,
): Promise<Found<Queried>> {
  const place = await placeOf(given, range === undefined ? 'query' : 'query_range', context);
  if (!place.ok) return place;
  const seconds = (ms: number): string => (ms / 1000).toFixed(3);
  const prepared = await prepare(
    {
      url: place.value.url,
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...place.value.headers,
        ...given.headers,
      },
      body: new URLSearchParams({
        query: text,
        ...(range === undefined
          ? {}
          : {start: seconds(range.fromMs), end: seconds(range.toMs), step: seconds(range.stepMs)}),
      }).toString(),
      tls: given.tls,
      maxBodyBytes,
    },
    context,
  );
  if (!prepared.ok) return prepared;
  const {send, isInsecure} = prepared.value;
  const secrets = [...place.value.secrets, ...prepared.value.secrets];
  const {answer, requestId} = await send(timeoutMs);
  const name = given.source ?? 'Prometheus';
  const unknown = (look: Look): Found<Queried> => ({
    ok: false,
    look: withoutSecrets(
      {...look, verdict: 'unknown', checked: 0, message: `${name}: ${look.message}`},
      secrets,
    ),
  });
  if (answer.at === 'failed')
    return unknown({verdict: 'unknown', checked: 0, kind: answer.kind, message: answer.message});
  if (answer.cut) return unknown(couldNot('config', 'the answer has more than 8 MiB; ask for less').look);
  const read = seriesIn(answer.body, {status: answer.status, isRange: range !== undefined});
  if (!read.ok) return unknown({...read.look, message: `${read.look.message} (X-Request-Id ${requestId})`});
  return {ok: true, value: {...read.value, secrets, isInsecure}};
}

/** What Prometheus said about its answer, for the end of a message; empty where it said nothing. */
export const notesOf = ({warnings, infos}: Pick<Queried, 'warnings' | 'infos'>): string =>
  [
    ...(warnings.length === 0 ? [] : [`; Prometheus warns: ${excerpt(warnings.join('; '))}`]),
    ...(infos.length === 0 ? [] : [`; Prometheus notes: ${excerpt(infos.join('; '))}`]),
  ].join('');

/** A number as Prometheus writes it, short enough to be read. */
export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
}
