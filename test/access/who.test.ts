import {describe, expect, test} from 'vitest';
import {whoAmI, type WhoRequest} from '../../src/access/who.ts';
import {actorSchema} from '../../src/domain/entry-schema.ts';
import {fakeEnv} from '../helpers/fakes.ts';

const key = `SHA256:${'a'.repeat(43)}`;

const who = (more: Partial<WhoRequest> = {}, vars: Readonly<Record<string, string>> = {}) =>
  whoAmI({uid: 1000, user: 'ops', env: fakeEnv(vars), ...more});

describe('how it is known who acts', () => {
  test.each<[string, Partial<WhoRequest>, Record<string, string>, object]>([
    ['the account alone', {}, {}, {operator: 'ops', via: 'local'}],
    ['a name that was claimed', {claimed: 'bob'}, {}, {operator: 'bob', via: 'claimed'}],
    ['a name from the environment', {}, {QUARTERDECK_OPERATOR: 'bob'}, {operator: 'bob', via: 'claimed'}],
    [
      'the option before the environment',
      {claimed: 'eve'},
      {QUARTERDECK_OPERATOR: 'bob'},
      {operator: 'eve', via: 'claimed'},
    ],
    ['claiming to be the account itself', {claimed: 'ops'}, {}, {operator: 'ops', via: 'local'}],
    ['sudo', {uid: 0, user: 'root'}, {SUDO_USER: 'bob'}, {operator: 'bob', via: 'sudo'}],
    ['$SUDO_USER without being root', {}, {SUDO_USER: 'bob'}, {operator: 'ops', via: 'local'}],
    [
      'claiming what sudo says',
      {uid: 0, user: 'root', claimed: 'bob'},
      {SUDO_USER: 'bob'},
      {operator: 'bob', via: 'sudo'},
    ],
    [
      'claiming another under sudo',
      {uid: 0, user: 'root', claimed: 'eve'},
      {SUDO_USER: 'bob'},
      {operator: 'eve', via: 'claimed'},
    ],
    ['an SSH forced command', {forced: {operator: 'bob', key}}, {}, {operator: 'bob', via: 'ssh-key', key}],
    [
      'a forced command before the environment',
      {forced: {operator: 'bob', key}},
      {QUARTERDECK_OPERATOR: 'eve'},
      {operator: 'bob', via: 'ssh-key'},
    ],
  ])('%s', (_, request, vars, expected) => {
    const actor = who(request, vars);
    expect(actor).toMatchObject(expected);
    expect(actorSchema.parse(actor)).toEqual(actor);
  });

  test('a variable that the login user could set never makes a key', () => {
    expect(
      who({}, {SSH_USER_AUTH: '/tmp/sshauth.x', SSH_ORIGINAL_COMMAND: 'console --operator eve'}),
    ).toEqual({
      uid: 1000,
      user: 'ops',
      operator: 'ops',
      via: 'local',
    });
  });

  test('the other end of the connection is noted when it looks like an address', () => {
    expect(who({}, {SSH_CONNECTION: '192.0.2.7 50000 10.0.0.1 22'}).from).toBe('192.0.2.7');
    expect(who({}, {SSH_CONNECTION: 'fe80::1%eth0 50000 ::1 22'}).from).toBe('fe80::1%eth0');
    expect(who({}, {SSH_CONNECTION: '\x1b[2J 1 2 3'})).not.toHaveProperty('from');
  });
});

describe('what cannot be an operator', () => {
  test.each(['', ' bob', 'bob\n', 'b\x1b[2J', 'bo\u202eb', '-bob', 'x'.repeat(65), 'a/b'])(
    '%j is refused',
    claimed => {
      expect(() => who({claimed})).toThrow(expect.objectContaining({code: 'USAGE'}));
    },
  );

  test.each(['bob', 'Bob Müller', 'b.o-b_1@example.org', "O'Neil", '山田', 'x'])('%j is fine', claimed => {
    expect(who({claimed}).operator).toBe(claimed);
  });

  test('another name than that of the key, or a key that is none, is refused', () => {
    expect(() => who({claimed: 'eve', forced: {operator: 'bob', key}})).toThrow(/belongs to bob/);
    expect(() => who({forced: {operator: 'bob', key: 'SHA256:short'}})).toThrow(/no fingerprint/);
  });
});
