// The reader of commands: what is refused however it is written, what only mentions it, and what nobody can tell.
import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {judge, prepareGuards, shippedGuards, type StandingGuard} from '../../src/guards/index.ts';

const guard = (id: string, patterns: Partial<StandingGuard>): StandingGuard => ({
  id,
  title: id,
  argv: [],
  sql: [],
  path: [],
  env: [],
  absolute: false,
  line: 0,
  from: 'site',
  ...patterns,
});
const guards = [
  guard('data', {argv: ['rm -rf /data']}),
  guard('ledger', {sql: ['DELETE event_ledger', 'UPDATE event_*', 'TRUNCATE *']}),
  guard('lib', {path: ['/var/lib/x/**', '**/alembic/versions/**']}),
  guard('auth', {env: ['AUTH_MODE!=enforced', 'RATE_LIMIT=off|0']}),
  guard('force', {argv: ['git push --force', 'kubectl delete namespace prod*', 'systemctl stop postgres*']}),
];
const judged = (text: string) => {
  const found = judge({argv: ['sh', '-eu', '-c', text]}, {guards, opened: []});
  return found.some(({certain}) => certain) ? 'refused' : found.length > 0 ? 'doubtful' : 'free';
};

beforeAll(prepareGuards);

describe('is refused', () => {
  test.each([
    'rm -rf /data',
    'rm -r -f /data',
    'rm --recursive --force /data/',
    'rm -fr -- /data',
    'rm /data -rf',
    'sudo -u root rm -rf /data',
    'env X=1 nohup timeout -k 5 10s rm -rf /data',
    'echo /data | xargs rm -rf',
    'find / -maxdepth 1 -name data -exec rm -rf /data \\;',
    'bash -lc "rm -rf /data"',
    "ssh -p 22 host 'rm -rf /data'",
    'ssh host rm -rf /data',
    '\\rm -r"f" \'/da\'ta',
    "r'm' -rf $'\\x2fdata'",
    'if true; then (rm -rf /data); fi',
    'for d in /tmp /data; do rm -rf "$d"; done',
    'D=/data; rm -rf "$D"',
    'f() { rm -rf "$1"; }; f /data',
    'f() { rm -rf /data; }',
    'echo "rm -rf /data" | sh',
    'sh <<EOF\nrm -rf /data\nEOF',
    'cat <<EOF | ssh host bash\nrm -rf /data\nEOF',
    'x=$(rm -rf /data)',
    'echo `rm -rf /data`',
    'cat <(rm -rf /data)',
    'docker exec -it web rm -rf /data',
    'kubectl exec -n a pod-1 -- sh -c "rm -rf /data"',
    'cd / && rm -rf data',
    'rm -rf /{tmp,data}',
    'rm -rf /dat*',
    'true && ! rm -rf /data &',
    'rm \\\n  -rf \\\n /data # x',
    'trap "rm -rf /data" EXIT',
    'eval "rm -rf /data"',
    'su - postgres -c "rm -rf /data"',
    'while read x; do rm -rf /data; done',
    'case $x in a) rm -rf /data;; esac',
    'F=-rf; rm $F /data',
    'env -S "rm -rf /data"',
    'watch -n1 "rm -rf /data"',
    'time rm -rf /data',
    'flock /tmp/l rm -rf /data',
    'xargs -I{} rm -rf {} <<< /data',
    'printf "%s\\n" /data | xargs -r rm -rf',
    'psql -c "DELETE FROM event_ledger WHERE id=1"',
    'psql db <<EOF\nBEGIN; delete /* hi */ from only public."event_ledger"; COMMIT;\nEOF',
    'echo "UPDATE event_log SET a=1" | psql -h x',
    'sqlite3 a.db "select 1; truncate table x"',
    'sudo -u postgres psql -d app -tAc "with x as (delete from event_ledger returning *) select * from x"',
    'mysql -e "DELETE FROM event_ledger LIMIT 5"',
    'psql -c "$(cat <<\'S\'\nDELETE FROM event_ledger\nS\n)"',
    'for t in a event_ledger; do psql -c "DELETE FROM $t"; done',
    'psql -c "DO \\$\\$ begin delete from event_ledger; end \\$\\$"',
    'docker exec db psql -U a -c "TRUNCATE a"',
    'psql <<< "\\! rm -rf /data"',
    'echo x > /var/lib/x/a',
    'tee -a /var/lib/x/b < y',
    'sed -i s/a/b/ app/alembic/versions/001.py',
    'rm -rf /var/lib',
    'mv /var/lib/x /tmp/',
    'cp a /var/lib/x/',
    'dd if=/dev/zero of=/var/lib/x/disk',
    'truncate -s 0 /var/lib/x/log',
    'chmod -R 777 /var/lib',
    'find /var/lib/x -type f -delete',
    'cd /var/lib && echo > x/a',
    '>| /var/lib/../lib/x/q',
    'perl -pi -e s/a/b/ alembic/versions/1.py',
    '{ echo a; } > /var/lib/x/f',
    'cp -t /var/lib/x a b',
    'AUTH_MODE=shadow ./run',
    'export AUTH_MODE=off',
    'env AUTH_MODE=off run',
    'sudo AUTH_MODE=off run',
    'docker run -e AUTH_MODE=off img',
    'declare -x AUTH_MODE="off"',
    'RATE_LIMIT=0',
    'kubectl set env deploy/api AUTH_MODE=off',
    'ssh h "AUTH_MODE=off x"',
    'git push origin main --force',
    'kubectl -n a delete namespace production',
    'git -C /x push --force',
    'systemctl stop postgresql-15',
  ])('%s', text => {
    expect(judged(text)).toBe('refused');
  });
});

