// A plain reader of Markdown lines, written apart from the product's parser, that says what a corpus holds.

export interface ScannedBlock {
  /** Line of the fence, 1-based. */
  readonly line: number;
  /** Line where the text above it begins; the step may carry any line from here to the fence. */
  readonly from: number;
  /** Commands as a person would type them: prompts and output cut. */
  readonly command: string;
  readonly lang: string;
}

export interface Scanned {
  readonly blocks: readonly ScannedBlock[];
  /** Texts that stand in blocks which are plainly output or data, by the line of their fence. */
  readonly data: readonly {readonly line: number; readonly end: number; readonly text: string}[];
  /** Bullets and labels that forbid. */
  readonly bans: readonly {readonly line: number; readonly text: string}[];
  readonly unbalanced: boolean;
}

const shellNames = [
  'sh',
  'bash',
  'shell',
  'zsh',
  'console',
  'ksh',
  'shell-session',
  'shellsession',
  'terminal',
  'sh-session',
];
const programs =
  /^(?:sudo\s+)?(?:kubectl|oc|docker|systemctl|journalctl|curl|ssh|scp|cat|grep|ls|cd|psql|mysql|redis-cli|git|helm|aws|gcloud|az|terraform|ansible|ansible-playbook|knife|chef-client|apt-get|apt|yum|dnf|service|ps|df|du|free|top|tail|head|less|find|rm|cp|mv|mkdir|chmod|chown|export|echo|make|npm|pnpm|python3?|pip|bundle|rake|gitlab-ctl|gitlab-rails|consul|vault|nomad|etcdctl|virtctl|ceph|wget|dig|nslookup|ping|nc|netstat|ss|lsof|iptables|mount|umount|lsblk|pg_dump|pg_restore|openssl|kill|vim?|watch|jq|sed|awk)(?:\s|$)/;
