import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { besideFlags, type Child, startChild } from './child.ts';
import type { CrowdOrder } from './crowd.ts';
import type { Servers, ServersOrder } from './servers.ts';
import type { Subject, SubjectKind, SubjectOrder } from './subject.ts';

export interface WithSubject {
  readonly kind: SubjectKind;
  readonly crowd: CrowdOrder;
}

/** Runs `work` beside the embedded servers and the subject, each a fresh process with a data folder of its own. */
export async function withSubject(
  { kind, crowd }: WithSubject,
  work: (servers: Child<Servers>, subject: Child<Subject>) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'isthmus-bench-'));
  try {
    const forServers: ServersOrder = { data, crowd };
    await using servers = await startChild<Servers>('./servers.ts', forServers, besideFlags);
    const forSubject: SubjectOrder = { kind, data, crowd, servers: servers.ready };
    await using subject = await startChild<Subject>('./subject.ts', forSubject, ['--expose-gc']);
    await work(servers, subject);
  } finally {
    rmSync(data, { recursive: true, force: true });
  }
}
