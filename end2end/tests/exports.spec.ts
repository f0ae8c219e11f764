// What is listed, as a file.

import { readFileSync } from 'node:fs';

import { parseAllDocuments } from 'yaml';

import { expect, test } from '../checks.ts';
import type { Thing } from '../cluster.ts';
import { listPath } from '../pages/musterbook.ts';

// A project whose list no other test counts.
const OTHER = 'other-project';
const LIST = listPath(OTHER, 'other-workspace');
/** Its administrator. */
const OWNER = 'outsider';

test.describe('L7 exports', () => {
  test('L7 the CSV has all that matches, on all pages, for a spreadsheet', async ({ as, accounts, admin }) => {
    const names = await Promise.all(Array.from({ length: 12 }, (_, number) => accounts.make(`csv-${number}`, {}, OTHER)));
    await admin.annotate(names[0] ?? '', {
      'kubesphere.io/alias-name': '=cmd|calc',
      'kubesphere.io/description': 'a "quoted", 预定义',
    }, OTHER);
    const binding = await admin.bind(names[1] ?? '', 'viewer', OTHER);
    const musterbook = await as(OWNER);
    const { page } = musterbook;
    await musterbook.hasHeardOf([...names, '=cmd|calc', binding], LIST);
    const downloaded = page.waitForEvent('download');
    await page.goto(`${LIST}/export.csv?q=e2e-csv&sort=name&page=2`).catch(() => undefined);
    const file = await downloaded;
    expect(file.suggestedFilename()).toBe(`${OTHER}.serviceaccounts.csv`);
    const text = readFileSync(await file.path(), 'utf8');
    expect(text.codePointAt(0)).toBe(0xfeff);
    const lines = text.slice(1).trimEnd().split('\r\n');
    expect(lines[0]).toBe('project,name,alias,description,role,state,bindings,pods,created,creator');
    expect(lines.slice(1).map(line => line.split(',')[1])).toEqual([...names].sort());
    const line = (name: string | undefined) => lines.find(text => text.startsWith(`${OTHER},${name},`));
    expect(line(names[0])).toContain(`,'=cmd|calc,"a ""quoted"", 预定义",,none,,0,`);
    expect(line(names[1])).toContain(`,Role/viewer,not-annotated,${names[1]}-viewer (Role/viewer),0,`);
  });

  test('L7 the YAML can be applied to another project, and holds no Secret', async ({ as, accounts, admin }) => {
    const annotations = { 'kubesphere.io/alias-name': 'on: yes', 'iam.kubesphere.io/role': 'viewer' };
    const name = await accounts.make('yaml', annotations, OTHER);
    const binding = await admin.bind(name, 'viewer', OTHER);
    const musterbook = await as(OWNER);
    await musterbook.hasHeardOf([name], LIST);
    const answer = await musterbook.page.request.get(`${LIST}/export.yaml?q=${name}`);
    expect(answer.headers()['content-disposition']).toBe(`attachment; filename="${OTHER}.serviceaccounts.yaml"`);
    const text = await answer.text();
    expect(text).not.toContain('uid');
    const objects = parseAllDocuments(text).map(document => document.toJS() as Thing | null);
    const things = objects.filter(object => object !== null);
    expect(things.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([
      ['ServiceAccount', name],
      ['RoleBinding', binding],
    ]);
    for (const { kind, metadata, ...rest } of things) {
      const resource = kind === 'ServiceAccount' ? '/api/v1' : '/apis/rbac.authorization.k8s.io/v1';
      const plural = kind === 'ServiceAccount' ? 'serviceaccounts' : 'rolebindings';
      const path = `${resource}/namespaces/demo-staging/${plural}?dryRun=All`;
      const made = await admin.must('POST', path, { kind, metadata, ...rest });
      expect(made.metadata.namespace).toBe('demo-staging');
    }
  });

  test('L7 A6 to an outsider there is nothing to take out', async ({ as }) => {
    const { page } = await as('outsider');
    for (const kind of ['csv', 'yaml']) {
      const answer = await page.request.get(`${listPath()}/export.${kind}`, { headers: { accept: 'text/html' } });
      expect([answer.status(), answer.headers()['content-disposition']]).toEqual([404, undefined]);
      expect(await answer.text()).toContain('It isn\'t there, or you may not know that it is.');
    }
  });
});
