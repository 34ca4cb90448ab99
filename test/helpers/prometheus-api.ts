// The HTTP API of a Prometheus whose answers the test decides; a real one is asked in test/real.
import {httpServer} from './http-server.ts';

/** What was asked. */
export interface PromQuestion {
  readonly query: string;
  readonly path: string;
  /** Seconds of each point of a range; empty for an instant query. */
  readonly at: readonly number[];
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export interface PromAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** Serves until the test is over; every question is kept. */
export async function prometheus(
  answer: (question: PromQuestion) => PromAnswer,
): Promise<{readonly url: string; readonly asked: PromQuestion[]}> {
  const asked: PromQuestion[] = [];
  const {origin} = await httpServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const form = new URLSearchParams(text);
      const [start, end, step] = ['start', 'end', 'step'].map(name => Number(form.get(name) ?? 0));
      const at: number[] = [];
      if (start !== undefined && end !== undefined && step !== undefined && step > 0)
        for (let i = 0; start + i * step <= end + 1e-6; i++) at.push(start + i * step);
      const question = {
        query: form.get('query') ?? '',
        path: request.url ?? '',
        at,
        headers: request.headers,
      };
      asked.push(question);
      const {status = 200, body} = answer(question);
      response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  return {url: origin, asked};
}

type Labels = Readonly<Record<string, string>>;
const success = (data: unknown, more: object): PromAnswer => ({body: {status: 'success', data, ...more}});

export const vector = (series: readonly (readonly [Labels, string])[], more: object = {}): PromAnswer =>
  success(
    {resultType: 'vector', result: series.map(([metric, value]) => ({metric, value: [1, value]}))},
    more,
  );

/** Each series with as many values as there are times; undefined is a gap. */
export const matrix = (
  series: readonly (readonly [Labels, readonly (string | undefined)[]])[],
  at: readonly number[],
  more: object = {},
): PromAnswer =>
  success(
    {
      resultType: 'matrix',
      result: series.map(([metric, values]) => ({
        metric,
        values: values.flatMap((value, i) => (value === undefined ? [] : [[at[i], value]])),
      })),
    },
    more,
  );

export const scalar = (value: string): PromAnswer => success({resultType: 'scalar', result: [1, value]}, {});

export const promError = (status: number, error: string): PromAnswer => ({
  status,
  body: {status: 'error', errorType: 'bad_data', error},
});
