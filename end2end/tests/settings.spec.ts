// Edit Settings: labels, annotations, the token in pods, pull secrets (SPEC X1, D6); who manages an account (E4), and what
// it is in a cloud (E5).

import { expect, hold, nextFrame, test, type Way } from '../checks.ts';
import { PROJECT, accountPath, type Admin, type Thing } from '../cluster.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

async function patch(admin: Admin, name: string, patch: unknown): Promise<Thing> {
  return admin.must('PATCH', accountPath(name), patch, 'application/merge-patch+json');
}

for (const way of ['live', 'without scripts'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('D6 labels and annotations are added, changed and removed, and nothing else is written', async ({ as, accounts, admin }) => {
      const name = await accounts.make('settings', { 'kubesphere.io/description': 'Kept', note: 'first\nsecond', gone: 'x' });
      await patch(admin, name, { metadata: { labels: { team: 'a' } } });
      const dialog = await (await (await as('project-regular')).details(name)).settings();
      await expect(await dialog.value('Annotations', 'note')).toHaveValue('first\nsecond');
      await (await dialog.value('Labels', 'team')).fill('b');
      await dialog.add('Labels', 'example.com/tier', '');
      await (await dialog.value('Annotations', 'note')).fill('two\nlines, 预');
      const gone = await dialog.row('Annotations', 'gone');
      if (way === 'live') await gone.getByRole('button', { name: 'Remove gone' }).click();
      else await gone.getByRole('textbox', { name: 'Key' }).fill('');
      if (way !== 'live') await gone.getByRole('textbox', { name: 'Value' }).fill('');
      await expect(dialog.automount('Not set')).toBeChecked();
      await dialog.submitAndClose();
      const account = await admin.account(name);
      expect(account.metadata.labels).toEqual({ team: 'b', 'example.com/tier': '' });
      expect(account.metadata.annotations).toEqual({ 'kubesphere.io/description': 'Kept', note: 'two\nlines, 预' });
      for (const field of ['automountServiceAccountToken', 'imagePullSecrets', 'secrets']) expect(account).not.toHaveProperty(field);
    });

    test('D6 the token in pods has three states, and unset is not off', async ({ as, accounts, admin }) => {
      const name = await accounts.make('settings-token');
      const musterbook = await as('project-regular');
      for (const [choice, stored] of [['Off', false], ['On', true], ['Not set', undefined]] as const) {
        const dialog = await (await musterbook.details(name)).settings();
        await expect(dialog.box).toContainText('each pod says; one that says nothing gets the token');
        await dialog.automount(choice).check();
        await dialog.submitAndClose();
        expect((await admin.account(name)).automountServiceAccountToken).toBe(stored);
      }
    });

    test('D6 pull secrets are picked from the project, and those that are missing are flagged', async ({ as, accounts, admin }) => {
      const name = await accounts.make('settings-pull');
      await patch(admin, name, { imagePullSecrets: [{ name: 'nobody-made-it' }] });
      const dialog = await (await (await as('project-regular')).details(name)).settings();
      const missing = dialog.pullSecrets.getByRole('listitem').filter({ hasText: 'nobody-made-it' });
      await expect(missing).toContainText('Missing');
      // Made by the sample; a token Secret pulls no image.
      await expect(dialog.pullSecrets.getByRole('listitem').filter({ hasText: 'registry-credentials' })).not.toContainText('Missing');
      await expect(dialog.pullSecret('legacy-bot-token')).toHaveCount(0);
      await dialog.pullSecret('registry-credentials').check();
      await dialog.field('Others, by name').fill('later, later-still');
      await dialog.submitAndClose();
      const names = ['nobody-made-it', 'registry-credentials', 'later', 'later-still'];
      expect((await admin.account(name)).imagePullSecrets).toEqual(names.map(name => ({ name })));
    });

    test('D6 what Kubernetes would refuse is told at its row, and nothing typed is lost', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 422/);
      const name = await accounts.make('settings-wrong', { note: 'x' });
      const dialog = await (await (await as('project-regular')).details(name)).settings();
      const key = await dialog.add('Labels', 'not a key', 'v');
      const value = await dialog.add('Labels', 'team', 'two words');
      const kept = await dialog.add('Annotations', 'kubesphere.io/creator', 'mallory');
      const twice = await dialog.add('Annotations', 'note', 'y');
      await dialog.field('Others, by name').fill('Not_A_Name');
      if (way === 'live') await dialog.submitButton.click();
      else await dialog.submit();
      await expect(key).toContainText('begins and ends with a letter or digit; a DNS name and a slash');
      await expect(value).toContainText('A label’s value has letters, digits');
      await expect(kept).toContainText('A tool keeps this key for itself.');
      await expect(twice).toContainText('There is an annotation with this key already.');
      await expect(dialog.problem('A Secret’s name has lowercase letters')).toBeVisible();
      await expect(value.getByRole('textbox', { name: 'Value' })).toHaveValue('two words');
      await expect(value.getByRole('textbox', { name: 'Value' })).toHaveAttribute('aria-invalid', 'true');
      expect((await admin.account(name)).metadata.annotations).toEqual({ note: 'x' });
    });

    test('X1 what somebody else set meanwhile stays; what both did is shown in both versions', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 409/);
      const name = await accounts.make('settings-clash', { both: '1', theirs: '1' });
      const dialog = await (await (await as('project-regular')).details(name)).settings();
      await (await dialog.value('Annotations', 'both')).fill('mine');
      await dialog.add('Labels', 'team', 'a');
      await dialog.automount('On').check();
      await patch(admin, name, {
        metadata: { annotations: { both: 'their value', theirs: null, new: 'x' } },
        automountServiceAccountToken: false,
      });
      await dialog.submit();
      await expect(dialog.box).toContainText('it is taken over: theirs, new');
      const row = await dialog.row('Annotations', 'both');
      await expect(row).toContainText('Theirs: their value');
      await expect(row.getByRole('textbox', { name: 'Value' })).toHaveValue('mine');
      await expect(dialog.box).toContainText('in the cluster it is now “Off”');
      await expect(dialog.automount('On')).toBeChecked();
      await expect(await dialog.value('Labels', 'team')).toHaveValue('a');
      expect((await admin.account(name)).metadata.labels).toBeUndefined();
      await row.getByRole('radio', { name: 'Theirs: their value' }).check();
      await dialog.submitAndClose();
      const { metadata, automountServiceAccountToken } = await admin.account(name);
      expect(metadata.annotations).toEqual({ both: 'their value', new: 'x' });
      expect([metadata.labels, automountServiceAccountToken]).toEqual([{ team: 'a' }, true]);
    });
  });
}

