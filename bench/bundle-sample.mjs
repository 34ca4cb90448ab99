// Bundles the console on sample states: `node bench/bundle-sample.mjs OUTFILE`. Tests over a PTY use it too.
import {build} from 'esbuild';
import path from 'node:path';
import {pathToFileURL} from 'node:url';
import {inkPlugins} from '../scripts/build/ink-plugins.mjs';

const root = path.resolve(import.meta.dirname, '..');

/** Writes one CommonJS file that runs anywhere below this project's node_modules or without them. */
export async function bundleSample(outfile) {
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/console-sample.ts'],
    bundle: true,
    platform: 'node',
    target: 'node22.19',
    format: 'cjs',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
    logOverride: {'empty-import-meta': 'silent'},
    define: {'process.env.NODE_ENV': '"production"', 'import.meta.url': '""'},
    plugins: inkPlugins(),
    outfile,
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await bundleSample(path.resolve(process.argv[2] ?? 'dist/console-sample.cjs'));
}
