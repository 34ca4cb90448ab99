import {expect, test} from 'vitest';
import {lookOnce} from '../../../src/engine/monitor/look.ts';
import type {Records} from '../../../src/look/records.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {containing} from '../../helpers/like.ts';
import {answer, memoryLedger, portsOf, scripted, spec} from './parts.ts';

const recordingIn = (open: Records['open']) => ({...portsOf(fakeClock()), records: {open}});

function setting(allowMutating: boolean | 'absent' = true) {
  const ledger = memoryLedger();
  const seen: string[] = [];
  const check = {
    ...scripted(() => {
      seen.push(ledger.entries.map(({kind}) => kind).join(' '));
      return Promise.resolve(answer('pass'));
    }),
    mutates: 'canary' as const,
  };
  const request = {
    spec: spec('rotation', {...(allowMutating === 'absent' ? {} : {allowMutating})}),
    checks: [check],
    ports: recordingIn(async () => Promise.resolve(ledger)),
    trusted: true,
    signal: new AbortController().signal,
    input: () => undefined,
  };
  return {
    ledger,
    seen,
    request,
    look: async () => lookOnce(request),
  };
}

test('what changes something is recorded before it begins, and its outcome after', async () => {
  const {ledger, seen, look} = setting();
  expect(await look()).toMatchObject({verdict: 'pass'});
  expect(seen).toEqual(['check.intent']);
  expect(ledger.entries.map(({kind, body}) => [kind, body])).toEqual([
    ['check.intent', {service: 'api', check: 'rotation', type: 'scripted', mutates: 'canary'}],
    ['check.outcome', {service: 'api', check: 'rotation', verdict: 'pass', kind: 'assertion', checked: 1}],
  ]);
});

test('it does not run where the site does not allow it', async () => {
  for (const allow of [false, 'absent'] as const) {
    const {ledger, seen, look} = setting(allow);
    expect(await look()).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      checked: 0,
      message: containing('allowMutating: true'),
    });
    expect([seen, ledger.entries]).toEqual([[], []]);
  }
});

test('it does not run when it cannot be recorded first', async () => {
  const {ledger, seen, look, request} = setting();
  ledger.refuse = 'the disk is full';
  expect(await look()).toMatchObject({
    verdict: 'unknown',
    kind: 'permission',
    checked: 0,
    message: 'not run: it cannot be recorded first: the disk is full',
  });
  expect(await lookOnce(request)).toMatchObject({verdict: 'unknown', kind: 'permission'});
  const broken = async () => Promise.reject(new Error('no data directory'));
  expect((await lookOnce({...request, ports: recordingIn(broken)})).message).toContain('no data directory');
  expect(seen).toEqual([]);
});

test('when its outcome cannot be recorded, the look says so', async () => {
  const {ledger, request} = setting();
  const closing = {
    ...scripted(() => {
      ledger.refuse = 'the disk is full';
      return Promise.resolve(answer('pass'));
    }),
    mutates: 'canary' as const,
  };
  const look = await lookOnce({...request, checks: [closing]});
  expect(look.message).toContain('its outcome could not be recorded: the disk is full');
});
