/** Where and how a token is to be had, as the headers of a 401 say it. */
export type Challenge =
  | { readonly scheme: 'MsRtcOAuth'; readonly href: string; readonly grantTypes: readonly string[] }
  | {
      readonly scheme: 'Bearer';
      readonly trustedIssuers: readonly string[];
      readonly clientId: string | undefined;
      readonly authorizationUri: string | undefined;
    };

export const grantTypes = {
  password: 'password',
  windows: 'urn:microsoft.rtc:windows',
  anonymousMeeting: 'urn:microsoft.rtc:anonmeeting',
  passive: 'urn:microsoft.rtc:passive',
} as const;

/**
 * COMPAT: clients match `MsRtcOAuth href="…"` literally, so there is one space, the href is quoted and comes
 * first.
 */
export function formatChallenge(challenge: Challenge): string {
  switch (challenge.scheme) {
    case 'MsRtcOAuth':
      return `MsRtcOAuth href="${challenge.href}",grant_type="${challenge.grantTypes.join(',')}"`;
    case 'Bearer': {
      const parts = [`trusted_issuers="${challenge.trustedIssuers.join(',')}"`];
      if (challenge.clientId !== undefined) parts.push(`client_id="${challenge.clientId}"`);
      if (challenge.authorizationUri !== undefined) {
        parts.push(`authorization_uri="${challenge.authorizationUri}"`);
      }
      return `Bearer ${parts.join(', ')}`;
    }
  }
}

const scheme = /(?:^|,\s*)(MsRtcOAuth|Bearer)\s+/gi;
const parameter = /([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g;

/** Reads one header or several joined by commas, quoted values or not; unknown schemes are passed over. */
export function parseChallenges(header: string): readonly Challenge[] {
  const starts = [...header.matchAll(scheme)];
  return starts.flatMap((start, index): Challenge[] => {
    const text = header.slice(start.index + start[0].length, starts[index + 1]?.index);
    const values = new Map<string, string>();
    for (const [, name = '', quoted, bare] of text.matchAll(parameter)) {
      values.set(name.toLowerCase(), quoted ?? bare ?? '');
    }
    if (start[1]?.toLowerCase() === 'bearer') {
      return [
        {
          scheme: 'Bearer',
          trustedIssuers: listOf(values.get('trusted_issuers')),
          clientId: values.get('client_id'),
          authorizationUri: values.get('authorization_uri'),
        },
      ];
    }
    const href = values.get('href');
    return href === undefined
      ? []
      : [{ scheme: 'MsRtcOAuth', href, grantTypes: listOf(values.get('grant_type')) }];
  });
}

function listOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