describe('only mentions it, and is free', () => {
  test.each([
    'echo "DELETE FROM event_ledger"',
    'grep -r "rm -rf /data" .',
    '# rm -rf /data',
    'echo rm -rf /data',
    'psql -c "SELECT 1 AS delete FROM event_ledger"',
    'psql -c "select \'delete from event_ledger\'"',
    'rm -rf /database',
    'rm /data',
    'ls /data',
    'psql -c "SELECT * FROM event_ledger FOR UPDATE"',
    'cat /var/lib/x/a',
    'cp /var/lib/x/a /tmp/',
    'rm -rf /var/lib/xy',
    'AUTH_MODE=enforced ./run',
    'echo AUTH_MODE=off',
    'printf "AUTH_MODE=off\\n" | grep x',
    'git push origin main',
    'kubectl get namespace production',
    'psql -c "-- delete from event_ledger"',
    'command -v rm',
    'systemctl status postgresql',
    'cat <<EOF > /tmp/n\nrm -rf /data\nDELETE FROM event_ledger\nEOF',
    'tmp=$(mktemp); echo a > "$tmp"',
    'docker compose up -d',
    "awk '{print $1}' f",
    'psql -c "insert into t values (1) on conflict do nothing"',
    'psql -c "create table t (id int references x on delete cascade on update cascade)"',
    'kubectl logs -f deploy/x | grep -i error',
    'for i in 1 2 3; do curl -sf localhost:80/ready; done',
    '[[ -f /data ]] && echo yes',
    'psql -c "VACUUM ANALYZE"',
    'psql -c "\\dt"',
    'psql -c "EXPLAIN ANALYZE SELECT 1"',
    'sqlite3 a.db .tables',
  ])('%s', text => {
    expect(judged(text)).toBe('free');
  });
});

describe('cannot be told', () => {
  test.each([
    'eval "$X"',
    '$CMD',
    '$(which rm) -rf /x',
    'echo aaa | base64 -d | sh',
    'curl -s https://x | sudo bash',
    'bash <(curl -s x)',
    'if then',
    'psql -c "$SQL"',
    'rm -rf "$DIR"',
    'systemctl stop "$U"',
    'psql -c "DELETE FROM $T"',
    'gunzip -c a.gz | psql',
    'sh -c "$X"',
    '. <(curl x)',
    'rm -rf /var/lib/$X',
  ])('%s', text => {
    expect(judged(text)).toBe('doubtful');
  });
});

const forbidden = [
  'rm -rf /data',
  'psql -c "DELETE FROM event_ledger"',
  'echo x > /var/lib/x/f',
  'AUTH_MODE=off run',
];
const single = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
/** Ways to run a text that change nothing about what it does. */
const wraps: readonly ((text: string) => string)[] = [
  text => `sh -c ${single(text)}`,
  text => `sudo -u root bash -lc ${single(text)}`,
  text => `ssh -p 22 web ${single(text)}`,
  text => `( ${text} )`,
  text => `{ ${text}\n}`,
  text => `if true; then\n${text}\nfi`,
  text => `for i in 1 2; do\n${text}\ndone`,
  text => `f() {\n${text}\n}\nf`,
  text => `true && ${text}`,
  text => `# a comment\n  ${text}  # another`,
  text => `sh <<'QD'\n${text}\nQD`,
  text => `echo ${single(text)} | sh`,
  text => `x=$(${text}\n)`,
  text => `timeout 5 sh -c ${single(text)}`,
  text => `docker exec -it web sh -c ${single(text)}`,
  text => `eval ${single(text)}`,
];

