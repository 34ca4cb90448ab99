// Acts as a console in a process of its own: starts a run and confirms steps up to a writing one, then waits to be killed.
import {openConsole, say} from '../engine/run/world.ts';

const [dir = '', name = '', source = ''] = process.argv.slice(2);
const here = await openConsole({dir, runbooks: {[name]: source}});
// Made ready ahead of its round; the test says when to begin.
await new Promise(resolve => process.stdin.once('data', resolve));
const run = await here.desk.start({runbook: name, service: 'api'});
process.stdout.write(`run ${run.run}\n`);
const answered = await say(run, {say: 'yes'});
process.stdout.write(answered.ok ? 'confirmed\n' : `refused ${answered.why}\n`);
// The ledger's timer keeps the process alive; the test ends it.
setInterval(() => undefined, 1000);
