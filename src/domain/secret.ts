// How secrets are named in files: by reference only, never by value.

export type SecretReference =
  | {readonly at: 'env'; readonly name: string}
  | {readonly at: 'file'; readonly path: string}
  /** What is wrong with it; the text itself is not repeated, for it may be the secret. */
  | {readonly at: 'wrong'; readonly problem: string};

/** `env:NAME` or `file:/path`. */
export function secretReference(text: string): SecretReference {
  const [, variable] = /^env:([A-Za-z_]\w*)$/.exec(text) ?? [];
  if (variable !== undefined) return {at: 'env', name: variable};
  const [, path] = /^file:((?:\/|~\/).+)$/.exec(text) ?? [];
  if (path !== undefined) return {at: 'file', path};
  if (text.startsWith('file:')) return {at: 'wrong', problem: 'expected an absolute path behind file:'};
  const [, later] = /^(cmd|prompt)(?::|$)/.exec(text) ?? [];
  if (later !== undefined)
    return {at: 'wrong', problem: `${later} is not carried out by this version; use env:NAME or file:/path`};
  return {at: 'wrong', problem: 'expected env:NAME or file:/path, for a secret is never written down here'};
}

/** A secret as it is masked and handed to commands. */
export interface SecretValue {
  readonly name: string;
  readonly value: string;
}

/** Something in a text that must not be kept. */
export interface SecretFound {
  /** Name of the declared secret, or of the form, such as `github-token`. */
  readonly what: string;
  /** Offset in bytes. */
  readonly at: number;
  /** `declared`: the value itself. `form`: a key or token that looks like nothing else. `guess`: it stands where secrets stand. */
  readonly sure: 'declared' | 'form' | 'guess';
}
