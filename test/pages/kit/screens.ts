import type { Locator, Page } from 'playwright-core';

/** What both clients have, as a person uses it: by words and roles, never by structure. */
class ClientScreen {
  readonly root: Locator;

  constructor(root: Locator) {
    this.root = root;
  }

  async signIn(address?: string, password?: string): Promise<void> {
    if (address !== undefined) await this.root.getByLabel('Sign in as').selectOption(address);
    if (password !== undefined) await this.root.getByLabel('Password').fill(password);
    await this.root.getByRole('button', { name: 'Sign in' }).click();
  }

  /** The button with one's own picture, once it says `words`. */
  me(words: string | RegExp = ''): Locator {
    return this.root.getByRole('button', { name: /my status/ }).filter({ hasText: words });
  }

  async choose(status: string): Promise<void> {
    await this.me().click();
    await this.root.page().getByRole('button', { name: status, exact: true }).click();
  }

  /** Sets the note beside one's presence; its field is named as the product names it. */
  async say(field: string, note: string): Promise<void> {
    await this.me().click();
    await this.root.getByLabel(field).fill(note);
    await this.root.getByRole('button', { name: 'Set', exact: true }).click();
    await this.root.page().keyboard.press('Escape');
  }

  async signOut(): Promise<void> {
    await this.choose('Sign out');
    await this.root.getByRole('button', { name: 'Sign in' }).waitFor();
  }

  /** Somebody in the list, once the entry says `words`. */
  person(name: string, words: string | RegExp = ''): Locator {
    return this.root.getByRole('navigation').getByRole('button', { name }).filter({ hasText: words });
  }

  async write(text: string): Promise<void> {
    const box = this.root.getByRole('textbox', { name: 'Type a message' });
    await box.fill(text);
    await box.press('Enter');
  }

  /** A message of the open conversation, once it says `words` besides its text. */
  message(text: string, words: string | RegExp = ''): Locator {
    return this.root.getByRole('article').filter({ hasText: text }).filter({ hasText: words });
  }

  toast(text: string): Locator {
    return this.root.getByRole('alertdialog').filter({ hasText: text });
  }
}

export class TeamsScreen extends ClientScreen {
  async openToast(text: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: 'Open the chat' }).click();
  }
}

export class SkypeScreen extends ClientScreen {
  async accept(text: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: 'Accept' }).click();
  }

  async ignore(text: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: 'Ignore' }).click();
  }
}

/** The two halves of the split page. */
export function halves(page: Page): { readonly teams: TeamsScreen; readonly skype: SkypeScreen } {
  return {
    teams: new TeamsScreen(page.getByRole('region', { name: 'Teams', exact: true })),
    skype: new SkypeScreen(page.getByRole('region', { name: 'Skype for Business', exact: true })),
  };
}

/** A client that has the page for itself. */
export function whole(page: Page): { readonly teams: TeamsScreen; readonly skype: SkypeScreen } {
  const root = page.locator('#root');
  return { teams: new TeamsScreen(root), skype: new SkypeScreen(root) };
}
