// What a site says about running its runbooks: hosts, accounts, data sources, gates, and words for headings.
import {z} from 'zod';
import {addressProblem, postgresProtocols, postgresSample} from '../domain/data-address.ts';
import {didYouMean} from '../domain/nearest.ts';
import type {Phase} from '../domain/runbook.ts';
import {secretReference} from '../domain/secret.ts';
import type {DataSource, Gate, Site} from '../domain/site.ts';
import {isMapping, nameOf} from './explain.ts';
import {id, sshHost, text} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

/** Where values are asked. What stands in `url` is looked at below: it may hold a password, and must not be quoted. */
const source = z.discriminatedUnion('type', [
  z.strictObject({type: z.literal('postgres'), url: z.unknown().optional()}),
  z.strictObject({
    type: z.literal('sqlite'),
    path: text.regex(/^\//, {error: 'expected an absolute path such as /var/lib/app/app.db'}),
  }),
  z.strictObject({type: z.literal('prometheus'), url: z.unknown().optional()}),
]);

const account = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/, {
  error: 'expected the name of an account, such as deploy',
});

const address = z
  .string()
  .refine(
    given => z.ipv4().safeParse(given).success || z.ipv6().safeParse(given).success,
    'expected an address such as 169.254.169.254, not a name or a range',
  );

const words = z.array(text).min(1, 'expected at least one heading').optional();
const phaseWords = {
  trigger: words,
  impact: words,
  preconditions: words,
  safety: words,
  diagnose: words,
  procedure: words,
  verify: words,
  dont: words,
  'safe-actions': words,
  rollback: words,
  'exit-criteria': words,
  escalate: words,
  reference: words,
} satisfies Record<Phase, unknown>;

/** Sections of the site file, each optional. */
export const runningShape = {
  hosts: z.record(id, z.strictObject({ssh: sshHost})).optional(),
  runAs: z.record(z.string(), account).optional(),
  sources: z.record(id, source).optional(),
  /** What checks may reach although it is else refused. */
  network: z.strictObject({allow: z.array(address).min(1, 'expected at least one address')}).optional(),
  gates: z
    .record(
      id,
      z.strictObject({title: text.optional(), checks: z.array(text).min(1, 'expected at least one check')}),
    )
    .optional(),
  phases: z.strictObject(phaseWords).optional(),
};

type RunningFields = z.infer<z.ZodObject<typeof runningShape>>;

export type RunningSections = Pick<Site, 'hosts' | 'runAs' | 'sources' | 'network' | 'gates' | 'phases'>;

/** The sections as the rest of the program sees them; called when nothing is wrong with them. */
export const runningOf = ({
  hosts,
  runAs,
  sources,
  network,
  gates,
  phases,
}: RunningFields): RunningSections => ({
  ...(hosts === undefined ? {} : {hosts}),
  ...(runAs === undefined ? {} : {runAs}),
  ...(sources === undefined ? {} : {sources: Object.entries(sources).map(sourceOf)}),
  ...(network === undefined ? {} : {network}),
  ...(gates === undefined
    ? {}
    : {
        gates: Object.entries(gates).map(([name, {title, checks}]): Gate => ({
          name,
          title: title ?? name,
          checks,
        })),
      }),
  ...(phases === undefined
    ? {}
    : {
        phases: Object.fromEntries(
          Object.entries(phases).flatMap(([phase, list]) => (list === undefined ? [] : [[phase, list]])),
        ),
      }),
});

function sourceOf([name, fields]: readonly [string, z.infer<typeof source>]): DataSource {
  if (fields.type === 'sqlite') return {name, ...fields};
  return {name, type: fields.type, url: typeof fields.url === 'string' ? fields.url : ''};
}

/** Names that lead nowhere, and addresses that cannot be used, wherever the shape allows to look. */
export function runningProblems(tree: Tree): SiteProblem[] {
  const section = (name: string): Readonly<Record<string, unknown>> => {
    const found = isMapping(tree.value) ? tree.value[name] : undefined;
    return isMapping(found) ? found : {};
  };
  return [
    ...accountProblems(tree, section('runAs'), Object.keys(section('hosts'))),
    ...Object.entries(section('hosts')).flatMap(([name]) => hostProblems(tree, name)),
    ...Object.entries(section('sources')).flatMap(([name, fields]) => urlProblems(tree, name, fields)),
    ...Object.entries(section('gates')).flatMap(([name, fields]) =>
      gateProblems(tree, {name, fields, services: section('services')}),
    ),
  ];
}

