import type { Person } from '../../core/people.ts';
import { catalogue } from '../../core/refusals.ts';
import { type IncomingMessage, IntakeRefused, type Sink, type Taken } from '../../gateway/connector.ts';
import { getMessage } from '../../protocols/graph/client/messages.ts';
import { describeFailure, type GraphFailure } from '../../protocols/graph/client/result.ts';
import { type Message, message as messageShape } from '../../protocols/graph/client/shapes.ts';
import type { ReceivedChange } from '../../protocols/graph/webhook/read-batch.ts';
import type { Chats } from './chats.ts';
import { isNotFound, outcomeOf } from './errors.ts';
import { parseResource, readMessage, type WrittenMessage } from './from-graph.ts';
import { remoteId, threadKey } from './ids.ts';
import type { Tenant, Tenants } from './tenants.ts';

export interface IncomingOptions {
  readonly chats: Chats;
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/** Something that must be kept could not be: Graph has to deliver the batch again. */
export class NotTaken extends Error {
  override name = 'NotTaken';
}

/** A message that Graph tells of; `content` is undefined where it has to be fetched. */
export interface ToldMessage {
  readonly tenant: Tenant;
  readonly chatId: string;
  readonly messageId: string;
  readonly content: unknown;
}

/** The new messages among what a batch of notifications tells of. */
export function toldMessages(changes: readonly ReceivedChange[], tenants: Tenants): ToldMessage[] {
  return changes.flatMap(({ tenantId, changeType, resource: text, content }) => {
    const resource = parseResource(text);
    const tenant = tenants.byId(tenantId);
    if (resource.kind !== 'message' || changeType !== 'created' || tenant === undefined) return [];
    return [{ tenant, chatId: resource.chatId, messageId: resource.messageId, content }];
  });
}

/**
 * Takes messages in: each chat's in the order written, the chats side by side. Resolves, when all are on
 * disk, with the number of those that were not there before.
 * @throws {NotTaken} when one is not and may be later
 */
export async function takeMessages(
  messages: readonly ToldMessage[],
  options: IncomingOptions,
): Promise<number> {
  const chats = Map.groupBy(messages, ({ chatId }) => chatId);
  const ends = await Promise.allSettled([...chats.values()].map((of) => takeChat(of, options)));
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return ends.reduce((sum, end) => sum + (end.status === 'fulfilled' ? end.value : 0), 0);
}

async function takeChat(told: readonly ToldMessage[], options: IncomingOptions): Promise<number> {
  const [first] = told;
  if (first === undefined) return 0;
  const { tenant, chatId } = first;
  const read = await Promise.all(told.map((message) => contentOf(message, options)));
  const written = read
    .flatMap((message) => readWritten(message, chatId, options.sink))
    .sort((a, b) => a.writtenAt - b.writtenAt || compareIds(a.messageId, b.messageId));
  if (written.length === 0) return 0;

  const found = await options.chats.ownersOf(tenant, chatId, options.sink, options.signal);
  if (!found.ok) {
    passOver(found.failure, options.sink);
    return 0;
  }
  const { owners } = found;
  if (owners.kind === 'nobody') return 0;
  let fresh = 0;
  for (const message of written) {
    const author = owners.people.find((person) => objectIdOf(person) === message.authorId);
    const recipient = owners.people.find((person) => person !== author);
    // Anybody else in such a chat is the gateway's own account.
    if (author === undefined || recipient === undefined) continue;
    const taken = await take(
      {
        side: 'teams',
        thread: threadKey(owners.thread),
        remoteId: remoteId(message.messageId),
        author: author.id,
        recipient: recipient.id,
        body: message.body,
        writtenAt: message.writtenAt,
      },
      options.sink,
    );
    if (taken === 'taken') fresh += 1;
  }
  return fresh;
}

async function take(message: IncomingMessage, sink: Sink): Promise<Taken | 'refused'> {
  try {
    return await sink.take(message);
  } catch (error) {
    if (!(error instanceof IntakeRefused)) throw error;
    if (catalogue[error.refusal.id].retry) throw new NotTaken(error.refusal.id);
    return 'refused';
  }
}

/** Undefined where the message is gone. @throws {NotTaken} */
async function contentOf(
  { tenant, ...told }: ToldMessage,
  { signal, sink }: IncomingOptions,
): Promise<unknown> {
  if (told.content !== undefined) return told.content;
  const { graph, accounts } = tenant;
  const found = await getMessage(graph, accounts.application, told.chatId, told.messageId, signal);
  if (found.ok) return found.value;
  passOver(found.failure, sink);
  return undefined;
}

/**
 * Leaves a message out that Graph names but does not show: it is gone, or we may not see it, which asking again does
 * not change.
 * @throws {NotTaken} for every other failure
 */
function passOver(failure: GraphFailure, sink: Sink): void {
  if (isNotFound(failure)) return;
  const { kind, refusal } = outcomeOf(failure, 'prepare', 'a chat');
  if (kind !== 'refused' || failure.kind !== 'answered') throw new NotTaken(describeFailure(failure));
  sink.refused('teams', refusal);
}

function readWritten(content: unknown, chatId: string, sink: Sink): WrittenMessage[] {
  if (content === undefined) return [];
  if (!messageShape.Check(content) || !belongsTo(content, chatId)) {
    sink.refused('teams', { id: 'malformed', side: 'teams', detail: 'a notified message has another shape' });
    return [];
  }
  const written = readMessage(content);
  return typeof written === 'string' ? [] : [written];
}

function belongsTo(message: Message, chatId: string): boolean {
  return typeof message.chatId !== 'string' || message.chatId.toLowerCase() === chatId.toLowerCase();
}

function objectIdOf({ teams }: Person): string | undefined {
  return teams.kind === 'account' ? teams.objectId.toLowerCase() : undefined;
}

/** Ids are numbers as text: the shorter is the smaller. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}
