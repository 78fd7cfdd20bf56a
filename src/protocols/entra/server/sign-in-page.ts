/** The sign-in form's page. Every value is escaped here; the page needs no script. */
export interface SignInPage {
  readonly action: string;
  /** The authorization request, sealed: the form brings it back unchanged. */
  readonly flow: string;
  readonly appName: string;
  readonly username: string;
  /** Why the form is shown again. */
  readonly problem: string | undefined;
}

export function signInPage(page: SignInPage): string {
  const problem =
    page.problem === undefined ? '' : `<p role="alert" class="problem">${escapeHtml(page.problem)}</p>`;
  return document(
    'Sign in',
    `<h1>Sign in</h1>
<p>to continue to ${escapeHtml(page.appName)}</p>
${problem}
<form method="post" action="${escapeHtml(page.action)}" autocomplete="on">
<input type="hidden" name="flow" value="${escapeHtml(page.flow)}">
<label for="username">Account</label>
<input id="username" name="username" type="text" inputmode="email" autocomplete="username" required value="${escapeHtml(page.username)}"${page.username === '' ? ' autofocus' : ''}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${page.username === '' ? '' : ' autofocus'}>
<button type="submit">Sign in</button>
</form>`,
  );
}

export function messagePage(title: string, text: string): string {
  return document(title, `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(text)}</p>`);
}

const style = `body{font:16px/1.4 "Segoe UI",system-ui,sans-serif;background:#f2f2f2;color:#1b1b1b;margin:0}
main{max-width:22rem;margin:12vh auto;padding:2.5rem;background:#fff;box-shadow:0 2px 6px #0003;overflow-wrap:anywhere}
h1{font-size:1.5rem;font-weight:600;margin:0 0 .25rem}label{display:block;margin-top:1rem}
input{width:100%;box-sizing:border-box;font:inherit;padding:.4rem;border:1px solid #666;margin-top:.25rem}
button{font:inherit;margin-top:1.5rem;padding:.4rem 2rem;background:#0067b8;color:#fff;border:0;cursor:pointer}
:focus-visible{outline:2px solid #0067b8;outline-offset:2px}.problem{color:#b10e1c}`;

function document(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>${style}</style></head>
<body><main>${body}</main></body></html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
