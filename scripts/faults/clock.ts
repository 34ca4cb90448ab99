// A wall clock that goes back, and a machine that was started again: order is by `seq` alone.
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {holdSet, quarterdeck, run, type Place} from './program.ts';
import type {Row} from './row.ts';
import {rowOf} from './worlds.ts';

export async function clockBack(place: Place): Promise<Row> {
  const said = await run(['faketime', '2020-02-29 12:00:00', ...holdSet(place, 'long ago')], place);
  const tail = await run(quarterdeck(place, 'ledger', 'tail', '-n', '100', '--json'), place);
  const wrong = tail.out.includes('"ts":"2020-02-29T12:00:') ? [] : ['the clock was not set back'];
  return rowOf(place, {fault: 'clock set back', where: 'by six years', said: [said], wrong});
}

export async function otherBoot(place: Place): Promise<Row> {
  const file = path.join(place.dir, 'boot_id');
  const id = '0123abcd-0123-4abc-8abc-0123456789ab';
  writeFileSync(file, `${id}\n`);
  const line = `mount --bind '${file}' /proc/sys/kernel/random/boot_id && exec "$@"`;
  const said = await run(['unshare', '-m', 'sh', '-c', line, 'sh', ...holdSet(place, 'next boot')], place);
  const tail = await run(quarterdeck(place, 'ledger', 'tail', '-n', '100', '--json'), place);
  const wrong = tail.out.includes(id) ? [] : ['the boot id was not another'];
  return rowOf(place, {fault: 'boot id changed', where: 'between two sessions', said: [said], wrong});
}
