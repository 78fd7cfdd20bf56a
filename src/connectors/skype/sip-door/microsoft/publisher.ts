import type { Presence } from '../../../../core/presence/presence.ts';
import { toNumber } from '../../../../core/presence/scales.ts';
import { bodyText, type SipResponse, textBody } from '../../../../protocols/sip/message.ts';
import { parseMsFault } from '../../../../protocols/sip/ms/fault.ts';
import {
  type CategoryPublication,
  formatPublish,
  publishType,
} from '../../../../protocols/sip/ms/publish.ts';
import { parseRoamingSelf } from '../../../../protocols/sip/ms/roaming-self.ts';
import type { State, StateType } from '../../../../protocols/sip/ms/state.ts';
import type { Failure } from '../../errors.ts';
import { failureOfAnswer } from '../failures.ts';
import type { Host } from '../host.ts';
import type { Link } from '../link.ts';
import type { Publisher } from '../presence.ts';
import { requestOf } from '../self.ts';
import { instanceOf, type OwnState } from './instances.ts';

/** Containers that a state goes into: 2 is oneself and the pool's aggregation, 3 what the pool takes the state from. */
const containers = [2, 3] as const;
/** Who sees the note: colleagues, workgroup and team, as Microsoft's clients publish it. */
const noteContainers = [200, 300, 400] as const;
/** A version that is wrong again is another endpoint's publication in between: a few times, not for ever. */
const mostAttempts = 4;
const machineIsOn = 3500;

/**
 * Publishes the category `state` by SERVICE ([MS-PRES]), with the lifetime of the endpoint, so that it goes with it. Versions
 * are kept by publication; a conflict names the right one, and is published again with it.
 */
export function createMicrosoftPublisher(host: Host, link: Link): Publisher {
  const { self, names, ask } = host;
  const versions = new Map<string, number>();
  let lane: Promise<unknown> = Promise.resolve();
  let isShown = false;
  let isNoted = false;

  const publication = (
    type: OwnState,
    container: number,
    state: State,
    expires?: number,
  ): CategoryPublication => {
    const instance = instanceOf(self, type);
    return {
      category: 'state',
      instance,
      container,
      version: versions.get(keyOf('state', instance, container)) ?? 0,
      expireType: 'endpoint',
      ...(expires === undefined ? {} : { expires }),
      content: { kind: 'state', state },
    };
  };

  const notePublication = (container: number, text: string): CategoryPublication => ({
    category: 'note',
    instance: 0,
    container,
    version: versions.get(keyOf('note', 0, container)) ?? 0,
    expireType: 'endpoint',
    ...(text === '' ? { expires: 0 } : {}),
    content: { kind: 'note', note: { type: 'personal', text } },
  });

  const send = async (make: () => readonly CategoryPublication[]): Promise<Failure | undefined> => {
    for (let attempt = 1; ; attempt += 1) {
      const publications = make();
      const request = requestOf(self, names, {
        method: 'SERVICE',
        to: self.uri,
        headers: [{ name: 'Content-Type', value: publishType }],
        body: textBody(formatPublish({ uri: self.uri, publications })),
      });
      const answer = await ask(link, request);
      if (answer.kind === 'response' && answer.response.status < 300) {
        learn(answer.response, publications);
        return undefined;
      }
      const isConflict = answer.kind === 'response' && answer.response.status === 409;
      if (!isConflict || attempt === mostAttempts || !correct(answer.response, publications))
        return failureOfAnswer(answer, 'other');
    }
  };

  /** The answer names every publication of each category that was touched, with its version. */
  const learn = (response: SipResponse, sent: readonly CategoryPublication[]): void => {
    for (const { category, instance, container, version } of sent)
      versions.set(keyOf(category, instance, container), version + 1);
    const seen = parseRoamingSelf(bodyText(response))?.categories?.categories ?? [];
    for (const { name, instance = 0, container = 0, version } of seen) {
      const key = keyOf(name, instance, container);
      if (version !== undefined && versions.has(key)) versions.set(key, version);
    }
  };

  /** Whether the fault says what the versions should have been. */
  const correct = (response: SipResponse, sent: readonly CategoryPublication[]): boolean => {
    const operations = parseMsFault(bodyText(response))?.operations ?? [];
    for (const { index, currentVersion } of operations) {
      const meant = sent[index - 1];
      if (meant) versions.set(keyOf(meant.category, meant.instance, meant.container), currentVersion);
    }
    return operations.length > 0;
  };

  const inTurn = (run: () => Promise<Failure | undefined>): Promise<Failure | undefined> => {
    const turn = lane.then(run, run);
    lane = turn;
    return turn;
  };

  return {
    publish: (presence) =>
      inTurn(async () => {
        const user = userState(presence);
        if (!user) return undefined;
        isShown = true;
        return await send(() =>
          containers.flatMap((container) => [
            publication('machineState', container, stateOf('machineState', machineIsOn)),
            publication('userState', container, user),
          ]),
        );
      }),
    note: (text) =>
      inTurn(async () => {
        if (text === '' && !isNoted) return undefined;
        isNoted = text !== '';
        return await send(() => noteContainers.map((container) => notePublication(container, text)));
      }),
    withdraw: () =>
      inTurn(async () => {
        isNoted = false;
        if (!isShown) return undefined;
        isShown = false;
        const failure = await send(() =>
          containers.flatMap((container) =>
            (['machineState', 'userState'] as const).map((type) =>
              publication(type, container, stateOf(type, undefined), 0),
            ),
          ),
        );
        versions.clear();
        return failure;
      }),
    // The names of publications are the endpoint's: what its successor publishes stands in their place.
    succeeded: () => Promise.resolve(),
    [Symbol.dispose]: () => undefined,
  };
}

/** Undefined where nothing is known of the person. */
function userState(presence: Presence): State | undefined {
  const numbered = toNumber(presence, 'sip');
  if (!numbered) return undefined;
  const { number, activity } = numbered;
  return {
    ...stateOf('userState', number),
    ...(activity === undefined ? {} : { activity: { token: activity } }),
  };
}

function stateOf(type: StateType, availability: number | undefined): State {
  return { type, manual: type === 'userState', availability };
}

const keyOf = (category: string, instance: number, container: number): string =>
  `${category} ${instance} ${container}`;
