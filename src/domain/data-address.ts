// Addresses of databases and servers that are written into files: they never hold a password.

export const postgresProtocols = ['postgres:', 'postgresql:'];
export const postgresSample = 'postgres://reader@db.example/orders';

/** What is wrong with an address; the address itself is not repeated, for it may hold a secret. */
export function addressProblem(
  url: string,
  protocols: readonly string[],
): 'not an address' | 'a password' | undefined {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !protocols.includes(parsed.protocol)) return 'not an address';
  return parsed.password === '' && !/[?&](?:password|passwd)=/i.test(parsed.search)
    ? undefined
    : 'a password';
}
