import { child, childText, type XmlElement, type XmlNode } from '../body/xml.ts';
import { schemaInstance, wholeNumber } from './document.ts';

/** `xsi:type` of a state: whose word it is ([MS-PRES] section 2.2.2.8). */
export type StateType = 'machineState' | 'userState' | 'calendarState' | 'phoneState' | 'aggregateState';

/** A token such as `in-a-meeting`, or a text of the person's own. */
export interface Activity {
  readonly token?: string;
  readonly custom?: string;
}

/** The content of the category `state`. */
export interface State {
  readonly type: StateType;
  /** Chosen by the person. */
  readonly manual: boolean;
  /** 3500 online … 18500 offline; `undefined` leaves it to the other states. */
  readonly availability: number | undefined;
  readonly activity?: Activity;
  /** `computer`, `Mobile`, `Web` … */
  readonly device?: string;
  /** As written, an xs:dateTime. */
  readonly lastActive?: string;
}

const namespace = 'http://schemas.microsoft.com/2006/09/sip/state';

const types: ReadonlySet<string> = new Set<StateType>([
  'machineState',
  'userState',
  'calendarState',
  'phoneState',
  'aggregateState',
]);

const isType = (text: string): text is StateType => types.has(text);

/** A state without a type that is known is the aggregate, the only one that watchers see. */
export function readState(element: XmlElement): State {
  const type = element.attributes['type'] ?? '';
  const activity = child(element, 'activity');
  const token = activity?.attributes['token'];
  const custom = activity === undefined ? undefined : childText(activity, 'custom');
  const device = childText(element, 'device');
  const lastActive = element.attributes['lastActive'];
  return {
    type: isType(type) ? type : 'aggregateState',
    manual: element.attributes['manual'] === 'true',
    availability: wholeNumber(childText(element, 'availability')),
    ...(token === undefined && custom === undefined
      ? {}
      : { activity: { ...(token !== undefined && { token }), ...(custom !== undefined && { custom }) } }),
    ...(device !== undefined && { device }),
    ...(lastActive !== undefined && { lastActive }),
  };
}

export function stateNode({ type, manual, availability, activity, device, lastActive }: State): XmlNode {
  return {
    name: 'state',
    attributes: {
      xmlns: namespace,
      'xmlns:xsi': schemaInstance,
      'xsi:type': type,
      manual: String(manual),
      lastActive,
    },
    content: [
      ...(availability === undefined ? [] : [{ name: 'availability', content: String(availability) }]),
      ...(activity === undefined ? [] : [activityNode(activity)]),
      ...(type === 'machineState' ? [{ name: 'endpointLocation' }] : []),
      ...(device === undefined ? [] : [{ name: 'device', content: device }]),
    ],
  };
}

function activityNode({ token, custom }: Activity): XmlNode {
  return {
    name: 'activity',
    attributes: { token },
    content: custom === undefined ? [] : [{ name: 'custom', attributes: { LCID: '1033' }, content: custom }],
  };
}
