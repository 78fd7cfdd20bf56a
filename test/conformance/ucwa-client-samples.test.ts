import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Application } from '../../src/protocols/ucwa/client/application.ts';
import { createApplication } from '../../src/protocols/ucwa/client/application.ts';
import { type ParsedPackage, parsePackage } from '../../src/protocols/ucwa/client/events.ts';
import { createMessaging } from '../../src/protocols/ucwa/client/messaging.ts';
import { readContact, readContactPresence, search } from '../../src/protocols/ucwa/client/people.ts';
import type { Answer, CallOptions, Requester } from '../../src/protocols/ucwa/client/requester.ts';
import { checks } from '../../src/protocols/ucwa/client/shapes.ts';
import { ticketServiceOf } from '../../src/protocols/ucwa/client/web-ticket.ts';
import { isObject } from '../../src/protocols/ucwa/hal.ts';
import { ManualClock } from '../kit/manual-clock.ts';
import { referencePath, withReference } from '../kit/reference.ts';

interface Sample {
  readonly kind: string;
  readonly page: string;
  readonly resource: string;
  readonly method?: string | null;
  readonly url?: string | null;
  readonly status?: number | null;
  readonly responseHeaders?: Readonly<Record<string, string | string[]>> | null;
  readonly responseBody?: unknown;
  readonly tier: string;
}

const host = new URL('https://lyncweb.contoso.com');
const signal = new AbortController().signal;

/** Answers from the documentation's samples, and notes what was asked. */
function replay(answers: Readonly<Record<string, Partial<Answer>>>) {
  const asked: { readonly line: string; readonly options: CallOptions }[] = [];
  const requester: Requester = {
    async call(method, href, options) {
      const line = `${method} ${new URL(href, host).pathname}`;
      asked.push({ line, options });
      const answer = answers[line];
      assert.ok(answer, line);
      return { status: 200, body: undefined, location: undefined, ...answer };
    },
  };
  return { asked, requester };
}

