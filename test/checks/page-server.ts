// Everything that answers over HTTP on the machine of docs/check-examples.md, at one address.
import {createHmac} from 'node:crypto';
import {existsSync} from 'node:fs';
import type {IncomingMessage, ServerResponse} from 'node:http';
import path from 'node:path';

export const hookSecret = 'new-secret-of-the-hook';
export const dashboardKey = 'k9'.repeat(25);
export const commit = '4f1c9d0a7be2385566f0e1c2d3b4a5968778695a';
const roles: Readonly<Record<string, string>> = {'analyst-key': 'analyst', [dashboardKey]: 'admin'};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** All the services of the page at one address. */
export async function answer(
  root: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const {method = '', url = '/', headers} = request;
  const body = await bodyOf(request);
  const id = String(headers['x-request-id']);
  const say = (status: number, value: object): void => {
    response.writeHead(status, {'cache-control': 'no-store', 'x-request-id': id}).end(JSON.stringify(value));
  };
  const refuse = (status: number, code: string): void => {
    say(status, {error: {code, message: 'no', request_id: id}});
  };
  if (url === '/hooks/payments') {
    const signed = `${String(headers['x-webhook-timestamp'])}.${body}`;
    const right = createHmac('sha256', hookSecret).update(signed).digest('hex');
    say(headers['x-webhook-signature'] === right ? 200 : 401, {});
  } else if (url === '/v1/events' && method === 'POST') refuse(401, 'AUTH_MISSING');
  else if (url === '/v1/events' && headers['x-api-key'] === 'suspended-0123456789')
    refuse(403, 'TENANT_DISABLED');
  else if (url === '/v1/events/none' && headers['x-api-key'] === 'reader-0123456789')
    refuse(404, 'NOT_FOUND');
  else if (url === '/drained/v1/events') refuse(503, 'DRAINING');
  else if (url === '/healthz/strict') say(existsSync(path.join(root, 'srv/spent')) ? 500 : 200, {});
  else if (url === '/api/auth/me') say(401, {success: false, message: 'Not authenticated'});
  else if (url.startsWith('/api/ops/')) {
    const role = roles[String(headers['x-dash-key'])];
    const isAllowed = role === 'admin' || url !== '/api/ops/uptime/test';
    say(role === undefined ? 401 : isAllowed ? 200 : 403, {ok: true, files: ['dr_2', 'dr_1']});
  } else if (url === '/rest/v1/rpc/vault_read') say(headers['apikey'] === 'vault-0123456789' ? 200 : 401, {});
  else if (url === '/v1/exports/ledger' && headers['x-api-key'] === 'reader-0123456789')
    say(200, {events: [{seq: 1}]});
  else if (
    url === '/repos/acme/product/commits/main/check-runs' &&
    headers.authorization === 'Bearer ci-0123456789'
  )
    say(200, {total_count: 2, check_runs: [ran, {...ran, name: 'gates'}]});
  else if (url in good) say(200, good[url] ?? {});
  else refuse(404, 'NOT_FOUND');
}

const ran = {name: 'checks', head_sha: commit, status: 'completed', conclusion: 'success'};

const good: Readonly<Record<string, object>> = {
  '/healthz': {},
  '/status': {mode: 'normal'},
  '/health': {status: 'ok'},
  '/ready': {
    status: 'ready',
    checks: {db: 'ok', migration_head: 'ok', signing_material: 'ok', webhook_worker: 'ok'},
  },
  '/version': {version: '1.4.2', migration_head: 'bbb2'},
  '/api/tasks': {tasks: Array.from({length: 52}, (_, id) => ({id}))},
};
