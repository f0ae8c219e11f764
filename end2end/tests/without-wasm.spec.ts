// The six steps with JavaScript turned off, and with the WebAssembly kept away: plain links and forms (SPEC C4, P1).

import { readFileSync } from 'node:fs';

import { expect, test, type Way } from '../checks.ts';
import { ApiServer, PROJECT, parseKubeconfig } from '../cluster.ts';
import { UndoDialog } from '../pages/dialogs.ts';
import { detailsPath, listPath } from '../pages/musterbook.ts';

const ALIAS = 'kubesphere.io/alias-name';
const DESCRIPTION = 'kubesphere.io/description';

for (const way of ['without scripts', 'without wasm'] satisfies Way[]) {
  test.describe(way, () => {
    test.use({ way });

    test('C4 the main job, from signing in to deleting', async ({ as, accounts, admin, trouble }) => {
      test.slow();
      // The name that is refused in step 3.
      trouble.expect(/status of 422/);
      const name = accounts.name('plain');
      const musterbook = await as(null);
      const { page } = musterbook;

      await test.step('1 sign in, projects, a project', async () => {
        await (await musterbook.signIn()).as('project-regular');
        const projects = await musterbook.projects();
        await projects.search('staging');
        await expect(projects.names).toHaveText(['demo-staging']);
        await musterbook.projects();
        await projects.open(PROJECT);
        expect(musterbook.path).toBe(listPath());
      });

      const list = await musterbook.list();
      await test.step('2 find, sort, page', async () => {
        await list.searchField.fill('预览');
        await list.searchField.press('Enter');
        await expect(list.names).toHaveText(['preview-env']);
        expect(new URL(page.url()).searchParams.get('q')).toBe('预览');
        await page.goto(listPath());
        await list.sortBy('Name');
        await expect(list.sorted('Name')).toHaveAttribute('aria-sort', 'ascending');
        await list.nextPage();
        await expect(page).toHaveURL(`${listPath()}?sort=name&page=2`);
        await page.reload();
        await expect(list.sorted('Name')).toHaveAttribute('aria-sort', 'ascending');
      });

      await test.step('3 create', async () => {
        await page.goto(`${listPath()}?q=${name}`);
        const dialog = await list.create();
        await dialog.fill({ name: 'Not A Name', alias: '纯 HTML', description: 'Two\nlines', role: 'Role/viewer' });
        await dialog.submit();
        await expect(dialog.problem(/Only lowercase letters, digits and hyphens/)).toBeVisible();
        await expect(dialog.field('Alias')).toHaveValue('纯 HTML');
        await expect(dialog.field('Description')).toHaveValue('Two\nlines');
        await expect(dialog.roles).toHaveValue('Role/viewer');
        await dialog.fill({ name });
        await dialog.submitAndClose();
        expect(musterbook.path).toBe(`${listPath()}?q=${name}`);
        await expect(list.row(name)).toContainText('纯 HTML');
        expect((await admin.account(name)).metadata.annotations).toMatchObject({
          [ALIAS]: '纯 HTML',
          [DESCRIPTION]: 'Two\nlines',
        });
        expect((await admin.bindings(name)).map(({ roleRef }) => roleRef.name)).toEqual(['viewer']);
      });

      const details = await list.open(name);
      await test.step('4 details: information, role, YAML', async () => {
        const edit = await details.edit();
        await edit.field('Alias').fill('Changed');
        await edit.submitAndClose();
        await expect(page.getByRole('main')).toContainText('Changed');

        const role = await details.changeRole();
        await role.chooseRole('Role/operator');
        await role.submitAndClose();
        await (await UndoDialog.opened(musterbook)).close();
        await expect(details.fact('Project role')).toContainText('operator');
        await (await details.changeRole()).cancel();
        const none = await details.changeRole();
        await none.chooseRole('');
        await none.submitAndClose();
        await (await UndoDialog.opened(musterbook)).close();
        await expect(details.fact('Project role')).toContainText('No role');
        expect(await admin.bindings(name)).toEqual([]);

        const yaml = await details.editYaml();
        await yaml.replace(`${ALIAS}: Changed`, `${ALIAS}: By hand`);
        await yaml.save();
        await expect(musterbook.heading(name)).toBeVisible();
        await expect(page.getByRole('main')).toContainText('By hand');
      });

      await test.step('5 credentials', async () => {
        const legacy = await musterbook.details('legacy-bot');
        await expect(legacy.secret('legacy-bot-token')).toContainText('token');
        await musterbook.details(name);
        const dialog = await details.issue();
        const started = page.waitForEvent('download');
        await dialog.submitButton.click();
        const download = await started;
        expect(download.suggestedFilename()).toBe('kubeconfig.yaml');
        const account = new ApiServer(parseKubeconfig(readFileSync(await download.path(), 'utf8')));
        const answer = await account.ask('GET', `/api/v1/namespaces/${PROJECT}/pods`);
        expect(answer.body).toContain(`system:serviceaccount:${PROJECT}:${name}`);
      });

      await test.step('6 delete', async () => {
        const filtered = await musterbook.list(`?q=${name}`);
        const dialog = await filtered.delete(name);
        await expect(dialog.box).toContainText('Nothing else goes with it');
        await dialog.submitAndClose();
        await (await UndoDialog.opened(musterbook)).close();
        expect(musterbook.path).toBe(`${listPath()}?q=${name}`);
        await expect(page.getByRole('heading', { name: 'Nothing matches' })).toBeVisible();
        expect(await admin.accountExists(name)).toBe(false);
      });
    });

    test('X4 the name is asked for where something goes with the account', async ({ as, accounts, admin, trouble }) => {
      trouble.expect(/status of 422/);
      const name = await accounts.make('plain-used');
      await admin.bind(name, 'viewer');
      const dialog = await (await (await as('project-regular')).list(`?q=${name}`)).delete(name);
      await expect(dialog.box).toContainText('1 binding stays');
      await dialog.confirmation.fill('something else');
      await dialog.submit();
      await expect(dialog.problem("Type the account's name exactly.")).toBeVisible();
      expect(await admin.accountExists(name)).toBe(true);
      await dialog.confirmation.fill(name);
      await dialog.submitAndClose();
      expect(await admin.accountExists(name)).toBe(false);
    });

    test('A6 a refusal stands in the dialog, and what was typed stays', async ({ as, accounts, trouble }) => {
      trouble.expect(/status of 403/);
      const name = accounts.name('plain-denied');
      const musterbook = await as('project-viewer');
      await musterbook.goto(`${listPath()}?create`);
      const dialog = musterbook.dialog('Create Service Account');
      await dialog.getByRole('textbox', { name: 'Name' }).fill(name);
      await dialog.getByRole('button', { name: 'Create' }).click();
      await expect(dialog.getByRole('alert').filter({ hasText: `create serviceaccounts in ${PROJECT}` })).toBeVisible();
      await expect(dialog.getByRole('textbox', { name: 'Name' })).toHaveValue(name);
    });

    test('U1 U2 language and theme are chosen and signing out works', async ({ as }) => {
      const musterbook = await as(null);
      await (await musterbook.signIn(detailsPath('legacy-bot'))).as('project-viewer');
      await musterbook.choose('Theme', 'Dark');
      await expect(musterbook.page.locator('html')).toHaveAttribute('data-theme', 'dark');
      await musterbook.choose('Language', '简体中文');
      await expect(musterbook.page.locator('html')).toHaveAttribute('lang', 'zh-CN');
      expect(musterbook.path).toBe(detailsPath('legacy-bot'));
      await musterbook.choose('Language', 'English');
      await musterbook.signOut();
    });
  });
}