const prompt = /^\s*(?:\$|[\w.-]+@[\w.-]+[^$#\n]*[$#]|\[[^\]]+\]\s?[$#]|(?:bash|sh)-[\d.]+[$#])\s+(?=\S)/;
const outputCue =
  /\b(?:example|sample|expected|typical)\s+(?:\w+\s+)?(?:output|response|result)|\boutput\b[^.]{0,20}:\s*$|looks?\s+(?:something\s+)?like|similar to|should (?:see|return|show|print|look)|will (?:see|return|show|print)|would (?:see|return|show)|following (?:error|message|output|log|alert)|^output/i;
const runCue = /\b(?:run|execute|use|type|enter|issue)\b[^.]*(?:command|following|script)/i;
const outputStart =
  /^\s*(?:[A-Z][A-Z0-9_()-]+(?:\s{2,}[A-Z][A-Z0-9_()% -]+)+\s*$|[{[]\s*$|\{"|apiVersion:|Error\b|error:|\d{4}-\d{2}-\d{2}[T ]|\|.*\|\s*$|<\?xml|HTTP\/\d)/;

export function scan(text: string): Scanned {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const blocks: ScannedBlock[] = [];
  const data: Scanned['data'][number][] = [];
  const bans: Scanned['bans'][number][] = [];
  let i = 0;
  if (/^(?:---|\+\+\+)\s*$/.test(lines[0] ?? '')) {
    const end = lines.findIndex((line, n) => n > 0 && line.trim() === lines[0]?.trim());
    if (end > 0) i = end + 1;
  }
  let cue = '';
  let cueLine = i + 1;
  let blank = true;
  let forbids = false;
  let inComment = false;
  let unbalanced = false;
  for (; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (inComment || /^\s*<!--/.test(line)) {
      inComment = !line.includes('-->');
      continue;
    }
    const open = /^(\s*(?:>\s?)*(?:(?:[-*+]|\d+[.)])\s+)*)(`{3,}|~{3,})\s*([^`]*)$/.exec(line);
    if (open === null) {
      if (line.trim() === '') blank = true;
      else {
        const wasBlank = blank;
        if (blank || /^\s*(?:[-*+]|\d+[.)])\s|^#/.test(line)) {
          cue = '';
          cueLine = i + 1;
        }
        cue += ` ${line.trim()}`;
        blank = false;
        forbids = label(line) ?? forbids;
        const begins = wasBlank || /^\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s/.test(line);
        const ban = begins ? banOf(line, forbids) : undefined;
        if (ban !== undefined) bans.push({line: i + 1, text: ban});
      }
      continue;
    }
    const [, indent = '', mark = '', info = ''] = open;
    const fence = i + 1;
    const body: string[] = [];
    const isEnd = (each: string): boolean => {
      const bare = each.replace(/^[\s>]*/, '').trimEnd();
      return bare.length >= mark.length && bare.replaceAll(mark.charAt(0), '') === '';
    };
    // A block inside an item ends with the item, closed or not.
    const left = (each: string): boolean =>
      /^\s+$/.test(indent) &&
      /^\s{0,3}(?:[-*+]|\d+[.)])\s|^#/.test(each) &&
      each.search(/\S/) < indent.length;
    for (i++; i < lines.length && !isEnd(lines[i] ?? '') && !left(lines[i] ?? ''); i++)
      body.push(dedent(lines[i] ?? '', indent));
    if (i >= lines.length || left(lines[i] ?? '')) {
      unbalanced = true;
      i--;
    }
    const lang = (/^[^\s{]*/.exec(info.trim())?.[0] ?? '').toLowerCase();
    const content = body.join('\n');
    const block = judge(lang, body, cue.split(/(?<=[.!?])\s+/).at(-1) ?? '');
    if (block === 'data') data.push({line: fence, end: i + 1, text: content});
    else if (block !== 'unclear')
      blocks.push({line: fence, from: cue === '' ? fence : cueLine, command: block.command, lang});
    blank = true;
    cue = '';
  }
  return {blocks, data, bans, unbalanced};
}

const dedent = (line: string, indent: string): string => {
  let at = 0;
  while (at < indent.length && /[\s>]/.test(line.charAt(at))) at++;
  return line.slice(at);
};

function judge(lang: string, body: readonly string[], cue: string): {command: string} | 'data' | 'unclear' {
  const filled = body.filter(line => line.trim() !== '');
  const [first = ''] = filled;
  const isShell = shellNames.includes(lang);
  if (!isShell && lang !== '') return 'data';
  if (filled.length === 0 || filled.every(line => line.trim().startsWith('#') && !prompt.test(line)))
    return 'unclear';
  if (body.some(line => prompt.test(line))) return {command: typed(body)};
  if (outputCue.test(cue) && !runCue.test(cue)) return 'data';
  if (outputStart.test(first)) return 'data';
  const root = /^#\s+/;
  if (
    lang !== 'sh' &&
    lang !== 'bash' &&
    root.test(first) &&
    programs.test(first.replace(root, '')) &&
    !filled.some(line => programs.test(line))
  )
    return {
      command: filled
        .filter(line => root.test(line))
        .map(line => line.replace(root, ''))
        .join('\n'),
    };
  const head = body.findIndex(line => /^\s*[A-Z][A-Z0-9_()-]+(?:\s+[A-Z][A-Z0-9:_()%-]*){2,}\s*$/.test(line));
  if (head > 0) return {command: body.slice(0, head).join('\n')};
  if (isShell && lang !== 'console') return {command: body.join('\n')};
  const real = filled.find(line => !line.trim().startsWith('#')) ?? '';
  return programs.test(real.trim()) ? {command: body.join('\n')} : 'unclear';
}

/** Lines with prompts, and those that continue them. */
function typed(body: readonly string[]): string {
  const out: string[] = [];
  let goesOn = false;
  let until: string | undefined;
  for (const line of body) {
    const cut = line.replace(prompt, '');
    if (until !== undefined) {
      out.push(line);
      if (line.trim() === until) until = undefined;
      continue;
    }
    if (goesOn || prompt.test(line)) {
      out.push(goesOn ? line : cut);
      until = /<<-?\s*["']?(\w+)/.exec(cut)?.[1];
      goesOn =
        /(?:\\|\||&&)\s*$/.test(cut) ||
        (out.join('\n').split("'").length % 2 === 0 && !out.join('\n').includes('"'));
    }
  }
  return out.join('\n');
}

/** Whether a heading or label opens (true) or ends (false) a part that forbids; undefined for other lines. */
function label(line: string): boolean | undefined {
  const words = line.replace(/[*_#:]/g, '').trim();
  const isLabel =
    /^#{1,6}\s/.test(line) ||
    /^\*\*[^*]+\*\*:?\s*$/.test(line.trim()) ||
    /^[A-Z][\w' /-]{2,40}:\s*$/.test(line);
  if (!isLabel) return undefined;
  return /^(?:what not to do|forbidden|never|do not|don't|things to avoid|prohibited)$/i.test(words);
}

/** The text of a bullet or label that forbids, or undefined. */
function banOf(line: string, forbids: boolean): string | undefined {
  const bullet = /^\s*(?:>\s*)*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(.*)$/.exec(line)?.[1];
  const words = (bullet ?? line)
    .replace(/^[\s>]*/, '')
    .replace(/[*_]/g, '')
    .replace(/^(?:note|warning|important|caution)[:!]?\s+/i, '')
    .replace(/^please\s+/i, '');
  if (/^(?:do not|don['’]t|never|avoid|must not)\s/i.test(words)) return words;
  return forbids && bullet !== undefined && /^[-*]\s/.test(line) ? words : undefined;
}