test('X1 what is typed while the answer is on its way stays, too', async ({ as, accounts, admin, trouble }) => {
  trouble.expect(/status of 409/);
  const name = await accounts.make('settings-typing', { note: 'At first' });
  const musterbook = await as('project-regular');
  const dialog = await (await musterbook.details(name)).settings();
  await (await dialog.value('Annotations', 'note')).fill('Mine');
  await patch(admin, name, { metadata: { annotations: { note: 'Theirs' } } });
  const release = await hold(musterbook.page, '**/api/accounts/settings');
  await dialog.submit();
  await dialog.add('Labels', 'typed', 'meanwhile');
  await (await dialog.value('Annotations', 'note')).fill('Mine, too');
  await dialog.automount('Off').check();
  release();
  await expect(await dialog.row('Annotations', 'note')).toContainText('Theirs: Theirs');
  await expect(await dialog.value('Annotations', 'note')).toHaveValue('Mine, too');
  await expect(await dialog.value('Labels', 'typed')).toHaveValue('meanwhile');
  await expect(dialog.automount('Off')).toBeChecked();
  await dialog.submitAndClose();
  const { metadata, automountServiceAccountToken } = await admin.account(name);
  expect([metadata.annotations, metadata.labels]).toEqual([{ note: 'Mine, too' }, { typed: 'meanwhile' }]);
  expect(automountServiceAccountToken).toBe(false);
});

