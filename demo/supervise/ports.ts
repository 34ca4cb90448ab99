// Ports on loopback that stay the same for the life of a demo.
import {createServer} from 'node:net';
import {DemoError} from '../shared/text.ts';

/** Below the range from which Linux gives out ports of outgoing connections, so that a restart finds its port free. */
const lowest = 20_000;
const highest = 31_999;

async function isFree(port: number): Promise<boolean> {
  return await new Promise(resolve => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({host: '127.0.0.1', port, exclusive: true}, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** `count` free ports: the ones from `base` on, or random ones. PORT_TAKEN when a wanted one is in use. */
export async function choosePorts(count: number, base: number | undefined): Promise<number[]> {
  if (base !== undefined) {
    const wanted = Array.from({length: count}, (_, index) => base + index);
    for (const port of wanted) {
      if (!(await isFree(port))) {
        throw new DemoError('PORT_TAKEN', `Port ${String(port)} is in use.`, {
          exit: 2,
          hint: 'Choose another --base-port, or leave it out for free ports.',
        });
      }
    }
    return wanted;
  }
  const chosen = new Set<number>();
  while (chosen.size < count) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (!chosen.has(port) && (await isFree(port))) chosen.add(port);
  }
  return [...chosen];
}
