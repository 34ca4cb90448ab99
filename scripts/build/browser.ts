// How code of the ledger is bundled for a browser: verify.html, and the tests that run the same code without one.
import path from 'node:path';

/** `crypto` stands in for node:crypto. */
export const browserOptions = (root: string, crypto = 'src/verifier/crypto.ts') => ({
  absWorkingDir: root,
  bundle: true,
  write: false as const,
  format: 'iife' as const,
  platform: 'browser' as const,
  target: 'es2024',
  charset: 'ascii' as const,
  legalComments: 'none' as const,
  logLevel: 'warning' as const,
  alias: {'node:crypto': path.join(root, crypto)},
  inject: [path.join(root, 'src/verifier/buffer.ts')],
});
