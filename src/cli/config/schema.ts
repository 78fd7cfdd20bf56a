import { type Static, Type } from 'typebox';
import { homes, modes } from '../../core/people.ts';
import { toastPolicies } from '../../core/toasts/policy.ts';
import { pool } from './pool-schema.ts';
import {
  address,
  ca,
  certificate,
  closed,
  domain,
  file,
  guid,
  milliseconds,
  personAddress,
  port,
  secretSchema,
  section,
  text,
  whole,
} from './schema-parts.ts';

export { type SecretSource, secretSchema } from './schema-parts.ts';

const tenant = Type.Object(
  {
    id: guid("the tenant's id"),
    domain,
    clientId: guid("the client id of the gateway's app registration"),
    secret: Type.Optional(secretSchema),
    certificate: Type.Optional(certificate),
    gatewayAccount: Type.Optional(
      Type.Object(
        { upn: personAddress('the sign-in name of the account'), password: Type.Optional(secretSchema) },
        { ...closed, description: 'the account that writes for people without a link' },
      ),
    ),
  },
  { ...closed, description: 'a Microsoft Entra tenant' },
);

const home = Type.Enum([...homes], { description: homes.join(', ') });
const mode = Type.Enum([...modes], { description: modes.join(', ') });

const personSchema = Type.Object(
  {
    id: personAddress("the person's user principal name"),
    displayName: text('the name people see'),
    objectId: Type.Optional(guid('the Entra object id (left out: no Teams account)')),
    sip: Type.Optional(
      Type.String({
        pattern: '^(sip:)?[^\\s@:]+@[^\\s@:]+\\.[^\\s@:]+$',
        description: 'the SIP address, such as sip:bob@contoso.example (left out: the same as id)',
      }),
    ),
    home: Type.Optional(home),
    pool: Type.Optional(text('the name of a configured pool')),
    mode: Type.Optional(mode),
  },
  { ...closed, description: 'a person' },
);

const extensionAttribute = (what: string) =>
  Type.Optional(
    Type.String({
      pattern: '^extensionAttribute([1-9]|1[0-5])$',
      description: `extensionAttribute1 to extensionAttribute15, the one that holds ${what}`,
    }),
  );

const peopleOfTenants = Type.Object(
  {
    enabled: Type.Boolean({ default: true, description: 'true or false' }),
    intervalMs: milliseconds(300_000, 1_000, 86_400_000, 'the time between two readings of who has changed'),
    skypeAttributes: Type.Optional(file('the SfB attributes that were exported, in CSV')),
    pools: Type.Record(Type.String(), text('the name of a configured pool'), {
      default: {},
      description: 'names of pools, by the home server or registrar pool that the attributes give',
    }),
    extensionAttributes: Type.Object(
      {
        mode: extensionAttribute('the coexistence mode'),
        home: extensionAttribute('the home'),
        pool: extensionAttribute('the name of the pool'),
      },
      {
        ...closed,
        default: {},
        description: 'the extension attributes that hold a mode, a home or a pool',
      },
    ),
  },
  { ...closed, description: 'how people are read from the tenants through Graph' },
);

const policyWord = Type.Enum(['bridged', 'microsoft'], { description: 'bridged or microsoft' });

const policySettings = Type.Object(
  {
    default: Type.Enum(['bridged', 'microsoft'], { default: 'bridged', description: 'bridged or microsoft' }),
    tenants: Type.Record(Type.String(), policyWord, {
      default: {},
      description: 'the policy for what the people of a tenant send, by its domain',
    }),
    people: Type.Record(Type.String(), policyWord, {
      default: {},
      description: 'the policy for what a person sends, by their id',
    }),
  },
  { ...closed, description: 'bridged or microsoft, or { default, tenants, people }' },
);

const toastWord = Type.Enum([...toastPolicies], { description: 'single or dual' });

const toastSettings = Type.Object(
  {
    default: Type.Enum([...toastPolicies], { default: 'single', description: 'single or dual' }),
    tenants: Type.Record(Type.String(), toastWord, {
      default: {},
      description: 'the toasts of the people of a tenant, by its domain',
    }),
    people: Type.Record(Type.String(), toastWord, {
      default: {},
      description: 'the toasts of a person, by their id',
    }),
  },
  { ...closed, description: 'single or dual, or { default, tenants, people }' },
);

const allow = Type.Optional(
  Type.Array(domain, {
    description: 'the only domains to federate with (left out: all that are not blocked)',
  }),
);
const block = Type.Array(domain, { default: [], description: 'domains that are not federated with' });

