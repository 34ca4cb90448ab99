// A command's context that holds only what a test gives it.
import type {CommandContext} from '../../src/define.ts';

/** Reaching for anything that was not given (even as undefined) throws and names it. */
export const contextWith = (given: Partial<CommandContext>): CommandContext =>
  new Proxy(given as CommandContext, {
    get: (_, name) => {
      // Awaiting an object looks for `then`.
      if (name === 'then' || Reflect.has(given, name)) return Reflect.get(given, name) as unknown;
      throw new Error(`the command reached for \`${String(name)}\`, which this test does not give`);
    },
  });
