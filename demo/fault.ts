// `npm run fault -- on|off|list NAME`: makes a fault of the reference service happen for real, and undoes it.
import {parseArgs} from 'node:util';
import {askSupervisor} from './shared/control.ts';
import {faultList, faultNames, faultTargets, readFault} from './shared/faults.ts';
import {chooseFolder, readState} from './shared/folder.ts';
import {messageOf, oneOf, reportFailure, usage} from './shared/text.ts';

const help = `fault: breaks the running demo for real

  npm run fault -- list
  npm run fault -- on NAME [--target upstream-a|upstream-b|both]
  npm run fault -- off NAME

The demo is named by --dir DIR, else $QD_DEMO_DIR, else it is the one that was started last.
`;

async function main(): Promise<number> {
  const {values, positionals} = parse();
  if (values.help === true) {
    process.stdout.write(help);
    return 0;
  }
  const [given, name, ...more] = positionals;
  const verb = oneOf(given, ['on', 'off', 'list'], 'command');
  if (more.length > 0)
    throw usage(`"${more.join(' ')}" is too much: one fault at a time.`, 'See `npm run fault -- --help`.');
  if (verb === 'list') {
    const folder = chooseFolder(values.dir, {latest: true});
    readState(folder);
    for (const fault of faultList) {
      const flag = readFault(folder, fault.name);
      const state = flag === undefined ? 'off' : `on${flag.target === null ? '' : ` (${flag.target})`}`;
      process.stdout.write(`${fault.name.padEnd(18)} ${state.padEnd(16)} ${fault.meaning}\n`);
    }
    return 0;
  }
  const fault = oneOf(name, faultNames, 'fault');
  const target = values.target === undefined ? null : oneOf(values.target, faultTargets, 'target');
  const folder = chooseFolder(values.dir, {latest: true});
  const {lines, exit} = await askSupervisor(folder, {op: 'fault', name: fault, on: verb === 'on', target});
  process.stdout.write(lines.map(line => `${line}\n`).join(''));
  return exit;
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {dir: {type: 'string'}, target: {type: 'string'}, help: {type: 'boolean', short: 'h'}},
    });
  } catch (error) {
    throw usage(messageOf(error), 'See `npm run fault -- --help`.');
  }
}

main().then(
  exit => {
    process.exitCode = exit;
  },
  (error: unknown) => {
    process.exitCode = reportFailure('fault', error);
  },
);
