import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Whole } from '../kit/whole.ts';
import { type OpenPage, PagesBrowser } from './kit/browser.ts';
import { halves } from './kit/screens.ts';

describe('a message that cannot be delivered', () => {
  let system: Whole;
  let browser: PagesBrowser;
  let open: OpenPage;
  before(async () => {
    [system, browser] = await Promise.all([Whole.open(), PagesBrowser.launch()]);
    open = await browser.open(`${system.url}/`);
    const { teams, skype } = halves(open.page);
    await teams.signIn();
    await skype.signIn();
    await teams.me('Available').waitFor();
    await skype.me('Available').waitFor();
  });
  after(async () => {
    await browser?.[Symbol.asyncDispose]();
    await system?.[Symbol.asyncDispose]();
  });

  it('from Teams says under itself why: the person is signed out', async () => {
    const { teams } = halves(open.page);
    await teams.person('Heidi Hall').click();
    await teams.write('Are you there?');
    await teams
      .message('Are you there?', /Not delivered.*Heidi Hall is offline/)
      .waitFor({ timeout: 40_000 });
  });

  it('from Teams says under itself why: the person declined', async () => {
    const { teams, skype } = halves(open.page);
    await teams.person('Bob Brown').click();
    await teams.write('Do you have a minute?');
    await skype.ignore('Do you have a minute?');
    await teams.message('Do you have a minute?', /Not delivered.*declined/).waitFor({ timeout: 40_000 });
  });

  it('from Skype for Business says under itself why: nobody is there', async () => {
    const { skype } = halves(open.page);
    await skype.person('Frank Fisher').click();
    await skype.write('Hello Frank');
    await skype.message('Hello Frank', /was not delivered.*Frank Fisher/).waitFor({ timeout: 40_000 });
    assert.deepEqual(open.faults, []);
  });
});
