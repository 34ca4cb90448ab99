// A plain HTTP server in a process of its own, so that its work is not counted as ours. Prints its port; ends with its input.
import {createServer} from 'node:http';

const server = createServer((_, answer) => {
  answer.setHeader('content-type', 'application/json');
  answer.end('{"status":"ok","checks":{"db":"ok","queue":"ok"}}');
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address !== null ? address.port : 0}\n`);
});
process.stdin.on('end', () => process.exit()).resume();
