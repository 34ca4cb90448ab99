// The bell of the terminal on which a command or a daemon was started; there may be none.
import type {Bell} from '../alert-ports.ts';

export const terminalBell = (stream: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): Bell => ({
  ring({isLoud}) {
    if (!stream.isTTY) return false;
    // What happened is said elsewhere: in the console's notice, the daemon's lines.
    if (isLoud) stream.write('\x07');
    return true;
  },
});
