// Self-signed certificates with the days that a test needs, written as DER (RFC 5280, RFC 8410).
import {createHash, generateKeyPairSync, sign} from 'node:crypto';

export interface Certificate {
  readonly pem: string;
  readonly privatePem: string;
  /** SHA-256 of its DER, hex. */
  readonly fingerprint: string;
}

const item = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const {length: size} = body;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => item(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');

const ed25519 = sequence(hex('06032b6570'));
const name = sequence(item(0x31, sequence(hex('0603550403'), item(0x0c, Buffer.from('signing.test')))));
const time = (at: Date): Buffer =>
  item(0x18, Buffer.from(`${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`));

/** Of an Ed25519 key of its own. */
export function certificate({from, to}: {readonly from: Date; readonly to: Date}): Certificate {
  const {privateKey, publicKey} = generateKeyPairSync('ed25519');
  const spki = publicKey.export({format: 'der', type: 'spki'});
  const version3 = hex('a003020102');
  const body = sequence(version3, hex('020101'), ed25519, name, sequence(time(from), time(to)), name, spki);
  const der = sequence(body, ed25519, item(0x03, hex('00'), sign(null, body, privateKey)));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    privatePem: privateKey.export({format: 'pem', type: 'pkcs8'}).toString(),
    fingerprint: createHash('sha256').update(der).digest('hex'),
  };
}
