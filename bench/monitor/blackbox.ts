// The peer: Debian's prometheus-blackbox-exporter, asked for the same of the same server.
import {execFileSync, spawn} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import {started, type Started} from './processes.ts';
import {freePort} from '../../test/helpers/free-port.ts';

export const peer = 'prometheus-blackbox-exporter';

function isInstalled(): boolean {
  try {
    execFileSync(peer, ['--version'], {stdio: 'ignore'});
    return true;
  } catch {
    return false;
  }
}

/** Status and a field of the body, as our checks judge them. */
const config = `modules:
  ready:
    prober: http
    timeout: 5s
    http:
      preferred_ip_protocol: ip4
      fail_if_body_not_matches_regexp: ['"status":"ok"']
`;

export interface Blackbox extends Started {
  /** Whether the target answered as expected; rejects when the exporter itself does not answer. */
  readonly probe: () => Promise<boolean>;
}

/** Undefined where it is not installed. */
export async function blackbox(target: number): Promise<Blackbox | undefined> {
  if (!isInstalled()) return undefined;
  const dir = mkdtempSync(path.join(os.tmpdir(), 'qd-bench-blackbox-'));
  const file = path.join(dir, 'blackbox.yml');
  writeFileSync(file, config);
  const port = await freePort();
  const child = spawn(peer, [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // With more threads than one its probes cost more.
    env: {...process.env, GOMAXPROCS: '1'},
  });
  const {pid, end} = started(child);
  let said = '';
  child.stderr.setEncoding('utf8');
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text: string) => {
      said += text;
      if (said.includes('istening on')) resolve();
    });
    child.on('exit', () => {
      reject(new Error(`${peer} ended: ${said}`));
    });
  });
  const agent = new http.Agent({keepAlive: true, maxSockets: 4});
  const query = new URLSearchParams({module: 'ready', target: `http://127.0.0.1:${target}/ready`});
  const probe = async (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      http
        .get({host: '127.0.0.1', port, path: `/probe?${query.toString()}`, agent}, answer => {
          let text = '';
          answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          answer.on('end', () => {
            resolve(/^probe_success 1$/m.test(text));
          });
        })
        .on('error', reject);
    });
  return {
    pid,
    probe,
    end: async () => {
      agent.destroy();
      await end();
      rmSync(dir, {recursive: true, force: true});
    },
  };
}