withReference('the client reads the samples of the UCWA documentation', () => {
  const samples = readFileSync(referencePath('data/ucwa-samples.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line): Sample => JSON.parse(line));
  const walkthrough = samples.filter(({ tier }) => tier.startsWith('walkthrough'));

  const find = (page: string, resource: string, method: string): Sample => {
    const found = walkthrough.find(
      (sample) =>
        sample.page === page && sample.resource === resource && sample.method === method && sample.status,
    );
    assert.ok(found, `${page}: ${method} ${resource}`);
    return found;
  };

  const packagesOf = (page: string): readonly ParsedPackage[] =>
    walkthrough
      .filter(
        (sample) => sample.page === page && isObject(sample.responseBody) && 'sender' in sample.responseBody,
      )
      .flatMap((sample) => parsePackage(sample.responseBody) ?? []);

  const signedIn = async (
    page: 'CreateAnApplication' | 'ReceiveAnIM',
    answers: Readonly<Record<string, Partial<Answer>>> = {},
  ) => {
    const body = find(page, 'application', page === 'ReceiveAnIM' ? 'GET' : 'POST').responseBody;
    const script = replay({ 'POST /ucwa/oauth/v1/applications': { status: 201, body }, ...answers });
    const application: Application = await createApplication({
      requester: script.requester,
      applications: new URL('/ucwa/oauth/v1/applications', host),
      identity: { userAgent: 'x', culture: 'en-US', endpointId: 'e' },
      signal,
    });
    return { ...script, application };
  };

  describe('the samples of the UCWA documentation', { timeout: 10_000 }, () => {
    it('hold packages of events, every one of which leads on and names its events', () => {
      const packages = samples.filter(
        ({ responseBody }) =>
          isObject(responseBody) && Array.isArray(responseBody['sender']) && isObject(responseBody['_links']),
      );
      assert.ok(packages.length > 20, `${packages.length} packages`);
      for (const { page, responseBody } of packages) {
        const parsed = parsePackage(responseBody);
        assert.ok(parsed, page);
        assert.ok(parsed.events.length > 0, page);
      }
    });

    it('lead from the challenge to the ticket service', () => {
      const challenge = walkthrough.find(
        ({ page, status }) => page === 'CreateAnApplication' && status === 401,
      );
      const header = challenge?.responseHeaders?.['WWW-Authenticate'];
      const service = ticketServiceOf([header].flat().join(', '), host);
      assert.equal(service.href, 'https://lyncweb.contoso.com/WebTicket/oauthtoken');
      assert.ok(checks.token.Check(find('CreateAnApplication', 'oauthtoken', 'POST').responseBody));
    });

    it('make an application whose links are followed and never built', async () => {
      const { application } = await signedIn('CreateAnApplication');
      assert.deepEqual(application.links, {
        self: '/ucwa/oauth/v1/applications/105',
        events: '/ucwa/oauth/v1/applications/105/events?ack=1',
        startMessaging: '/ucwa/oauth/v1/applications/105/communication/messagingInvitations',
        presenceSubscriptions: '/ucwa/oauth/v1/applications/105/people/presenceSubscriptions',
        search: '/ucwa/oauth/v1/applications/105/people/search',
      });
    });

    it('send an IM: the events of the walkthrough bring it to its end', async () => {
      const app = '/ucwa/oauth/v1/applications/102';
      const invitation = '/ucwa/oauth/v1/applications/105/communication/messagingInvitations';
      const messages = `${app}/communication/conversations/21a1/messaging/messages`;
      const { application } = await signedIn('CreateAnApplication', {
        [`POST ${invitation}`]: { status: 201, location: `${app}/communication/messagingInvitations/60c6` },
        [`POST ${messages}`]: { status: 201, location: `${messages}/2` },
      });
      const messaging = createMessaging(application, new ManualClock());
      const started = messaging.start(
        {
          operationId: '5028e824-2268-4b14-9e59-1abad65ff393',
          to: 'sip:lenea@contoso.com',
          content: { contentType: 'text/plain', text: 'Hi' },
        },
        signal,
      );
      const [ringing, accepted, delivered] = packagesOf('SendAnIM');
      assert.ok(ringing && accepted && delivered);
      messaging.handle(ringing.events);
      messaging.handle(accepted.events);
      const conversation = `${app}/communication/conversations/21a1`;
      assert.deepEqual(await started, {
        kind: 'accepted',
        conversation,
        threadId: '0c7e9e90916041099ffd46075944f433',
      });
      const sent = messaging.send(
        conversation,
        { contentType: 'text/plain', text: "What's up?" },
        'op',
        signal,
      );
      await new Promise((resolve) => setImmediate(resolve));
      messaging.handle(delivered.events);
      assert.deepEqual(await sent, { kind: 'sent', href: `${messages}/2` });
    });

    it('receive an IM: the text comes once, with the invitation, though the walkthrough shows it twice', async () => {
      const { application, asked } = await signedIn('ReceiveAnIM', {
        'POST /ucwa/oauth/v1/applications/104/communication/messagingInvitations/6408/accept': {
          status: 204,
        },
      });
      const messaging = createMessaging(application, new ManualClock());
      const news = packagesOf('ReceiveAnIM').flatMap(({ events }) => messaging.handle(events));
      assert.deepEqual(
        news.map(({ kind }) => kind),
        ['invited'],
      );
      const [first] = news;
      assert.ok(first?.kind === 'invited');
      assert.equal(first.invitation.content?.text, 'Hi Tosh\r\n');
      assert.equal(first.invitation.from.uri, 'sip:lenea@contoso.com');
      assert.equal(first.invitation.threadId, 'Ac7bUftwUcVMzgTzRl+OQchCsUn35Q==');
      assert.equal(await messaging.accept(first.invitation, signal), true);
      assert.equal(asked.length, 2);
    });

    it('show contacts and their presence', async () => {
      const contact = find('GetAContactData', 'contact', 'GET');
      const presence = find('SubscribeToThePresenceOfSelectedContacts', 'contactPresence', 'GET');
      const found = find('SearchForUsersContact', 'search', 'GET');
      const { application } = await signedIn('CreateAnApplication', {
        'GET /contact': { body: contact.responseBody },
        'GET /presence': { body: presence.responseBody },
        'GET /ucwa/oauth/v1/applications/105/people/search': { body: found.responseBody },
      });
      assert.match((await readContact(application, '/contact', signal)).uri, /^sip:/);
      assert.equal((await readContactPresence(application, '/presence', signal)).availability, 'Offline');
      assert.ok((await search(application, 'sarad', 3, signal)).length > 0);
      const made = find('SubscribeToThePresenceOfSelectedContacts', 'presenceSubscription', 'POST');
      assert.ok(checks.presenceSubscription.Check(made.responseBody));
    });
  });
});
