// A real name server over UDP on loopback that ends with the test. It knows what a zone says and nothing else.
import {createSocket} from 'node:dgram';
import {onTestFinished} from 'vitest';
import type {RecordType, ResponseCode} from '../../src/look/net.ts';

/** Answers by question, such as `{'a.example A': ['192.0.2.1']}`; a code stands for an answer without records. */
export type Zone = Readonly<Record<string, readonly string[] | ResponseCode>>;

const types: Record<RecordType, number> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
};
const codes: Record<ResponseCode, number> = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
};

const short = (value: number): Buffer => Buffer.from([(value >> 8) & 255, value & 255]);
const long = (value: number): Buffer =>
  Buffer.concat([short(Math.floor(value / 65_536)), short(value % 65_536)]);
const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
const name = (value: string): Buffer =>
  Buffer.concat([...value.split('.').filter(Boolean).map(text), Buffer.from([0])]);

function ipv6(value: string): Buffer {
  const [head = '', tail = ''] = value.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map(one => parseInt(one, 16));
  const [left, right] = [groups(head), groups(tail)];
  const middle = Array.from({length: 8 - left.length - right.length}, () => 0);
  return Buffer.concat([...left, ...middle, ...right].map(short));
}

/** What stands behind the type in a zone file, as bytes of RFC 1035, 2782, 3596 and 8659. */
function data(type: RecordType, value: string): Buffer {
  const words = value.split(' ');
  const number = (i: number): number => Number(words[i]);
  switch (type) {
    case 'A':
      return Buffer.from(value.split('.').map(Number));
    case 'AAAA':
      return ipv6(value);
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return name(value);
    case 'TXT':
      return text(value);
    case 'MX':
      return Buffer.concat([short(number(0)), name(words[1] ?? '')]);
    case 'SRV':
      return Buffer.concat([short(number(0)), short(number(1)), short(number(2)), name(words[3] ?? '')]);
    case 'CAA':
      return Buffer.concat([Buffer.from([number(0)]), text(words[1] ?? ''), Buffer.from(words[2] ?? '')]);
    case 'SOA':
      return Buffer.concat([
        name(words[0] ?? ''),
        name(words[1] ?? ''),
        ...[2, 3, 4, 5, 6].map(i => long(number(i))),
      ]);
  }
}

interface Question {
  readonly name: string;
  readonly type: RecordType | undefined;
  /** The question as it came. */
  readonly bytes: Buffer;
}

function questionIn(packet: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.subarray(at + 1, at + 1 + length).toString());
    at += 1 + length;
  }
  const number = packet.readUInt16BE(at + 1);
  const type = Object.entries(types).find(([, value]) => value === number)?.[0];
  return {
    name: labels.join('.').toLowerCase(),
    type: Object.keys(types).find((one): one is RecordType => one === type),
    bytes: packet.subarray(12, at + 5),
  };
}

function answerTo(packet: Buffer, zone: Zone): Buffer {
  const {name: asked, type, bytes} = questionIn(packet);
  const found = zone[`${asked} ${type ?? '?'}`];
  const isName = Object.keys(zone).some(key => key.startsWith(`${asked} `));
  const code = typeof found === 'string' ? found : found === undefined && !isName ? 'NXDOMAIN' : 'NOERROR';
  const values = typeof found === 'string' || found === undefined || type === undefined ? [] : found;
  const records = values.map(value => {
    const content = data(type ?? 'A', value);
    return Buffer.concat([
      Buffer.from([0xc0, 12]),
      short(types[type ?? 'A']),
      short(1),
      long(60),
      short(content.length),
      content,
    ]);
  });
  return Buffer.concat([
    packet.subarray(0, 2),
    Buffer.from([0x81, 0x80 | codes[code]]),
    short(1),
    short(records.length),
    short(0),
    short(0),
    bytes,
    ...records,
  ]);
}

/** Its `address:port`, and the names that it was asked for; a zone that is undefined never answers. */
export async function nameServer(zone: Zone | undefined): Promise<{server: string; asked: string[]}> {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (packet, from) => {
    const {name: one, type} = questionIn(packet);
    asked.push(`${one} ${type ?? '?'}`);
    if (zone !== undefined) socket.send(answerTo(packet, zone), from.port, from.address);
  });
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(async () => new Promise<void>(resolve => socket.close(resolve)));
  return {server: `127.0.0.1:${socket.address().port}`, asked};
}
