// dist/verify.html: the ledger's own rules, bundled for a browser into one file that needs nothing else.
import {build} from 'esbuild';
import {createHash} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {browserOptions} from './browser.ts';

const sha = text => `sha256-${createHash('sha256').update(text).digest('base64')}`;

/** The script of the page; `platform` browser, with our stand-ins for node:crypto and Buffer. */
async function script(root) {
  const {outputFiles} = await build({
    ...browserOptions(root),
    entryPoints: ['src/verifier/page.ts'],
    minify: true,
  });
  // What would end the script element early is written in another way.
  return outputFiles[0].text.replaceAll('</', '<\\/').trimEnd();
}

export async function verifyPage(root, outfile) {
  const folder = path.join(root, 'src/verifier');
  const style = readFileSync(path.join(folder, 'page.css'), 'utf8').trimEnd();
  const code = await script(root);
  const parts = {
    '<!-- script -->': `<script>${code}</script>`,
    '<!-- style -->': `<style>${style}</style>`,
    '{{script-hash}}': sha(code),
    '{{style-hash}}': sha(style),
  };
  let html = readFileSync(path.join(folder, 'page.html'), 'utf8');
  for (const [mark, part] of Object.entries(parts)) {
    if (!html.includes(mark)) throw new Error(`src/verifier/page.html has no ${mark}`);
    html = html.replace(mark, () => part);
  }
  writeFileSync(outfile, html);
}
