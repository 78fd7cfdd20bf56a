import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Whole } from '../kit/whole.ts';
import { PagesBrowser } from './kit/browser.ts';

const token = 'a-token-of-at-least-thirty-two-characters';

describe('the console of a gateway that other machines can reach', () => {
  let system: Whole;
  let browser: PagesBrowser;
  before(async () => {
    system = await Whole.open({ ISTHMUS_LISTEN_HOST: '0.0.0.0', ISTHMUS_LISTEN_TOKEN: token });
    browser = await PagesBrowser.launch();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
  });

  it('asks for the operators’ token, refuses another, and remembers it in this tab', async () => {
    const { page, faults } = await browser.open(`http://127.0.0.1:${new URL(system.url).port}/console`);
    const field = page.getByLabel('Operators’ token');
    await field.fill('wrong');
    await page.getByRole('button', { name: 'Open the console' }).click();
    await page.getByText('The gateway does not take this token.').waitFor();
    await field.fill(token);
    await page.getByRole('button', { name: 'Open the console' }).click();
    await page.getByText('No message has passed yet.').waitFor();
    await page.reload();
    await page.getByText('No message has passed yet.').waitFor();
    assert.deepEqual(faults, []);
  });
});
