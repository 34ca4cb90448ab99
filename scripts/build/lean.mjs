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