test('D6 keys that tools keep are shown, and not to be changed here', async ({ as }) => {
  const dialog = await (await (await as('project-regular')).details('ci-deployer')).settings();
  await dialog.box.getByText('keys that tools keep for themselves').click();
  await expect(dialog.box.getByText('iam.kubesphere.io/role', { exact: true })).toBeVisible();
  await expect(dialog.rows('Annotations').getByRole('textbox', { name: 'Key' }).first()).toHaveValue('');
});

test('D6 while one types, nobody is told off in the middle of a word, and a wrong key is told', async ({ as, accounts }) => {
  const name = await accounts.make('settings-typing');
  const { page } = await as('project-regular').then(async musterbook => {
    await musterbook.goto(`${listPath()}?q=${name}&settings=${name}`);
    return musterbook;
  });
  const key = page.getByRole('group', { name: 'Labels' }).getByRole('textbox', { name: 'Key' }).first();
  await key.pressSequentially('example.com/');
  await expect(key).toHaveAttribute('aria-invalid', 'false');
  await key.pressSequentially(' ');
  await expect(key).toHaveAttribute('aria-invalid', 'true');
  await expect(key).toHaveAccessibleDescription(/A key has letters, digits/);
});

test('U3 settings with the keyboard alone', async ({ as, accounts, admin }) => {
  const name = await accounts.make('settings-keys');
  const musterbook = await as('project-regular');
  const { page } = musterbook;
  await musterbook.goto(`${listPath()}?q=${name}&settings=${name}`);
  const labels = page.getByRole('group', { name: 'Labels' });
  await nextFrame(page);
  await labels.getByRole('button', { name: 'Add a label' }).press('Enter');
  await expect(labels.getByRole('textbox', { name: 'Key' }).last()).toBeFocused();
  await page.keyboard.type('team');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a');
  await page.keyboard.press('Enter');
  await expect(musterbook.dialog(/./)).toBeHidden();
  expect((await admin.account(name)).metadata.labels).toEqual({ team: 'a' });
});

test('A6 who may not list Secrets is told so, and types a name', async ({ as, accounts, admin }) => {
  const name = await accounts.make('settings-unseen');
  const within = `/apis/rbac.authorization.k8s.io/v1/namespaces/${PROJECT}`;
  const metadata = { name: 'e2e-settings-editor' };
  const rules = [
    { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'patch'] },
    { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
  ];
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name };
  const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'newcomer' }];
  try {
    await admin.must('POST', `${within}/roles`, { metadata, rules });
    await admin.must('POST', `${within}/rolebindings`, { metadata, roleRef, subjects });
    await admin.untilAllowed('newcomer', { verb: 'patch', resource: 'serviceaccounts', namespace: PROJECT });
    const musterbook = await as('newcomer');
    const dialog = await (await musterbook.details(name)).settings();
    await expect(dialog.pullSecrets).toContainText('you may not list secrets');
    await dialog.field('Others, by name').fill('registry-credentials');
    await dialog.submitAndClose();
    expect((await admin.account(name)).imagePullSecrets).toEqual([{ name: 'registry-credentials' }]);
    // It follows the account, and would be refused that.
    await musterbook.page.close();
  } finally {
    await admin.ask('DELETE', `${within}/rolebindings/${metadata.name}`);
    await admin.ask('DELETE', `${within}/roles/${metadata.name}`);
  }
});

