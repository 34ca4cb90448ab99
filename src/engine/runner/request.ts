// An HTTP request of a step.
import type {Job} from './job.ts';
import type {Outcome, Scene, Try} from './scene.ts';

const maxBodyBytes = 8 * 1024 * 1024;

/** `env:NAME` and `Scheme env:NAME` name a declared secret; any other text stays. */
const withSecrets = (
  headers: Readonly<Record<string, string>>,
  {secrets = {}}: Job,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, text]) => {
      const [, scheme = '', variable = ''] = /^([A-Za-z][\w-]* )?env:(\w+)$/.exec(text) ?? [];
      const value = Object.hasOwn(secrets, variable) ? secrets[variable] : undefined;
      return [name, value === undefined ? text : `${scheme}${value}`];
    }),
  );

export async function runRequest(
  job: Job,
  scene: Scene,
  {act, output, ending}: Try & {readonly act: Extract<Job['act'], {at: 'http'}>},
): Promise<Outcome> {
  const {method, url, headers, body} = act;
  const http = await scene.http();
  const answer = await http.request({
    method,
    url,
    headers: withSecrets(headers, job),
    ...(body === undefined ? {} : {body}),
    timeoutMs: job.timeoutMs,
    maxBodyBytes,
    signal: ending.signal,
  });
  if (answer.at === 'failed') {
    const why = ending.why();
    if (why !== undefined && why.ended !== 'limit')
      return {verdict: 'unknown', message: why.message, ended: why.ended};
    // Refused before anything was sent is a plain failure; anything later may have had its effect.
    const sent = answer.kind !== 'connect' && answer.kind !== 'dns' && answer.kind !== 'tls';
    return {verdict: sent || job.effect === 'read' ? 'unknown' : 'fail', message: answer.message};
  }
  const clean = scene.mask.stream();
  const parts = [clean.push(answer.body), clean.end()];
  for (const part of parts) output.add(part);
  const text = Buffer.concat(parts).toString();
  const {status, headers: answered} = answer;
  const requestId = answered['x-request-id'];
  const known = requestId !== undefined && /^[\w.:-]{1,128}$/.test(requestId) ? {requestId} : {};
  const how = {status, ...known, value: text};
  const {expect} = job;
  if (typeof expect === 'number' ? status !== expect : status < 200 || status > 299) {
    const wanted = typeof expect === 'number' ? `, expected ${expect}` : '';
    return {verdict: 'fail', message: `HTTP ${status}${wanted}`, ...how};
  }
  if (typeof expect === 'string' && !text.includes(expect))
    return {
      verdict: 'fail',
      message: `HTTP ${status}, but the body does not contain ${JSON.stringify(expect)}`,
      ...how,
    };
  return {verdict: 'pass', message: `HTTP ${status}`, ...how};
}
