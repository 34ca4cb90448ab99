// Bundles the sources to dist/ (CJS, production). `--if-stale` does nothing when dist is newer than every source.
import {build} from 'esbuild';
import {createHash} from 'node:crypto';
import {
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  mkdirSync,
  renameSync,
  writeFileSync,
  existsSync,
} from 'node:fs';
import path from 'node:path';
import {inkPlugins} from './scripts/build/ink-plugins.mjs';
import {apart, oneLanguage, sqliteInside, withoutZod} from './scripts/build/lean.mjs';
import {verifyPage} from './scripts/build/verify-page.mjs';

const root = import.meta.dirname;
const dist = path.join(root, 'dist');
const stamp = path.join(dist, '.stamp');
const sources = [
  'src',
  'checks',
  'screens',
  'demo',
  'scripts/build',
  'build.mjs',
  'package.json',
  'package-lock.json',
];

function newest(file) {
  const stat = statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(file).map(name => newest(path.join(file, name))));
}

const isFresh = () =>
  existsSync(stamp) &&
  statSync(stamp).mtimeMs > Math.max(...sources.map(name => newest(path.join(root, name))));

const demoEntries = ['gateway', 'upstream', 'supervisor', 'database', 'blackhole', 'fault', 'ctl'];

/** What the step runner imports only for some steps. */
const runnerParts = {
  'src/engine/runner/promql.ts': 'runner-promql.cjs',
  'src/engine/runner/query.ts': 'runner-query.cjs',
  'src/store/spooled.ts': 'runner-spooled.cjs',
  'src/adapters/http.ts': 'runner-http.cjs',
  'src/pattern.ts': 'runner-pattern.cjs',
};

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  format: 'cjs',
  // Identifiers stay as written: `keepNames` would name each function whenever it is made, which costs 7 % at run time.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
  logOverride: {'empty-import-meta': 'silent'},
  external: ['better-sqlite3', '@electric-sql/pglite', 'pg-native'],
  banner: {js: "const __qdUrl=require('node:url').pathToFileURL(__filename).href;"},
  define: {
    'process.env.NODE_ENV': '"production"',
    'import.meta.url': '__qdUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
};

async function bundle() {
  const next = path.join(dist, `.next-${process.pid}`);
  mkdirSync(next, {recursive: true});
  try {
    return await bundleIn(next);
  } finally {
    rmSync(next, {recursive: true, force: true});
  }
}

// Written beside and renamed, so that a program that starts meanwhile finds whole files.
async function bundleIn(next) {
  const started = performance.now();
  const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const define = {...shared.define, __QD_VERSION__: JSON.stringify(version)};
  const out = name => path.join(next, name);
  const workers = readdirSync(path.join(root, 'src/store')).filter(name => name.endsWith('-worker.ts'));
  await Promise.all([
    verifyPage(root, out('verify.html')),
    build({
      ...shared,
      define,
      entryPoints: ['src/main.ts'],
      outfile: out('quarterdeck.cjs'),
      plugins: inkPlugins(),
    }),
    build({
      ...shared,
      define,
      entryPoints: ['src/runner.ts'],
      outfile: out('runner-main.cjs'),
      external: shared.external.filter(name => name !== 'better-sqlite3'),
      // What is imported late is required: its code runs outside of a module that could import.
      supported: {'dynamic-import': false},
      plugins: [withoutZod, apart(runnerParts), sqliteInside],
    }),
    ...Object.entries({...runnerParts, 'src/sql.ts': 'sql.cjs'}).map(([source, name]) =>
      build({
        ...shared,
        define,
        entryPoints: [source],
        outfile: out(name),
        plugins: [oneLanguage],
        // Zod compiles no parsers that would be used once.
        banner: {js: `globalThis.__zod_globalConfig={jitless:true};${shared.banner.js}`},
      }),
    ),
    ...workers.map(name =>
      build({
        ...shared,
        define,
        entryPoints: [`src/store/${name}`],
        outfile: out(name.replace(/\.ts$/, '.cjs')),
        plugins: [oneLanguage],
      }),
    ),
    ...demoEntries.map(name =>
      build({...shared, define, entryPoints: [`demo/${name}.ts`], outfile: out(`demo-${name}.cjs`)}),
    ),
  ]);
  const sha = createHash('sha256')
    .update(readFileSync(out('runner-main.cjs')))
    .digest('hex');
  await build({
    ...shared,
    define: {...define, __QD_RUNNER__: JSON.stringify(sha)},
    entryPoints: ['src/runner-start.ts'],
    outfile: out('runner.cjs'),
    banner: {},
  });
  writeFileSync(out('package.json'), '{"type": "commonjs"}\n');
  rmSync(path.join(dist, '.cache'), {recursive: true, force: true, maxRetries: 5});
  for (const name of readdirSync(next)) renameSync(path.join(next, name), path.join(dist, name));
  writeFileSync(stamp, '');
  return Math.round(performance.now() - started);
}

if (!process.argv.includes('--if-stale') || !isFresh()) {
  const tookMs = await bundle();
  if (!process.argv.includes('--if-stale')) process.stdout.write(`built dist/ in ${tookMs} ms\n`);
}
