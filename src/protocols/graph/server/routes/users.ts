import { badRequest } from '../../errors.ts';
import { matches, propertiesOf } from '../../odata.ts';
import type { DirectoryUser } from '../../resources.ts';
import { addressedUser } from '../access.ts';
import type { GraphBackend } from '../backend.ts';
import { contexts } from '../context.ts';
import {
  filterOption,
  listOption,
  nextLink,
  option,
  orderOption,
  type Query,
  refuseOptions,
  skipToken,
  topOption,
} from '../query.ts';
import type { Route } from '../route.ts';

const defaultProperties = [
  'id',
  'userPrincipalName',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'jobTitle',
  'mobilePhone',
  'officeLocation',
  'preferredLanguage',
  'businessPhones',
] as const satisfies (keyof DirectoryUser)[];

const userProperties: ReadonlySet<string> = new Set([
  ...defaultProperties,
  'accountEnabled',
  'userType',
  'proxyAddresses',
  'onPremisesExtensionAttributes',
] satisfies (keyof DirectoryUser)[]);

export function userRoutes(backend: GraphBackend): readonly Route[] {
  const one: Route['handle'] = async (call) => {
    const user = await addressedUser(backend, call);
    return {
      status: 200,
      body: { '@odata.context': contexts.user(call.base), ...selected(user, selectOption(call.query)) },
    };
  };
  return [
    { operation: 'GET /me', handle: one },
    { operation: 'GET /users/{user}', handle: one },
    {
      operation: 'GET /users',
      async handle({ claims, query, base, path }) {
        refuseOptions(query, ['$skip', '$search']);
        const top = topOption(query, { max: 999, default: 100 });
        const select = selectOption(query);
        const users = ordered(filtered(await backend.directory.list(claims.tenantId), query), query);
        const from = position(query);
        const more = users.length > from + top;
        return {
          status: 200,
          body: {
            '@odata.context': contexts.users(base),
            ...(option(query, '$count') === 'true' && { '@odata.count': users.length }),
            ...(more && { '@odata.nextLink': nextLink(base, path, query, String(from + top)) }),
            value: users.slice(from, from + top).map((user) => selected(user, select)),
          },
        };
      },
    },
  ];
}

function filtered(users: readonly DirectoryUser[], query: Query): readonly DirectoryUser[] {
  const filter = filterOption(query);
  if (filter === undefined) return users;
  propertiesOf(filter).forEach(requireUserProperty);
  return users.filter((user) => matches(filter, (name) => user[name as keyof DirectoryUser]));
}

function ordered(users: readonly DirectoryUser[], query: Query): readonly DirectoryUser[] {
  const order = orderOption(query);
  if (order === undefined) return users;
  if (order.property !== 'displayName' && order.property !== 'userPrincipalName') {
    throw badRequest(`Unsupported sort property '${order.property}' for 'User'.`);
  }
  const { property } = order;
  const sign = order.descending ? -1 : 1;
  return users.toSorted((a, b) => sign * a[property].localeCompare(b[property]));
}

/** @throws {GraphError} 400 for a property that no user has */
export function selectOption(query: Query): readonly string[] | undefined {
  const select = listOption(query, '$select');
  select?.forEach(requireUserProperty);
  return select;
}

function requireUserProperty(name: string): void {
  if (!userProperties.has(name)) {
    throw badRequest(`Could not find a property named '${name}' on type 'microsoft.graph.user'.`);
  }
}

/** What Graph answers of a user: what `$select` names, else what it gives unasked. */
export function selected(user: DirectoryUser, select: readonly string[] = defaultProperties): object {
  return Object.fromEntries(select.map((name) => [name, user[name as keyof DirectoryUser]]));
}

function position(query: Query): number {
  const token = skipToken(query) ?? '0';
  if (!/^\d{1,9}$/.test(token)) throw badRequest('Invalid $skiptoken');
  return Number(token);
}
