// One notice through one channel: references are looked up at the last moment, time is limited, and whatever comes back
// is masked.
import type {AnyChannel, ChannelContext, Sent} from '../../define-channel.ts';
import type {ChannelSpec} from '../../domain/alert-plan.ts';
import type {Notice} from '../../domain/notice.ts';
import type {Secrets} from '../../ports.ts';

const sendMs = 10_000;

export interface DeliverTools extends Omit<ChannelContext, 'timeoutMs' | 'signal'> {
  readonly channels: readonly AnyChannel[];
  readonly secrets: Pick<Secrets, 'resolve' | 'text'>;
}

/** Longest message that is kept. */
const mostCharacters = 300;

/** Masked first and cut then: half of a secret would not be known as one. */
const clean = (text: string, secrets: Pick<Secrets, 'text'>): string => {
  const masked = secrets.text(text);
  return masked.length > mostCharacters ? `${masked.slice(0, mostCharacters - 1)}…` : masked;
};

const isReference = (text: string): boolean => /^(?:env|file):/.test(text);

const failed = (message: string): Sent => ({at: 'failed', about: 'channel', message});

type Params = Readonly<Record<string, unknown>>;

/** The params with what their references name; what cannot be found is said without its value. */
export async function resolveParams(
  {name, params}: ChannelSpec,
  {fields}: AnyChannel,
  {secrets, env}: Pick<DeliverTools, 'secrets' | 'env'>,
): Promise<{readonly params: Params} | {readonly problem: string}> {
  const resolved: Record<string, unknown> = {...params};
  for (const [field, form] of Object.entries(fields)) {
    const text = params[field];
    if (typeof text !== 'string' || !isReference(text)) continue;
    if (form === 'setting') {
      const value = env.get(text.slice('env:'.length));
      if (value === undefined || value === '') return {problem: `${name}.${field}: ${text} is not set`};
      resolved[field] = value;
      continue;
    }
    const found = await secrets.resolve({[`${name}.${field}`]: text});
    if (found.at === 'failed') return {problem: `${found.message} ${found.hint}`};
    resolved[field] = found.values[0]?.value;
  }
  return {params: resolved};
}

/** Sends it; never throws, never takes longer than ten seconds, never says a secret. */
export async function deliver(
  spec: ChannelSpec,
  notice: Notice,
  {channels, secrets, ...tools}: DeliverTools & {readonly signal: AbortSignal},
): Promise<Sent> {
  const definition = channels.find(({type}) => type === spec.type);
  if (definition === undefined) return failed(`there is no channel type ${spec.type}`);
  const resolved = await resolveParams(spec, definition, {secrets, env: tools.env});
  if ('problem' in resolved) return failed(clean(resolved.problem, secrets));
  const limit = new AbortController();
  const stop = (): void => {
    limit.abort(tools.signal.reason);
  };
  tools.signal.addEventListener('abort', stop, {once: true});
  if (tools.signal.aborted) stop();
  let giveUp = (): void => undefined;
  const late = new Promise<Sent>(resolve => {
    giveUp = tools.clock.after(sendMs, () => {
      limit.abort(new DOMException('time limit', 'TimeoutError'));
      resolve(failed(`no answer within ${sendMs / 1000} s`));
    });
  });
  try {
    const context = {...tools, signal: limit.signal, timeoutMs: sendMs};
    const sent = await Promise.race([definition.send(resolved.params, notice, context), late]);
    return {...sent, message: clean(sent.message, secrets)};
  } catch (error) {
    return failed(clean(error instanceof Error ? error.message : String(error), secrets));
  } finally {
    giveUp();
    tools.signal.removeEventListener('abort', stop);
  }
}
