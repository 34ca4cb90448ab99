// An HTTP request as a fence writes it: method and URL, headers, an empty line, the body.
import {defineStep} from '../define.ts';
import {limitsOf, unsupported} from './limits.ts';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The request in the text of a fence, or what is wrong with it. */
export function parseRequest(text: string): Request | {readonly problem: string} {
  const [first = '', ...rest] = text.split(/\r?\n/);
  const match = /^([A-Z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first.trim());
  const [, method, url] = match ?? [];
  if (method === undefined || url === undefined) {
    return {problem: 'its first line must be a method and a URL, such as `GET http://127.0.0.1:8080/ready`'};
  }
  if (!URL.canParse(url) || !/^https?:/.test(url))
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

export const http = defineStep({
  type: 'http',
  summary: 'Sends an HTTP request',
  by: 'runner',
  plan: (step, setting) => {
    const problem = unsupported(step);
    if (problem !== undefined) return {problem};
    const text = step.command ?? '';
    const open = setting.placeholders.find(name => text.includes(`<${name}>`));
    if (open !== undefined) return {problem: `<${open}> must be filled in; edit the runbook first`};
    const request = parseRequest(text);
    if ('problem' in request) return request;
    const {expect} = step.attributes;
    // A request cannot be left running past its limit: the answer is then unknown, and that is what is recorded.
    return {
      act: {at: 'http', ...request},
      lines: text.split('\n'),
      ...limitsOf(step),
      atLimit: 'kill',
      ...(expect === undefined ? {} : {expect}),
    };
  },
});
