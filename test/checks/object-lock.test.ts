import {createHash} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {readXml, elementAt} from '../../checks/parts/xml.ts';
import {objectLock} from '../../checks/object-lock.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {lookOnce} from '../../src/engine/monitor/look.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {lockRule, s3Server, type S3Setting, type StoredVersion} from '../helpers/s3-server.ts';
import {memoryLedger, portsOf, spec} from '../engine/monitor/parts.ts';
import {accepts, context, look} from './looking.ts';

const dayMs = 86_400_000;
const nowMs = fakeClock().nowMs();
const key = 'canary/lock';
const accessKeyId = 'AKIAOFTHELOCKTEST';
const secretAccessKey = 'secret/of+the-lock-test-which-is-long';

const base: S3Setting = {
  nowMs,
  bucket: 'audit-records',
  region: 'eu-central-1',
  rule: lockRule('<Days>30</Days>'),
  accessKeyId,
  secretAccessKey,
};
const params = {
  region: 'eu-central-1',
  bucket: 'audit-records',
  key,
  mode: 'COMPLIANCE',
  retentionDays: 30,
  credentials: {accessKeyId: 'env:KEY_ID', secretAccessKey: 'env:KEY'},
};
const variables = {KEY_ID: accessKeyId, KEY: secretAccessKey};

const canary: Omit<StoredVersion, 'id'> = {
  key,
  isMarker: false,
  marked: 'canary',
  mode: 'COMPLIANCE',
  untilMs: nowMs + 20 * dayMs,
};

interface Staging {
  readonly given?: Record<string, unknown>;
  readonly store?: Partial<S3Setting>;
  /** What lies in the bucket; a locked canary where nothing is said. */
  readonly versions?: readonly Omit<StoredVersion, 'id'>[];
  readonly env?: Readonly<Record<string, string>>;
}

async function drilled({given = {}, store = {}, versions = [canary], env = variables}: Staging = {}) {
  const s3 = await s3Server({...base, ...store});
  for (const version of versions) s3.add(version);
  const seen = await look(
    'objectLock',
    {...params, endpoint: s3.origin, ...given},
    {env: fakeEnv(env), clock: fakeClock()},
  );
  // Whatever came of it: nothing secret is said, and no delete without a version was sent.
  for (const secret of [accessKeyId, secretAccessKey.slice(0, 12), 'AWS4-HMAC', 'Signature='])
    expect(JSON.stringify(seen)).not.toContain(secret);
  expect(s3.log).not.toContain('delete');
  expect(s3.versions.filter(({isMarker}) => isMarker)).toEqual(
    versions.filter(({isMarker}) => isMarker).map(containingKey),
  );
  return {...seen, ...s3, lines: seen.parts?.map(({name, verdict}) => `${name} ${verdict}`)};
}

const containingKey = (version: Omit<StoredVersion, 'id'>): unknown =>
  expect.objectContaining({key: version.key});

const v1 = 'v/1+x==';

