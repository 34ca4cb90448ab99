// Stands in for a packet filter: holds a port, never accepts, and its full queue makes the kernel drop every further connection attempt.
import {writeSync} from 'node:fs';
import {createServer} from 'node:net';
import {setting} from './shared/child.ts';

const parent = process.ppid;
const server = createServer();
server.listen({host: '127.0.0.1', port: Number(setting('QD_DEMO_PORT')), backlog: 1}, () => {
  writeSync(1, 'listening\n');
  const never = new Int32Array(new SharedArrayBuffer(4));
  // Blocking the only thread is the point: an event loop that runs would accept.
  while (process.ppid === parent) Atomics.wait(never, 0, 0, 250);
  process.exit(0);
});
