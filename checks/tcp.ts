import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {hostName, portNumber} from './parts/fields.ts';

export const tcp = defineCheck({
  type: 'tcp',
  summary: 'A TCP port accepts connections',
  example: `type: tcp
host: 127.0.0.1
port: 8080`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 5_000,
  params: z.strictObject({
    host: hostName.describe('Host name or address.'),
    port: portNumber.describe('Port number.'),
  }),
  run: async ({host, port}, {net, timeoutMs, signal}) => {
    const answer = await net.connect({host, port, timeoutMs, signal});
    if (answer.at === 'connected')
      return {
        verdict: 'pass',
        kind: 'assertion',
        checked: 1,
        message: `${answer.address} port ${port} accepts in ${answer.durationMs} ms`,
      };
    const {kind, message} = answer;
    const isOurs = kind === 'config' || kind === 'permission' || kind === 'noData';
    return {verdict: isOurs ? 'unknown' : 'fail', kind, checked: isOurs ? 0 : 1, message};
  },
});
