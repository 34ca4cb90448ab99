// The limits around every channel: time, references, what it may say.
import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {z} from 'zod';
import {realFiles} from '../../../src/adapters/files.ts';
import {defineChannel, type AnyChannel, type ChannelContext, type Sent} from '../../../src/define-channel.ts';
import {deliver} from '../../../src/engine/alerts/index.ts';
import {noticeOf, secretsOf} from '../../channels/sending.ts';
import {fakeClock, fakeEnv} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';

const never = (): never => {
  throw new Error('the test did not expect this');
};

const scripted = (
  send: (
    params: {token?: string | undefined; room?: string | undefined},
    context: ChannelContext,
  ) => Promise<Sent>,
): AnyChannel =>
  defineChannel({
    type: 'scripted',
    summary: 'does what the test says',
    example: 'type: scripted',
    params: z.strictObject({token: z.string().min(12).optional(), room: z.string().optional()}),
    fields: {token: 'secret', room: 'setting'},
    target: () => 'nowhere',
    send: async (params, _notice, context) => send(params, context),
  });

function through(channel: AnyChannel, params: Record<string, string>, env: Record<string, string> = {}) {
  const clock = fakeClock();
  const stop = new AbortController();
  const sent = deliver({name: 'mine', type: 'scripted', params, secrets: [], line: 1}, noticeOf(), {
    channels: [channel],
    http: {request: never},
    exec: {run: never},
    bell: {ring: () => false},
    mail: {send: never},
    env: fakeEnv(env),
    files: realFiles,
    clock,
    secrets: secretsOf(env),
    siteDir: '/nowhere',
    signal: stop.signal,
  });
  return {clock, stop, sent};
}

describe('time', () => {
  test('one that never answers is given up after ten seconds, and told to stop', async () => {
    let told: unknown;
    const channel = scripted(async (_, {signal}) => {
      signal.addEventListener('abort', () => {
        told = signal.reason;
      });
      return new Promise<Sent>(() => undefined);
    });
    const {clock, sent} = through(channel, {});
    await clock.advance(9_999);
    await clock.advance(2);
    expect(await sent).toEqual({at: 'failed', about: 'channel', message: 'no answer within 10 s'});
    expect(told).toMatchObject({name: 'TimeoutError'});
  });

  test('one that is in time leaves no timer behind', async () => {
    const {clock, sent} = through(
      scripted(() => Promise.resolve({at: 'sent', message: 'ok'})),
      {},
    );
    expect(await sent).toEqual({at: 'sent', message: 'ok'});
    expect(clock.pending()).toBe(0);
  });
});

describe('references', () => {
  const says = scripted(({token = '', room = ''}) =>
    Promise.resolve({at: 'sent', message: `${token} ${room}`}),
  );

  test('are looked up in the environment and in files that only their owner can read', async () => {
    const file = join(tempDir(), 'token');
    writeFileSync(file, 'token-in-a-file-of-the-test\n', {mode: 0o600});
    const seen: unknown[] = [];
    const channel = scripted(params => {
      seen.push(params);
      return Promise.resolve({at: 'sent', message: ''});
    });
    await through(channel, {token: 'env:TOKEN', room: 'env:ROOM'}, {TOKEN: 'token-of-the-test', ROOM: '17'})
      .sent;
    await through(channel, {token: `file:${file}`, room: '18'}).sent;
    expect(seen).toEqual([
      {token: 'token-of-the-test', room: '17'},
      {token: 'token-in-a-file-of-the-test', room: '18'},
    ]);
    chmodSync(file, 0o644);
    expect((await through(channel, {token: `file:${file}`}).sent).message).toContain('can be read by others');
    expect(seen).toHaveLength(2);
  });

  test('what a secret led to is masked in whatever the channel says, a setting is not', async () => {
    const {sent} = through(
      says,
      {token: 'env:TOKEN', room: 'env:ROOM'},
      {TOKEN: 'token-of-the-test', ROOM: '17'},
    );
    expect(await sent).toEqual({at: 'sent', message: '[secret mine.token] 17'});
  });

  test('what is not set, or is not what was expected, is said without its value', async () => {
    expect((await through(says, {room: 'env:ROOM'}).sent).message).toBe('mine.room: env:ROOM is not set');
    const short = await through(says, {token: 'env:TOKEN'}, {TOKEN: 'short-one'}).sent;
    expect(short.message).toMatch(/^token: /);
    expect(short.message).not.toContain('short-one');
  });
});

test('a message is cut only after it was masked, so that half a secret is never left', async () => {
  const token = 'token-of-the-test-that-is-long-enough';
  for (let before = 250; before < 310; before++) {
    const channel = scripted(() =>
      Promise.resolve({at: 'sent', message: `${'x'.repeat(before)}${token} and more`}),
    );
    const {message} = await through(channel, {token: 'env:TOKEN'}, {TOKEN: token}).sent;
    expect(message).not.toContain('token-of');
    expect(message.length).toBeLessThanOrEqual(300);
  }
});

test('one that throws has failed, and what it threw is masked', async () => {
  const channel = scripted(({token}) => Promise.reject(new Error(`bad ${token ?? ''}`)));
  const {sent} = through(channel, {token: 'env:TOKEN'}, {TOKEN: 'token-of-the-test'});
  expect(await sent).toEqual({at: 'failed', about: 'channel', message: 'bad [secret mine.token]'});
});

test('a type that is not known any more sends nothing', async () => {
  const {sent} = through({...scripted(never), type: 'other'}, {});
  expect(await sent).toMatchObject({message: 'there is no channel type scripted'});
});
