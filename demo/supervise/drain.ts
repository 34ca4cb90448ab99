// Taking an upstream out of the gateway's rotation and watching its requests in flight end.
import {setTimeout as sleep} from 'node:timers/promises';
import {z} from 'zod';
import {DemoError, messageOf} from '../shared/text.ts';

const upstreamSchema = z.object({
  name: z.string(),
  url: z.string(),
  alive: z.boolean(),
  drained: z.boolean(),
  inFlight: z.number(),
});
export type GatewayUpstream = z.infer<typeof upstreamSchema>;
const statusSchema = z.object({data: z.object({upstreams: z.array(upstreamSchema)})});
const answerLimitMs = 2000;

/** What the gateway says of its upstreams; rejects when it does not answer. */
export async function gatewayStatus(gatewayUrl: string): Promise<GatewayUpstream[]> {
  const answer = await fetch(`${gatewayUrl}/gateway/status`, {signal: AbortSignal.timeout(answerLimitMs)});
  return statusSchema.parse(await answer.json()).data.upstreams;
}

/** Tells the gateway; GATEWAY_UNREACHABLE when it does not do it. */
export async function setRotation(
  gatewayUrl: string,
  {verb, name, token}: {verb: 'drain' | 'undrain'; name: string; token: string},
): Promise<void> {
  try {
    const answer = await fetch(`${gatewayUrl}/gateway/${verb}/${name}`, {
      method: 'POST',
      headers: {'x-control-token': token},
      signal: AbortSignal.timeout(answerLimitMs),
    });
    if (!answer.ok) throw new Error(`status ${String(answer.status)}`);
  } catch (error) {
    throw new DemoError('GATEWAY_UNREACHABLE', `The gateway did not ${verb} ${name}: ${messageOf(error)}`, {
      exit: 2,
      hint: 'Start the gateway first: `ctl start gateway`.',
      cause: error,
    });
  }
}

/** The in-flight count of an upstream once it is zero or the wait is over. */
export async function waitForIdle(gatewayUrl: string, name: string, waitMs: number): Promise<number> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const found = (await gatewayStatus(gatewayUrl)).find(upstream => upstream.name === name);
    const inFlight = found?.inFlight ?? 0;
    if (inFlight === 0 || performance.now() >= deadline) return inFlight;
    await sleep(100);
  }
}

/** Resolves when the gateway takes an upstream for alive, or after three seconds: `ctl status` then shows what it thinks. */
export async function waitUntilSeen(gatewayUrl: string, name: string): Promise<void> {
  const deadline = performance.now() + 3000;
  while (performance.now() < deadline) {
    const upstreams = await gatewayStatus(gatewayUrl).catch(() => []); // it may be restarting itself
    if (upstreams.some(upstream => upstream.name === name && upstream.alive)) return;
    await sleep(50);
  }
}
