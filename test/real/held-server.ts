// An HTTP server that answers when the test lets it, and counts what it was asked.
import {httpServer} from '../helpers/http-server.ts';

export interface HeldServer {
  readonly origin: string;
  readonly asked: () => number;
  /** Answers what waits, and from now on everything at once. */
  readonly go: () => void;
}

export async function heldServer(): Promise<HeldServer> {
  let asked = 0;
  let go: () => void = () => undefined;
  const gone = new Promise<void>(resolve => (go = resolve));
  const {origin} = await httpServer((_, response) => {
    asked += 1;
    void gone.then(() => response.end('done\n'));
  });
  return {origin, asked: () => asked, go};
}
