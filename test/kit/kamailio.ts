import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../../scripts/program.mjs';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

/** A SIP server that nobody here wrote: registrar, stateful proxy and presence server, in memory alone. */
export interface Kamailio extends AsyncDisposable {
  readonly host: '127.0.0.1';
  /** TCP. */
  readonly port: number;
  readonly pid: number;
  /** What it has logged: for the message of a test that fails. */
  log(): string;
}

export interface KamailioOptions {
  /** Whose people it is home to. */
  readonly domains: readonly string[];
  /** Processes that read from connections; 1 unless given. */
  readonly workers?: number;
}

/** The program, or undefined where it is not installed (`kamailio`, `kamailio-presence-modules` of Debian). */
export function findKamailio(): string | undefined {
  return findProgram('kamailio');
}

export async function startKamailio({ domains, workers = 1 }: KamailioOptions): Promise<Kamailio> {
  const program = findKamailio();
  if (!program) throw new Error('install the packages kamailio and kamailio-presence-modules, and try again');
  const folder = mkdtempSync(join(tmpdir(), 'isthmus-kamailio-'));
  const port = await freePort();
  writeFileSync(join(folder, 'kamailio.cfg'), configuration({ port, domains, workers }));
  const child = spawn(
    program,
    // In the foreground, logging to its standard error.
    ['-f', join(folder, 'kamailio.cfg'), '-DD', '-E', '-m', '512', '-M', '16', '-Y', folder, '-w', folder],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines: string[] = [];
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => {
    lines.push(text);
    if (lines.length > 200) lines.shift();
  });
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await eventually('Kamailio listens', () => answers(port), 10_000);
  } catch (error) {
    await stop();
    throw new Error(`Kamailio does not start: ${lines.join('')}`, { cause: error });
  }
  return {
    host: '127.0.0.1',
    port,
    pid: child.pid ?? 0,
    log: () => lines.join(''),
    [Symbol.asyncDispose]: stop,
  };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const patience = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await exit;
  clearTimeout(patience);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * As administrators write it for clients behind TCP: a binding is reached on the connection that registered it, a dialog by
 * the alias of a Contact.
 */
function configuration({
  port,
  domains,
  workers,
}: {
  readonly port: number;
  readonly domains: readonly string[];
  readonly workers: number;
}): string {
  return `
debug=2
log_stderror=yes
fork=yes
children=${workers}
tcp_children=${workers}
disable_tcp=no
tcp_connection_lifetime=3605
tcp_accept_no_cl=yes
auto_aliases=no
listen=tcp:127.0.0.1:${port}
${domains.map((domain) => `alias="${domain}"`).join('\n')}

loadmodule "kex.so"
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "nathelper.so"
loadmodule "presence.so"
loadmodule "presence_xml.so"

modparam("tm", "fr_timer", 5000)
modparam("usrloc", "db_mode", 0)
modparam("usrloc", "handle_lost_tcp", 1)
modparam("usrloc", "timer_interval", 1)
modparam("registrar", "min_expires", 30)
modparam("registrar", "received_avp", "$avp(received)")
modparam("nathelper", "received_avp", "$avp(received)")
modparam("presence", "subs_db_mode", 0)
modparam("presence", "publ_cache", 2)
modparam("presence", "server_address", "sip:127.0.0.1:${port};transport=tcp")
modparam("presence", "send_fast_notify", 1)
modparam("presence", "min_expires", 30)
modparam("presence_xml", "force_active", 1)

request_route {
  if (!mf_process_maxfwd_header("10")) {
    sl_send_reply("483", "Too Many Hops");
    exit;
  }
  if (is_method("CANCEL")) {
    if (t_check_trans()) t_relay();
    exit;
  }
  if (!is_method("REGISTER")) set_contact_alias();
  if (has_totag()) {
    if (is_method("SUBSCRIBE") && uri == myself) {
      route(PRESENCE);
      exit;
    }
    if (loose_route()) {
      handle_ruri_alias();
      t_relay();
      exit;
    }
    if (is_method("SUBSCRIBE")) {
      route(PRESENCE);
      exit;
    }
    if (is_method("ACK")) {
      if (t_check_trans()) t_relay();
      exit;
    }
    handle_ruri_alias();
    t_relay();
    exit;
  }
  t_check_trans();
  if (is_method("REGISTER")) {
    fix_nated_register();
    if (!save("location")) sl_reply_error();
    exit;
  }
  if (is_method("PUBLISH|SUBSCRIBE")) {
    route(PRESENCE);
    exit;
  }
  if (is_method("OPTIONS") && uri == myself) {
    sl_send_reply("200", "OK");
    exit;
  }
  if (is_method("INVITE|SUBSCRIBE")) record_route();
  if (uri == myself) {
    if (!lookup("location")) {
      t_reply("480", "Temporarily Unavailable");
      exit;
    }
  }
  t_relay();
}

route[PRESENCE] {
  if (!t_newtran()) {
    sl_reply_error();
    exit;
  }
  if (is_method("PUBLISH")) handle_publish();
  else handle_subscribe();
}
`;
}