test('E4 who manages an account is said, with what that means for an edit', async ({ as, accounts, admin }) => {
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=shop-up');
  await expect(list.row('shop-uploader')).toContainText('Managed by Argo CD');
  const details = await list.open('shop-uploader');
  const note = 'Argo CD manages this account.';
  await expect(musterbook.page.getByRole('main')).toContainText(`${note} What differs from its source`);
  await expect(musterbook.page.getByRole('main')).toContainText('It comes from shop: better change it there.');
  for (const open of [() => details.edit(), () => details.settings(), () => details.changeRole()]) {
    const dialog = await open();
    await expect(dialog.box).toContainText(note);
    await dialog.cancel();
  }
  const cases = [
    [{ labels: { 'app.kubernetes.io/managed-by': 'Helm' }, annotations: { 'meta.helm.sh/release-name': 'redis' } }, 'Helm', 'puts back what the chart says'],
    [{ labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }, 'Flux', 'Within minutes it puts back what its source says.'],
    [{ labels: { 'olm.owner': 'etcd.v1' } }, 'OLM', 'for an operator'],
    [{ labels: { 'app.kubernetes.io/managed-by': 'Terraform' } }, 'Terraform', 'may put back its own version'],
  ] as const;
  const name = await accounts.make('managed');
  for (const [metadata, manager, means] of cases) {
    await patch(admin, name, { metadata: { labels: null, annotations: null } });
    await patch(admin, name, { metadata });
    await musterbook.details(name);
    await expect(musterbook.page.getByRole('main')).toContainText(`Managed by ${manager}`);
    await expect(musterbook.page.getByRole('main')).toContainText(means);
  }
});

test('E4 a federated account has a badge and no actions, and can’t be picked', async ({ as, accounts, admin }) => {
  const name = await accounts.make('federated');
  await patch(admin, name, { metadata: { labels: { 'kubefed.io/managed': 'true' } } });
  const musterbook = await as('project-regular');
  const list = await musterbook.list(`?q=${name}`);
  await expect(list.row(name)).toContainText('Federated');
  await expect(list.menuButton(name)).toHaveCount(0);
  await expect(list.pick(name)).toBeDisabled();
  const details = await list.open(name);
  await expect(details.editButton).toHaveCount(0);
  await expect(details.moreButton).toHaveCount(0);
  await musterbook.goto(`${detailsPath(name)}?settings=${name}`);
  await expect(musterbook.dialog(/^Edit Settings/)).toContainText('managed by a federation');
  await expect(musterbook.dialog(/^Edit Settings/).getByRole('button')).toHaveCount(0);
});

test('E5 a cloud identity is shown in the list, decoded on its page, and told before it is lost', async ({ as }) => {
  const musterbook = await as('project-regular');
  const list = await musterbook.list('?q=shop-up');
  await expect(list.row('shop-uploader')).toContainText('AWS identity');
  const dialog = await list.delete('shop-uploader');
  await expect(dialog.box).toContainText('Its pods are no longer this cloud identity, which itself stays');
  await expect(dialog.box).toContainText('arn:aws:iam::123456789012:role/shop/uploader');
  await expect(dialog.confirmation).toBeVisible();
  await dialog.cancel();
  const details = await list.open('shop-uploader');
  await expect(details.fact('Cloud identity')).toContainText('AWS: role shop/uploader of account 123456789012');
});

test('E5 what is not of the provider’s form is said to be wrong', async ({ as, accounts, admin }) => {
  const name = await accounts.make('cloud');
  const musterbook = await as('project-regular');
  for (const [annotations, said] of [
    [{ 'eks.amazonaws.com/role-arn': 'role/uploader' }, 'AWS: not of the form it must have, so it won’t work: arn:aws:iam::123456789012:role/NAME'],
    [{ 'iam.gke.io/gcp-service-account': 'uploader@shop-prod.iam.gserviceaccount.com' }, 'Google: service account uploader of project shop-prod'],
    [{ 'azure.workload.identity/client-id': 'uploader' }, 'Azure: not of the form'],
  ] as const) {
    await patch(admin, name, { metadata: { annotations: null } });
    await admin.annotate(name, annotations);
    const details = await musterbook.details(name);
    await expect(details.fact('Cloud identity')).toContainText(said);
  }
});
