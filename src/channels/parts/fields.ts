// Fields that several channels share. All survive being parsed twice: as the site file has them, with references, and
// with what the references lead to.
import {z} from 'zod';

export const isReference = (text: string): boolean => /^(?:env|file):/.test(text);

/** The site file may only hold a reference here; what it leads to is any text of one line. */
export const secret = z
  .string()
  .min(1, 'is empty')
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'expected one line without control characters');

const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export const isLoopback = (host: string): boolean => loopback.test(host);

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'expected an address such as https://hooks.example/alerts';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'a password does not belong into the address';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return `${url.protocol} is not https:`;
  return isLoopback(url.hostname)
    ? undefined
    : 'expected https:, for what is sent in the clear can be read on its way';
}

const checked = z.string().superRefine((text, context) => {
  const message = isReference(text) ? undefined : urlProblem(text);
  if (message !== undefined) context.addIssue({code: 'custom', message});
});

/** https:, or http: to this machine. */
export const address = checked;

/** The same, for what other paths are put behind. */
export const baseAddress = checked.refine(text => isReference(text) || !/[?#]/.test(text), {
  message: 'expected an address without ? and #',
});

/** `base` and a path, whether or not the base ends in a slash. */
export const under = (base: string, path: string): string => `${base.replace(/\/+$/, '')}${path}`;

/** A text as one segment of a path; a colon stays as it is. */
export const segmentOf = (text: string): string => encodeURI(text).replace(/[/?#]/g, encodeURIComponent);

/** Where an address leads, without what may be secret in its path. */
export const originOf = (text: string): string => (URL.canParse(text) ? new URL(text).origin : text);
