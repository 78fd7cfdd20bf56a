const qualified = /\/microsoft\.graph\./gi;
const noArguments = /(?:\(\)|%28%29)(?=\/|$)/gi;
const keyInBrackets =
  /\/(users|chats|messages|members|presences|subscriptions)(?:\(|%28)(?:'|%27)((?:(?!'|%27).){1,1024})(?:'|%27)(?:\)|%29)(?=\/|$)/gi;

/**
 * The one spelling that routes know. Graph takes actions and functions short or qualified
 * (`…/microsoft.graph.softDelete`), functions with or without `()`, and keys as a segment or in brackets.
 */
export function canonicalUrl(url: string): string {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  if (!/[(%.]/.test(path)) return url;
  const canonical = path.replace(qualified, '/').replace(noArguments, '').replace(keyInBrackets, '/$1/$2');
  return mark === -1 ? canonical : canonical + url.slice(mark);
}

/** Every path, in the router's notation, that a template of the permission table stands for. */
export function expandTemplate(template: string): readonly string[] {
  const mounts = /^\{(owner|self|presence)\}/.exec(template);
  if (!mounts) return [toRouterPath(template)];
  const rest = template.slice(mounts[0].length);
  return (prefixes[mounts[1] ?? ''] ?? []).map((prefix) => toRouterPath(prefix + rest));
}

const prefixes: Readonly<Record<string, readonly string[]>> = {
  owner: ['', '/me', '/users/{user}'],
  self: ['/me', '/users/{user}'],
  presence: ['/me/presence', '/users/{user}/presence', '/communications/presences/{user}'],
};

function toRouterPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
