// Starts the bundled step runner from code that was compiled before. Node's own cache keeps a file as it is once it is
// loaded; here it is kept as it is after a step, with every function that a step calls.
import {hash} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {enableCompileCache} from 'node:module';
import {join} from 'node:path';
import {Script} from 'node:vm';

/** SHA-256 of the bundle, put in by the build: V8 itself compares only its length. */
declare const __QD_RUNNER__: string;

const here = import.meta.dirname;
const folder = join(here, '.cache');
const bundle = join(here, 'runner-main.cjs');
const kept = join(folder, `runner-${__QD_RUNNER__.slice(0, 16)}-${process.version}-${process.arch}`);
const hashLength = 64;

/** What another step left; V8 does not look whether it is whole, so this does. */
function keptCode(): Buffer | undefined {
  try {
    const raw = readFileSync(kept);
    const code = raw.subarray(hashLength);
    return raw.toString('latin1', 0, hashLength) === hash('sha256', code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function keep(code: Buffer): void {
  const draft = `${kept}.${process.pid}`;
  try {
    mkdirSync(folder, {recursive: true});
    writeFileSync(draft, Buffer.concat([Buffer.from(hash('sha256', code)), code]));
    renameSync(draft, kept);
  } catch {
    // Installed where this account may not write: every start compiles anew.
  }
}

// For what only some steps load.
enableCompileCache(folder);
const text = `(function (exports, require, module, __filename, __dirname) {${readFileSync(bundle, 'utf8')}\n})`;
const cachedData = keptCode();
const script = new Script(text, {filename: bundle, ...(cachedData === undefined ? {} : {cachedData})});
if (script.cachedDataRejected !== false)
  process.once('exit', status => {
    // After a step that was done; one that was refused has called too little of it.
    if (status === 0) keep(script.createCachedData());
  });
const run: unknown = script.runInThisContext();
if (typeof run === 'function') Reflect.apply(run, exports, [exports, require, module, bundle, here]);