describe('objectLock', () => {
  test('a canary that is seen and can be neither unlocked nor deleted is a pass', async () => {
    const seen = await drilled();
    expect(seen).toMatchObject({verdict: 'pass', checked: 7});
    expect(seen.log).toEqual([
      'lockRule',
      'head',
      `head ${v1}`,
      `retention ${v1}`,
      `delete ${v1}`,
      `head ${v1}`,
    ]);
    expect(seen.versions).toEqual([{...canary, id: v1}]);
  });

  test('a delete without a version would succeed under the lock: it is never sent, and only what a version is denied counts', async () => {
    const seen = await drilled({given: {ops: ['deleteVersion']}});
    expect(seen.verdict).toBe('pass');
    expect(seen.log.filter(line => line.startsWith('delete'))).toEqual([`delete ${v1}`]);
    const plain = await drilled({store: {fault: {ignoresLocks: true}}, given: {ops: ['deleteVersion']}});
    expect(plain).toMatchObject({verdict: 'fail', message: containing('deleting the version')});
    expect(plain.message).toContain('expected 403 AccessDenied, got 204: it was done');
    expect(plain.versions).toEqual([]);
  });

  test('a retention that can be shortened is a failure, and so is a version that is gone although its delete was denied', async () => {
    const shorter = await drilled({store: {fault: {ignoresLocks: true}}, given: {ops: ['shortenRetention']}});
    expect(shorter).toMatchObject({verdict: 'fail', message: containing('shortening the retention')});
    expect(shorter.lines).toContain('the canary afterwards fail');
    const lied = await drilled({store: {fault: {liesOfDelete: true}}});
    expect(lied).toMatchObject({
      verdict: 'fail',
      message: 'the canary afterwards: expected as it was, got gone',
    });
  });

  test('when HeadObject fails nothing is tried, for a denial would show nothing', async () => {
    for (const status of [403, 400, 503]) {
      const seen = await drilled({
        store: {fault: {answers: {head: {status}, delete: {status: 403, code: 'AccessDenied'}}}},
      });
      expect(seen).toMatchObject({
        verdict: 'unknown',
        message: containing('HeadObject of the canary failed'),
      });
      expect(seen.log).toEqual(['lockRule', 'head']);
    }
  });

  test('a refusal with another code than AccessDenied is no denial', async () => {
    for (const [status, code] of [
      [403, 'SignatureDoesNotMatch'],
      [403, 'ExpiredToken'],
      [403, undefined],
      [400, 'InvalidRequest'],
      [400, 'AccessDenied'],
      [404, 'NoSuchVersion'],
      [503, 'SlowDown'],
      [500, 'InternalError'],
    ] as const) {
      const answer = {status, ...(code === undefined ? {} : {code})};
      const seen = await drilled({store: {fault: {answers: {delete: answer}}}});
      expect(seen).toMatchObject({verdict: 'unknown', message: containing(code ?? 'got 403')});
      expect(seen.lines).toContain('deleting the version unknown');
      expect(await drilled({store: {fault: {answers: {retention: answer}}}})).toMatchObject({
        verdict: 'unknown',
      });
    }
  });

  test('a code is read where it stands, not where something is written like one', async () => {
    for (const xml of [
      '<Error><Code>ExpiredToken</Code><Key>&lt;Code&gt;AccessDenied&lt;/Code&gt;</Key></Error>',
      '<Error><Code>ExpiredToken</Code><Key><Code>AccessDenied</Code></Key></Error>',
      '<Error><Code>ExpiredToken</Code><Code>AccessDenied</Code></Error>',
      '<Error><!-- <Code>AccessDenied</Code> --></Error>',
      '<Error><Message><![CDATA[<Code>AccessDenied</Code>]]></Message></Error>',
      '<Code>AccessDenied</Code>',
      'AccessDenied',
      '',
    ]) {
      const seen = await drilled({store: {fault: {answers: {delete: {status: 403, xml}}}}});
      expect(seen).toMatchObject({verdict: 'unknown'});
      expect(seen.lines).toContain('deleting the version unknown');
    }
  });

  test('a bucket that is not locked, for too short, or less strictly is a failure', async () => {
    const {rule: _, ...unlocked} = base;
    const s3 = await s3Server(unlocked);
    const seen = await look(
      'objectLock',
      {...params, endpoint: s3.origin},
      {env: fakeEnv(variables), clock: fakeClock()},
    );
    expect(seen).toMatchObject({
      verdict: 'fail',
      message: 'object lock: expected Enabled, got a bucket without it',
    });
    expect(s3.log).toEqual(['lockRule']);

    const said = async (rule: string) => (await drilled({store: {rule}})).message;
    expect(await said(lockRule('<Days>30</Days>', 'COMPLIANCE', 'Disabled'))).toContain('got Disabled');
    expect(await said(lockRule('<Days>29</Days>'))).toBe(
      'retention of the bucket: expected at least 30 days, got 29 days',
    );
    expect(await said(lockRule('<Days>30</Days>', 'GOVERNANCE'))).toBe(
      'mode of the bucket: expected COMPLIANCE, got GOVERNANCE',
    );
    expect(
      await said(
        '<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>',
      ),
    ).toContain('got no rule');
    const twice = lockRule('<Days>29</Days>').replace(
      '</Rule>',
      '</Rule><Rule><DefaultRetention><Days>99</Days></DefaultRetention></Rule>',
    );
    expect(await said(twice)).toContain('got no rule');
    expect((await drilled({store: {rule: lockRule('<Years>1</Years>')}})).verdict).toBe('pass');
    const weaker = {given: {mode: 'GOVERNANCE'}};
    expect((await drilled(weaker)).verdict).toBe('pass');
  });

  test('a rule that cannot be seen or read is unknown, and a bucket that is not there a failure', async () => {
    for (const [answer, kind] of [
      [{status: 403, code: 'AccessDenied'}, 'permission'],
      [{status: 403, code: 'ExpiredToken'}, 'auth'],
      [{status: 503, code: 'SlowDown'}, 'noData'],
      [{status: 301, code: 'PermanentRedirect'}, 'config'],
      [{status: 200, xml: '<html><body>Sign in</body></html>'}, 'noData'],
      [{status: 200, xml: '<!DOCTYPE x><ObjectLockConfiguration/>'}, 'noData'],
    ] as const) {
      const seen = await drilled({store: {fault: {answers: {lockRule: answer}}}});
      expect(seen).toMatchObject({verdict: 'unknown', kind, checked: 0});
      expect(seen.log).toEqual(['lockRule']);
    }
    expect(await drilled({given: {bucket: 'elsewhere'}})).toMatchObject({
      verdict: 'fail',
      message: 'there is no such bucket',
    });
  });

  test('where there is no canary, or its lock ends, one is put that is locked for long enough, and it is said', async () => {
    const old = {...canary, untilMs: nowMs + 60_000};
    const hidden = {...canary, isMarker: true, marked: undefined, mode: undefined, untilMs: undefined};
    for (const versions of [[], [old], [canary, hidden]]) {
      const seen = await drilled({versions});
      const id = `v/${versions.length + 1}+x==`;
      expect(seen).toMatchObject({
        verdict: 'pass',
        message: containing(`a canary was put: ${key}, locked for 30 days`),
      });
      expect(seen.versions.at(-1)).toEqual({...canary, id, untilMs: nowMs + 30 * dayMs});
      expect(seen.log).toContain(`delete ${id}`);
      expect(seen.versions).toHaveLength(versions.length + 1);
    }
    const denied = await drilled({
      versions: [],
      store: {fault: {answers: {put: {status: 403, code: 'AccessDenied'}}}},
    });
    expect(denied).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
      message: 'a canary could not be put: 403 AccessDenied',
    });
  });

  test('a store that shows another version than it was asked for is no control', async () => {
    const seen = await drilled({store: {fault: {showsAnother: true}}});
    expect(seen).toMatchObject({verdict: 'unknown', message: containing('it names another version')});
    expect(seen.log).toEqual(['lockRule', 'head', `head ${v1}`]);
  });

  test('a store that says secrets where it should say words does not bring them into a message', async () => {
    const long = `${'a'.repeat(100)}${secretAccessKey}`;
    for (const said of [accessKeyId, secretAccessKey, long]) {
      const xml = `<Error><Code>${said}</Code></Error>`;
      for (const answers of [{delete: {status: 403, xml}}, {lockRule: {status: 403, xml}}])
        expect(await drilled({store: {fault: {answers}}})).toMatchObject({verdict: 'unknown'});
      expect((await drilled({store: {rule: lockRule('<Days>30</Days>', said)}})).verdict).toBe('fail');
      expect((await drilled({store: {rule: lockRule('<Days>30</Days>', 'COMPLIANCE', said)}})).verdict).toBe(
        'fail',
      );
      expect((await drilled({versions: [{...canary, mode: said}]})).verdict).not.toBe('pass');
    }
  });

  test('an object that is not marked as a canary is left alone', async () => {
    const seen = await drilled({
      versions: [{...canary, marked: undefined, mode: undefined, untilMs: undefined}],
    });
    expect(seen).toMatchObject({verdict: 'unknown', kind: 'config', message: containing('left alone')});
    expect(seen.log).toEqual(['lockRule', 'head']);
  });

  test('a lock that the store does not show makes a denial unknown, for it may have another reason', async () => {
    const seen = await drilled({store: {fault: {hidesLocks: true}}});
    expect(seen).toMatchObject({verdict: 'unknown', message: containing('lock of the canary')});
    expect(seen.log.some(line => line.startsWith('retention'))).toBe(false);
  });

  test('a wrong key, a wrong region and a token that is missing are unknown', async () => {
    for (const [staging, code] of [
      [{env: {...variables, KEY: 'another-secret-of-the-lock-test'}}, 'SignatureDoesNotMatch'],
      [{env: {...variables, KEY_ID: 'another-key'}}, 'InvalidAccessKeyId'],
      [{given: {region: 'us-east-1'}}, 'AuthorizationHeaderMalformed'],
      [{store: {sessionToken: 'token-of-the-lock-test'}}, 'InvalidToken'],
      [{store: {nowMs: nowMs + 3_600_000}}, 'RequestTimeTooSkewed'],
    ] as const)
      expect(await drilled(staging)).toMatchObject({
        verdict: 'unknown',
        kind: 'auth',
        message: containing(code),
      });
    const env = {...variables, TOKEN: 'token-of-the-lock-test'};
    const credentials = {...params.credentials, sessionToken: 'env:TOKEN'};
    const seen = await drilled({store: {sessionToken: 'token-of-the-lock-test'}, env, given: {credentials}});
    expect(seen.verdict).toBe('pass');
    expect(JSON.stringify(seen)).not.toContain('token-of-the-lock-test');
    const {KEY: _, ...less} = variables;
    expect(await drilled({env: less})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('KEY'),
    });
  });

  test('the name of the bucket can stand before the name of the host', async () => {
    const s3 = await s3Server(base);
    s3.add(canary);
    const seen = await look(
      'objectLock',
      {...params, style: 'virtualHost', endpoint: `http://s3.example.org:${s3.port}`},
      {
        env: fakeEnv(variables),
        clock: fakeClock(),
        http: createHttp({
          lookup: (name, _options, answer) => {
            expect(name).toBe('audit-records.s3.example.org');
            answer(null, [{address: '127.0.0.1', family: 4}]);
          },
        }),
      },
    );
    expect(seen.verdict).toBe('pass');
  });

  test('a store that is down is a failure with its kind, and one that is no address to reach is unknown', async () => {
    expect(await drilled({given: {endpoint: 'http://127.0.0.1:1'}})).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
    });
    expect(await drilled({given: {endpoint: 'http://169.254.169.254'}})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });

  test('it is recorded before it begins, and does not run where the site does not allow it', async () => {
    const s3 = await s3Server(base);
    s3.add(canary);
    for (const allowMutating of [false, true]) {
      const ledger = memoryLedger();
      const own = context({env: fakeEnv(variables), clock: fakeClock()});
      const seen = await lookOnce({
        spec: {
          ...spec('lock', {allowMutating}),
          type: 'objectLock',
          params: {...params, endpoint: s3.origin},
        },
        checks: [objectLock],
        ports: {
          ...portsOf(fakeClock()),
          http: own.http,
          env: own.env,
          records: {open: async () => Promise.resolve(ledger)},
        },
        trusted: true,
        signal: new AbortController().signal,
        input: () => undefined,
      });
      expect(seen).toMatchObject(
        allowMutating
          ? {verdict: 'pass'}
          : {verdict: 'unknown', kind: 'config', message: containing('allowMutating: true')},
      );
      expect(ledger.entries.map(({kind}) => kind)).toEqual(
        allowMutating ? ['check.intent', 'check.outcome'] : [],
      );
      expect(s3.log.length > 0).toBe(allowMutating);
    }
  });
});

