// esbuild plugins that cut the console's start-up: what Ink does at load time is done later, cheaper or not at all.
// Each names the text that it replaces and stops the build when a new version of a library no longer has it.
import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';

/** Replaces every match, and at least one; throws naming the file when there is none. */
export function patched(text, {file, what, find, put}) {
  const out = text.replaceAll(find, put);
  if (out === text) {
    throw new Error(
      `${file}: the text to patch was not found (${what}). The library changed: adapt scripts/build/ink-plugins.mjs.`,
    );
  }
  return out;
}

const segmenterConst = /(?:const|let) (\w+) = new Intl\.Segmenter\(([^)]*)\);/g;

/** `const s = new Intl.Segmenter(…)` at load time becomes one that is made when first used (5 ms). */
export const lazySegmenter = (text, file) =>
  patched(text, {
    file,
    what: 'a Segmenter made at load time',
    find: segmenterConst,
    put: (_, name, args) =>
      `let made_${name}; const ${name} = {segment: text => (made_${name} ??= new Intl.Segmenter(${args})).segment(text)};`,
  });

/** The signs of the console (src/domain/sure-cells.ts) are one cell wide: no need to compile the emoji tables for them (8 ms). */
export function quickWidth(text, file) {
  const lazyEmoji = patched(text, {
    file,
    what: 'the emoji expression',
    find: /const rgiEmojiRegex = (\/.*\/v);/g,
    put: (_, source) =>
      `let madeEmoji; const rgiEmojiRegex = {test: text => (madeEmoji ??= ${source}).test(text)};`,
  });
  return patched(lazyEmoji, {
    file,
    what: 'the beginning of stringWidth',
    find: "if (typeof input !== 'string' || input.length === 0) {\n\t\treturn 0;\n\t}",
    put: match =>
      `${match}\n\tif (/^[\\u0020-\\u007e\\u00a1-\\u00ac\\u00ae-\\u00ff\\u2013\\u2014\\u2016\\u2018-\\u201d\\u2022\\u2026\\u203a\\u2190-\\u2193\\u21b5\\u2500-\\u25a8\\u25b2\\u25b6\\u25bc\\u25cf\\u2714\\u2716\\u2800-\\u28ff]*$/.test(input)) return input.length;`,
  });
}

/** The developer tools of React are not part of the product; their top-level await would forbid CommonJS. */
export function withoutDevtools(text, file) {
  const block = "if (process.env['DEV'] === 'true') {";
  const first = text.indexOf(block);
  const second = text.indexOf(block, first + 1);
  const end = start => text.indexOf('\n}\n', start) + 3;
  const cut =
    first === -1 || second === -1
      ? text
      : text.slice(0, first) + text.slice(end(first), second) + text.slice(end(second));
  if (
    cut === text ||
    /^\s*(?:\w+ = |const \w+ = )?await /m.test(cut.replace(/async function [\s\S]*?\n}\n/g, ''))
  ) {
    throw new Error(
      `${file}: the development blocks were not found. Ink changed: adapt scripts/build/ink-plugins.mjs.`,
    );
  }
  return cut;
}

const wasmUrl = /data:application\/octet-stream;base64,([A-Za-z0-9+/=]{100,})/;

/** Yoga's glue without the embedded module, and the module's bytes as base64. */
export function splitYoga(text, file) {
  const found = wasmUrl.exec(text);
  if (found === null)
    throw new Error(`${file}: no embedded WebAssembly. Yoga changed: adapt scripts/build/ink-plugins.mjs.`);
  const glue = patched(text.replace(wasmUrl, 'data:application/octet-stream;base64,'), {
    file,
    what: 'import.meta.url',
    find: 'import.meta.url',
    put: '""',
  });
  if (!glue.includes('instantiateWasm'))
    throw new Error(`${file}: no instantiateWasm hook. Adapt scripts/build/ink-plugins.mjs.`);
  return {glue, base64: found[1]};
}

// Compiled synchronously: the glue would `fetch` a data URL, for which Node loads its whole HTTP client (22 ms).
const yogaEntry = `
import loadYoga from 'yoga-part:glue';
import bytes from 'yoga-part:bytes';
import wrapAssembly from 'yoga-part:wrap';
const module = {
  instantiateWasm(imports, done) {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes()), imports);
    done(instance);
    return instance.exports;
  },
};
loadYoga(module);
export default wrapAssembly(module);
export * from 'yoga-part:enums';
`;

function yoga() {
  const root = path.dirname(createRequire(import.meta.url).resolve('yoga-layout'));
  const file = path.join(root, '../binaries/yoga-wasm-base64-esm.js');
  return {
    name: 'yoga-sync',
    setup(build) {
      const {glue, base64} = splitYoga(readFileSync(file, 'utf8'), file);
      const parts = {
        entry: yogaEntry,
        glue,
        bytes: `export default () => Buffer.from(${JSON.stringify(base64)}, 'base64');`,
      };
      const files = {
        wrap: path.join(root, 'wrapAssembly.js'),
        enums: path.join(root, 'generated/YGEnums.js'),
      };
      build.onResolve({filter: /^yoga-layout$/}, () => ({path: 'entry', namespace: 'yoga'}));
      build.onResolve({filter: /^yoga-part:/}, ({path: name}) => {
        const part = name.slice('yoga-part:'.length);
        return files[part] === undefined ? {path: part, namespace: 'yoga'} : {path: files[part]};
      });
      build.onLoad({filter: /.*/, namespace: 'yoga'}, ({path: part}) => ({
        contents: parts[part],
        resolveDir: root,
      }));
    },
  };
}

/** Files that are patched as they are loaded. A name that no file has stops the build at its end. */
const patches = [
  {name: 'string-width/index.js', patch: (text, file) => quickWidth(lazySegmenter(text, file), file)},
  {name: 'slice-ansi/tokenize-ansi.js', patch: lazySegmenter},
  {name: 'wrap-ansi/index.js', patch: lazySegmenter},
  {name: '@alcalzone/ansi-tokenize/build/tokenize.js', patch: lazySegmenter},
  {name: 'ink/build/line-update.js', patch: lazySegmenter},
  {name: 'ink/build/reconciler.js', patch: withoutDevtools},
];

const escaped = name => name.replaceAll(/[.\/]/g, char => (char === '/' ? '[\\\\/]' : '\\.'));

function lateWork() {
  return {
    name: 'ink-late-work',
    setup(build) {
      const done = new Set();
      let isInkUsed = false;
      build.onStart(() => done.clear());
      for (const {name, patch} of patches) {
        build.onLoad({filter: new RegExp(`[\\\\/]node_modules[\\\\/]${escaped(name)}$`)}, ({path: file}) => {
          done.add(name);
          isInkUsed ||= name.startsWith('ink/');
          return {contents: patch(readFileSync(file, 'utf8'), file), loader: 'js'};
        });
      }
      build.onEnd(() => {
        const missed = isInkUsed ? patches.filter(({name}) => !done.has(name)) : [];
        return {
          errors: missed.map(({name}) => ({
            text: `${name} was never loaded: adapt scripts/build/ink-plugins.mjs.`,
          })),
        };
      });
    },
  };
}

function noDevtools() {
  return {
    name: 'no-devtools',
    setup(build) {
      build.onResolve({filter: /^react-devtools-core$/}, () => ({path: 'devtools', namespace: 'nothing'}));
      build.onLoad({filter: /.*/, namespace: 'nothing'}, () => ({contents: 'export default {};'}));
    },
  };
}

/** For a bundle that contains Ink. */
export const inkPlugins = () => [yoga(), lateWork(), noDevtools()];
