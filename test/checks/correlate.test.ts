import {appendFileSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing, matching} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

interface Service {
  /** What it does with a request: the id, and the file it may write. */
  readonly onRequest?: (id: string, log: string) => void;
  readonly answerId?: (id: string) => string | undefined;
  /** What its ledger answers, for the ids that came so far. */
  readonly ledger?: (ids: readonly string[], asked: string) => {status?: number; body: string};
}

/** A service with a log and an event ledger; what the check sees there. */
async function service({onRequest, answerId = id => id, ledger}: Service) {
  const log = `${tempDir()}/app.log`;
  const ids: string[] = [];
  const {origin} = await httpServer((request, response) => {
    const id = String(request.headers['x-request-id']);
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (path === '/events') {
      // As an access log has it.
      if (existsSync(log)) appendFileSync(log, `GET /events?${query}\n`);
      const {status = 200, body} = ledger?.(ids, new URLSearchParams(query).get('id') ?? '') ?? {body: '[]'};
      response.writeHead(status).end(body);
      return;
    }
    onRequest?.(id, log);
    ids.push(id);
    const said = answerId(id);
    response.writeHead(404, said === undefined ? {} : {'x-request-id': said}).end('{}');
  });
  const see = async (mustAppearIn: readonly object[], more: object = {}): Promise<Look> =>
    look(
      'correlate',
      {url: `${origin}/nothing`, expect: {status: 404}, within: '600ms', mustAppearIn, ...more},
      {clock: realClock()},
    );
  return {log, origin, ids, see};
}

const write = (id: string, log: string): void => {
  appendFileSync(log, `level=warn status=404 request=${id}\n`);
};
const listing = (ids: readonly string[]) => ({body: JSON.stringify(ids.map(id => ({resource_id: id})))});

test('an id that is in the answer, the log and the ledger is a pass that names each', async () => {
  const {log, origin, ids, see} = await service({onRequest: write, ledger: listing});
  const answer = await see([{log}, {url: `${origin}/events?id={id}`}]);
  expect(answer).toMatchObject({
    verdict: 'pass',
    checked: 3,
    message: `request ${ids[0] ?? ''}: found in 2 places`,
  });
  expect(answer.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toEqual([
    'answer pass',
    `${log} pass`,
    `${origin}/events?id={id} pass`,
  ]);
});

test('one that arrives late is waited for', async () => {
  let left = 2;
  const {origin, see} = await service({
    ledger: ids => {
      left -= 1;
      return left > 0 ? {body: '[]'} : listing(ids);
    },
  });
  expect((await see([{url: `${origin}/events?id={id}`}])).verdict).toBe('pass');
});

test('one that is not written in time is a failure that names the place', async () => {
  const {log, origin, see} = await service({ledger: () => ({body: '[]'})});
  writeFileSync(log, 'begun\n');
  const answer = await see([{log}, {url: `${origin}/events?id={id}`}]);
  expect(answer).toMatchObject({verdict: 'fail', kind: 'assertion'});
  expect(answer.message).toContain(`${log}: not there within 600ms`);
  expect(answer.message).toContain('/events?id={id}: not there within 600ms');
});

test('the look itself writes no trace that it then finds', async () => {
  // Asking the ledger puts the id into the access log.
  const {log, origin, see} = await service({ledger: listing});
  writeFileSync(log, 'begun\n');
  const answer = await see([{url: `${origin}/events?id={id}`}, {log}]);
  expect(answer).toMatchObject({verdict: 'fail', message: containing(`${log}: not there`)});
});

test('an answer that only repeats what it was asked does not count where the site says what must be in it', async () => {
  const {origin, see} = await service({
    ledger: (_, asked) => ({body: JSON.stringify({query: asked, events: []})}),
  });
  const url = `${origin}/events?id={id}`;
  expect((await see([{url}])).verdict).toBe('pass');
  expect(await see([{url, jsonAt: {'$.events': {length: {gte: 1}}}}])).toMatchObject({
    verdict: 'fail',
    message: containing('not there within'),
  });
});

test('what was in the log before does not count, and a log that was begun again is read from its start', async () => {
  const fixed = {'X-Request-Id': 'fixed-id-0001'};
  const {log, see} = await service({});
  writeFileSync(log, 'request=fixed-id-0001\n');
  expect((await see([{log}], {headers: fixed})).verdict).toBe('fail');
  const rotating = await service({
    onRequest: (id, file) => {
      renameSync(file, `${file}.1`);
      writeFileSync(file, `${id}\n`);
    },
  });
  writeFileSync(rotating.log, 'a long beginning that was there before '.repeat(20));
  expect((await rotating.see([{log: rotating.log}])).verdict).toBe('pass');
});

test('a log may be a link; one that is not there, and a folder, cannot be looked at', async () => {
  const {log, see} = await service({onRequest: write});
  writeFileSync(log, '');
  const dir = tempDir();
  symlinkSync(log, `${dir}/current`);
  mkdirSync(`${dir}/folder`);
  expect((await see([{log: `${dir}/current`}])).verdict).toBe('pass');
  for (const missing of [`${dir}/none.log`, `${dir}/folder`])
    expect(await see([{log: missing}])).toMatchObject({verdict: 'unknown', kind: 'noData'});
});

test('a ledger that cannot be asked is unknown, one without it a failure', async () => {
  const broken = await service({ledger: () => ({status: 500, body: 'oops'})});
  expect(await broken.see([{url: `${broken.origin}/events?id={id}`}])).toMatchObject({
    verdict: 'unknown',
    message: containing('HTTP 500 instead of an answer'),
  });
  const none = await service({ledger: () => ({status: 404, body: ''})});
  expect((await none.see([{url: `${none.origin}/events?id={id}`}])).verdict).toBe('fail');
});

test('an answer without an id, or with one that could be anything, is a failure of its own', async () => {
  const {log, see} = await service({onRequest: write, answerId: () => undefined});
  expect(await see([{log}])).toMatchObject({
    verdict: 'fail',
    message: matching(/^the answer \(HTTP 404\) has no request id/),
  });
  const short = await service({onRequest: write, answerId: () => '7'});
  expect((await short.see([{log: short.log}])).message).toContain('too short');
});

test('an id that the service made itself is followed, and told', async () => {
  const {log, see} = await service({
    onRequest: (_, file) => {
      appendFileSync(file, 'request=server-made-42\n');
    },
    answerId: () => 'server-made-42',
  });
  const answer = await see([{log}]);
  expect(answer).toMatchObject({verdict: 'pass'});
  expect(answer.message).toMatch(
    /^request server-made-42, which is not the one that was sent \([0-9a-f-]{36}\)/,
  );
  const echoed = await see([{log}], {expect: {status: 404, requestId: 'echoed'}});
  expect(echoed).toMatchObject({verdict: 'fail', message: containing('request id: expected')});
});

test('a service that is down is a failure to connect', async () => {
  const given = {url: 'http://127.0.0.1:1/', mustAppearIn: [{log: '/nowhere'}]};
  expect(await look('correlate', given)).toMatchObject({verdict: 'fail', kind: 'connect'});
  for (const wrong of [
    [],
    [{url: 'http://h/events'}],
    [{log: 'app.log'}],
    [{log: '/a', url: 'http://h/{id}'}],
  ])
    expect(accepts('correlate', {...given, mustAppearIn: wrong})).toBe(false);
});
