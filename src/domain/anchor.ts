// Where checkpoints are carried to, as the site file names it.

interface Named {
  readonly name: string;
  /** Whether it is another machine: SSH always, anything else only when the site says so. */
  readonly offHost: boolean;
}

export type FileAnchor = Named & {readonly type: 'file'; readonly path: string};
export type SyslogAnchor = Named & {
  readonly type: 'syslog';
  /** Of the receiver; undefined = /dev/log. */
  readonly socket: string | undefined;
};
export type SshAnchor = Named & {readonly type: 'ssh'; readonly host: string; readonly path: string};
export type Anchor = FileAnchor | SyslogAnchor | SshAnchor;

/** The place in one word or two, as receipts record it. */
export function placeOf(anchor: Anchor): string {
  switch (anchor.type) {
    case 'file':
      return anchor.path;
    case 'ssh':
      return `${anchor.host}:${anchor.path}`;
    case 'syslog':
      return anchor.socket ?? '/dev/log';
  }
}
