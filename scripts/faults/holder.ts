// Keeps the ledger of a data directory open and appends an entry for every line on standard input.
import {createInterface} from 'node:readline';
import {realClock} from '../../src/adapters/clock.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {openLedger} from '../../src/store/ledger.ts';

const [, , home = ''] = process.argv;
const ledger = await openLedger({
  dir: home,
  site: 'faults',
  host: 'faults',
  actor: {operator: 'faults', uid: 0, user: 'root', via: 'local'},
  session: 'faults-holder',
  clock: realClock(),
  random: realRandom,
  version: '0.0.0',
  worker: new URL('../../src/store/ledger-worker.ts', import.meta.url),
  pollMs: 60_000,
  mode: 'write',
});

for await (const _line of createInterface({input: process.stdin})) {
  const body = {id: 'hold-holder', scope: {at: 'all'}};
  const disclosed = [{ptr: '/body/reason', value: 'still open'}];
  const result = await ledger.append({entries: [{kind: 'hold.set', body, disclosed}]});
  const said = result.ok
    ? JSON.stringify({seq: result.entries[0]?.seq})
    : result.message.replaceAll('\n', ' ');
  process.stdout.write(`${said}\n`);
}
await ledger.close().catch(() => undefined);
