// The English words that open a phase, as data: lower case, without punctuation and apostrophes; `*` stands for any words.
import type {PhaseTable} from './phases.ts';
import {words} from './word-list.ts';

/** First match wins, in this order. */
export const englishPhases: PhaseTable = {
  trigger: words(`
    trigger | triggers | symptom | symptoms | meaning | when to use | when to use this | use this * when |
    when | alert | alert details | detection | signs | what you see | problem | problem statement |
    use cases | when to run | when to run this | when to use this runbook | indicators |
    indicators of compromise | potential indicators of compromise | alert description | alert meaning |
    alert summary | alerts | what happened | what is happening | what it means | what this means |
    what does this alert mean | how to recognise | how to recognize | signals | error message |
    error messages | failure modes | possible alert variants | issue | incident description |
    triggers and symptoms | fires when | affected states | observed behaviour | observed behavior | scenario
  `),
  impact: words(`
    impact | impacts | user impact | severity | blast radius | business impact | consequences |
    impact and severity | customer impact | service impact | what is affected | who is affected |
    affected users | affected services | affected systems | risk | risks | potential impact |
    availability impact | severity and impact | priority | effects
  `),
  preconditions: words(`
    precondition | preconditions | prerequisite | prerequisites | pre requisites | requirements |
    before you begin | before you start | preflight | pre flight | preflight checks | pre checks |
    prechecks | preparation | before acting | assumptions | access | access needed | required access |
    access required | required permissions | permissions | required tools | tools | tools needed |
    what you need | you will need | you need | before starting | before you proceed | before proceeding |
    before running | prerequisite checks | preliminary checks | preliminary steps | setup | set up |
    readiness | entry criteria | entry conditions | go no go | pre deployment | pre deployment checks |
    pre deployment checklist | pre migration checks | pre maintenance | preparations | dependencies |
    do this first | preconditions and access | pre requirements | pre reqs | prereqs | prereq
  `),
  dont: words(`
    what not to do | dont | do not | donts | do not do | never | forbidden | prohibited | prohibitions |
    avoid | anti patterns | * forbidden | * are prohibited | never do this | things to avoid |
    dont do this | do not do this | things not to do | what to avoid |
    mistakes to avoid | must not | you must not | not allowed | no go | prohibited actions |
    forbidden actions | forbidden operations | never do | what never to do | hands off | out of bounds |
    do nots | donts and * are forbidden | do not use this for |
   
  `),
  safety: words(`
    safety | safety rules | safety rule | rules of safety | standing rules | what invalidates trust |
    trust invalidation triggers | safety notes | safety first | safety considerations |
    safety precautions | safety warnings | precautions | ground rules | golden rules | hard rules | rules |
    important rules | guardrails | guard rails | red lines
  `),
  diagnose: words(`
    diagnose | diagnosis | diagnostics | what to check | checks | possible checks | troubleshooting |
    troubleshooting pointers | investigation | investigate | triage | debugging | assessment |
    initial triage | how to diagnose | find the cause | analysis | root cause | root cause analysis |
    find the root cause | identify | identification | detection and analysis | check | checks to perform |
    what to look for | what to look at | where to look | steps to check | possible causes |
    potential causes | common causes | likely causes | causes | cause | how to investigate |
    how to troubleshoot | troubleshooting steps | troubleshooting guide | diagnostic steps |
    diagnostic commands | diagnosis steps | diagnostic | debug | debugging steps | inspect | inspection |
    health checks | health check | initial checks | initial diagnosis | initial assessment |
    initial investigation | first checks | quick checks | status checks | verify the problem |
    confirm the problem | confirm the issue | evidence | evidence collection | determine | determination |
    what to inspect | investigation steps | triage steps | confirm the alert | verify the alert |
    further investigation | determine the cause | gather information | collect evidence | look for |
    questions to answer
  `),
  'safe-actions': words(`
    safe actions | safe action | if it fails | if a step fails | fallback | safe to do | safe mitigations |
    allowed actions | safe fallback | fallbacks | fallback plan | contingency | contingency plan |
    if this fails | if that fails | if it does not work | if that does not work | if verification fails |
    on failure | in case of failure | what is safe | safe steps | what you can do safely | plan b |
    if something goes wrong | emergency stop
  `),
  rollback: words(`
    rollback | roll back | rollback plan | rollback procedure | rolling back | undo | revert | back out |
    backout plan | roll back plan | roll back steps | rollback steps | rollback instructions |
    rolling back the change | how to roll back | how to rollback | how to undo | reverting | revert plan |
    revert the change | undoing | reversal | restore previous version | abort and rollback |
    back out plan | backout | backout procedure | rollback and recovery | rollback strategy | fail back |
    failback
  `),
  'exit-criteria': words(`
    exit criteria | exit criterion | done when | completion criteria | acceptance criteria |
    definition of done | success criteria | done | when are you done | when you are done | done criteria |
    closing criteria | closure | close criteria | finish when | completion | resolved when |
    exit conditions | end state | expected end state | expected outcome | expected outcomes |
    desired state | all clear | success | go live criteria | closing the incident | sign off | signoff |
    exit criteria status
  `),
  verify: words(`
    verify | verification | validate | validation | post checks | postchecks | post flight | postflight |
    how to verify | confirm | confirmation | verify that it worked | verify the result | * only if |
    * if and only if * | verifying | verify success | verify recovery | verify resolution |
    verify the fix | verification steps | verify results | validation steps | validate the fix |
    post verification | post deployment verification | post deployment checks | post deployment |
    post incident checks | post migration checks | post restore checks | confirm success |
    confirm resolution | confirm recovery | confirm that it worked | check that it worked |
    checking the result | test | testing | smoke test | smoke tests | sanity checks | sanity check |
    acceptance | after the fix | how to confirm | expected result | expected results | post mitigation |
    post conditions | postconditions | success looks like
  `),
  escalate: words(`
    escalate | escalation | escalation path | escalations | who to call | contacts | getting help |
    escalation contacts | when to escalate | escalation procedure | escalation procedures |
    escalation policy | escalation matrix | escalation criteria | escalate to | escalate when |
    escalate if | points of contact | point of contact | contact | contact information | who to contact |
    when to call | whom to call | on call | on call contacts | support | need help | help | get help |
    paging | notify | notifications | communication | communications | communication plan | stakeholders |
    further help | ask for help | owners
  `),
  procedure: words(`
    procedure | steps | mitigation | mitigations | resolution | remediation | actions | action | recovery |
    recovery steps | fix | how to fix | workaround | solution | what to do | runbook steps | mitigate |
    resolution steps | corrective actions | immediate actions | response | execution | procedures |
    step by step | step by step guide | step by step instructions | response steps | recommended actions |
    recommended action | recommended steps | suggested actions | suggested action | required actions |
    action items | action plan | action steps | actions to take | action required | operator actions |
    operator action | corrective action | immediate action | immediate response | immediate steps |
    immediate mitigation | short term mitigation | long term fix | short term fix | temporary fix |
    permanent fix | quick fix | quick fixes | mitigation steps | mitigation actions |
    mitigation strategies | mitigation and resolution | remediation steps | remediation actions |
    remediate | remedy | remedies | resolve | resolving | how to resolve | how to mitigate |
    how to remediate | how to recover | how to recover from | how to respond | how to handle |
    how to proceed | recover | restore | restoration | restore service | repair | repair steps | fixes |
    fixing | fixing it | solutions | possible solutions | possible resolutions | possible fixes |
    possible actions | possible mitigations | possible workarounds | workarounds | playbook | plan |
    execution steps | execute | instructions | how to | howto | how to do it | run | running it | process |
    procedure steps | detailed steps | detailed procedure | containment | contain | eradication |
    eradicate | containment and eradication | recover and restore | failover | failover steps |
    deployment | deployment steps | deploy | migration | migration steps | upgrade | upgrade steps |
    upgrade procedure | implementation | implementation steps | maintenance | maintenance steps | tasks |
    checklist | operations | commands | usage | change | the fix | treatment | what can i do |
    what should i do | what do i do | what you should do | cleanup | clean up | clean up steps |
    walkthrough | first steps | next steps | follow up | follow ups | follow up actions | post incident |
    post incident actions | post incident activities | after the incident
  `),
  reference: words(`
    reference | references | notes | note | purpose | scope | purpose and scope | overview | summary |
    background | context | about | introduction | see also | links | related | related links |
    further reading | additional information | additional resources | additional notes |
    table of contents | contents | toc | logging | dashboards | metrics | goal | goals | description |
    guarantee boundaries | guarantees | glossary | appendix | changelog | history | useful links |
    resources | architecture | observability | more information | further information | more info |
    more details | details | documentation | links to further documentation | external links |
    related alerts | related runbooks | related documents | related docs | related resources |
    additional reading | additional resource | intro | executive summary | tl dr | tldr | faq |
    frequently asked questions | terminology | definitions | abbreviations | revision history |
    version history | document history | document control | change history | lessons learned |
    learning objectives | objectives | objective | examples | example | for example | audience |
    intended audience | ownership | owner | metadata | default definition | definition |
    default rule definition | query | rule | alert definition | alert rule | alert expression |
    expression | promql | explanation | theory | how it works | how this works | design | diagram |
    diagrams | attachments | disclaimer | license | contributing | credits | authors | maintainers |
    backlog | addressed backlog items | current backlog items | observability interface | trust | tips |
    tips and tricks | remarks | comments | caveats | known issues | known limitations | limitations | why |
    rationale | reason | reasons | monitoring | alerting | code of conduct | tags | service | services |
    post mortem | postmortem | post incident review | retrospective | review
  `),
};

/** Words that open a phase as a heading only: as a label in front of a fence or a sentence they say something smaller. */
export const headingsOnly: ReadonlySet<string> = new Set(
  words(`
    note | notes | example | examples | for example | run | execute | execution | commands | command | usage |
    query | rule | expression | promql | check | identify | determine | determination | inspect | test | testing |
    process | change | plan | tasks | restore | repair | resolve | recover | contain | deploy | remediate |
    details | why | reason | reasons | help | support | service | services | tags | owner | owners | trust |
    review | links | see also | reference | references | context | description | summary | alert | alerts |
    when | problem | issue | setup | set up | tools | access | severity | priority | maintenance | migration |
    explanation | tips | remarks | comments | caveats | logging | metrics | monitoring | success | done |
    instructions | how to | howto | scope | about | definition | documentation | attachments | license | operations |
    cause | causes | fix | fixes | solution | action | step | contact | contacts | notify | risk | risks | change |
    you need | confirm | scenario | evidence | look for | goal | goals | intro | tl dr | tldr | more info | more details |
    more information | cleanup | clean up | upgrade | deployment | first steps | next steps | failover | checklist
  `),
);
