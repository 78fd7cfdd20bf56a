/**
 * The page by which a site of another origin calls a pool without CORS: the site puts it into a frame and
 * posts requests to it as JSON text, `{type, url, headers, data, messageId}`; it performs them and posts back
 * `{messageId, status, statusText, headers, responseText}`. `X-Ms-Origin` tells the server who asked.
 *
 * COMPAT: clients look header names up by their exact case, which browsers do not keep.
 */
const script = `
const spelling = { 'www-authenticate': 'WWW-Authenticate', 'x-ms-diagnostics': 'X-Ms-diagnostics', etag: 'ETag' };
const spelled = (name) => spelling[name] ?? name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());

async function perform(request, origin) {
  const url = new URL(request.url, location.href);
  if (url.origin !== location.origin) return { status: 403, statusText: 'Forbidden', headers: '', responseText: '' };
  const method = String(request.type).toUpperCase();
  const response = await fetch(url, {
    method,
    headers: { ...request.headers, 'X-Ms-Origin': origin },
    body: method === 'POST' || method === 'PUT' ? request.data : undefined,
    credentials: 'omit',
  });
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers].map(([name, value]) => spelled(name) + ': ' + value).join('\\r\\n'),
    responseText: await response.text(),
  };
}

addEventListener('message', async ({ data, source, origin }) => {
  let request;
  try {
    request = JSON.parse(data);
  } catch {
    return;
  }
  if (!source || typeof request?.url !== 'string') return;
  const answer = await perform(request, origin).catch((error) => ({
    status: 0,
    statusText: String(error.name),
    headers: '',
    responseText: '',
  }));
  source.postMessage(JSON.stringify({ ...answer, messageId: request.messageId }), origin);
});
`;

export const xframePage = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>XFrame</title>
<script>${script}</script>
</html>
`;
