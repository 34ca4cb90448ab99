import {describe, expect, test} from 'vitest';
import {overdueDays} from '../../src/domain/review.ts';
import {runbooksFor, searchRunbooks} from '../../src/domain/runbook-find.ts';
import type {Runbook} from '../../src/domain/runbook.ts';
import {parseRunbook} from '../../src/runbook/index.ts';

const book = (id: string, source: string): Runbook =>
  parseRunbook({file: `runbooks/${id}.md`, bytes: new TextEncoder().encode(source)});

const database = book(
  'database',
  `---
title: "Database Unavailable"
tags: [incident, db]
services: [api, worker]
severity: sev2
owner: platform
---

# Database Unavailable

## Symptoms

- Readiness is red and db has failed.

## Procedure

1. Start it

   \`\`\`sh {"name":"start","effect":"write","verify":"api/ready"}
   systemctl start postgresql
   \`\`\`
`,
);
const tunnel = book(
  'tunnel',
  '---\nservices: [tunnel]\ntags: [network]\n---\n\n# Tunnel down\n\n1. Look at the ready light\n',
);
const general = book(
  'general',
  '# Restart anything\n\n1. Restart it, then look whether the Postgres answers\n',
);
const many = book(
  'many',
  '---\nservices: [api]\n---\n\n# Collection\n\n## Disk full\n\n### Symptoms\n\n- The disk check is red.\n\n### Procedure\n\n1. Free some space\n\n## Certificates\n\n### Procedure\n\n1. Renew them\n',
);
const all = [tunnel, general, many, database];

describe('runbooks for an alert', () => {
  test('the one that looks at the failing check comes first, with its reasons; another service’s is left out', () => {
    const found = runbooksFor({service: 'api', tags: [], check: 'ready', parts: ['db'], runbooks: all});
    expect(found.map(({runbook}) => runbook.id)).toEqual(['database', 'many']);
    expect(found[0]?.why).toEqual(['looks at api/ready', 'for api', 'tag db', 'its symptoms name db']);
  });

  test('a full check name means the same as a short one', () => {
    const full = runbooksFor({service: 'api', tags: [], check: 'api/ready', runbooks: all});
    expect(full[0]?.why).toContain('looks at api/ready');
  });

  test('what the site names comes before everything else, with its procedure, in the order of the site', () => {
    const found = runbooksFor({
      service: 'api',
      suggested: ['many#disk-full', 'tunnel', 'database'],
      tags: [],
      runbooks: all,
    });
    expect(found.map(({runbook, procedure}) => [runbook.id, procedure?.id])).toEqual([
      ['many', 'disk-full'],
      ['database', undefined],
      ['tunnel', undefined],
    ]);
  });

  test('in a file of several procedures the one whose symptoms name the check is offered', () => {
    const found = runbooksFor({service: 'api', tags: [], check: 'disk', runbooks: [many]});
    expect(found[0]?.procedure?.id).toBe('disk-full');
  });

  test('a label of the service that is a tag is a reason for a file that names no service', () => {
    const tagged = book('tagged', '---\ntags: [Edge]\n---\n\n# Edge\n\n1. Look\n');
    expect(runbooksFor({service: 'gateway', tags: ['edge'], runbooks: [tagged, general]})[0]?.why).toEqual([
      'tag edge',
    ]);
    expect(runbooksFor({service: 'gateway', tags: [], runbooks: [general]})).toEqual([]);
  });
});

describe('search', () => {
  test('every word must be there; a title counts more than the text, and hits name their lines', () => {
    expect(searchRunbooks('postgres', all).map(({runbook}) => runbook.id)).toEqual(['database', 'general']);
    expect(searchRunbooks('database postgresql', all)[0]?.lines.map(({line}) => line)).toEqual([2, 9, 20]);
    expect(searchRunbooks('postgres nowhere', all)).toEqual([]);
    expect(searchRunbooks('  ', all)).toHaveLength(all.length);
  });

  test('a phrase stands in quotes', () => {
    expect(searchRunbooks('"ready light"', all).map(({runbook}) => runbook.id)).toEqual(['tunnel']);
    expect(searchRunbooks('"light ready"', all)).toEqual([]);
  });

  test.each([
    ['tag:DB', ['database']],
    ['service:tunnel', ['tunnel']],
    ['severity:sev2 owner:platform', ['database']],
    ['phase:trigger', ['many', 'database']],
    ['tag:d', []],
  ])('%s matches the field as a whole', (text, ids) => {
    expect(
      searchRunbooks(text, all)
        .map(({runbook}) => runbook.id)
        .toSorted(),
    ).toEqual(ids.toSorted());
  });
});

test('a review is overdue after its interval, and only when both dates say so', () => {
  const now = Date.UTC(2026, 6, 1);
  expect(overdueDays({reviewed: '2026-01-01', reviewEvery: '180d'}, now)).toBe(1);
  expect(overdueDays({reviewed: '2026-01-02', reviewEvery: '180d'}, now)).toBeUndefined();
  expect(overdueDays({reviewed: '2026-01-01'}, now)).toBeUndefined();
  expect(overdueDays({reviewed: 'last week', reviewEvery: '1d'}, now)).toBeUndefined();
});
