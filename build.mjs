// Bundles the sources to dist/ (CJS, production). `--if-stale` does nothing when dist is newer than every source.
import {build} from 'esbuild';
import {readFileSync, readdirSync, rmSync, statSync, mkdirSync, writeFileSync, existsSync} from 'node:fs';
import path from 'node:path';
import {inkPlugins} from './scripts/build/ink-plugins.mjs';
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

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node22.19',
  format: 'cjs',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  logLevel: 'warning',
  logOverride: {'empty-import-meta': 'silent'},
  external: ['better-sqlite3', '@electric-sql/pglite'],
  banner: {js: "const __qdUrl=require('node:url').pathToFileURL(__filename).href;"},
  define: {
    'process.env.NODE_ENV': '"production"',
    'import.meta.url': '__qdUrl',
    'import.meta.dirname': '__dirname',
    'import.meta.filename': '__filename',
  },
};

async function bundle() {
  const started = performance.now();
  const {version} = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const define = {...shared.define, __QD_VERSION__: JSON.stringify(version)};
  rmSync(path.join(dist, '.cache'), {recursive: true, force: true});
  mkdirSync(dist, {recursive: true});
  const workers = readdirSync(path.join(root, 'src/store')).filter(name => name.endsWith('-worker.ts'));
  await Promise.all([
    verifyPage(root),
    build({
      ...shared,
      define,
      entryPoints: ['src/main.ts'],
      outfile: 'dist/quarterdeck.cjs',
      plugins: inkPlugins(),
    }),
    build({...shared, define, entryPoints: ['src/runner.ts'], outfile: 'dist/runner-main.cjs'}),
    ...workers.map(name =>
      build({
        ...shared,
        define,
        entryPoints: [`src/store/${name}`],
        outfile: `dist/${name.replace(/\.ts$/, '.cjs')}`,
      }),
    ),
    ...demoEntries.map(name =>
      build({...shared, define, entryPoints: [`demo/${name}.ts`], outfile: `dist/demo-${name}.cjs`}),
    ),
  ]);
  // Between a confirmation and its intent stands the start of this process: compiled code is kept.
  writeFileSync(
    path.join(dist, 'runner.cjs'),
    "require('node:module').enableCompileCache(__dirname + '/.cache');require('./runner-main.cjs');\n",
  );
  writeFileSync(path.join(dist, 'package.json'), '{"type": "commonjs"}\n');
  writeFileSync(stamp, '');
  return Math.round(performance.now() - started);
}

if (!process.argv.includes('--if-stale') || !isFresh()) {
  const tookMs = await bundle();
  if (!process.argv.includes('--if-stale')) process.stdout.write(`built dist/ in ${tookMs} ms\n`);
}
