// The texts that a step sends to another host, for `sh` there: everything in them that is not ours is a quoted word.
import {quoted, type Words} from './quote.ts';

const idName = 'QUARTERDECK_EXEC_ID';

export interface RemoteStep {
  readonly argv: Words;
  readonly variables: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly login: boolean;
  /** 32 random hex digits: lines that begin with them are told to us, not to the output. */
  readonly nonce: string;
  /** Value of `QD_STEP`. */
  readonly mark: string;
  /** Random too: by it, in the environment, everything that the step started is found again. */
  readonly id: string;
  /** Whether a program that is not there is told as that, instead of as what `sh` makes of it. */
  readonly seek?: boolean;
}

const told = (nonce: string, word: string): string =>
  String.raw`printf '\n%s %s\n' ` + `${nonce} "${word}" >&2`;

const sought = (nonce: string, program: string): string =>
  `command -v -- ${quoted(program)} >/dev/null 2>&1 || { ${told(nonce, 'noprogram')}; exit 127; }`;

/**
 * Read by `sh` from its standard input. Variables are assigned from quoted words, never put into the command's text;
 * the command's own input is empty, so that it cannot read the rest. What it ends with is said on standard error, since
 * ssh's exit status 255 may be its own.
 */
export function remoteScript(step: RemoteStep): string {
  const {argv, variables, cwd, login, nonce, mark, id, seek = false} = step;
  const words = argv.map(quoted).join(' ');
  const set = Object.entries({...variables, QD_STEP: mark, [idName]: id}).map(
    ([name, value]) => `${name}=${quoted(value)}; export ${name}`,
  );
  return [
    ...set,
    ...(cwd === undefined ? [] : [`cd -- ${quoted(cwd)} || { ${told(nonce, 'nodir')}; exit 1; }`]),
    ...(seek ? [sought(nonce, argv[0])] : []),
    told(nonce, 'started $$'),
    ...(login ? ['case "${SHELL##*/}" in sh|bash|dash|ash|zsh|ksh|mksh) ;; *) SHELL=sh ;; esac'] : []),
    login ? `"$SHELL" -l -c 'exec "$@"' login ${words} </dev/null` : `${words} </dev/null`,
    'qd_status=$?',
    told(nonce, 'ended $qd_status'),
    'exit "$qd_status"',
    '',
  ].join('\n');
}

/** Ends everything with the step's session or id: TERM, up to `graceMs`, KILL; prints how many are left. */
export const endScript = ({
  pid,
  id,
  graceMs,
  account,
}: {
  readonly pid: number;
  readonly id: string;
  readonly graceMs: number;
  readonly account: string | undefined;
}): string => String.raw`
found() {
  marked=" $(cd /proc && grep -lF ${idName}=${id} [0-9]*/environ 2>/dev/null | tr '\n' ' ')"
  for d in /proc/[0-9]*; do
    q=${'$'}{d#/proc/}
    [ "$q" = "$$" ] || [ "$q" = ${pid} ] && continue
    read -r line 2>/dev/null <"$d/stat" || continue
    set -- ${'$'}{line##*) }
    [ "$1" = Z ] && continue
    case "$4:$marked" in ${pid}:* | *" $q/environ "*) echo "$q" ;; esac
  done
}
signal() {
  all=$(found)
  [ -z "$all" ] && return 1
  kill "-$1" $all 2>/dev/null${account === undefined ? '' : ` || sudo -n -u ${quoted(account)} -- kill "-$1" $all 2>/dev/null`}
  return 0
}
if [ ! -d /proc/self ]; then kill -TERM -- -${pid} 2>/dev/null; sleep 1; kill -KILL -- -${pid} 2>/dev/null; exit 0; fi
signal TERM
i=0
while [ -n "$(found)" ] && [ $i -lt ${Math.ceil(graceMs / 200)} ]; do sleep 0.2 2>/dev/null || sleep 1; i=$((i+1)); done
i=0
while signal KILL && [ $i -lt 20 ]; do i=$((i+1)); done
set -- $(found)
echo "left $#"
`;

export interface Told {
  readonly pid?: number;
  readonly status?: number;
  readonly noDir?: boolean;
  readonly noProgram?: boolean;
}

/** Takes our lines out of the stream, however it is cut. */
export function telling(nonce: string, tell: (told: Told) => void) {
  const marker = Buffer.from(`\n${nonce} `);
  let rest: Buffer = Buffer.alloc(0);
  const read = (line: string): void => {
    const [word, number] = line.split(' ');
    if (word === 'started') tell({pid: Number(number)});
    else if (word === 'ended') tell({status: Number(number)});
    else if (word === 'nodir') tell({noDir: true});
    else if (word === 'noprogram') tell({noProgram: true});
  };
  return {
    push: (chunk: Uint8Array): Uint8Array => {
      const out: Buffer[] = [];
      let data = Buffer.concat([rest, chunk]);
      for (let at = data.indexOf(marker); at !== -1; at = data.indexOf(marker)) {
        const end = data.indexOf(10, at + marker.length);
        out.push(data.subarray(0, at));
        data = data.subarray(at);
        if (end === -1) break;
        read(data.subarray(marker.length, end - at).toString());
        data = data.subarray(end - at + 1);
      }
      const held = data.indexOf(marker) === 0 ? data.length : heldBack(data, marker);
      rest = Buffer.from(data.subarray(data.length - held));
      return Buffer.concat([...out, data.subarray(0, data.length - held)]);
    },
    end: (): Uint8Array => {
      const last = rest;
      rest = Buffer.alloc(0);
      return last;
    },
  };
}

/** How many of the last bytes could still become the marker. */
function heldBack(data: Buffer, marker: Buffer): number {
  for (let length = Math.min(marker.length - 1, data.length); length > 0; length -= 1) {
    if (data.subarray(data.length - length).equals(marker.subarray(0, length))) return length;
  }
  return 0;
}
