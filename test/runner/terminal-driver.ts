// Stands for a console that hands its terminal over: starts the job of its argument in the foreground, and says what was said.
import {bundle} from '../helpers/programs.ts';
import {startOnTerminal} from '../../src/adapters/runners.ts';

const [job = '', dir = ''] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const) process.on(signal, () => undefined);
const {said} = await startOnTerminal(job, {node: process.execPath, entry: bundle('runner.cjs'), dir});
process.stdout.write(`\r\nsaid(${said.trim()})\r\n`);
