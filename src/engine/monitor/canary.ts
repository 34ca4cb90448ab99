// Checks that change something: allowed by the site, recorded before they begin, and their outcome after.
import type {NewEntry} from '../../domain/entry.ts';
import type {CheckSpec} from '../../domain/site.ts';
import type {Look} from '../../domain/verdict.ts';
import type {Records} from '../../look/records.ts';

const refused = (kind: Look['kind'], message: string): Look => ({
  verdict: 'unknown',
  kind,
  checked: 0,
  message,
});

async function append(
  records: Records,
  entry: NewEntry,
): Promise<{readonly seq: number | undefined} | {readonly problem: string}> {
  try {
    const open = await records.open();
    if (open.readOnly !== undefined) return {problem: open.readOnly};
    const result = await open.append({entries: [entry]});
    return result.ok ? {seq: result.entries[0]?.seq} : {problem: result.message};
  } catch (error) {
    return {problem: error instanceof Error ? error.message : String(error)};
  }
}

export interface CanaryRequest {
  readonly spec: CheckSpec;
  readonly mutates: 'canary';
  readonly records: Records;
  readonly run: () => Promise<Look>;
}

/** Nothing is changed that the site does not allow, or that could not be recorded first. */
export async function runCanary({spec, mutates, records, run}: CanaryRequest): Promise<Look> {
  const {service, id: check, type} = spec;
  if (spec.allowMutating !== true)
    return refused(
      'config',
      `not run: a ${type} check changes something of its own where it looks; \`allowMutating: true\` at the check lets it`,
    );
  const begun = await append(records, {kind: 'check.intent', body: {service, check, type, mutates}});
  if ('problem' in begun)
    return refused('permission', `not run: it cannot be recorded first: ${begun.problem}`);
  const look = await run();
  const {verdict, kind, checked} = look;
  const ended = await append(records, {
    kind: 'check.outcome',
    body: {service, check, verdict, kind, checked},
    ...(begun.seq === undefined ? {} : {of: begun.seq}),
  });
  return 'problem' in ended
    ? {...look, message: `${look.message} (its outcome could not be recorded: ${ended.problem})`}
    : look;
}
