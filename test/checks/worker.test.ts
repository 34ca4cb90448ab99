import {utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {look} from './looking.ts';
import {ownName, waiting} from './looking-programs.ts';

const json = {'$.checks.webhook_worker': 'ok'};

/** A service that says this of its worker. */
async function saying(body: string, status = 200): Promise<{url: string; json: typeof json}> {
  const {origin} = await httpServer((_, answer) => answer.writeHead(status).end(body));
  return {url: `${origin}/ready`, json};
}

const ready = (worker: string): string => JSON.stringify({status: 'ready', checks: {webhook_worker: worker}});

describe('both directions', () => {
  test.each([
    [true, 'ok', 'pass'],
    [true, 'failed', 'fail'],
    [true, 'skipped', 'fail'],
    [false, 'ok', 'fail'],
    [false, 'skipped', 'pass'],
  ])('configured %s and found %s', async (expected, found, verdict) => {
    expect(await look('worker', {expected, actual: await saying(ready(found))})).toMatchObject({
      verdict,
      checked: 1,
    });
  });

  test('what is configured and what is found are both said', async () => {
    expect(await look('worker', {expected: false, actual: await saying(ready('ok'))})).toMatchObject({
      expected: 'off',
      actual: 'on',
      message: containing('configured off and found on'),
    });
  });
});

describe('what is configured', () => {
  const on = async () => saying(ready('ok'));

  test('by a variable of the service that runs', async () => {
    const name = ownName('api');
    await waiting([name], {WORKER: 'true'});
    const of = {process: {command: name}};
    expect(
      (await look('worker', {expected: {env: 'WORKER', of, is: true}, actual: await on()})).verdict,
    ).toBe('pass');
    expect(
      (await look('worker', {expected: {env: 'WORKER', of, is: false}, actual: await on()})).verdict,
    ).toBe('fail');
    expect((await look('worker', {expected: {env: 'OTHER', of, is: true}, actual: await on()})).verdict).toBe(
      'fail',
    );
    // Two that disagree configure nothing.
    await waiting([name], {WORKER: 'false'});
    expect(
      (await look('worker', {expected: {env: 'WORKER', of, is: true}, actual: await on()})).verdict,
    ).toBe('unknown');
  });

  test('by a file', async () => {
    const config = join(tempDir(), 'config.json');
    const expected = {config, json: {'$.worker.enabled': true}};
    expect(await look('worker', {expected, actual: await on()})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    writeFileSync(config, '{"worker":{"enabled":true}}');
    expect((await look('worker', {expected, actual: await on()})).verdict).toBe('pass');
    writeFileSync(config, '{"worker":{"enabled":false}}');
    expect((await look('worker', {expected, actual: await on()})).verdict).toBe('fail');
    writeFileSync(config, '{');
    expect(await look('worker', {expected, actual: await on()})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });
});

describe('what is found', () => {
  test('a service that does not say is no worker that is off', async () => {
    const expected = false;
    for (const actual of [
      await saying('oops', 500),
      await saying('{"error":{"code":"INTERNAL_ERROR"}}', 500),
      await saying('{"status":"ready"}'),
      {url: 'http://127.0.0.1:1/ready', json},
    ])
      expect((await look('worker', {expected, actual})).verdict).toBe('unknown');
    expect((await look('worker', {expected, actual: await saying(ready('failed'), 503)})).verdict).toBe(
      'pass',
    );
  });

  test('a process that runs, or does not', async () => {
    const name = ownName('worker');
    const actual = {process: {command: name}};
    expect((await look('worker', {expected: false, actual})).verdict).toBe('pass');
    expect((await look('worker', {expected: true, actual})).verdict).toBe('fail');
    await waiting([name]);
    expect((await look('worker', {expected: true, actual})).verdict).toBe('pass');
    expect((await look('worker', {expected: false, actual})).verdict).toBe('fail');
  });

  test('a heartbeat that is new, old or absent', async () => {
    const heartbeat = join(tempDir(), 'beat');
    const actual = {heartbeat, maxAge: '90s'};
    expect((await look('worker', {expected: true, actual})).verdict).toBe('fail');
    expect((await look('worker', {expected: false, actual})).verdict).toBe('pass');
    writeFileSync(heartbeat, '');
    // The clock of these tests stands at 2026-01-02T03:04:05Z.
    utimesSync(heartbeat, 1_767_322_955, 1_767_322_955);
    expect((await look('worker', {expected: true, actual})).verdict).toBe('pass');
    utimesSync(heartbeat, 1_767_322_954, 1_767_322_954);
    expect((await look('worker', {expected: true, actual})).verdict).toBe('fail');
    expect((await look('worker', {expected: false, actual})).verdict).toBe('pass');
  });
});
