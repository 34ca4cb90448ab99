// The origin: the name of one log, and of the key that signs its checkpoints.

const label = (text: string, fallback: string): string => {
  const clean = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, 63);
  return clean === '' ? fallback : clean;
};

/** `quarterdeck/<site>/<host>/<16 hex>`; site and host are brought to `[a-z0-9][a-z0-9.-]{0,62}`. */
export const originOf = (site: string, host: string, id: Uint8Array): string =>
  `quarterdeck/${label(site, 'site')}/${label(host, 'host')}/${Buffer.from(id).toString('hex')}`;

export const isOrigin = (text: string): boolean =>
  /^quarterdeck\/[a-z0-9][a-z0-9.-]{0,62}\/[a-z0-9][a-z0-9.-]{0,62}\/[0-9a-f]{16}$/.test(text);
