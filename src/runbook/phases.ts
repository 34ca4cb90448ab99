// The phase synonym table: which headings and labels open which phase. Data, so that a site can extend it.
import type {Phase} from '../domain/runbook.ts';

/** Lower-case words without punctuation; `*` stands for any words. First match wins, in this order. */
const phaseSynonyms: Readonly<Record<Phase, readonly string[]>> = {
  trigger: [
    'trigger',
    'triggers',
    'symptom',
    'symptoms',
    'meaning',
    'when to use',
    'when to use this',
    'use this * when',
    'when',
    'alert',
    'alert details',
    'detection',
    'signs',
    'what you see',
    'problem',
    'problem statement',
    'use cases',
  ],
  impact: ['impact', 'impacts', 'user impact', 'severity', 'blast radius', 'business impact', 'consequences'],
  preconditions: [
    'precondition',
    'preconditions',
    'prerequisite',
    'prerequisites',
    'pre requisites',
    'requirements',
    'before you begin',
    'before you start',
    'preflight',
    'pre flight',
    'preflight checks',
    'pre checks',
    'prechecks',
    'preparation',
    'before acting',
  ],
  dont: [
    'what not to do',
    'dont',
    'do not',
    'donts',
    'do not do',
    'never',
    'forbidden',
    'prohibited',
    'prohibitions',
    'avoid',
    'anti patterns',
    '* forbidden',
    '* are prohibited',
    'never do this',
    'things to avoid',
  ],
  safety: [
    'safety',
    'safety rules',
    'safety rule',
    'rules of safety',
    'standing rules',
    'what invalidates trust',
    'trust invalidation triggers',
  ],
  diagnose: [
    'diagnose',
    'diagnosis',
    'diagnostics',
    'what to check',
    'checks',
    'possible checks',
    'troubleshooting',
    'troubleshooting pointers',
    'investigation',
    'investigate',
    'triage',
    'debugging',
    'assessment',
    'initial triage',
    'how to diagnose',
    'find the cause',
  ],
  'safe-actions': ['safe actions', 'safe action', 'if it fails', 'if a step fails', 'fallback', 'safe to do'],
  rollback: [
    'rollback',
    'roll back',
    'rollback plan',
    'rollback procedure',
    'rolling back',
    'undo',
    'revert',
    'back out',
    'backout plan',
  ],
  'exit-criteria': [
    'exit criteria',
    'exit criterion',
    'done when',
    'completion criteria',
    'acceptance criteria',
    'definition of done',
    'success criteria',
  ],
  verify: [
    'verify',
    'verification',
    'validate',
    'validation',
    'post checks',
    'postchecks',
    'post flight',
    'postflight',
    'how to verify',
    'confirm',
    'confirmation',
    'verify that it worked',
    'verify the result',
    '* only if',
    '* if and only if *',
  ],
  escalate: [
    'escalate',
    'escalation',
    'escalation path',
    'escalations',
    'who to call',
    'contacts',
    'getting help',
    'escalation contacts',
    'when to escalate',
  ],
  procedure: [
    'procedure',
    'steps',
    'mitigation',
    'mitigations',
    'resolution',
    'remediation',
    'actions',
    'action',
    'recovery',
    'recovery steps',
    'fix',
    'how to fix',
    'workaround',
    'solution',
    'what to do',
    'runbook steps',
    'mitigate',
    'resolution steps',
    'corrective actions',
    'immediate actions',
    'response',
    'execution',
  ],
  reference: [
    'reference',
    'references',
    'notes',
    'note',
    'purpose',
    'scope',
    'purpose and scope',
    'overview',
    'summary',
    'background',
    'context',
    'about',
    'introduction',
    'see also',
    'links',
    'related',
    'related links',
    'further reading',
    'additional information',
    'additional resources',
    'additional notes',
    'table of contents',
    'contents',
    'toc',
    'logging',
    'dashboards',
    'metrics',
    'goal',
    'goals',
    'description',
    'guarantee boundaries',
    'guarantees',
    'glossary',
    'appendix',
    'changelog',
    'history',
    'useful links',
    'resources',
    'architecture',
    'observability',
  ],
};

/** `Symptoms/Trigger:` → `symptoms/trigger`: numbering, emoji and closing punctuation go. */
const normaliseTitle = (title: string): string =>
  title
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/^\s*(?:(?:step|phase|part)\s+)?\d+(?:\.\d+)*\s*[.):–—-]*\s+/u, '')
    .replace(/[^\p{L}\p{N}/&]+/gu, ' ')
    .trim();

type Table = Readonly<Partial<Record<Phase, readonly string[]>>>;

function lookUp(words: string, table: Table): Phase | undefined {
  for (const [phase, synonyms] of entries(table)) {
    for (const synonym of synonyms) if (fits(words, synonym)) return phase;
  }
  return undefined;
}

function entries(table: Table): [Phase, readonly string[]][] {
  const out: [Phase, readonly string[]][] = [];
  for (const phase of order) {
    const synonyms = table[phase];
    if (synonyms !== undefined) out.push([phase, synonyms]);
  }
  return out;
}

const order: readonly Phase[] = [
  'trigger',
  'impact',
  'preconditions',
  'dont',
  'safety',
  'diagnose',
  'safe-actions',
  'rollback',
  'exit-criteria',
  'verify',
  'escalate',
  'procedure',
  'reference',
];

function fits(words: string, synonym: string): boolean {
  const parts = synonym.split('*');
  if (parts.length === 1) return words === synonym;
  const [head = '', tail = ''] = [parts[0], parts.at(-1)];
  if (!words.startsWith(head) || !words.slice(head.length).endsWith(tail)) return false;
  let at = head.length;
  for (const part of parts.slice(1, -1)) {
    const found = words.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return words.length - tail.length > at || parts.length > 2;
}

/** The phase that a heading or label opens, if any; `extra` (the site's own words) goes before the table. */
export function matchPhase(title: string, extra: Table = {}): Phase | undefined {
  if (title.length > 80) return undefined;
  const words = normaliseTitle(title).replace(/\s*&\s*/g, ' and ');
  if (words === '') return undefined;
  const whole = lookUp(words, extra) ?? lookUp(words, phaseSynonyms);
  if (whole !== undefined) return whole;
  const parts = words.split(/\s*\/\s*|\s+and\s+|\s+or\s+/).filter(part => part !== '');
  if (parts.length < 2) return undefined;
  const found = parts.map(part => lookUp(part, extra) ?? lookUp(part, phaseSynonyms));
  return found.every(phase => phase !== undefined) ? found[0] : undefined;
}

/** How list items and paragraphs of a phase are read. */
export const phaseRole: Readonly<Record<Phase, 'act' | 'forbid' | 'read'>> = {
  trigger: 'read',
  impact: 'read',
  preconditions: 'act',
  safety: 'forbid',
  diagnose: 'act',
  procedure: 'act',
  verify: 'act',
  dont: 'forbid',
  'safe-actions': 'act',
  rollback: 'act',
  'exit-criteria': 'act',
  escalate: 'read',
  reference: 'read',
};
