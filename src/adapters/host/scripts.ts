// What is asked of another host: texts for its `sh`, with the tools that every Unix has. Every value is a quoted word.
// The first word that each prints says what came of it: missing, denied, special, failed, or the answer's own name.
import {quoted} from '../../remote/quote.ts';

/** `gone`: why a name cannot be looked at, in the words of ls. `kind`: what a name is that is no regular file. */
const common = String.raw`
gone() {
  e=$(ls -ld $L -- "$1" 2>&1 >/dev/null)
  case $e in
    *'No such file'* | *'Not a directory'*) echo missing ;;
    *'ermission denied'*) echo denied ;;
    *'oo many '*' of symbolic links'*) echo round ;;
    *) echo "failed $e" ;;
  esac
}
special() {
  if [ -h "$1" ] && [ -z "$L" ]; then k=link
  elif [ -d "$1" ]; then k=directory
  elif [ -p "$1" ]; then k=fifo
  elif [ -S "$1" ]; then k=socket
  else k=device; fi
  echo "special $k"
}
regular() {
  L=-L
  if [ ! -e "$1" ]; then gone "$1"; return 1; fi
  if [ ! -f "$1" ]; then special "$1"; return 1; fi
  if [ ! -r "$1" ]; then echo denied; return 1; fi
}
sized() { set -f; set -- $(ls -Llind -- "$1"); i=$1; s=$6; set +f; }
`;

/** `mark` begins the answer and ends it, with the status; noise of a login stands before it. */
export const wrapped = (body: string, mark: string): string =>
  [
    'LC_ALL=C; TZ=UTC0; export LC_ALL TZ',
    common,
    `look() {\n${body}\n}`,
    `printf '\\n%s\\n' ${mark}`,
    'look </dev/null',
    `printf '\\n%s end\\n' ${mark}`,
    '',
  ].join('\n');

/** Words of GNU and busybox `stat`; where there is none, `ls` says the same less exactly. */
const statFormat = '%f %u %g %s %Y %i';

export const statScript = (path: string, follow: boolean): string => `
p=${quoted(path)}; L=${follow ? '-L' : ''}
if a=$(stat $L -c '${statFormat}' -- "$p" 2>/dev/null); then echo "stat $a"
elif a=$(ls -ldin $L -- "$p" 2>/dev/null); then echo "ls $(date -u +%Y-%m-%dT%H:%M:%SZ) $a"
else gone "$p"; return; fi
if [ -z "$L" ] && [ -h "$p" ]; then printf 'target '; readlink -- "$p" || ls -ld -- "$p" | sed 's/^.* -> //'; fi`;

export const readScript = (path: string, {maxBytes, from}: {maxBytes: number; from: number}): string => `
p=${quoted(path)}; f=${from}
regular "$p" || return
sized "$p"
if [ $f -lt 0 ]; then f=$((s + f)); [ $f -lt 0 ] && f=0; fi
echo "read $f $s $i"
if [ $f -eq 0 ]; then head -c ${maxBytes + 1} -- "$p"; else tail -c +$((f + 1)) -- "$p" 2>/dev/null | head -c ${maxBytes + 1}; fi`;

export const hashScript = (path: string, maxBytes: number): string => `
p=${quoted(path)}
regular "$p" || return
sized "$p"
if [ "$s" -gt ${maxBytes} ]; then echo "big $s"; return; fi
for tool in sha256sum 'shasum -a 256' 'openssl dgst -sha256 -r'; do
  if a=$($tool <"$p" 2>/dev/null); then echo "hashed $a"; return; fi
done
echo notool`;

export const listScript = (path: string, mark: string): string => `
p=${quoted(path)}; L=-L
if [ ! -e "$p" ]; then gone "$p"; return; fi
if [ ! -d "$p" ]; then echo missing; return; fi
if [ ! -r "$p" ] || [ ! -x "$p" ]; then echo denied; return; fi
cd -- "$p" || { echo denied; return; }
echo "listed $(date -u +%Y-%m-%dT%H:%M:%SZ)"
if stat -c %f . >/dev/null 2>&1
then find . ! -name . -prune -exec stat -c '${mark} stat ${statFormat} %n' -- {} + 2>/dev/null
else find . ! -name . -prune -exec ls -ldinq -- {} + 2>/dev/null | sed 's/^/${mark} ls /'
fi
true`;

export const spaceScript = (path: string): string => `
p=${quoted(path)}; L=-L
if [ ! -e "$p" ]; then gone "$p"; return; fi
echo measured
df -Pk -- "$p" 2>&1 | sed -n '2p'
echo inodes
df -Pi -- "$p" 2>/dev/null | sed -n '2p'`;

export const processesScript = (mark: string): string => String.raw`
if [ ! -r /proc/stat ] || [ ! -d /proc/self ]; then echo none; return; fi
echo "listed $(getconf CLK_TCK 2>/dev/null || echo 100)"
grep '^btime ' /proc/stat
cd /proc || return
for q in [0-9]*; do
  printf '\n%s %s\n' ${mark} "$q"
  cat "$q/status" "$q/cgroup" "$q/stat" "$q/cmdline" 2>/dev/null
done
true`;

export const listenersScript = String.raw`
if [ ! -r /proc/net/tcp ]; then echo none; return; fi
echo listed
for t in tcp tcp6 udp udp6; do echo "table $t"; cat "/proc/net/$t" 2>/dev/null; done
echo 'table holders'
w=$({ cat /proc/net/tcp /proc/net/tcp6; cat /proc/net/udp /proc/net/udp6; } 2>/dev/null |
  awk '$4 == "0A" || $4 == "07" {printf "%s%s", s, $10; s = "|"}')
ls -ln /proc/[0-9]*/fd 2>/dev/null | grep -E "^/proc/[0-9]+/fd:|socket:\[(${'$'}{w:-[0-9]+})\]"
true`;

export const environScript = (pid: number): string => `
[ -d /proc/self ] || { echo none; return; }
[ -d /proc/${pid} ] || { echo missing; return; }
e=$(cat /proc/${pid}/environ 2>&1 >/dev/null)
case $e in
  '') echo read; cat /proc/${pid}/environ ;;
  *'ermission denied'*) echo denied ;;
  *'No such'*) echo missing ;;
  *) echo "failed $e" ;;
esac`;

export const nowScript = 'echo "now $(date -u +%Y-%m-%dT%H:%M:%SZ)"';