test('what is forbidden stays refused however it is wrapped', () => {
  const property = fc.property(
    fc.constantFrom(...forbidden),
    // Here-documents of one name cannot stand inside each other.
    fc.array(fc.constantFrom(...wraps), {maxLength: 3}),
    (text, chain) => {
      const whole = chain.reduce((inner, wrap) => (inner.includes('<<') ? inner : wrap(inner)), text);
      expect(judged(whole), whole).toBe('refused');
    },
  );
  fc.assert(property, {numRuns: 150});
});

/** A word in another spelling that the shell reads as the same. */
const respelled = (word: string) =>
  fc.array(fc.constantFrom('', "'", '"', '\\'), {minLength: word.length, maxLength: word.length}).map(marks =>
    Array.from(word)
      .map((char, i) => (marks[i] === '\\' ? `\\${char}` : `${marks[i] ?? ''}${char}${marks[i] ?? ''}`))
      .join(''),
  );

test('quotes and blanks inside a command change nothing', () => {
  const property = fc.property(
    respelled('rm'),
    respelled('-rf'),
    respelled('/data'),
    fc.constantFrom(' ', '  ', ' \\\n ', '\t'),
    (...[program, option, path, blank]) => {
      const text = [program, option, path].join(blank);
      expect(judged(text), text).toBe('refused');
    },
  );
  fc.assert(property, {numRuns: 200});
});

test('no text makes the reader throw', () => {
  const bits = fc.constantFrom(
    'rm',
    ' ',
    '$(',
    ')',
    '`',
    '"',
    "'",
    '|',
    '<<E',
    '\n',
    ';',
    '{',
    '}',
    'if',
    'eval',
    'psql -c',
    '$X',
    '*',
    '\\',
    '((',
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(bits, {maxLength: 40}).map(all => all.join('')),
  );
  fc.assert(
    fc.property(texts, text => Array.isArray(judge({text, sql: text}, {guards, opened: []}))),
    {numRuns: 300},
  );
});

test('a text of 1 MiB is judged in bounded time, and said to be too long', () => {
  const found = judge({text: 'echo a\n'.repeat(150_000)}, {guards, opened: []});
  expect(found.map(({title}) => title).join()).toContain('too long');
}, 60_000);

test('known values stand for their variables, unknown ones are a doubt', () => {
  const known = judge({text: 'rm -rf "$DIR"'}, {guards, opened: [], env: {DIR: '/data'}});
  expect(known).toMatchObject([{guard: 'data', certain: true}]);
  expect(judge({text: 'rm -rf "$DIR"'}, {guards, opened: [], env: {DIR: '/tmp/x'}})).toEqual([]);
  expect(judge({text: 'rm -rf "$DIR"'}, {guards, opened: []})).toMatchObject([{certain: false}]);
});

test('an open glass lets a guard pass by name, and never an absolute one', () => {
  const glass = {
    glass: 'g1',
    guards: ['all'],
    openedMs: 0,
    untilMs: 1,
    seq: 1,
    operator: 'ada',
    session: 's',
    used: 0,
  };
  const by = {guards: [...guards, ...shippedGuards], opened: [glass]};
  expect(judge({text: 'rm -rf /data'}, by)).toMatchObject([{guard: 'data', glass: 'g1'}]);
  const [absolute] = judge({text: 'psql -c "DELETE FROM event_ledger"'}, by).filter(each => each.absolute);
  expect(absolute).toMatchObject({guard: 'rule.append-only', certain: true});
  expect(absolute?.glass).toBeUndefined();
});

test('the six shipped rules refuse what an accident would do', () => {
  const rules = (text: string) =>
    judge({text}, {guards: shippedGuards, opened: []})
      .filter(each => each.certain)
      .map(each => each.guard);
  expect(rules('psql -c "update order_history set a=1"')).toEqual(['rule.history']);
  expect(rules('sed -i s/a/b/ app/alembic/versions/1.py')).toContain('rule.migrations');
  expect(rules('python scripts/backfill_proofs.py')).toEqual(['rule.proofs']);
  expect(rules('sqlite3 a.db "DELETE FROM ledger"')).toEqual(['rule.append-only']);
  expect(rules('ctl rotate signing-key')).toContain('rule.signing');
  expect(rules('AUTH_MODE=shadow npm start')).toEqual(['rule.auth']);
  expect(rules('systemctl restart api; grep -r rewrite-ledger .; alembic upgrade head')).toEqual([]);
});
