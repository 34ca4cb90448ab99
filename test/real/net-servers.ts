// Real servers that checks over the network look at: nginx with TLS, Prometheus, a name server.
import {spawn} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {createSocket} from 'node:dgram';
import path from 'node:path';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';
import {freePort} from '../helpers/free-port.ts';

/** Starts a program that ends with the test; what it says on standard error is kept for messages. */
export function started(file: string, args: readonly string[]): () => string {
  const child = spawn(file, args, {stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  afterwards(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  return () => said;
}

const answers = async (url: string): Promise<boolean> =>
  fetch(url).then(
    () => true,
    () => false,
  );

export interface NginxServer {
  /** Files of the server, by the names under which its configuration names them. */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of one `server`, in which DIR is where the files lie. */
  readonly lines: readonly string[];
}

/** nginx in one process with one server; its port. */
export async function nginx({files, lines}: NginxServer): Promise<number> {
  const file = program('nginx', 'nginx-light');
  const dir = tempDir();
  mkdirSync(path.join(dir, 'tmp'));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text, {mode: 0o600});
  const [port, plain] = [await freePort(), await freePort()];
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    one => `${one}_temp_path ${dir}/tmp/${one};`,
  );
  const config = `daemon off; master_process off; pid ${dir}/pid; error_log stderr warn;
events {}
http {
  access_log off;
  ${temporary.join(' ')}
  server { listen 127.0.0.1:${plain}; location / { return 204; } }
  server {
    listen 127.0.0.1:${port} ssl;
    ${lines.map(line => line.replaceAll('DIR', dir)).join('\n    ')}
  }
}
`;
  writeFileSync(path.join(dir, 'nginx.conf'), config);
  const said = started(file, ['-c', path.join(dir, 'nginx.conf'), '-p', dir, '-e', 'stderr']);
  await waitFor(async () => answers(`http://127.0.0.1:${plain}/`), {
    what: () => `nginx to answer; it says: ${said()}`,
    timeoutMs: 20_000,
  });
  return port;
}

/** A Prometheus that looks at itself every second; its address, once it has looked. */
export async function prometheusServer(): Promise<string> {
  const file = program('prometheus', 'prometheus');
  const dir = tempDir();
  const port = await freePort();
  const config = path.join(dir, 'p.yml');
  writeFileSync(
    config,
    `global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: self\n    static_configs: [{targets: ['127.0.0.1:${port}']}]\n`,
  );
  const said = started(file, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${path.join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const url = `http://127.0.0.1:${port}`;
  const hasSample = async (): Promise<boolean> =>
    fetch(`${url}/api/v1/query?query=up`).then(
      async answer => (await answer.text()).includes('"value"'),
      () => false,
    );
  await waitFor(hasSample, {what: () => `the first sample; Prometheus says: ${said()}`, timeoutMs: 60_000});
  return url;
}

/** Whether anything answers a question over UDP. */
async function answersDns(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    return await new Promise<boolean>(resolve => {
      const query = Buffer.from('000101000001000000000000076578616d706c65036f72670000060001', 'hex');
      socket.once('message', () => resolve(true));
      socket.once('error', () => resolve(false));
      socket.send(query, port, '127.0.0.1');
      setTimeout(() => resolve(false), 200);
    });
  } finally {
    socket.close();
  }
}

/** unbound with one zone and nothing behind it; its `address:port`. */
export async function unbound(zone: string, records: readonly string[]): Promise<string> {
  const file = program('unbound', 'unbound');
  const dir = tempDir();
  const port = await freePort();
  const config = path.join(dir, 'unbound.conf');
  writeFileSync(
    config,
    `server:
  interface: 127.0.0.1@${port}
  access-control: 127.0.0.0/8 allow
  do-daemonize: no
  username: ""
  chroot: ""
  directory: "${dir}"
  pidfile: "${dir}/pid"
  use-syslog: no
  verbosity: 1
  module-config: "iterator"
  local-zone: "${zone}." static
${records.map(record => `  local-data: '${record}'`).join('\n')}
remote-control:
  control-enable: no
`,
  );
  const said = started(file, ['-d', '-c', config]);
  await waitFor(async () => answersDns(port), {
    what: () => `unbound to answer; it says: ${said()}`,
    timeoutMs: 20_000,
  });
  return `127.0.0.1:${port}`;
}
