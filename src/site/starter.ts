// The starter site that `init` writes: small, commented, and green on any machine.

/** A site name made of a folder's name; only characters that need no quotes. */
export function starterName(folder: string): string {
  const name = folder
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 63);
  return name === '' ? 'my-site' : name;
}

/** Text of `quarterdeck.yaml`. */
export const starterSite = (
  name: string,
): string => `# A Quarterdeck site: what is watched here, and which runbooks belong to it.
# Check it with \`quarterdeck site lint\`. After each change, \`quarterdeck site trust\` shows what changed and
# lets commands run again.

site: ${JSON.stringify(name)}

# development, staging or production: decides the banner, its colour, and how strictly actions are confirmed.
environment: development

# Whom to call, shown in every run.
escalation:
  - {who: Platform on call, phone: "+00 000 000000", when: anything you are unsure about}

# How long the values beside the ledger's entries are kept; the entries themselves stay for good. Without this section
# nothing is erased by itself, \`quarterdeck ledger retention --dry-run\` shows what would be, and what is under a hold
# never is. archive copies entries that are older as verifiable bundles into a folder, best on another disk.
#
# retention:
#   outputs: 90d       # what steps printed
#   messages: 30d      # what checks said when they changed
#   notes: never       # notes, and the reasons typed in runs
#   archive: {after: 30d, dir: /srv/quarterdeck-archive}

# Where signed checkpoints of the ledger are carried to: a copy on another machine keeps even the owner of this one from
# rewriting the past. Sent at the end of a session and of a run, and every five minutes while there is something new;
# by hand with \`quarterdeck ledger anchor\`. docs/anchors.md says how each is set up, and what it proves.
#
# anchors:
#   witness: {type: ssh, host: witness, path: quarterdeck/notes}   # host: an alias of ~/.ssh/config, with a key
#   disk: {type: file, path: /mnt/backup/quarterdeck-notes}        # offHost: true when that is another machine
#   log: {type: syslog}                                            # offHost: true when that is sent on to one

# Values that may appear nowhere: not in what is recorded, not on a screen. Named by where they are kept, never
# written down here. Secrets of checks (\`env:NAME\`) and of runbooks (\`secrets:\`) are known without this.
#
# secrets:
#   DATABASE_PASSWORD: env:PGPASSWORD
#   API_KEY: file:/etc/myapp/api-key

# Where the steps of runbooks run and ask. \`on: db\` in a step means that host, through your own ssh; \`sql\` and
# \`promql\` steps name a source; a \`gate\` step looks at all checks of a gate, which must pass. phases: headings that
# your runbooks use, in any language, beside those that are known.
#
# hosts:
#   db: {ssh: db1.example}
# runAs: {local: deploy, db: postgres}                       # the account, when a step names none
# sources:
#   orders: {type: postgres, url: env:ORDERS_URL}            # or postgres://reader@db1.example/orders with ~/.pgpass
#   cache: {type: sqlite, path: /var/lib/myapp/cache.db}
#   metrics: {type: prometheus, url: "http://127.0.0.1:9090"}
# network: {allow: [169.254.169.254]}                        # what checks may reach although it is else refused
# gates:
#   deploy: {title: Ready to deploy, checks: [api/live, api/ready]}
# phases:
#   verify: [Abnahme]

services:
  this-machine:
    title: This machine
    owner: platform
    labels: [example]
    # Files in runbooks/, by name without .md, and runbooks that come with the program.
    runbooks: [look-at-this-machine]
    checks:
      # Fails when the root file system is full. Every check has a type, and a panel: health (does it live),
      # readiness (can it take work) or signals (everything else).
      root-disk:
        type: command
        panel: health
        argv: [df, -P, /]
        every: 1m
        timeout: 10s
        severity: sev3
        # Two failures in a row make it red, two passes make it green again.
        strikes: {fail: 2, recover: 2}
        expect: {exit: 0, stdoutNotContains: "100%"}

  # A web service; remove the # signs and put your own addresses in.
  #
  # api:
  #   title: Public API
  #   # What it promises: without fields 99.5 % in 30 days, decided by its health checks; \`quarterdeck slo\` tells
  #   # how much of the error budget is left (docs/slo.md).
  #   slo: {target: 99.9%, window: 30d, checks: [live]}
  #   runbooks: []
  #   checks:
  #     live: {type: http, panel: health, url: "http://127.0.0.1:8080/health", every: 30s, expect: {status: 200}}
  #     ready: {type: health, panel: readiness, url: "http://127.0.0.1:8080/ready", every: 15s,
  #             require: {db: ok, migrations: ok}}
  #     port: {type: tcp, panel: signals, host: 127.0.0.1, port: 8080, rollup: false}
  #     unit: {type: systemd, panel: signals, unit: api, expect: {activeState: active}}
  #     both: {type: consistency, panel: signals, when: {port: pass}, require: {live: pass},
  #            else: {verdict: warn, severity: sev3, message: the port answers but the service does not}}
`;

export const starterRunbookPath = 'runbooks/look-at-this-machine.md';

/** Any Markdown file is a runbook; the JSON behind a fence's language only adds what Markdown cannot say. */
export const starterRunbook = `---
title: Look at this machine
owner: platform
services: [this-machine]
---

# Look at this machine

What to look at first when this machine behaves strangely. Nothing here changes anything.

## Diagnose

1. Is the disk full?

   \`\`\`sh {"name":"disk","effect":"read","timeout":"10s"}
   df -h /
   \`\`\`

2. Is it busy, and for how long has it been up?

   \`\`\`sh {"name":"load","effect":"read","timeout":"10s"}
   cat /proc/loadavg /proc/uptime
   \`\`\`

## Verify

- You know whether disk or load explains what was seen.

## What not to do

- Do not restart anything before you know the cause.
`;
