// An HTTP request as a fence writes it: method and URL, headers, an empty line, the body.
import {carriedOut} from './carried.ts';
import {openText} from './open-text.ts';
import {stepType} from './step-type.ts';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The request in the text of a fence, or what is wrong with it. `<NAME>` stands for what is filled in later. */
export function parseRequest(text: string): Request | {readonly problem: string} {
  const [first = '', ...rest] = text.split(/\r?\n/);
  const match = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first.trim());
  const [, method, url] = match ?? [];
  if (method === undefined || url === undefined) {
    return {problem: 'its first line must be a method and a URL, such as `GET http://127.0.0.1:8080/ready`'};
  }
  if (!URL.canParse(url.replaceAll(/<[A-Z][A-Z0-9_]*>/g, '1')) || !/^https?:/.test(url))
    return {problem: `${url} is no absolute http or https URL`};
  const gap = rest.findIndex(line => line.trim() === '');
  const lines = gap === -1 ? rest : rest.slice(0, gap);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):\s*(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) return {problem: `"${line}" is no header line`};
    headers[name.toLowerCase()] = value;
  }
  const body = gap === -1 ? '' : rest.slice(gap + 1).join('\n');
  return {method, url, headers, ...(body === '' ? {} : {body})};
}

export const http = stepType({
  type: 'http',
  summary: 'Sends an HTTP request',
  by: 'runner',
  attributes: ['timeout', 'at-limit', 'retries', 'expect', 'capture', 're', 'on-disconnect', 'max-output'],
  example: `1. Take the node out of rotation.

   \`\`\`http {"effect":"write","timeout":"10s","expect":202}
   POST http://127.0.0.1:8080/admin/nodes/<node>/drain
   content-type: application/json

   {"reason": "<reason>"}
   \`\`\`
`,
  plan: (step, setting) => {
    const open = openText(step.command ?? '', setting);
    if ('problem' in open) return open;
    const {text, ...filling} = open;
    const request = parseRequest(text);
    if ('problem' in request) return request;
    const carried = carriedOut(step);
    if ('problem' in carried) return carried;
    if (step.attributes['at-limit'] === 'ask')
      return {problem: '"at-limit" can only be "kill": a request cannot be left running past its limit'};
    // The answer of a request that was ended is unknown, and that is what is recorded.
    return {act: {at: 'http', ...request}, lines: text.split('\n'), ...filling, ...carried, atLimit: 'kill'};
  },
});
