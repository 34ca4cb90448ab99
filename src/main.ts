// Composition root of `quarterdeck`.
import {exit} from './domain/error.ts';
import {asQdError, printFailure} from './cli/failure.ts';
import type {Globals} from './cli/frame.ts';
import {realClock} from './adapters/clock.ts';
import {realEnv} from './adapters/env.ts';
import {interrupts} from './main/interrupts.ts';
import {maskedTalk} from './main/masked.ts';
import type {Mask} from './main/masked-ledger.ts';
import {standardTalk} from './main/talk.ts';
import {version} from './main/version.ts';
import {canDraw} from './terminal/appearance.ts';

process.umask(0o077);

const noGlobals: Globals = {home: undefined, siteDir: undefined, operator: undefined};

/** On a terminal, whatever is still open after the end must not keep the shell waiting. */
const lingerMs = 2_000;

async function main(argv: readonly string[]): Promise<number> {
  const {signal, forget} = interrupts();
  const standard = standardTalk(signal);
  let mask: Mask | undefined;
  const talk = maskedTalk(standard, () => mask);
  const console = async (globals: Globals): Promise<number> => {
    if (!process.stdout.isTTY || !process.stdin.isTTY || !canDraw(process.env))
      return commandLine([...argv, 'status']);
    const {glance} = await import('./main/glance.ts');
    const {runConsole} = await import('./main/console.ts');
    const {operatorOf} = await import('./main/who.ts');
    const env = realEnv(process.env);
    // From here on signals belong to the terminal's keeper.
    forget();
    return runConsole({
      clock: realClock(),
      talk,
      actor: operatorOf(globals.operator, env),
      glance: globals.siteDir === undefined ? glance(env, process.cwd()) : undefined,
      open: async () => {
        const {openContext} = await import('./main/context.ts');
        const {processSecrets} = await import('./main/secrets.ts');
        const secrets = processSecrets();
        mask = secrets;
        return openContext({globals, talk, secrets, signal, version, program: 'console'});
      },
    });
  };
  const commandLine = async (words: readonly string[]): Promise<number> => {
    const {runCommandLine} = await import('./main/commands.ts');
    return runCommandLine(words, {talk, signal, forget, console});
  };
  try {
    // The console must not wait for the command line's grammar to load.
    if (argv.length === 0) return await console(noGlobals);
    return await commandLine(argv);
  } catch (error) {
    const failure = asQdError(error, signal);
    printFailure(talk, failure);
    return failure.exitStatus;
  } finally {
    standard.close();
  }
}

// What waits for ever and is given up by Node did not go well.
process.exitCode = exit.could_not;
void main(process.argv.slice(2)).then(status => {
  process.exitCode = status;
  // Into a pipe, a slow reader may still be taking what was written.
  if (process.stdout.isTTY) setTimeout(() => process.exit(), lingerMs).unref();
});
