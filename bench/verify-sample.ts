// `verify-sample.ts DIR THREADS`: verifies a data directory once and prints what it took, as JSON.
import {existsSync, readFileSync} from 'node:fs';
import {verify} from '../src/ledger/verify.ts';
import {openEvidence} from '../src/store/evidence.ts';
import {distFile} from './ledger/open.ts';

const [dir = '', threads = '1'] = process.argv.slice(2);
const start = performance.now();
const worker = distFile('scan-worker.cjs');
const {evidence, close} = openEvidence(dir, {worker, count: Number(threads), atLeast: 50_000});
const {report} = await verify(evidence);
close();
const ms = performance.now() - start;
const {verdict, entries} = report;
// Not maxRSS where it can be helped: that begins with what the process that started this one had.
const status = existsSync('/proc/self/status') ? readFileSync('/proc/self/status', 'utf8') : '';
const peakKb = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? process.resourceUsage().maxRSS);
const peakMb = peakKb / 1024;
process.stdout.write(JSON.stringify({ms, verdict, entries, peakMb}));