export const configSchema = Type.Object(
  {
    data: Type.String({ minLength: 1, default: 'data', description: 'the folder that holds all state' }),
    listen: section('where the gateway listens', {
      host: Type.String({ minLength: 1, default: '127.0.0.1', description: 'an address of this machine' }),
      port: port(7080, 'the port of console and pages'),
      tls: Type.Optional(
        Type.Object(
          {
            port: port(7480, 'the HTTPS port'),
            key: secretSchema,
            cert: file('the certificate chain in PEM'),
          },
          { ...closed, description: 'HTTPS beside HTTP' },
        ),
      ),
      publicUrl: Type.Optional(
        Type.String({
          pattern: '^https://[^/?#@]+(/[^?#]*)?$',
          description: 'the https address at which Microsoft Graph reaches the gateway',
        }),
      ),
      token: Type.Optional(secretSchema),
    }),
    teams: section('Microsoft Teams', {
      graph: address('Microsoft Graph', { default: 'https://graph.microsoft.com' }),
      authority: address('the sign-in', { default: 'https://login.microsoftonline.com' }),
      tenants: Type.Array(tenant, { default: [], description: 'a list of tenants' }),
      ca,
    }),
    skype: section('Skype for Business', {
      pools: Type.Array(pool, { default: [], description: 'a list of pools' }),
      sessionIdleMs: milliseconds(600_000, 1_000, 86_400_000, 'the silence after which a session is ended'),
    }),
    people: section('who is who', {
      file: Type.Optional(file('the people in YAML, JSON or CSV')),
      list: Type.Array(personSchema, { default: [], description: 'a list of people' }),
      graph: Type.Optional(peopleOfTenants),
      defaults: Type.Record(
        Type.String(),
        Type.Object(
          {
            home: Type.Optional(home),
            pool: Type.Optional(text('the name of a configured pool')),
            mode: Type.Optional(mode),
          },
          { ...closed, description: 'what holds for the people of a domain unless said of a person' },
        ),
        { default: {}, description: 'what holds for the people of a domain, by domain' },
      ),
    }),
    presence: section('how presence is mirrored', {
      leaseMs: milliseconds(
        60_000,
        5_000,
        14_400_000,
        'the time within which a client that vanished, or a change that nobody told of, is found out',
      ),
      paceMs: milliseconds(
        5_000,
        0,
        600_000,
        'the least time between two changes of one person shown on one side, signing out excepted',
      ),
      signOut: Type.Enum(['immediate', 'lazy'], {
        default: 'immediate',
        description: 'immediate, or lazy: who signs out is left to the other network to find out',
      }),
    }),
    delivery: section('how messages are brought over', {
      deadlineMs: milliseconds(30_000, 1_000, 600_000, 'the time by which a message is delivered or failed'),
      readBackMs: milliseconds(
        60_000,
        1_000,
        3_600_000,
        'the time between two rounds of reading back what Graph told nobody of',
      ),
      catchUpMs: milliseconds(
        86_400_000,
        60_000,
        2_592_000_000,
        'the age up to which a message that comes up late is still brought',
      ),
      mostUnderWay: whole(
        20_000,
        1,
        1_000_000,
        'the messages under way before further ones are refused for now',
      ),
      mostBytesUnderWay: whole(
        67_108_864,
        65_536,
        4_294_967_296,
        'the bytes of text under way before further messages are refused for now',
      ),
    }),
    ledger: section('what is kept, and for how long', {
      keepTextDays: whole(
        7,
        0,
        3_650,
        'the days after which the text of a message that has its end is erased',
      ),
      keepDays: whole(365, 31, 3_650, 'the days after which a message is forgotten altogether'),
      mostBytes: whole(
        10_737_418_240,
        16_777_216,
        1_099_511_627_776,
        'the bytes that the ledger may take up before messages are refused',
      ),
    }),
    policy: Type.Union([policyWord, policySettings], {
      default: 'bridged',
      description: 'bridged or microsoft, or { default, tenants, people }',
    }),
    toasts: section('where a conversation pops up for somebody with clients on both sides', {
      policy: Type.Union([toastWord, toastSettings], {
        default: 'single',
        description: 'single or dual, or { default, tenants, people }',
      }),
      fallOverMs: milliseconds(20_000, 500, 60_000, 'how long one client has a toast before the other'),
      inDoNotDisturb: Type.Boolean({
        default: false,
        description: 'true or false: toasts also in a client that is not to be disturbed',
      }),
    }),
    federation: section('which other organisations people may chat with', {
      allow,
      block,
      tenants: Type.Record(
        Type.String(),
        Type.Object({ allow, block }, { ...closed, description: 'lists of one tenant' }),
        { default: {}, description: 'lists of single tenants, by domain' },
      ),
    }),
    log: section('the log', {
      level: Type.Enum(['debug', 'info', 'warn', 'error', 'silent'], {
        default: 'info',
        description: 'debug, info, warn, error or silent',
      }),
    }),
    sandbox: section('the embedded servers', {
      enabled: Type.Optional(
        Type.Boolean({ description: 'true or false (left out: true where no network is configured)' }),
      ),
      ports: section('ports of the embedded servers over HTTP; their HTTPS is on the same plus 400', {
        graph: port(7081, 'the port of Graph and sign-in'),
        online: port(7082, 'the port of the online pool'),
        onPrem: port(7083, 'the port of the on-prem pool'),
        onlineSip: port(7060, 'the SIP port of the online pool over TCP; TLS is on the next'),
        onPremSip: port(7062, 'the SIP port of the on-prem pool over TCP; TLS is on the next'),
      }),
      protocols: section('how the gateway reaches the embedded pools', {
        online: Type.Enum(['ucwa', 'sip'], { default: 'ucwa', description: 'ucwa or sip' }),
        onPrem: Type.Enum(['ucwa', 'sip'], { default: 'sip', description: 'ucwa or sip' }),
      }),
    }),
  },
  { ...closed, description: 'the configuration of Isthmus', default: {} },
);

/** The checked file, with every default filled in. */
export type ConfigFile = Static<typeof configSchema>;
