// Fields that several check types share. All survive being parsed twice: params are parsed where they are read
// from the site file and again where they are run.
import {z} from 'zod';
import {durationMs} from '../../src/domain/duration.ts';

/** `500ms`, `10s`, `2m`, `1h`; stays text. */
export const duration = z
  .string()
  .refine(text => (durationMs(text) ?? 0) > 0, 'expected a time such as 500ms, 10s or 2m');

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'expected an address such as http://127.0.0.1:8080/health';
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return `${url.protocol} is not http: or https:`;
  if (url.username !== '' || url.password !== '')
    return 'a password does not belong into the address: use a header with env:NAME';
  return undefined;
}

export const httpUrl = z.string().superRefine((text, context) => {
  const message = urlProblem(text);
  if (message !== undefined) context.addIssue({code: 'custom', message});
});

export const httpStatus = z.int().min(100).max(599);

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'not the name of a header');
const headerValue = z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value is one line of Latin text');

export const requestHeaders = z
  .record(headerName, headerValue)
  .describe(
    'Headers to send. `env:NAME`, `file:/path` or `Bearer env:NAME` takes the value from the environment or a file.',
  );

export const ipAddress = z
  .string()
  .refine(
    text => z.ipv4().safeParse(text).success || z.ipv6().safeParse(text).success,
    'expected an address such as 10.0.0.7',
  );

export const hostName = z.string().regex(/^[A-Za-z0-9._:%-]{1,255}$/, 'expected a host name or an address');

export const portNumber = z.int().min(1).max(65_535);

export const onHost = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'expected `local` or a name under `hosts`')
  .default('local')
  .describe('The host to look at: `local`, or a name under `hosts` of the site.');

/** A path of the host that is looked at, without anything that has to be resolved. */
export const absolutePath = z
  .string()
  .max(4096)
  .regex(/^\/(?!.*\0)/s, 'expected an absolute path such as /var/lib/app')
  .refine(path => !path.split('/').includes('..'), 'expected a path without `..`');

/** Permission bits as people write them; quoted in YAML, where 0600 would be a number. */
export const fileMode = z.string().regex(/^0?[0-7]{3}$/, 'expected a mode in quotes, such as "0600"');

/** Longest body that is read, in decompressed bytes. */
export const maxBodyBytes = 1024 * 1024;
