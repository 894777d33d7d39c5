// Made by `./hive generate` from the contracts; change those.

/** RFC 3339, UTC. */
export type Time = string;
/** No members. */
export type None = Record<never, never>;

/** Every method that the operator may call. */
export interface Methods {
  /** Messages that were given up: five turns failed on them, or their recipient was purged. */
  "broker.dead_letters": {
    params: {
      /** only those of this mailbox */
      of?: string;
      /** 50 when absent */
      limit?: number;
      /** only ids below this one */
      before?: number;
    };
    result: {
      /** newest first */
      messages: Array<{
        /** the message */
        message: {
          /** unique in this hive, growing */
          id: number;
          /** an agent, manager, operator or system */
          from: string;
          /** the mailbox */
          to: string;
          /** what it is */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text */
          body: string;
          /** a path that the recipient can read */
          file?: string;
          /** the id that this answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: it was handed out before */
          redelivered?: boolean;
        };
        /** state of the message now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead: failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** how many there are in all mailboxes, or in the named one */
      total: number;
      /** true: there are older ones; ask for them with `before`, the id of the last one */
      more?: boolean;
    };
  };
  /** How much mail waits. */
  "broker.depth": {
    params: None;
    result: {
      /** the caller's own, or all for the operator */
      mailboxes: Array<{
        /** the mailbox */
        owner: string;
        /** messages that were not handed out yet */
        queued: number;
        /** messages in a turn */
        leased: number;
        /** messages that were given up after failed turns */
        dead: number;
      }>;
    };
  };
  /** What a message of the caller may have. */
  "broker.limits": {
    params: None;
    result: {
      /** longest body */
      body_bytes: number;
      /** why agents cannot send now; absent: they can */
      trouble?: string;
    };
  };
  /** Own inbox and sent mail, newest first, as much as one answer holds. */
  "broker.recent": {
    params: {
      /** whose mail, or * for all; absent: the caller's own */
      of?: string;
      /** only what went to or came from this name */
      with?: string;
      /** how many messages at most; 50 when absent */
      limit?: number;
      /** only messages whose id is below this one */
      before?: number;
      /** in: what came, out: what was sent, all: both (when absent) */
      box?: "in" | "out" | "all";
    };
    result: {
      /** newest first */
      messages: Array<{
        /** the message */
        message: {
          /** unique in this hive, growing */
          id: number;
          /** an agent, manager, operator or system */
          from: string;
          /** the mailbox */
          to: string;
          /** what it is */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text */
          body: string;
          /** a path that the recipient can read */
          file?: string;
          /** the id that this answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: it was handed out before */
          redelivered?: boolean;
        };
        /** state of the message now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead: failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** true: there are older ones; ask for them with `before`, the id of the last one */
      more?: boolean;
    };
  };
  /** Queues a dead letter again, unless its recipient was purged. */
  "broker.requeue": {
    params: {
      /** id of the message */
      id: number;
    };
    result: None;
  };
  /** Queues every dead letter again whose recipient was not purged. */
  "broker.requeue_all": {
    params: {
      /** only those of this mailbox; absent: those of all */
      of?: string;
    };
    result: {
      /** how many are queued again */
      requeued: number;
      /** how many stay, because their recipient was purged */
      left: number;
    };
  };
  /** Finds messages by their words. */
  "broker.search": {
    params: {
      /** words to find */
      text: string;
      /** sender */
      from?: string;
      /** recipient */
      to?: string;
      /** not older than this */
      since?: Time;
      /** only ids below this one */
      before?: number;
    };
    result: {
      /** newest first, at most 100 */
      messages: Array<{
        /** the message */
        message: {
          /** unique in this hive, growing */
          id: number;
          /** an agent, manager, operator or system */
          from: string;
          /** the mailbox */
          to: string;
          /** what it is */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text */
          body: string;
          /** a path that the recipient can read */
          file?: string;
          /** the id that this answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: it was handed out before */
          redelivered?: boolean;
        };
        /** state of the message now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead: failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** messages stored but not indexed yet */
      behind: number;
      /** true: there are older ones; ask for them with `before`, the id of the last one */
      more?: boolean;
    };
  };
  /** Stores a message for a mailbox; durable when it answers. */
  "broker.send": {
    params: {
      /** an agent's name, manager, operator, or * for everyone but the operator */
      to: string;
      /** the text, which may be empty when there is a file; longer text goes into a file */
      body: string;
      /** path of a file that the recipient can read: under /shared, or, for the operator and the manager, in the sender's own /agents/<sender>/state */
      file?: string;
      /** id of the message that this answers */
      in_reply_to?: number;
      /** idempotency key, unique per sender, kept 30 days */
      key?: string;
    };
    result: {
      /** id of the message; for * that of the first one */
      id: number;
    };
  };
  /** A text file of an agent's state, a destroyed one's too, or of what is shared; at most 1 MiB. */
  "files.read": {
    params: {
      /** like /agents/alice/state/notes.md or /shared/alice/plan.md, or the host's own path of such a file */
      path: string;
      /** byte to begin at, as an answer gave it in `next` */
      offset?: number;
    };
    result: {
      /** path of the file in every container */
      path: string;
      /** the text from `offset` on */
      text: string;
      /** size of the whole file */
      bytes: number;
      /** when the file was last written */
      modified: Time;
      /** offset of the rest, when there is more; ask for it, and begin anew if bytes or modified differ then */
      next?: number;
    };
  };
  /** Every topic and who may see it. */
  "host.events": {
    params: None;
    result: {
      /** every topic, by name */
      topics: Array<{
        /** role.fact */
        topic: string;
        /** id of the plugin that publishes it */
        plugin: string;
        /** who may see it */
        audience: Array<string>;
      }>;
    };
  };
  /** Slow handlers, calls in flight, connections. */
  "host.health": {
    params: None;
    result: {
      /** every plugin that should run does */
      ok?: boolean;
      /** every plugin that runs, by id */
      plugins: Array<{
        /** id of the plugin */
        id: string;
        /** times that it held its strand for more than 10 ms */
        holds_over_10_ms: number;
        /** times that it held its strand for more than 100 ms */
        holds_over_100_ms: number;
        /** the longest time that it held its strand, in microseconds */
        longest_us: number;
        /** calls that it owes an answer */
        calls_in_flight: number;
        /** parts of it that are not used; host.plugins says why */
        left_out?: number;
        /** what ran the longest */
        slowest?: string;
      }>;
      /** open connections of all sockets */
      connections: number;
      /** connections that read events */
      subscribers: number;
      /** calls in flight in the whole host */
      calls_in_flight: number;
    };
  };
  /** What this host is. */
  "host.info": {
    params: None;
    result: {
      /** version of the host */
      version: string;
      /** folder of the hive */
      root: string;
      /** plugin ABI, major.minor */
      abi: string;
      /** epoch of the event stream; another one after each start */
      epoch: string;
      /** process id of the host */
      pid: number;
      /** when the host was ready */
      started_at: Time;
      /** milliseconds from process start to ready */
      start_ms: number;
      /** resident memory now */
      memory_kb: number;
    };
  };
  /** Changes what is logged from now on, until the host ends or hive.toml says another level. */
  "host.log_level": {
    params: {
      /** id, or host, or * for all */
      plugin: string;
      /** the least that is logged */
      level: "trace" | "debug" | "info" | "warning" | "error";
    };
    result: None;
  };
  /** Every method, whoever may call it. */
  "host.methods": {
    params: None;
    result: {
      /** every method, by name */
      methods: Array<{
        /** role.verb */
        name: string;
        /** who may call it */
        callers: Array<string>;
        /** milliseconds after which the caller hears timeout */
        deadline_ms: number;
        /** doc, params, result, tool, cli, http, from_pages */
        about: unknown;
        /** true: no plugin answers it now */
        away?: boolean;
      }>;
    };
  };
  /** Every plugin that was found and how it is. */
  "host.plugins": {
    params: None;
    result: {
      /** every plugin, in start order */
      plugins: Array<{
        /** id of the plugin */
        id: string;
        /** version of the plugin */
        version: string;
        /** path of its shared object */
        file: string;
        /** state of the plugin now */
        state: "found" | "accepted" | "created" | "started" | "running" | "stopped" | "waiting" | "faulted" | "quarantined" | "disabled";
        /** roles that it provides */
        provides: Array<string>;
        /** roles that it needs */
        needs: Array<string>;
        /** it runs in a process of its own */
        isolated?: boolean;
        /** why it does not run */
        reason?: string;
        /** how long its start took */
        start_ms: number;
        /** ES module that shows it on the operator's page */
        panel?: string;
        /** its parts of the pages' states, each key=method/member */
        snapshot: Array<string>;
        /** what of it is not used, each with the reason */
        left_out: Array<string>;
      }>;
    };
  };
  /** Stops a plugin and starts it with its configuration read anew. */
  "host.reload": {
    params: {
      /** id of the plugin */
      plugin: string;
    };
    result: {
      /** id of the plugin */
      id: string;
      /** version of the plugin */
      version: string;
      /** path of its shared object */
      file: string;
      /** state of the plugin now */
      state: "found" | "accepted" | "created" | "started" | "running" | "stopped" | "waiting" | "faulted" | "quarantined" | "disabled";
      /** roles that it provides */
      provides: Array<string>;
      /** roles that it needs */
      needs: Array<string>;
      /** it runs in a process of its own */
      isolated?: boolean;
      /** why it does not run */
      reason?: string;
      /** how long its start took */
      start_ms: number;
      /** ES module that shows it on the operator's page */
      panel?: string;
      /** its parts of the pages' states, each key=method/member */
      snapshot: Array<string>;
      /** what of it is not used, each with the reason */
      left_out: Array<string>;
    };
  };
  /** Ends the host after it has answered. */
  "host.shutdown": {
    params: {
      /** stop the agents too; without it they go on */
      agents?: boolean;
    };
    result: None;
  };
  /** An address that opens the operator's page, and the phrase by which the page is known. */
  "http.open": {
    params: None;
    result: {
      /** signs one browser in, once, within two minutes */
      url: string;
      /** phrase that the page shows too, which proves that it is this host's */
      phrase: string;
    };
  };
  /** What to put into the password file of the page; the password itself is not kept. */
  "http.password_line": {
    params: {
      /** 12 to 1,024 bytes */
      password: string;
    };
    result: {
      /** the whole content of the file that password_file names */
      line: string;
    };
  };
  /** Whether the operator's page is served, and where. */
  "http.serving": {
    params: None;
    result: {
      /** browsers reach the page */
      served?: boolean;
      /** address that the page is served at */
      address: string;
      /** port that the page is served at, or would be */
      port: number;
      /** why it is not served, and whether that is tried again */
      reason?: string;
    };
  };
  /** Waits for lines after a cursor. */
  "journal.follow": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** hive-ag3nt.service or hive-m1nd.service; absent: everything */
      unit?: string;
      /** cursor of the last line that was read */
      cursor: number;
      /** how long to wait for a line */
      wait_seconds?: number;
    };
    result: {
      /** oldest first */
      lines: Array<{
        /** growing by one; a gap is what rotation took */
        cursor: number;
        /** when the line was written */
        at: Time;
        /** out, err or supervisor */
        stream: string;
        /** at most 8 KiB */
        text: string;
      }>;
      /** cursor to ask the next lines with */
      cursor: number;
    };
  };
  /** Lines that an agent's processes wrote. */
  "journal.read": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** hive-ag3nt.service or hive-m1nd.service; absent: everything */
      unit?: string;
      /** how many lines at most */
      lines?: number;
      /** only lines after this cursor; absent: the newest lines */
      cursor?: number;
    };
    result: {
      /** oldest first */
      lines: Array<{
        /** growing by one; a gap is what rotation took */
        cursor: number;
        /** when the line was written */
        at: Time;
        /** out, err or supervisor */
        stream: string;
        /** at most 8 KiB */
        text: string;
      }>;
      /** cursor to ask the next lines with */
      cursor: number;
    };
  };
  /** The files of an agent's deployed configuration. */
  "lifecycle.config": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** one file; absent: all of them */
      path?: string;
    };
    result: {
      /** commit of applied main */
      revision: string;
      /** agent.toml and agent.nix first */
      files: Array<{
        /** path in the repository */
        path: string;
        /** content */
        text: string;
      }>;
    };
  };
  /** Removes an agent; its state is kept unless purge. */
  "lifecycle.destroy": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** also its state, login, logs and repositories */
      purge?: boolean;
      /** needed for the manager */
      force?: boolean;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Every agent and how it is. */
  "lifecycle.list": {
    params: None;
    result: {
      /** the manager first, then by name */
      containers: Array<{
        /** the agent's name */
        name: string;
        /** tells it apart from other agents that had its name */
        incarnation: string;
        /** agent or manager */
        role: "agent" | "manager";
        /** what the runtime sees */
        state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
        /** what should be */
        desired: "running" | "stopped";
        /** the action in flight */
        pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
        /** when that state was first seen */
        since: Time;
        /** turn state that the harness reported */
        status?: string;
        /** number of the open turn, also between its attempts */
        turn?: number;
        /** no login and no credential is there */
        needs_login?: boolean;
        /** it runs an older configuration than the deployed one */
        needs_update?: boolean;
        /** commit of the configuration in use */
        deployed_sha?: string;
        /** model in use */
        model?: string;
        /** why it does not run, or why its turn could not be run */
        reason?: string;
        /** what confines it */
        sandbox?: {
          /** what was applied at the last start */
          level: "full" | "partial" | "none";
          /** what is missing and which capability it wants */
          reasons: Array<string>;
        };
      }>;
    };
  };
  /** Whether an agent of this name could be spawned or rebuilt, and what stands in the way. */
  "lifecycle.preflight": {
    params: {
      /** name of the agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
    };
    result: {
      /** true: every finding is ok */
      ok?: boolean;
      /** one for each check */
      findings: Array<{
        /** what was looked at */
        subject: string;
        /** what was found and what to do */
        message: string;
        /** nothing stands in the way */
        ok?: boolean;
      }>;
    };
  };
  /** Removes the kept state of a destroyed agent for good. */
  "lifecycle.purge_tombstone": {
    params: {
      /** name of the agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
    };
    result: None;
  };
  /** Applies again everything that the host owns for this agent, after its turn. */
  "lifecycle.rebuild": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** prepared commit of an approval; absent: what is deployed */
      revision?: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Stops and starts an agent. */
  "lifecycle.restart": {
    params: {
      /** name of the agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Creates and starts an agent. */
  "lifecycle.spawn": {
    params: {
      /** name of the new agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** prepared commit of an approval; absent: a new configuration */
      revision?: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Starts a stopped agent. */
  "lifecycle.start": {
    params: {
      /** name of the agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Stops an agent; its state stays. */
  "lifecycle.stop": {
    params: {
      /** name of the agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** the action now in flight */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Kept state of destroyed agents. */
  "lifecycle.tombstones": {
    params: None;
    result: {
      /** newest first */
      tombstones: Array<{
        /** the agent's name */
        name: string;
        /** incarnation that an agent spawned from it goes on with */
        incarnation: string;
        /** when the agent was destroyed */
        destroyed_at: Time;
      }>;
    };
  };
  /** Rebuilds every agent that is behind; answers which. */
  "lifecycle.update_all": {
    params: None;
    result: {
      /** the manager first, then by name */
      containers: Array<{
        /** the agent's name */
        name: string;
        /** tells it apart from other agents that had its name */
        incarnation: string;
        /** agent or manager */
        role: "agent" | "manager";
        /** what the runtime sees */
        state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
        /** what should be */
        desired: "running" | "stopped";
        /** the action in flight */
        pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
        /** when that state was first seen */
        since: Time;
        /** turn state that the harness reported */
        status?: string;
        /** number of the open turn, also between its attempts */
        turn?: number;
        /** no login and no credential is there */
        needs_login?: boolean;
        /** it runs an older configuration than the deployed one */
        needs_update?: boolean;
        /** commit of the configuration in use */
        deployed_sha?: string;
        /** model in use */
        model?: string;
        /** why it does not run, or why its turn could not be run */
        reason?: string;
        /** what confines it */
        sandbox?: {
          /** what was applied at the last start */
          level: "full" | "partial" | "none";
          /** what is missing and which capability it wants */
          reasons: Array<string>;
        };
      }>;
    };
  };
  /** What the caller may call, with schemas. */
  "methods.list": {
    params: {
      /** also the methods of this program's contracts that no plugin answers now */
      away?: boolean;
    };
    result: {
      /** every method, by name */
      methods: Array<{
        /** role.verb */
        name: string;
        /** who may call it */
        callers: Array<string>;
        /** milliseconds after which the caller hears timeout */
        deadline_ms: number;
        /** doc, params, result, tool, cli, http, from_pages */
        about: unknown;
        /** true: no plugin answers it now */
        away?: boolean;
      }>;
    };
  };
  /** Gives a harness a command; durable until taken. */
  "turns.command": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** what to do */
      kind: "cancel" | "compact" | "new_session" | "model" | "pause" | "resume" | "park" | "sweep" | "operator_message";
      /** the model to use (model only); absent: the configured one */
      model?: string;
      /** the message (operator_message only) */
      text?: string;
      /** when turns begin again (park only) */
      until?: Time;
      /** number of the turn to end (cancel only); absent: the open one */
      turn?: number;
      /** idempotency key, unique per caller, kept 30 days */
      key?: string;
    };
    result: {
      /** id of the command */
      id: number;
    };
  };
  /** The last report of each agent. */
  "turns.list": {
    params: None;
    result: {
      /** every agent with its last report, by name */
      agents: Array<{
        /** the agent's name */
        name: string;
        /** its last report */
        report: {
          /** state of the connection to the model's vendor */
          status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
          /** what the turn loop does */
          state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
          /** when it began to do that */
          since: Time;
          /** number of the open turn, also between its attempts */
          turn?: number;
          /** the model in use */
          model: string;
          /** tokens of context in the last model call */
          context_tokens?: number;
          /** tokens of the last turn */
          usage?: {
            /** input tokens of the turn */
            input_tokens?: number;
            /** output tokens of the turn */
            output_tokens?: number;
            /** tokens that the turn read from the cache */
            cache_read_tokens?: number;
            /** tokens that the turn wrote to the cache */
            cache_creation_tokens?: number;
          };
          /** cost of the last turn, USD */
          cost?: number;
          /** when the CLI last wrote a line */
          last_output_at?: Time;
          /** when the vendor's limit resets */
          rate_limited_until?: Time;
          /** when the turn that could not be run is tried again */
          retry_at?: Time;
          /** why turns wait */
          reason?: string;
          /** size of /state/notes.md */
          notes_bytes?: number;
        };
      }>;
      /** true: the whole swarm is paused */
      paused?: boolean;
      /** names of the agents that are paused by themselves */
      paused_agents: Array<string>;
    };
  };
  /** No new turns; messages queue. */
  "turns.pause": {
    params: {
      /** an agent; absent: the whole swarm; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name?: string;
    };
    result: None;
  };
  /** Turns begin again. */
  "turns.resume": {
    params: {
      /** an agent; absent: the whole swarm; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name?: string;
    };
    result: None;
  };
}

/** The payload of every event that the operator may see. */
export interface Events {
  /** It was given up. */
  "broker.dead": {
    /** id of the message */
    id: number;
    /** the mailbox */
    owner: string;
  };
  /** There are more or fewer dead letters. */
  "broker.dead_count": {
    /** dead letters of all mailboxes from now on */
    total: number;
  };
  /** A turn took it. */
  "broker.delivered": {
    /** id of the message */
    id: number;
    /** the mailbox */
    owner: string;
  };
  /** It is queued again. */
  "broker.returned": {
    /** id of the message */
    id: number;
    /** the mailbox */
    owner: string;
  };
  /** A message was stored. */
  "broker.sent": {
    /** the message */
    message: {
      /** unique in this hive, growing */
      id: number;
      /** an agent, manager, operator or system */
      from: string;
      /** the mailbox */
      to: string;
      /** what it is */
      kind: "operator" | "agent" | "system" | "question" | "reminder";
      /** text */
      body: string;
      /** a path that the recipient can read */
      file?: string;
      /** the id that this answers */
      in_reply_to?: number;
      /** when the message was stored */
      sent_at: Time;
      /** true: it was handed out before */
      redelivered?: boolean;
    };
  };
  /** Its turn ended well. */
  "broker.settled": {
    /** id of the message */
    id: number;
    /** the mailbox */
    owner: string;
  };
  /** The disk has too little room for the mail of agents, or has enough again. */
  "broker.space": {
    /** why agents cannot send now; absent: they can again */
    trouble?: string;
  };
  /** A method with an address of the page, or one that the page may not call, came or went; methods.list has them. */
  "host.addresses_changed": None;
  /** The host ends in an orderly way. */
  "host.stopping": {
    /** these are to be stopped too */
    agents?: boolean;
  };
  /** Something that shows changed. */
  "lifecycle.container_changed": {
    /** the row as it is now */
    container: {
      /** the agent's name */
      name: string;
      /** tells it apart from other agents that had its name */
      incarnation: string;
      /** agent or manager */
      role: "agent" | "manager";
      /** what the runtime sees */
      state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
      /** what should be */
      desired: "running" | "stopped";
      /** the action in flight */
      pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
      /** when that state was first seen */
      since: Time;
      /** turn state that the harness reported */
      status?: string;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** no login and no credential is there */
      needs_login?: boolean;
      /** it runs an older configuration than the deployed one */
      needs_update?: boolean;
      /** commit of the configuration in use */
      deployed_sha?: string;
      /** model in use */
      model?: string;
      /** why it does not run, or why its turn could not be run */
      reason?: string;
      /** what confines it */
      sandbox?: {
        /** what was applied at the last start */
        level: "full" | "partial" | "none";
        /** what is missing and which capability it wants */
        reasons: Array<string>;
      };
    };
  };
  /** An agent was destroyed. */
  "lifecycle.container_removed": {
    /** the agent's name */
    name: string;
    /** incarnation of that agent */
    incarnation: string;
    /** its state is gone too and its incarnation has ended */
    purged?: boolean;
  };
  /** State of a destroyed agent is kept. */
  "lifecycle.tombstone_changed": {
    /** the agent's name */
    name: string;
    /** incarnation that an agent spawned from it goes on with */
    incarnation: string;
    /** when the agent was destroyed */
    destroyed_at: Time;
  };
  /** Kept state was purged or revived. */
  "lifecycle.tombstone_removed": {
    /** the agent's name */
    name: string;
    /** incarnation of that agent */
    incarnation: string;
    /** its state is gone too and its incarnation has ended */
    purged?: boolean;
  };
  /** An action ended. */
  "lifecycle.transient_cleared": {
    /** the agent's name */
    name: string;
    /** the action */
    action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    /** true: the action did what was asked; while it is in flight this means nothing */
    ok?: boolean;
    /** why the action failed */
    error?: string;
  };
  /** An action began. */
  "lifecycle.transient_set": {
    /** the agent's name */
    name: string;
    /** the action */
    action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    /** true: the action did what was asked; while it is in flight this means nothing */
    ok?: boolean;
    /** why the action failed */
    error?: string;
  };
  /** Something that shows changed. */
  "turns.changed": {
    /** the agent's name */
    name: string;
    /** its last report */
    report: {
      /** state of the connection to the model's vendor */
      status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
      /** what the turn loop does */
      state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
      /** when it began to do that */
      since: Time;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** the model in use */
      model: string;
      /** tokens of context in the last model call */
      context_tokens?: number;
      /** tokens of the last turn */
      usage?: {
        /** input tokens of the turn */
        input_tokens?: number;
        /** output tokens of the turn */
        output_tokens?: number;
        /** tokens that the turn read from the cache */
        cache_read_tokens?: number;
        /** tokens that the turn wrote to the cache */
        cache_creation_tokens?: number;
      };
      /** cost of the last turn, USD */
      cost?: number;
      /** when the CLI last wrote a line */
      last_output_at?: Time;
      /** when the vendor's limit resets */
      rate_limited_until?: Time;
      /** when the turn that could not be run is tried again */
      retry_at?: Time;
      /** why turns wait */
      reason?: string;
      /** size of /state/notes.md */
      notes_bytes?: number;
    };
  };
}

/** Lists that plugins give the state of the operator's page, by key. The list of a plugin that is not loaded is absent. */
export interface SnapshotLists {
  "containers"?: Methods["lifecycle.list"]["result"]["containers"];
  "operator_inbox"?: Methods["broker.recent"]["result"]["messages"];
  "tombstones"?: Methods["lifecycle.tombstones"]["result"]["tombstones"];
}

/** What an agent's harness answers its page. */
export interface PageResults {
  /** Everything that the badges of the page show. */
  "page.state": {
    /** epoch of the events */
    epoch: string;
    /** seq of the newest event that is in this state; 0: none */
    seq: number;
    /** events are kept; without it history is what is in memory */
    has_store?: boolean;
    /** the report as the host has it */
    report: {
      /** state of the connection to the model's vendor */
      status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
      /** what the turn loop does */
      state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
      /** when it began to do that */
      since: Time;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** the model in use */
      model: string;
      /** tokens of context in the last model call */
      context_tokens?: number;
      /** tokens of the last turn */
      usage?: {
        /** input tokens of the turn */
        input_tokens?: number;
        /** output tokens of the turn */
        output_tokens?: number;
        /** tokens that the turn read from the cache */
        cache_read_tokens?: number;
        /** tokens that the turn wrote to the cache */
        cache_creation_tokens?: number;
      };
      /** cost of the last turn, USD */
      cost?: number;
      /** when the CLI last wrote a line */
      last_output_at?: Time;
      /** when the vendor's limit resets */
      rate_limited_until?: Time;
      /** when the turn that could not be run is tried again */
      retry_at?: Time;
      /** why turns wait */
      reason?: string;
      /** size of /state/notes.md */
      notes_bytes?: number;
    };
    /** model of the turns */
    model: {
      /** model of the next turn */
      name: string;
      /** who chose it */
      from: "choice" | "configuration" | "built_in";
      /** when it was chosen */
      since?: Time;
      /** model of the last run, when that is another one: the choice is queued */
      in_use?: string;
    };
    /** what it is logged in with */
    login: "none" | "key" | "token" | "file" | "refused";
    /** what waits */
    queue: {
      /** the operator's messages from the page, the oldest 32 */
      typed: Array<{
        /** id of the command that brought the message */
        id: number;
        /** when the message came */
        at: Time;
        /** beginning of the message */
        text: string;
      }>;
      /** how many such messages there are */
      typed_count: number;
      /** messages that were left at the broker by the last look */
      mail: number;
      /** when compacting was asked for */
      compact_since?: Time;
      /** when a new session was asked for */
      new_session_since?: Time;
    };
    /** the last run of a turn in figures */
    last_turn?: {
      /** growing */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** how long the run took by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of its first message */
      wake_from: string;
      /** as in TurnEnd */
      result_kind: string;
      /** why, when it is not ok */
      note: string;
      /** tokens */
      usage: {
        /** input tokens of the turn */
        input_tokens?: number;
        /** output tokens of the turn */
        output_tokens?: number;
        /** tokens that the turn read from the cache */
        cache_read_tokens?: number;
        /** tokens that the turn wrote to the cache */
        cache_creation_tokens?: number;
      };
      /** cost by the vendor's list */
      cost_usd: number;
      /** tokens that the model can hold */
      context_window: number;
      /** calls of all tools together */
      tool_call_count: number;
      /** calls of each tool */
      tool_calls: Record<string, number>;
      /** messages of the wake prompt, by sender */
      received: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** messages, by recipient */
      sent: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** after it; absent: not known */
      open_threads?: number;
      /** after it; absent: not known */
      open_reminders?: number;
      /** messages left when it began; absent: not known */
      inbox_depth?: number;
      /** the session was compacted in it */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** model turns that the CLI counted */
      num_turns: number;
    };
    /** USD since midnight UTC, by the vendor's list */
    spent_today?: number;
  };
  /** A page of past events, from the newest back. */
  "page.history": {
    /** epoch of the events */
    epoch: string;
    /** oldest first */
    events: Array<{
      /** one life of the store; in another one numbers mean something else */
      epoch: string;
      /** growing by one */
      seq: number;
      /** when the event happened */
      at: Time;
      /** number of the turn that the event is about */
      turn?: number;
      /** what the payload is */
      kind: string;
      /** what happened; its form depends on kind */
      payload: unknown;
    }>;
    /** there are older ones */
    more?: boolean;
  };
  /** Past turns in figures, from the newest back. */
  "page.stats": {
    /** oldest first */
    turns: Array<{
      /** growing */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** how long the run took by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of its first message */
      wake_from: string;
      /** as in TurnEnd */
      result_kind: string;
      /** why, when it is not ok */
      note: string;
      /** tokens */
      usage: {
        /** input tokens of the turn */
        input_tokens?: number;
        /** output tokens of the turn */
        output_tokens?: number;
        /** tokens that the turn read from the cache */
        cache_read_tokens?: number;
        /** tokens that the turn wrote to the cache */
        cache_creation_tokens?: number;
      };
      /** cost by the vendor's list */
      cost_usd: number;
      /** tokens that the model can hold */
      context_window: number;
      /** calls of all tools together */
      tool_call_count: number;
      /** calls of each tool */
      tool_calls: Record<string, number>;
      /** messages of the wake prompt, by sender */
      received: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** messages, by recipient */
      sent: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** after it; absent: not known */
      open_threads?: number;
      /** after it; absent: not known */
      open_reminders?: number;
      /** messages left when it began; absent: not known */
      inbox_depth?: number;
      /** the session was compacted in it */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** model turns that the CLI counted */
      num_turns: number;
    }>;
    /** there are older ones */
    more?: boolean;
  };
}

/** Payloads of an agent's live events, by kind; others are not described. */
export interface PagePayloads {
  /** A run of the CLI begins. */
  "turn_start": {
    /** number of the turn */
    turn: number;
    /** the wake prompt */
    prompt: string;
    /** model that the turn runs with */
    model: string;
    /** the conversation before it was dropped */
    new_session?: boolean;
  };
  /** It has ended. */
  "turn_end": {
    /** number of the turn */
    turn: number;
    /** ok, unknown, failed, prompt_too_long, cancelled, rate_limited, budget */
    result: string;
    /** one line; empty when ok */
    reason: string;
    /** how long the turn took */
    duration_ms: number;
    /** the run in figures; its id is that of no row */
    stat: {
      /** growing */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** how long the run took by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of its first message */
      wake_from: string;
      /** as in TurnEnd */
      result_kind: string;
      /** why, when it is not ok */
      note: string;
      /** tokens */
      usage: {
        /** input tokens of the turn */
        input_tokens?: number;
        /** output tokens of the turn */
        output_tokens?: number;
        /** tokens that the turn read from the cache */
        cache_read_tokens?: number;
        /** tokens that the turn wrote to the cache */
        cache_creation_tokens?: number;
      };
      /** cost by the vendor's list */
      cost_usd: number;
      /** tokens that the model can hold */
      context_window: number;
      /** calls of all tools together */
      tool_call_count: number;
      /** calls of each tool */
      tool_calls: Record<string, number>;
      /** messages of the wake prompt, by sender */
      received: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** messages, by recipient */
      sent: {
        /** other agents */
        peer: number;
        /** the operator */
        operator: number;
        /** the manager */
        manager: number;
        /** the hive itself */
        system: number;
      };
      /** after it; absent: not known */
      open_threads?: number;
      /** after it; absent: not known */
      open_reminders?: number;
      /** messages left when it began; absent: not known */
      inbox_depth?: number;
      /** the session was compacted in it */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** model turns that the CLI counted */
      num_turns: number;
    };
  };
  /** Something to be read by people. */
  "note": {
    /** one sentence */
    text: string;
    /** kind of the command that was taken */
    command?: "cancel" | "compact" | "new_session" | "model" | "pause" | "resume" | "park" | "sweep" | "operator_message";
    /** id of that command */
    id?: number;
    /** what the operator typed (operator_message only) */
    typed?: string;
  };
  /** The model of the next turn is another one. */
  "model_changed": {
    /** model of the next turn */
    name: string;
    /** who chose it */
    from: "choice" | "configuration" | "built_in";
    /** when it was chosen */
    since?: Time;
    /** model of the last run, when that is another one: the choice is queued */
    in_use?: string;
  };
  /** What a run that ended has used. */
  "token_usage_changed": {
    /** input tokens of the run */
    input_tokens: number;
    /** output tokens of the run */
    output_tokens: number;
    /** tokens that the run read from the cache */
    cache_read_tokens: number;
    /** tokens that the run wrote to the cache */
    cache_creation_tokens: number;
    /** tokens of context in the last model call */
    context_tokens?: number;
    /** tokens that the model can hold */
    context_window?: number;
    /** cost of the run, USD */
    cost: number;
    /** USD since midnight UTC, with this run; absent: not known */
    spent_today?: number;
  };
  /** The turn loop does something else. */
  "turn_state_changed": {
    /** state of the connection to the model's vendor */
    status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
    /** what the turn loop does */
    state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
    /** when it began to do that */
    since: Time;
    /** number of the open turn, also between its attempts */
    turn?: number;
    /** the model in use */
    model: string;
    /** tokens of context in the last model call */
    context_tokens?: number;
    /** tokens of the last turn */
    usage?: {
      /** input tokens of the turn */
      input_tokens?: number;
      /** output tokens of the turn */
      output_tokens?: number;
      /** tokens that the turn read from the cache */
      cache_read_tokens?: number;
      /** tokens that the turn wrote to the cache */
      cache_creation_tokens?: number;
    };
    /** cost of the last turn, USD */
    cost?: number;
    /** when the CLI last wrote a line */
    last_output_at?: Time;
    /** when the vendor's limit resets */
    rate_limited_until?: Time;
    /** when the turn that could not be run is tried again */
    retry_at?: Time;
    /** why turns wait */
    reason?: string;
    /** size of /state/notes.md */
    notes_bytes?: number;
  };
}