function hostProblems(tree: Tree, name: string): SiteProblem[] {
  if (name !== 'local') return [];
  const path: Path = ['hosts', name];
  return [
    {
      ...tree.atKey(path),
      message: `${nameOf(path)}: \`local\` is always this machine; call it something else`,
    },
  ];
}

function accountProblems(
  tree: Tree,
  accounts: Readonly<Record<string, unknown>>,
  hosts: readonly string[],
): SiteProblem[] {
  const known = ['local', ...hosts];
  return Object.keys(accounts).flatMap(name => {
    if (known.includes(name)) return [];
    const path: Path = ['runAs', name];
    const near = didYouMean(name, known) || ` Known: ${known.join(', ')}.`;
    const hint = 'An account is given for `local`, or for a name under `hosts`.';
    return [{...tree.atKey(path), message: `${nameOf(path)}: there is no host \`${name}\`.${near}`, hint}];
  });
}

/** A password in an address is a secret, so that what is wrong is never quoted. */
function urlProblems(tree: Tree, name: string, fields: unknown): SiteProblem[] {
  if (!isMapping(fields) || (fields['type'] !== 'postgres' && fields['type'] !== 'prometheus')) return [];
  const {url, type} = fields;
  const path: Path = ['sources', name, 'url'];
  const wrong = (message: string, hint?: string): SiteProblem[] => [
    {
      ...tree.at(url === undefined ? ['sources', name] : path),
      message: `${nameOf(path)}${message}`,
      ...(hint === undefined ? {} : {hint}),
    },
  ];
  const sample = type === 'postgres' ? postgresSample : 'http://127.0.0.1:9090';
  if (url === undefined || url === null) return wrong(` is missing: expected an address such as ${sample}`);
  if (typeof url !== 'string')
    return wrong(`: expected an address such as ${sample}, or env:NAME or file:/path`);
  if (/^(?:env|file|cmd|prompt)(?::|$)/.test(url)) {
    const reference = secretReference(url);
    return reference.at === 'wrong' ? wrong(`: ${reference.problem}`) : [];
  }
  const problem = addressProblem(url, type === 'postgres' ? postgresProtocols : ['http:', 'https:']);
  if (problem === 'not an address')
    return wrong(`: expected an address such as ${sample}, or env:NAME or file:/path`);
  if (problem === undefined) return [];
  const hint =
    'Put the whole address where env:NAME or file:/path finds it; for PostgreSQL, ~/.pgpass holds passwords.';
  return wrong(': a password is never written into this file', hint);
}

interface GateSource {
  readonly name: string;
  readonly fields: unknown;
  readonly services: Readonly<Record<string, unknown>>;
}

function gateProblems(tree: Tree, {name, fields, services}: GateSource): SiteProblem[] {
  const checks = isMapping(fields) ? fields['checks'] : undefined;
  if (!Array.isArray(checks)) return [];
  const known = new Map<string, unknown>(
    Object.entries(services).flatMap(([service, inner]) => {
      const own = isMapping(inner) ? inner['checks'] : undefined;
      return isMapping(own)
        ? Object.entries(own).map(([check, given]) => [`${service}/${check}`, given] as const)
        : [];
    }),
  );
  return checks.flatMap((check: unknown, i) => {
    if (typeof check !== 'string' || check === '') return [];
    const path: Path = ['gates', name, 'checks', i];
    const of = nameOf(['gates', name, 'checks']);
    const wrong = (message: string, hint: string): SiteProblem[] => [
      {...tree.at(path), message: `${of}: ${message}`, hint},
    ];
    if (!known.has(check))
      return wrong(
        `there is no check \`${check}\`.${didYouMean(check, [...known.keys()])}`,
        'A gate names checks as service/check.',
      );
    return isInsecure(known.get(check))
      ? wrong(
          `\`${check}\` believes whoever answers (\`insecure: true\`)`,
          'Trust the certificate with `caFile`, or leave the check out of the gate.',
        )
      : [];
  });
}

/** What nobody verified opens no gate. */
const isInsecure = (check: unknown): boolean => {
  const tls = isMapping(check) ? check['tls'] : undefined;
  return isMapping(check) && (check['insecure'] === true || (isMapping(tls) && tls['insecure'] === true));
};
