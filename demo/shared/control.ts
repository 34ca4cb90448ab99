// The supervisor's control: JSON requests over a Unix socket that only its owner may use.
import {chmodSync} from 'node:fs';
import {type Server, createServer, request as httpRequest} from 'node:http';
import {z} from 'zod';
import {type Folder, readState, unitNames} from './folder.ts';
import {faultNames, faultTargets} from './faults.ts';
import {readBody} from './http.ts';
import {DemoError, messageOf} from './text.ts';

const names = z.array(z.enum(unitNames)).min(1);
const upstreamName = z.enum(['upstream-a', 'upstream-b']);

const controlRequest = z.discriminatedUnion('op', [
  z.strictObject({op: z.literal('status')}),
  z.strictObject({op: z.literal('start'), names}),
  z.strictObject({op: z.enum(['stop', 'restart']), names, graceMs: z.number(), force: z.boolean()}),
  z.strictObject({op: z.enum(['drain', 'undrain']), name: upstreamName, waitMs: z.number()}),
  z.strictObject({op: z.literal('heads')}),
  z.strictObject({op: z.literal('migrate'), target: z.string().nullable()}),
  z.strictObject({
    op: z.literal('fault'),
    name: z.enum(faultNames),
    on: z.boolean(),
    target: z.enum(faultTargets).nullable(),
  }),
  z.strictObject({op: z.literal('shutdown')}),
]);
export type ControlRequest = z.infer<typeof controlRequest>;

/** What a control action says: lines for a person, data for a program, and the exit status (0 good, 1 no). */
const controlResult = z.object({lines: z.array(z.string()), exit: z.number(), data: z.unknown()});
export type ControlResult = z.infer<typeof controlResult>;

const failureSchema = z.object({
  error: z.object({code: z.string(), message: z.string(), hint: z.string(), exit: z.number()}),
});

/** Serves control requests on a Unix socket, mode 0600. */
export async function serveControl(
  path: string,
  act: (request: ControlRequest) => Promise<ControlResult>,
): Promise<Server> {
  const server = createServer((request, response) => {
    void (async () => {
      try {
        const wanted = controlRequest.parse(JSON.parse((await readBody(request)).toString('utf8')));
        response.end(JSON.stringify(await act(wanted)));
      } catch (error) {
        const known = error instanceof DemoError ? error : undefined;
        response.statusCode = 400;
        response.end(
          JSON.stringify({
            error: {
              code: known?.code ?? 'CONTROL_FAILED',
              message: messageOf(error),
              hint: known?.hint ?? 'See logs/supervisor.ndjson in the folder of the demo.',
              exit: known?.exit ?? 2,
            },
          }),
        );
      }
    })();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return server;
}

/** Asks the supervisor of a demo to do something and waits until it is done. */
export async function askSupervisor(folder: Folder, request: ControlRequest): Promise<ControlResult> {
  const {control} = readState(folder);
  const {status, text} = await post(control, JSON.stringify(request)).catch((error: unknown) => {
    throw new DemoError(
      'DEMO_NOT_RUNNING',
      `The demo in ${folder.root} does not run any more (${messageOf(error)}).`,
      {
        exit: 2,
        hint: 'Start it with `npm run demo`.',
        cause: error,
      },
    );
  });
  const body: unknown = JSON.parse(text);
  if (status === 200) return controlResult.parse(body);
  const {error} = failureSchema.parse(body);
  throw new DemoError(error.code, error.message, {exit: error.exit, hint: error.hint});
}

async function post(socketPath: string, body: string): Promise<{status: number; text: string}> {
  return await new Promise((resolve, reject) => {
    const sending = httpRequest(
      {socketPath, method: 'POST', path: '/', headers: {'content-length': Buffer.byteLength(body)}},
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => {
          resolve({status: answer.statusCode ?? 0, text});
        });
        answer.once('error', reject);
      },
    );
    sending.once('error', reject);
    sending.end(body);
  });
}
