import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const built = fileURLToPath(new URL('../../../web/dist/index.html', import.meta.url));

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The screen of a small laptop, and one that is smaller still. */
export const laptop: Size = { width: 1280, height: 720 };
export const small: Size = { width: 1024, height: 640 };
/** Held upright; half a laptop's screen at twice the size of letters is about as narrow. */
export const phone: Size = { width: 390, height: 844 };

/** A page and what went wrong in it: uncaught errors, dialogs, what the content policy refused. */
export interface OpenPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** The system's Chromium. Each page is a browser profile of its own, as another person at another machine. */
export class PagesBrowser implements AsyncDisposable {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async launch(): Promise<PagesBrowser> {
    if (!existsSync(built)) throw new Error('the pages are not built: npm run build:web');
    const browser = await chromium.launch({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    return new PagesBrowser(browser);
  }

  async open(url: string, size: Size = laptop): Promise<OpenPage> {
    const context = await this.#browser.newContext({ viewport: size, locale: 'en-GB' });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    const faults: string[] = [];
    page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
    page.on('dialog', (dialog) => {
      faults.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) faults.push(message.text());
    });
    await page.goto(url);
    return { page, faults };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
  }
}
