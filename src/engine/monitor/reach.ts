// Which addresses the looks of a site may reach: what it lists is added to each request, so that no check can forget.
import type {Ports} from '../../define.ts';

/** The same ports, for which `allow` is no longer refused. */
export function reaching(ports: Ports, allow: readonly string[]): Ports {
  if (allow.length === 0) return ports;
  const {http, net, tls, dns} = ports;
  return {
    ...ports,
    http: {request: async request => http.request({...request, allow})},
    net: {connect: async target => net.connect({...target, allow})},
    tls: {talk: async request => tls.talk({...request, allow})},
    dns: {ask: async request => dns.ask({...request, allow})},
  };
}
