// A process of its own that writes the same looks as every other one of its kind, from the first on, until it is killed.
// Usage: node test/store/sample-writer.ts FILE COUNT; prints a dot after each flush, and `done`.
import {openTelemetry} from '../../src/store/telemetry.ts';
import {checkOf, write} from './rollup-reference.ts';
import {everyOf, looksOf} from './sample-stream.ts';

const [file = '', count = '0'] = process.argv.slice(2);
const telemetry = openTelemetry(file, 0);
telemetry.register(Object.entries(everyOf).map(([name, everyMs]) => checkOf(name, everyMs)));
for (const [i, look] of looksOf(Number(count)).entries()) {
  write(telemetry, look);
  if (i % 7 !== 0) continue;
  await telemetry.flush();
  process.stdout.write('.');
}
await telemetry.close();
process.stdout.write('done');
