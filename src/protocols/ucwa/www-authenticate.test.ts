import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Challenge, formatChallenge, parseChallenges } from './www-authenticate.ts';

const ticket: Challenge = {
  scheme: 'MsRtcOAuth',
  href: 'https://pool.example/WebTicket/oauthtoken',
  grantTypes: ['urn:microsoft.rtc:windows', 'password'],
};
const bearer: Challenge = {
  scheme: 'Bearer',
  trustedIssuers: ['00000002-0000-0ff1-ce00-000000000000@contoso.example'],
  clientId: '00000004-0000-0ff1-ce00-000000000000',
  authorizationUri: undefined,
};

describe('the challenge of a 401', () => {
  it('has the form that clients match literally', () => {
    assert.equal(
      formatChallenge(ticket),
      'MsRtcOAuth href="https://pool.example/WebTicket/oauthtoken",grant_type="urn:microsoft.rtc:windows,password"',
    );
  });

  it('is read from two headers joined by a comma, in either order', () => {
    const [one, two] = [formatChallenge(ticket), formatChallenge(bearer)];
    assert.deepEqual(parseChallenges(`${two}, ${one}`), [bearer, ticket]);
    assert.deepEqual(parseChallenges(`${one}, ${two}`), [ticket, bearer]);
  });

  it('is read without quotes, as the overview of the documentation prints it', () => {
    assert.deepEqual(parseChallenges('MsRtcOAuth href=https://pool.example/t,grant_type="password"'), [
      { scheme: 'MsRtcOAuth', href: 'https://pool.example/t', grantTypes: ['password'] },
    ]);
  });

  it('tells of an authorization server where there is one', () => {
    const [found] = parseChallenges(
      'Bearer authorization_uri="https://login.example/authorize", client_id="c"',
    );
    assert.deepEqual(found, {
      scheme: 'Bearer',
      trustedIssuers: [],
      clientId: 'c',
      authorizationUri: 'https://login.example/authorize',
    });
  });

  it('is nothing where the schemes are unknown', () => {
    assert.deepEqual(parseChallenges('Negotiate, NTLM'), []);
  });
});
