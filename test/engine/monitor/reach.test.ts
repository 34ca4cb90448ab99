import {expect, test} from 'vitest';
import type {Ports} from '../../../src/define.ts';
import {runOnce} from '../../../src/engine/monitor/index.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {answer, portsOf, scripted, spec} from './parts.ts';

/** Asks through every port that reaches the network, and says which sources it was told of. */
const asking = scripted(async (_, {http, net, tls, dns, signal, sources}) => {
  const common = {timeoutMs: 1, signal};
  await http.request({method: 'GET', url: 'http://h/', headers: {}, maxBodyBytes: 1, ...common});
  await net.connect({host: 'h', port: 1, ...common});
  await tls.talk({host: 'h', port: 1, ...common});
  await dns.ask({name: 'h', type: 'A', ...common});
  return answer('pass', sources.map(({name}) => name).join(' '));
});

async function asked(trusted: boolean): Promise<{seen: unknown[]; message: string | undefined}> {
  const seen: unknown[] = [];
  const failed = {at: 'failed', kind: 'connect', message: 'no', durationMs: 0} as const;
  const noting = async <T>(request: {readonly allow?: readonly string[]}, said: T): Promise<T> => {
    seen.push(request.allow);
    return Promise.resolve(said);
  };
  const ports: Ports = {
    ...portsOf(fakeClock()),
    http: {request: async request => noting(request, failed)},
    net: {connect: async request => noting(request, failed)},
    tls: {
      talk: async request =>
        noting(request, {...failed, stage: 'connecting', alert: undefined, reset: false}),
    },
    dns: {ask: async request => noting(request, failed)},
  };
  const site = {
    network: {allow: ['169.254.169.254']},
    sources: [{name: 'metrics', type: 'prometheus', url: 'http://h'}],
  } as const;
  const [result] = await runOnce({specs: [spec('a')], checks: [asking], ports, trusted, site});
  return {seen, message: result?.message};
}

test('what the site lists may be reached by every port that its checks look through', async () => {
  const listed = ['169.254.169.254'];
  expect(await asked(true)).toEqual({seen: [listed, listed, listed, listed], message: 'metrics'});
});

test('a site that is not trusted does not choose what may be reached', async () => {
  expect((await asked(false)).seen).toEqual([undefined, undefined, undefined, undefined]);
});