test('the store of these tests takes the signature that Amazon’s documentation computes, and no other', async () => {
  const s3 = await s3Server({
    nowMs: Date.parse('2013-05-24T00:00:00Z'),
    bucket: 'examplebucket',
    region: 'us-east-1',
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  });
  const signature = 'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543';
  const asked = async (given: string) =>
    createHttp().request({
      method: 'GET',
      url: `${s3.origin}/?lifecycle`,
      headers: {
        Host: 'examplebucket.s3.amazonaws.com',
        'X-Amz-Date': '20130524T000000Z',
        'X-Amz-Content-Sha256': createHash('sha256').digest('hex'),
        Authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${given}`,
      },
      timeoutMs: 5_000,
      maxBodyBytes: 1_000,
      signal: new AbortController().signal,
    });
  expect(await asked(signature)).toMatchObject({status: 404});
  expect(await asked(signature.replace('fea4', 'fea5'))).toMatchObject({status: 403});
});

test('secrets in plain text, keys that lead elsewhere and a store with a path are refused', () => {
  const endpoint = 'https://s3.eu-central-1.amazonaws.com';
  expect(accepts('objectLock', {...params, endpoint})).toBe(true);
  expect(accepts('objectLock', {...params, endpoint, style: 'virtualHost'})).toBe(true);
  for (const wrong of [
    {credentials: {...params.credentials, secretAccessKey: 'plain-word'}},
    {key: '../records/1'},
    {key: 'canary/'},
    {key: 'a?versionId=1'},
    {bucket: 'Audit_Records'},
    {bucket: 'a/b'},
    {retentionDays: 0},
    {ops: []},
    {ops: ['deleteVersion', 'deleteVersion']},
    {ops: ['bypass']},
    {mode: 'compliance'},
    {endpoint: `${endpoint}/audit-records`},
    {endpoint: `${endpoint}?a=b`},
    {endpoint: 'http://127.0.0.1:9000', style: 'virtualHost'},
  ])
    expect([wrong, accepts('objectLock', {...params, endpoint, ...wrong})]).toEqual([wrong, false]);
});

describe('the reader of XML', () => {
  test('elements, text and entities are read', () => {
    const read = readXml('<?xml version="1.0"?>\n<a x="1" y=\'>\'>\n<b>1 &lt; 2 &#38; &#x41;</b><c/></a>\n');
    expect(elementAt(read, ['a', 'b'])?.text).toBe('1 < 2 & A');
    expect(elementAt(read, ['a', 'c'])).toEqual({name: 'c', text: '', children: []});
    expect(elementAt(read, ['b'])).toBeUndefined();
  });

  test('what is not well-formed or more than elements and text is refused', () => {
    for (const wrong of [
      '',
      'a',
      '<a>',
      '</a>',
      '<a></b>',
      '<a><b></a></b>',
      '<a/><b/>',
      '<a/>x',
      'x<a/>',
      '<a>&</a>',
      '<a>&nbsp;</a>',
      '<a>&#0;</a>',
      '<a>&#xD800;</a>',
      '<a x=1/>',
      '<a x="<"/>',
      '<!DOCTYPE a><a/>',
      '<a><!-- --></a>',
      '<a><![CDATA[x]]></a>',
      '<a><?b c?></a>',
      '<x:a/>',
      '<a>'.repeat(17) + '</a>'.repeat(17),
    ])
      expect([wrong, readXml(wrong)]).toEqual([wrong, undefined]);
  });
});
