// Real receivers of alerts: Alertmanager, and a mail server with a mailbox.
import {execFile} from 'node:child_process';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import path from 'node:path';
import {promisify} from 'node:util';
import {z} from 'zod';
import {httpServer} from '../helpers/http-server.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {program} from './needs.ts';
import {started} from './net-servers.ts';
import {freePort} from '../helpers/free-port.ts';

const run = promisify(execFile);
const labels = z.record(z.string(), z.string());
const told = z.object({alerts: z.array(z.object({status: z.string(), labels, annotations: labels}))});

export interface Alertmanager {
  readonly url: string;
  /** `firing QuarterdeckCheck api/live`: what it told its own receiver, in order. */
  readonly told: string[];
  /** The alerts that it has now, as its own tool reads them. */
  readonly active: () => Promise<readonly {readonly labels: Readonly<Record<string, string>>}[]>;
}

export async function alertmanager(): Promise<Alertmanager> {
  const [file, amtool] = ['prometheus-alertmanager', 'amtool'].map(name =>
    program(name, 'prometheus-alertmanager'),
  );
  const dir = tempDir();
  const port = await freePort();
  const heard: string[] = [];
  const {origin} = await httpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      for (const {status, labels: one} of told.parse(JSON.parse(body)).alerts)
        heard.push(`${status} ${one['alertname'] ?? ''} ${one['service'] ?? ''}/${one['check'] ?? ''}`);
      response.end();
    });
  });
  const config = path.join(dir, 'alertmanager.yml');
  writeFileSync(
    config,
    `route: {receiver: here, group_wait: 0s, group_interval: 1s, repeat_interval: 1h}
receivers:
  - name: here
    webhook_configs: [{url: "${origin}/", send_resolved: true}]
`,
  );
  const url = `http://127.0.0.1:${port}`;
  const said = started(file ?? '', [
    `--config.file=${config}`,
    `--storage.path=${path.join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
  ]);
  const isReady = async (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      ({ok}) => ok,
      () => false,
    );
  await waitFor(isReady, {what: () => `Alertmanager to be ready; it says: ${said()}`, timeoutMs: 30_000});
  return {
    url,
    told: heard,
    active: async () => {
      const {stdout} = await run(amtool ?? '', [`--alertmanager.url=${url}`, 'alert', 'query', '-o', 'json']);
      return z.array(z.object({labels})).parse(JSON.parse(stdout));
    },
  };
}

export interface Mailbox {
  readonly port: number;
  /** Every mail that came, as it was delivered. */
  readonly mails: () => readonly string[];
}

const accepts = async (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** aiosmtpd with a Maildir; with a certificate it demands STARTTLS. */
export async function mailServer(tls?: {readonly cert: string; readonly key: string}): Promise<Mailbox> {
  const file = program('aiosmtpd', 'python3-aiosmtpd');
  const dir = tempDir();
  const port = await freePort();
  const box = path.join(dir, 'box');
  const safe: string[] = [];
  if (tls !== undefined) {
    writeFileSync(path.join(dir, 'cert.pem'), tls.cert);
    writeFileSync(path.join(dir, 'key.pem'), tls.key, {mode: 0o600});
    safe.push('--tlscert', path.join(dir, 'cert.pem'), '--tlskey', path.join(dir, 'key.pem'));
  }
  const said = started(file, [
    '-n',
    '-l',
    `127.0.0.1:${port}`,
    ...safe,
    '-c',
    'aiosmtpd.handlers.Mailbox',
    box,
  ]);
  await waitFor(async () => accepts(port), {
    what: () => `aiosmtpd to answer; it says: ${said()}`,
    timeoutMs: 30_000,
  });
  const arrived = path.join(box, 'new');
  return {
    port,
    mails: () => readdirSync(arrived).map(name => readFileSync(path.join(arrived, name), 'utf8')),
  };
}
