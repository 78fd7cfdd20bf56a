import { Type } from 'typebox';
import {
  address,
  ca,
  certificate,
  closed,
  domain,
  personAddress,
  secretSchema,
  text,
} from './schema-parts.ts';

const hostAndPort = '[A-Za-z0-9.-]+(:\\d{1,5})?|\\[[0-9A-Fa-f:.]+\\](:\\d{1,5})?';

/** How a pool is reached over SIP. What depends on each other is checked in `pools.ts`. */
const sip = Type.Object(
  {
    servers: Type.Optional(
      Type.Array(Type.String({ pattern: `^(${hostAndPort})$`, description: 'a host, or host:port' }), {
        minItems: 1,
        description: 'the front ends, all alike; left out: those that DNS names for domain',
      }),
    ),
    domain: Type.Optional(domain),
    transport: Type.Enum(['tls', 'tcp'], {
      default: 'tls',
      description: 'tls, or tcp (only to servers on this machine)',
    }),
    dialect: Type.Enum(['microsoft', 'simple'], {
      default: 'microsoft',
      description: 'microsoft (a Skype for Business pool) or simple (any other SIP server)',
    }),
    certificate: Type.Optional(certificate),
    name: Type.Optional(text('the name that the pool trusts (left out: that of the certificate)')),
    expiresSeconds: Type.Integer({
      minimum: 30,
      maximum: 86_400,
      default: 60,
      description: "how long a dead gateway's endpoints stay, in seconds from 30 to 86400",
    }),
  },
  { ...closed, description: 'how the pool is reached over SIP' },
);

/** A pool, and the way it is reached. */
export const pool = Type.Object(
  {
    name: text('the name that people refer to the pool by'),
    home: Type.Enum(['online', 'onPrem'], { description: 'online or onPrem' }),
    protocol: Type.Enum(['ucwa', 'sip'], { default: 'ucwa', description: 'ucwa or sip' }),
    discovery: Type.Optional(address('where autodiscovery starts')),
    sip: Type.Optional(sip),
    gatewayAccount: Type.Optional(
      Type.Object(
        { username: personAddress('the sign-in name of the account'), password: Type.Optional(secretSchema) },
        { ...closed, description: 'the account that writes for people without a link' },
      ),
    ),
    ca,
  },
  { ...closed, description: 'a Skype for Business pool' },
);
