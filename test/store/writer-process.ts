// A process that appends to a ledger until it has written enough, telling each acknowledged entry on its output.
import {realClock} from '../../src/adapters/clock.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {bundle} from '../helpers/programs.ts';

const [dir = '', name = '', count = '0'] = process.argv.slice(2);
const ledger = await openLedger({
  dir,
  site: 'acme',
  host: 'bastion',
  actor: {operator: name, uid: 0, user: 'root', via: 'local'},
  session: name,
  clock: realClock(),
  random: realRandom,
  version: '0.1.0',
  worker: bundle('ledger-worker.cjs'),
  pollMs: 50,
  mode: 'write',
  reserveBytes: 65_536,
});
for (let i = 0; i < Number(count); i++) {
  const result = await ledger.append({
    entries: [{kind: 'note', body: {}, disclosed: [{ptr: '/body/text', value: `${name} ${i}`}]}],
  });
  process.stdout.write(result.ok ? `${result.entries[0]?.leaf ?? ''}\n` : `refused ${result.why}\n`);
}
await ledger.close();
