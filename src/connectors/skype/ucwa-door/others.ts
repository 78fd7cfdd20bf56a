import type { SipUri } from '../../../core/people.ts';
import { type Application, readContactModalities, search } from '../../../protocols/ucwa/client/client.ts';
import { sipUri } from '../ids.ts';

/**
 * Whether somebody has clients of their own beside the gateway's endpoint. A pool shows what all clients of a person can do
 * together, and the gateway's takes messages alone: more than that comes from another one.
 */
export async function othersBeside(
  application: Application,
  own: SipUri,
  signal: AbortSignal,
): Promise<'yes' | 'unknown'> {
  try {
    const found = await search(application, own.slice('sip:'.length), 10, signal);
    const contact = found.find(({ uri }) => sipUri(uri) === own);
    const modalities = contact ? await readContactModalities(application, contact, signal) : [];
    return modalities.some((modality) => modality !== 'Messaging') ? 'yes' : 'unknown';
  } catch {
    return 'unknown';
  }
}
