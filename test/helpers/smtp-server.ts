// A small real SMTP server on loopback: takes mail, or says whatever the test wants it to say instead.
import {createServer, type Server, type Socket} from 'node:net';
import {TLSSocket} from 'node:tls';
import {onTestFinished} from 'vitest';

export interface SmtpOptions {
  /** Certificate and key (PEM): offers STARTTLS. */
  readonly tls?: {readonly cert: string; readonly key: string};
  /** `user` and `password` that it takes; offers AUTH PLAIN, after STARTTLS only where that is offered. */
  readonly login?: {readonly user: string; readonly password: string};
  /** What it answers to a command, instead of what it would; `hang` says nothing at all. */
  readonly says?: (command: string) => string | undefined;
}

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly isEncrypted: boolean;
  readonly user: string | undefined;
}

export interface SmtpServer {
  readonly port: number;
  readonly mails: TakenMail[];
  /** Every command that came, without what follows AUTH. */
  readonly commands: string[];
}

interface Talked {
  from: string;
  to: string[];
  user: string | undefined;
  isEncrypted: boolean;
}

export async function smtpServer(options: SmtpOptions = {}): Promise<SmtpServer> {
  const {tls, login, says} = options;
  const mails: TakenMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();

  const talk = (socket: Socket, talked: Talked): void => {
    let waiting = '';
    let data: string[] | undefined;
    const say = (text: string): void => {
      if (text !== 'hang') socket.write(`${text}\r\n`);
    };
    const plain = (given: string): string => {
      const [, user, password] = Buffer.from(given, 'base64').toString().split('\0');
      if (user !== login?.user || password !== login?.password) return '535 5.7.8 these are not known here';
      talked.user = user;
      return '235 2.7.0 welcome';
    };
    const greet = (): string => {
      const canLogin = login !== undefined && (tls === undefined || talked.isEncrypted);
      const offers = [
        'the.test',
        ...(tls !== undefined && !talked.isEncrypted ? ['STARTTLS'] : []),
        ...(canLogin ? ['AUTH PLAIN'] : []),
        '8BITMIME',
      ];
      return offers.map((offer, i) => `250${i === offers.length - 1 ? ' ' : '-'}${offer}`).join('\r\n');
    };
    const answer = (line: string): string | undefined => {
      const [word = '', ...rest] = line.split(' ');
      switch (word.toUpperCase()) {
        case 'EHLO':
        case 'HELO':
          return greet();
        case 'AUTH':
          return plain(rest[1] ?? '');
        case 'MAIL':
          talked.from = /<(.*?)>/.exec(line)?.[1] ?? '';
          talked.to = [];
          return '250 2.1.0 fine';
        case 'RCPT':
          talked.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
          return '250 2.1.5 fine';
        case 'DATA':
          data = [];
          return '354 go on';
        case 'QUIT':
          socket.end('221 2.0.0 bye\r\n');
          return undefined;
        default:
          return '250 2.0.0 fine';
      }
    };
    const upgrade = (): void => {
      socket.removeAllListeners('data');
      say('220 2.0.0 go ahead');
      const safe = new TLSSocket(socket, {isServer: true, cert: tls?.cert ?? '', key: tls?.key ?? ''});
      safe.on('error', () => undefined);
      talk(safe, {...talked, isEncrypted: true});
    };
    const onLine = (line: string): void => {
      if (data !== undefined) {
        if (line !== '.') {
          data.push(line.startsWith('..') ? line.slice(1) : line);
          return;
        }
        const text = data.join('\n');
        data = undefined;
        const instead = says?.('.');
        if (instead === undefined) mails.push({...talked, to: [...talked.to], data: text});
        say(instead ?? '250 2.0.0 taken');
        return;
      }
      commands.push(line.startsWith('AUTH') ? 'AUTH' : line);
      const instead = says?.(line);
      if (instead !== undefined) {
        say(instead);
        return;
      }
      if (line.toUpperCase() === 'STARTTLS' && tls !== undefined) {
        upgrade();
        return;
      }
      const said = answer(line);
      if (said !== undefined) say(said);
    };
    socket.on('data', (chunk: Buffer) => {
      waiting += chunk.toString('latin1');
      for (let end = waiting.indexOf('\r\n'); end !== -1; end = waiting.indexOf('\r\n')) {
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        onLine(line);
      }
    });
  };

  const server: Server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    const greeting = says?.('connect') ?? '220 the.test ready';
    if (greeting !== 'hang') socket.write(`${greeting}\r\n`);
    talk(socket, {from: '', to: [], user: undefined, isEncrypted: false});
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise(resolve => server.close(resolve));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {port: address.port, mails, commands};
}
