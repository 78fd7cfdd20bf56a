import type { ConversationMember, UserIdentity } from '../../protocols/graph/resources.ts';

export function identityOf({ userId, displayName, tenantId }: ConversationMember): UserIdentity {
  return {
    '@odata.type': '#microsoft.graph.teamworkUserIdentity',
    id: userId,
    displayName,
    userIdentityType: 'aadUser',
    tenantId,
  };
}
