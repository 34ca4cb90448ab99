// Makes the step runner small: between a confirmation and its intent stands the reading and compiling of this code.
import path from 'node:path';

/** Messages of zod in fifty languages, which nobody sees. */
export const oneLanguage = {
  name: 'one-language',
  setup(build) {
    build.onLoad({filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/}, () => ({
      contents: 'export {default as en} from "./en.js"',
      loader: 'js',
    }));
  },
};

/** Stops a build in which something that every step waits for would load the schema library. */
export const withoutZod = {
  name: 'without-zod',
  setup(build) {
    build.onResolve({filter: /^zod(\/|$)/}, ({importer}) => ({
      errors: [
        {
          text: `${path.relative(build.initialOptions.absWorkingDir, importer)} would make every step wait for zod: ask a shape (src/domain/shape.ts), or have it imported late (runnerParts in build.mjs).`,
        },
      ],
    }));
  },
};

/** What only some steps need is imported when they do, from a bundle of its own. */
export const apart = entries => ({
  name: 'apart',
  setup(build) {
    build.onResolve({filter: /\.ts$/}, ({kind, path: named, resolveDir}) => {
      if (kind !== 'dynamic-import') return undefined;
      const name =
        entries[path.relative(build.initialOptions.absWorkingDir, path.resolve(resolveDir, named))];
      return name === undefined ? undefined : {path: `./${name}`, external: true};
    });
  },
});

// Beside dist in a checkout; elsewhere, such as in an application that installed this one, Node looks for it.
const binding = `
const outside = require;
exports.getBinding = given => found().getBinding(given);
function found() {
  try {
    return outside('../node_modules/better-sqlite3/lib/binding.js');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return outside(outside.resolve('better-sqlite3').replace(/index\\.js$/, 'binding.js'));
  }
}
`;

/** SQLite's twelve small files are part of the bundle (4 ms); what finds and loads the native part stays where it is. */
export const sqliteInside = {
  name: 'sqlite-inside',
  setup(build) {
    let isDone = false;
    build.onStart(() => {
      isDone = false;
    });
    build.onLoad({filter: /better-sqlite3[\\/]lib[\\/]binding\.js$/}, () => {
      isDone = true;
      return {contents: binding, loader: 'js'};
    });
    build.onEnd(() => ({
      errors: isDone
        ? []
        : [{text: 'better-sqlite3/lib/binding.js was never loaded: adapt scripts/build/lean.mjs.'}],
    }));
  },
};
