import type { TraceAnswer } from '../../console/types.ts';
import { defineCommand, UsageError } from '../command.ts';
import { findGateway } from '../console-client.ts';
import { table, timeOfDay } from '../table.ts';

export const command = defineCommand({
  name: 'trace',
  summary: 'Tell what happened to a message, step by step.',
  usage: 'ID',
  options: {},
  async run(values, [id, ...more], terminal) {
    if (id === undefined || more.length > 0)
      throw new UsageError("give one id: the gateway's, or a network's id of the message");
    const gateway = await findGateway({ ...terminal, ...values, file: values.config });
    const trace = await gateway.get<TraceAnswer>(`/api/messages/${encodeURIComponent(id)}`);
    terminal.out(values.json ? JSON.stringify(trace) : show(trace));
    return 0;
  },
});

function show(trace: TraceAnswer): string {
  const { id, author, recipient, side, bytes, format, state, reason } = trace;
  const head = [
    `${id}: ${state}${reason ? ` (${reason.id}): ${reason.cause} ${reason.cure}` : ''}`,
    `from ${author} to ${recipient}, written in ${side}, ${bytes} bytes of ${format}`,
  ];
  const steps = trace.steps.map(({ at, step, detail }) => [
    timeOfDay(at),
    `+${at - trace.takenAt} ms`,
    step,
    detail ?? '',
  ]);
  return `${head.join('\n')}\n\n${table(['time (UTC)', 'after', 'step', ''], steps)}`;
}
