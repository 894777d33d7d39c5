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
      /** owner of a mailbox; absent: dead letters of every mailbox */
      of?: string;
      /** messages to list at most; absent: 50 */
      limit?: number;
      /** id of a message; only older ones are listed */
      before?: number;
    };
    result: {
      /** dead letters, newest first */
      messages: Array<{
        /** the message itself */
        message: {
          /** number of the message; it is unique in this hive, and later messages have larger ones */
          id: number;
          /** sender: an agent's name, manager, operator or system */
          from: string;
          /** owner of the mailbox: an agent's name, manager or operator */
          to: string;
          /** kind of the message: what it is about */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text of the message */
          body: string;
          /** path of a file that comes with it and that the recipient can read */
          file?: string;
          /** id of the message that this one answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: the message was handed out before, in a turn that did not end well */
          redelivered?: boolean;
        };
        /** state that the message is in now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead. failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** number of dead letters in every mailbox, or in the one that was named */
      total: number;
      /** true: there are older ones; the id of the last one here, given as `before`, asks for them */
      more?: boolean;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
    };
  };
  /** How much mail waits. */
  "broker.depth": {
    params: None;
    result: {
      /** mailbox of the caller; for the operator those of everyone */
      mailboxes: Array<{
        /** owner of the mailbox */
        owner: string;
        /** number of messages that wait to be handed out */
        queued: number;
        /** number of messages that are in a turn now */
        leased: number;
        /** number of messages that were given up after failed turns */
        dead: number;
      }>;
    };
  };
  /** What a message of the caller may have. */
  "broker.limits": {
    params: None;
    result: {
      /** bytes that a body may have at most */
      body_bytes: number;
      /** why agents cannot send now; absent: they can send */
      trouble?: string;
    };
  };
  /** Own inbox and sent mail, newest first, as much as one answer holds. */
  "broker.recent": {
    params: {
      /** owner of the mail, or * for everyone's; absent: the caller */
      of?: string;
      /** a name; only messages that it sent or received are listed */
      with?: string;
      /** messages to list at most; absent: 50 */
      limit?: number;
      /** only messages whose id is below this one */
      before?: number;
      /** direction of the messages: `in` for received ones, `out` for sent ones, `all` for both; absent: all */
      box?: "in" | "out" | "all";
    };
    result: {
      /** messages that were found, newest first */
      messages: Array<{
        /** the message itself */
        message: {
          /** number of the message; it is unique in this hive, and later messages have larger ones */
          id: number;
          /** sender: an agent's name, manager, operator or system */
          from: string;
          /** owner of the mailbox: an agent's name, manager or operator */
          to: string;
          /** kind of the message: what it is about */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text of the message */
          body: string;
          /** path of a file that comes with it and that the recipient can read */
          file?: string;
          /** id of the message that this one answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: the message was handed out before, in a turn that did not end well */
          redelivered?: boolean;
        };
        /** state that the message is in now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead. failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** true: there are older messages; the id of the last one here, given as `before`, asks for them */
      more?: boolean;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
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
      /** owner of a mailbox; absent: the dead letters of every mailbox are queued again */
      of?: string;
    };
    result: {
      /** number of messages that are queued again */
      requeued: number;
      /** number of messages that stay dead, because their recipient was purged */
      left: number;
    };
  };
  /** Finds messages by their words. */
  "broker.search": {
    params: {
      /** words that the messages contain */
      text: string;
      /** sender of the messages */
      from?: string;
      /** recipient of the messages */
      to?: string;
      /** time of the oldest message to look at */
      since?: Time;
      /** id of a message; only older ones are looked at */
      before?: number;
    };
    result: {
      /** messages that were found, newest first, at most 100 */
      messages: Array<{
        /** the message itself */
        message: {
          /** number of the message; it is unique in this hive, and later messages have larger ones */
          id: number;
          /** sender: an agent's name, manager, operator or system */
          from: string;
          /** owner of the mailbox: an agent's name, manager or operator */
          to: string;
          /** kind of the message: what it is about */
          kind: "operator" | "agent" | "system" | "question" | "reminder";
          /** text of the message */
          body: string;
          /** path of a file that comes with it and that the recipient can read */
          file?: string;
          /** id of the message that this one answers */
          in_reply_to?: number;
          /** when the message was stored */
          sent_at: Time;
          /** true: the message was handed out before, in a turn that did not end well */
          redelivered?: boolean;
        };
        /** state that the message is in now */
        state: "queued" | "leased" | "settled" | "dead";
        /** why a dead letter is dead. failed: five turns failed on it; purged: its recipient was purged */
        died?: "failed" | "purged";
      }>;
      /** number of messages that are stored and cannot be found yet */
      behind: number;
      /** true: there are older messages; the id of the last one here, given as `before`, asks for them */
      more?: boolean;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
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
      /** id of the message; where it went to everyone, that of the first copy */
      id: number;
    };
  };
  /** A text file of an agent's state, a destroyed one's too, or of what is shared; at most 1 MiB. */
  "files.read": {
    params: {
      /** path of the file: like /agents/alice/state/notes.md or /shared/alice/plan.md, or where the host has it */
      path: string;
      /** byte to begin at, as the answer before gave it in `next` */
      offset?: number;
    };
    result: {
      /** path of the file, which is the same in every container */
      path: string;
      /** text of the file from `offset` on */
      text: string;
      /** size of the whole file */
      bytes: number;
      /** when the file was last written */
      modified: Time;
      /** byte at which the rest begins, where there is more; when `bytes` or `modified` differ in the next answer, the file has changed and has to be read from its beginning */
      next?: number;
    };
  };
  /** Every topic and who may see it. */
  "host.events": {
    params: None;
    result: {
      /** every topic, by name */
      topics: Array<{
        /** name of the topic, as role.fact */
        topic: string;
        /** id of the plugin that publishes it */
        plugin: string;
        /** principals that may see its events */
        audience: Array<string>;
      }>;
    };
  };
  /** Slow handlers, calls in flight, connections. */
  "host.health": {
    params: None;
    result: {
      /** true: every plugin that should run does */
      ok?: boolean;
      /** every plugin that runs, by id */
      plugins: Array<{
        /** id of the plugin */
        id: string;
        /** number of times that it held its strand for more than 10 ms */
        holds_over_10_ms: number;
        /** number of times that it held its strand for more than 100 ms */
        holds_over_100_ms: number;
        /** microseconds that it held its strand at most */
        longest_us: number;
        /** number of calls that it still has to answer */
        calls_in_flight: number;
        /** number of its parts that are not used; host.plugins says why */
        left_out?: number;
        /** handler that held the strand the longest */
        slowest?: string;
      }>;
      /** number of open connections on all sockets */
      connections: number;
      /** number of connections that read events */
      subscribers: number;
      /** number of calls in flight in the whole host */
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
      /** version of the plugin ABI, as major.minor */
      abi: string;
      /** epoch of the event stream; every start of the host begins another one */
      epoch: string;
      /** process id of the host */
      pid: number;
      /** when the host was ready */
      started_at: Time;
      /** milliseconds from process start to ready */
      start_ms: number;
      /** KiB of memory that the host has in use */
      memory_kb: number;
    };
  };
  /** Changes what is logged from now on, until the host ends or hive.toml says another level. */
  "host.log_level": {
    params: {
      /** id of a plugin, `host` for the host itself, or * for all of them */
      plugin: string;
      /** level of the least important messages that are logged */
      level: "trace" | "debug" | "info" | "warning" | "error";
    };
    result: None;
  };
  /** Every method, whoever may call it. */
  "host.methods": {
    params: None;
    result: {
      /** methods that the caller may call, by name */
      methods: Array<{
        /** name of the method, as role.verb */
        name: string;
        /** principals that may call the method */
        callers: Array<string>;
        /** milliseconds after which the caller is answered timeout */
        deadline_ms: number;
        /** what the method does and how it is offered */
        about: {
          /** what the method does, in one sentence */
          doc?: string;
          /** JSON Schema of the params */
          params?: unknown;
          /** JSON Schema of the result */
          result?: unknown;
          /** how it is offered to models; absent: it is not */
          tool?: {
            /** name of the tool, without its server's */
            name?: string;
            /** what the tool does */
            description?: string;
            /** text of the result, in which {member} is replaced; empty: JSON */
            answer?: string;
            /** line for each element of the list in the result; empty: JSON */
            lines?: string;
            /** principals that it is offered to, as bits; absent: all that may call the method */
            to?: number;
            /** true: the tool changes nothing */
            read_only?: boolean;
            /** what the tool does to what there is: reads, adds or destroys */
            effect?: string;
            /** true: a second call with the same params changes nothing more */
            idempotent?: boolean;
            /** true: the tool reaches what is outside of the hive */
            open_world?: boolean;
            /** JSON Schema of the tool's params */
            params?: unknown;
          };
          /** how it is offered on the command line */
          cli?: {
            /** command of one word; empty: there is none */
            alias?: string;
            /** members that are taken by place, with spaces between */
            positional?: string;
            /** topic whose event ends the action; empty: the answer does */
            awaits?: string;
            /** columns of the list in the result, each as TITLE=member */
            columns?: string;
            /** member of the result that is printed alone; empty: all are */
            text?: string;
          };
          /** addresses of the page's server that call the method */
          http: Array<{
            /** GET or POST */
            verb?: string;
            /** path of the address; {member} stands for a member of the params */
            path?: string;
            /** members that every request has, as name=value&name=value */
            with?: string;
            /** text of the result that is put together of all pieces */
            joins?: string;
          }>;
          /** false: the page may not call the method */
          from_pages?: boolean;
        };
        /** true: no plugin answers the method now */
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
        /** true: the plugin runs in a process of its own */
        isolated?: boolean;
        /** why the plugin does not run */
        reason?: string;
        /** milliseconds that its start took */
        start_ms: number;
        /** name of the ES module that shows the plugin on the operator's page */
        panel?: string;
        /** what the plugin gives to the page's state, each as key=role.verb/member */
        snapshot: Array<string>;
        /** parts of the plugin that are not used, each with the reason */
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
      /** true: the plugin runs in a process of its own */
      isolated?: boolean;
      /** why the plugin does not run */
      reason?: string;
      /** milliseconds that its start took */
      start_ms: number;
      /** name of the ES module that shows the plugin on the operator's page */
      panel?: string;
      /** what the plugin gives to the page's state, each as key=role.verb/member */
      snapshot: Array<string>;
      /** parts of the plugin that are not used, each with the reason */
      left_out: Array<string>;
    };
  };
  /** Ends the host after it has answered. */
  "host.shutdown": {
    params: {
      /** true: the agents are stopped too; otherwise they go on */
      agents?: boolean;
    };
    result: None;
  };
  /** An address that opens the operator's page, and the phrase by which the page is known. */
  "http.open": {
    params: None;
    result: {
      /** address that signs one browser in, once, within two minutes */
      url: string;
      /** phrase that the page shows too, which proves that it is this host's */
      phrase: string;
    };
  };
  /** What to put into the password file of the page; the password itself is not kept. */
  "http.password_line": {
    params: {
      /** the new password, 12 to 1,024 bytes */
      password: string;
    };
    result: {
      /** content of the file that the setting password_file names */
      line: string;
    };
  };
  /** Whether the operator's page is served, and where. */
  "http.serving": {
    params: None;
    result: {
      /** true: browsers reach the page */
      served?: boolean;
      /** address that the page is served at */
      address: string;
      /** port that the page is served at, or would be */
      port: number;
      /** why the page is not served, and whether the host tries again */
      reason?: string;
    };
  };
  /** Waits for lines after a cursor. */
  "journal.follow": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** unit that writes the lines: hive-ag3nt.service or hive-m1nd.service; absent: every unit */
      unit?: string;
      /** cursor of the last line that was read */
      cursor: number;
      /** seconds to wait for a line when none is there */
      wait_seconds?: number;
    };
    result: {
      /** lines of the log, oldest first */
      lines: Array<{
        /** number of the line, one more than that of the line before it; a gap was rotated away */
        cursor: number;
        /** when the line was written */
        at: Time;
        /** where the line was written: out, err or supervisor */
        stream: string;
        /** text of the line, at most 8 KiB */
        text: string;
      }>;
      /** cursor that asks for the lines after these */
      cursor: number;
    };
  };
  /** Lines that an agent's processes wrote. */
  "journal.read": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** unit that wrote the lines: hive-ag3nt.service or hive-m1nd.service; absent: every unit */
      unit?: string;
      /** lines to read at most */
      lines?: number;
      /** cursor of a line; only later lines are read; absent: the newest lines */
      cursor?: number;
    };
    result: {
      /** lines of the log, oldest first */
      lines: Array<{
        /** number of the line, one more than that of the line before it; a gap was rotated away */
        cursor: number;
        /** when the line was written */
        at: Time;
        /** where the line was written: out, err or supervisor */
        stream: string;
        /** text of the line, at most 8 KiB */
        text: string;
      }>;
      /** cursor that asks for the lines after these */
      cursor: number;
    };
  };
  /** The files of an agent's deployed configuration. */
  "lifecycle.config": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** path of one file of the configuration; absent: every file */
      path?: string;
    };
    result: {
      /** commit that the files are from */
      revision: string;
      /** files of the configuration; agent.toml and agent.nix come first */
      files: Array<{
        /** path of the file in the repository */
        path: string;
        /** content of the file */
        text: string;
      }>;
    };
  };
  /** Removes an agent; its state is kept unless purge. */
  "lifecycle.destroy": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** true: its state, login, logs and repositories are deleted too, which cannot be undone */
      purge?: boolean;
      /** true: the agent is destroyed even if it is the manager */
      force?: boolean;
    };
    result: {
      /** the agent's name */
      name: string;
      /** action that is in flight for the agent from now on */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Every agent and how it is. */
  "lifecycle.list": {
    params: None;
    result: {
      /** every agent; the manager comes first, the others by name */
      containers: Array<{
        /** the agent's name */
        name: string;
        /** number that tells this agent apart from others that had its name before */
        incarnation: string;
        /** role of the agent: agent or manager */
        role: "agent" | "manager";
        /** state of its container, as the runtime sees it */
        state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
        /** state that the container should be in */
        desired: "running" | "stopped";
        /** action that is in flight for the agent */
        pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
        /** when the container came into its state */
        since: Time;
        /** state of its turns, as its harness reported it */
        status?: string;
        /** number of the open turn, also between its attempts */
        turn?: number;
        /** true: the agent has no login, and no credential is configured */
        needs_login?: boolean;
        /** true: the agent runs an older configuration than the deployed one */
        needs_update?: boolean;
        /** commit of the configuration that the agent runs */
        deployed_sha?: string;
        /** model that the agent uses */
        model?: string;
        /** why the agent does not run, or why its turn could not be run */
        reason?: string;
        /** what confines the agent */
        sandbox?: {
          /** level of the sandbox that the last start applied */
          level: "full" | "partial" | "none";
          /** parts of the full sandbox that are missing, each with the capability that it needs */
          reasons: Array<string>;
        };
      }>;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
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
      /** findings, one for each check */
      findings: Array<{
        /** thing that was looked at */
        subject: string;
        /** what was found and what to do */
        message: string;
        /** true: nothing is wrong with it */
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
      /** commit that an approval prepared; absent: the deployed one */
      revision?: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** action that is in flight for the agent from now on */
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
      /** action that is in flight for the agent from now on */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Creates and starts an agent. */
  "lifecycle.spawn": {
    params: {
      /** name of the new agent; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** commit that an approval prepared; absent: the agent begins with a new configuration */
      revision?: string;
    };
    result: {
      /** the agent's name */
      name: string;
      /** action that is in flight for the agent from now on */
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
      /** action that is in flight for the agent from now on */
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
      /** action that is in flight for the agent from now on */
      action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    };
  };
  /** Kept state of destroyed agents. */
  "lifecycle.tombstones": {
    params: None;
    result: {
      /** agents that were destroyed and whose state is kept, newest first */
      tombstones: Array<{
        /** the agent's name */
        name: string;
        /** incarnation that an agent which is spawned from this state continues */
        incarnation: string;
        /** when the agent was destroyed */
        destroyed_at: Time;
      }>;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
    };
  };
  /** Rebuilds every agent that is behind; answers which. */
  "lifecycle.update_all": {
    params: None;
    result: {
      /** every agent; the manager comes first, the others by name */
      containers: Array<{
        /** the agent's name */
        name: string;
        /** number that tells this agent apart from others that had its name before */
        incarnation: string;
        /** role of the agent: agent or manager */
        role: "agent" | "manager";
        /** state of its container, as the runtime sees it */
        state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
        /** state that the container should be in */
        desired: "running" | "stopped";
        /** action that is in flight for the agent */
        pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
        /** when the container came into its state */
        since: Time;
        /** state of its turns, as its harness reported it */
        status?: string;
        /** number of the open turn, also between its attempts */
        turn?: number;
        /** true: the agent has no login, and no credential is configured */
        needs_login?: boolean;
        /** true: the agent runs an older configuration than the deployed one */
        needs_update?: boolean;
        /** commit of the configuration that the agent runs */
        deployed_sha?: string;
        /** model that the agent uses */
        model?: string;
        /** why the agent does not run, or why its turn could not be run */
        reason?: string;
        /** what confines the agent */
        sandbox?: {
          /** level of the sandbox that the last start applied */
          level: "full" | "partial" | "none";
          /** parts of the full sandbox that are missing, each with the capability that it needs */
          reasons: Array<string>;
        };
      }>;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
    };
  };
  /** What the caller may call, with schemas. */
  "methods.list": {
    params: {
      /** true: methods of the host's own contracts that no plugin answers now are listed too */
      away?: boolean;
    };
    result: {
      /** methods that the caller may call, by name */
      methods: Array<{
        /** name of the method, as role.verb */
        name: string;
        /** principals that may call the method */
        callers: Array<string>;
        /** milliseconds after which the caller is answered timeout */
        deadline_ms: number;
        /** what the method does and how it is offered */
        about: {
          /** what the method does, in one sentence */
          doc?: string;
          /** JSON Schema of the params */
          params?: unknown;
          /** JSON Schema of the result */
          result?: unknown;
          /** how it is offered to models; absent: it is not */
          tool?: {
            /** name of the tool, without its server's */
            name?: string;
            /** what the tool does */
            description?: string;
            /** text of the result, in which {member} is replaced; empty: JSON */
            answer?: string;
            /** line for each element of the list in the result; empty: JSON */
            lines?: string;
            /** principals that it is offered to, as bits; absent: all that may call the method */
            to?: number;
            /** true: the tool changes nothing */
            read_only?: boolean;
            /** what the tool does to what there is: reads, adds or destroys */
            effect?: string;
            /** true: a second call with the same params changes nothing more */
            idempotent?: boolean;
            /** true: the tool reaches what is outside of the hive */
            open_world?: boolean;
            /** JSON Schema of the tool's params */
            params?: unknown;
          };
          /** how it is offered on the command line */
          cli?: {
            /** command of one word; empty: there is none */
            alias?: string;
            /** members that are taken by place, with spaces between */
            positional?: string;
            /** topic whose event ends the action; empty: the answer does */
            awaits?: string;
            /** columns of the list in the result, each as TITLE=member */
            columns?: string;
            /** member of the result that is printed alone; empty: all are */
            text?: string;
          };
          /** addresses of the page's server that call the method */
          http: Array<{
            /** GET or POST */
            verb?: string;
            /** path of the address; {member} stands for a member of the params */
            path?: string;
            /** members that every request has, as name=value&name=value */
            with?: string;
            /** text of the result that is put together of all pieces */
            joins?: string;
          }>;
          /** false: the page may not call the method */
          from_pages?: boolean;
        };
        /** true: no plugin answers the method now */
        away?: boolean;
      }>;
    };
  };
  /** Gives a harness a command; durable until taken. */
  "turns.command": {
    params: {
      /** the agent's name; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name: string;
      /** kind of the command: what the harness has to do */
      kind: "cancel" | "compact" | "new_session" | "model" | "pause" | "resume" | "park" | "sweep" | "operator_message";
      /** model to use (model only); absent: the configured one */
      model?: string;
      /** text of the message (operator_message only) */
      text?: string;
      /** time until which no turn begins (park only) */
      until?: Time;
      /** number of the turn to end (cancel only); absent: the open one */
      turn?: number;
      /** idempotency key of the command, unique for each caller, kept 30 days */
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
        /** what the agent's harness reported last */
        report: {
          /** state of the connection to the model's vendor */
          status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
          /** what the turn loop does now */
          state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
          /** when the turn loop began to do that */
          since: Time;
          /** number of the open turn, also between its attempts */
          turn?: number;
          /** model that is in use */
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
          /** US dollars that the last turn cost */
          cost?: number;
          /** when the CLI last wrote a line */
          last_output_at?: Time;
          /** when the vendor's limit resets */
          rate_limited_until?: Time;
          /** when the turn that could not be run is tried again */
          retry_at?: Time;
          /** why turns have to wait */
          reason?: string;
          /** bytes of the file /state/notes.md */
          notes_bytes?: number;
        };
      }>;
      /** true: the whole swarm is paused */
      paused?: boolean;
      /** names of the agents that are paused one by one */
      paused_agents: Array<string>;
      /** stored rows that the list lacks because they cannot be read, 16 of them at most */
      unreadable?: Array<{
        /** id or name of the row */
        id: string;
        /** column that should hold something else */
        why: string;
      }>;
    };
  };
  /** No new turns; messages queue. */
  "turns.pause": {
    params: {
      /** name of an agent; absent: the whole swarm; a name like alice: a letter, then at most 30 of a-z 0-9 - */
      name?: string;
    };
    result: None;
  };
  /** Turns begin again. */
  "turns.resume": {
    params: {
      /** name of an agent; absent: the whole swarm; a name like alice: a letter, then at most 30 of a-z 0-9 - */
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
    /** owner of the mailbox that has it */
    owner: string;
  };
  /** There are more or fewer dead letters. */
  "broker.dead_count": {
    /** number of dead letters in every mailbox together */
    total: number;
  };
  /** A turn took it. */
  "broker.delivered": {
    /** id of the message */
    id: number;
    /** owner of the mailbox that has it */
    owner: string;
  };
  /** It is queued again. */
  "broker.returned": {
    /** id of the message */
    id: number;
    /** owner of the mailbox that has it */
    owner: string;
  };
  /** A message was stored. */
  "broker.sent": {
    /** message that was stored */
    message: {
      /** number of the message; it is unique in this hive, and later messages have larger ones */
      id: number;
      /** sender: an agent's name, manager, operator or system */
      from: string;
      /** owner of the mailbox: an agent's name, manager or operator */
      to: string;
      /** kind of the message: what it is about */
      kind: "operator" | "agent" | "system" | "question" | "reminder";
      /** text of the message */
      body: string;
      /** path of a file that comes with it and that the recipient can read */
      file?: string;
      /** id of the message that this one answers */
      in_reply_to?: number;
      /** when the message was stored */
      sent_at: Time;
      /** true: the message was handed out before, in a turn that did not end well */
      redelivered?: boolean;
    };
  };
  /** Its turn ended well. */
  "broker.settled": {
    /** id of the message */
    id: number;
    /** owner of the mailbox that has it */
    owner: string;
  };
  /** The disk has too little room for the mail of agents, or has enough again. */
  "broker.space": {
    /** why agents cannot send now; absent: they can send again */
    trouble?: string;
  };
  /** A method with an address of the page, or one that the page may not call, came or went; methods.list has them. */
  "host.addresses_changed": None;
  /** The host ends in an orderly way. */
  "host.stopping": {
    /** true: the agents are to be stopped too */
    agents?: boolean;
  };
  /** Something that shows changed. */
  "lifecycle.container_changed": {
    /** row of the agent as it is now */
    container: {
      /** the agent's name */
      name: string;
      /** number that tells this agent apart from others that had its name before */
      incarnation: string;
      /** role of the agent: agent or manager */
      role: "agent" | "manager";
      /** state of its container, as the runtime sees it */
      state: "absent" | "stopped" | "starting" | "running" | "stopping" | "refused";
      /** state that the container should be in */
      desired: "running" | "stopped";
      /** action that is in flight for the agent */
      pending?: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
      /** when the container came into its state */
      since: Time;
      /** state of its turns, as its harness reported it */
      status?: string;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** true: the agent has no login, and no credential is configured */
      needs_login?: boolean;
      /** true: the agent runs an older configuration than the deployed one */
      needs_update?: boolean;
      /** commit of the configuration that the agent runs */
      deployed_sha?: string;
      /** model that the agent uses */
      model?: string;
      /** why the agent does not run, or why its turn could not be run */
      reason?: string;
      /** what confines the agent */
      sandbox?: {
        /** level of the sandbox that the last start applied */
        level: "full" | "partial" | "none";
        /** parts of the full sandbox that are missing, each with the capability that it needs */
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
    /** true: its state is deleted too, and its incarnation has ended */
    purged?: boolean;
  };
  /** State of a destroyed agent is kept. */
  "lifecycle.tombstone_changed": {
    /** the agent's name */
    name: string;
    /** incarnation that an agent which is spawned from this state continues */
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
    /** true: its state is deleted too, and its incarnation has ended */
    purged?: boolean;
  };
  /** An action ended. */
  "lifecycle.transient_cleared": {
    /** the agent's name */
    name: string;
    /** action that the event is about */
    action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    /** true: the action did what was asked; it means nothing while the action is in flight */
    ok?: boolean;
    /** why the action failed */
    error?: string;
  };
  /** An action began. */
  "lifecycle.transient_set": {
    /** the agent's name */
    name: string;
    /** action that the event is about */
    action: "spawning" | "starting" | "stopping" | "restarting" | "rebuilding" | "destroying";
    /** true: the action did what was asked; it means nothing while the action is in flight */
    ok?: boolean;
    /** why the action failed */
    error?: string;
  };
  /** Something that shows changed. */
  "turns.changed": {
    /** the agent's name */
    name: string;
    /** what the agent's harness reported last */
    report: {
      /** state of the connection to the model's vendor */
      status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
      /** what the turn loop does now */
      state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
      /** when the turn loop began to do that */
      since: Time;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** model that is in use */
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
      /** US dollars that the last turn cost */
      cost?: number;
      /** when the CLI last wrote a line */
      last_output_at?: Time;
      /** when the vendor's limit resets */
      rate_limited_until?: Time;
      /** when the turn that could not be run is tried again */
      retry_at?: Time;
      /** why turns have to wait */
      reason?: string;
      /** bytes of the file /state/notes.md */
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
    /** epoch of the events, which changes with their store */
    epoch: string;
    /** seq of the newest event that this state includes; 0: it includes none */
    seq: number;
    /** true: events are kept on disk; false: only those in memory can be read */
    has_store?: boolean;
    /** what the harness does, as it reported it to the host */
    report: {
      /** state of the connection to the model's vendor */
      status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
      /** what the turn loop does now */
      state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
      /** when the turn loop began to do that */
      since: Time;
      /** number of the open turn, also between its attempts */
      turn?: number;
      /** model that is in use */
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
      /** US dollars that the last turn cost */
      cost?: number;
      /** when the CLI last wrote a line */
      last_output_at?: Time;
      /** when the vendor's limit resets */
      rate_limited_until?: Time;
      /** when the turn that could not be run is tried again */
      retry_at?: Time;
      /** why turns have to wait */
      reason?: string;
      /** bytes of the file /state/notes.md */
      notes_bytes?: number;
    };
    /** model of the turns and who chose it */
    model: {
      /** model that the next turn runs with */
      name: string;
      /** who chose the model */
      from: "choice" | "configuration" | "built_in";
      /** when the model was chosen */
      since?: Time;
      /** model of the last run, where the next turn uses another one */
      in_use?: string;
    };
    /** login or credential that the agent has */
    login: "none" | "key" | "token" | "file" | "refused";
    /** what waits for a turn */
    queue: {
      /** messages that the operator typed on the page and that no turn has taken, the oldest 32 */
      typed: Array<{
        /** id of the command that brought the message */
        id: number;
        /** when the message came */
        at: Time;
        /** beginning of the message */
        text: string;
      }>;
      /** number of such messages */
      typed_count: number;
      /** number of messages in the mailbox when the harness last looked */
      mail: number;
      /** when compacting was asked for */
      compact_since?: Time;
      /** when a new session was asked for */
      new_session_since?: Time;
    };
    /** the last run of a turn in figures */
    last_turn?: {
      /** number of the run; later runs have larger ones */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** milliseconds that the run took, by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of the first message that woke it */
      wake_from: string;
      /** how the run ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget */
      result_kind: string;
      /** why the run did not end well */
      note: string;
      /** tokens that the run used */
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
      /** US dollars that the run cost, by the vendor's price list */
      cost_usd: number;
      /** tokens of context that the model can hold */
      context_window: number;
      /** number of calls of all tools together */
      tool_call_count: number;
      /** number of calls of each tool, by its name */
      tool_calls: Record<string, number>;
      /** messages in the wake prompt, by sender */
      received: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** messages that were sent in the run, by recipient */
      sent: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** number of threads that were open after the run; absent: it is not known */
      open_threads?: number;
      /** number of reminders that were open after the run; absent: it is not known */
      open_reminders?: number;
      /** number of messages in the mailbox when the run began; absent: it is not known */
      inbox_depth?: number;
      /** true: the session was compacted in the run */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** number of model turns in the run, as the CLI counted them */
      num_turns: number;
    };
    /** US dollars spent since midnight UTC, by the vendor's price list */
    spent_today?: number;
  };
  /** A page of past events, from the newest back. */
  "page.history": {
    /** epoch of the events, which changes with their store */
    epoch: string;
    /** events, oldest first */
    events: Array<{
      /** epoch of the event store; numbers of another epoch are of other events */
      epoch: string;
      /** number of the event, one more than that of the event before it */
      seq: number;
      /** when the event happened */
      at: Time;
      /** number of the turn that the event is about */
      turn?: number;
      /** kind of the event, which says what its payload is */
      kind: string;
      /** what happened; its form depends on the kind */
      payload: unknown;
    }>;
    /** true: there are older events */
    more?: boolean;
    /** stored rows that the list lacks because they cannot be read, 16 of them at most */
    unreadable?: Array<{
      /** id or name of the row */
      id: string;
      /** column that should hold something else */
      why: string;
    }>;
  };
  /** Past turns in figures, from the newest back. */
  "page.stats": {
    /** runs, oldest first */
    turns: Array<{
      /** number of the run; later runs have larger ones */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** milliseconds that the run took, by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of the first message that woke it */
      wake_from: string;
      /** how the run ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget */
      result_kind: string;
      /** why the run did not end well */
      note: string;
      /** tokens that the run used */
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
      /** US dollars that the run cost, by the vendor's price list */
      cost_usd: number;
      /** tokens of context that the model can hold */
      context_window: number;
      /** number of calls of all tools together */
      tool_call_count: number;
      /** number of calls of each tool, by its name */
      tool_calls: Record<string, number>;
      /** messages in the wake prompt, by sender */
      received: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** messages that were sent in the run, by recipient */
      sent: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** number of threads that were open after the run; absent: it is not known */
      open_threads?: number;
      /** number of reminders that were open after the run; absent: it is not known */
      open_reminders?: number;
      /** number of messages in the mailbox when the run began; absent: it is not known */
      inbox_depth?: number;
      /** true: the session was compacted in the run */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** number of model turns in the run, as the CLI counted them */
      num_turns: number;
    }>;
    /** true: there are older runs */
    more?: boolean;
    /** stored rows that the list lacks because they cannot be read, 16 of them at most */
    unreadable?: Array<{
      /** id or name of the row */
      id: string;
      /** column that should hold something else */
      why: string;
    }>;
  };
}

/** Payloads of an agent's live events, by kind; others are not described. */
export interface PagePayloads {
  /** A run of the CLI begins. */
  "turn_start": {
    /** number of the turn */
    turn: number;
    /** prompt that woke the agent */
    prompt: string;
    /** model that the turn runs with */
    model: string;
    /** true: the turn begins a new conversation */
    new_session?: boolean;
  };
  /** It has ended. */
  "turn_end": {
    /** number of the turn */
    turn: number;
    /** how the turn ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget */
    result: string;
    /** why the turn did not end well, in one line; empty when it is ok */
    reason: string;
    /** milliseconds that the turn took */
    duration_ms: number;
    /** the run in figures; its id is that of no row */
    stat: {
      /** number of the run; later runs have larger ones */
      id: number;
      /** when the run began */
      started_at: Time;
      /** when the run ended */
      ended_at: Time;
      /** milliseconds that the run took, by the monotonic clock */
      duration_ms: number;
      /** model that the run used */
      model: string;
      /** sender of the first message that woke it */
      wake_from: string;
      /** how the run ended: ok, unknown, failed, prompt_too_long, cancelled, rate_limited or budget */
      result_kind: string;
      /** why the run did not end well */
      note: string;
      /** tokens that the run used */
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
      /** US dollars that the run cost, by the vendor's price list */
      cost_usd: number;
      /** tokens of context that the model can hold */
      context_window: number;
      /** number of calls of all tools together */
      tool_call_count: number;
      /** number of calls of each tool, by its name */
      tool_calls: Record<string, number>;
      /** messages in the wake prompt, by sender */
      received: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** messages that were sent in the run, by recipient */
      sent: {
        /** number of messages with other agents */
        peer: number;
        /** number of messages with the operator */
        operator: number;
        /** number of messages with the manager */
        manager: number;
        /** number of messages with the hive itself */
        system: number;
      };
      /** number of threads that were open after the run; absent: it is not known */
      open_threads?: number;
      /** number of reminders that were open after the run; absent: it is not known */
      open_reminders?: number;
      /** number of messages in the mailbox when the run began; absent: it is not known */
      inbox_depth?: number;
      /** true: the session was compacted in the run */
      compacted?: boolean;
      /** id of the CLI's session */
      session_id: string;
      /** number of model turns in the run, as the CLI counted them */
      num_turns: number;
    };
  };
  /** Something to be read by people. */
  "note": {
    /** what happened, in one sentence */
    text: string;
    /** kind of the command that the harness took */
    command?: "cancel" | "compact" | "new_session" | "model" | "pause" | "resume" | "park" | "sweep" | "operator_message";
    /** id of the command that the harness took */
    id?: number;
    /** text that the operator typed (operator_message only) */
    typed?: string;
  };
  /** The model of the next turn is another one. */
  "model_changed": {
    /** model that the next turn runs with */
    name: string;
    /** who chose the model */
    from: "choice" | "configuration" | "built_in";
    /** when the model was chosen */
    since?: Time;
    /** model of the last run, where the next turn uses another one */
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
    /** tokens of context that the model can hold */
    context_window?: number;
    /** US dollars that the run cost */
    cost: number;
    /** USD since midnight UTC, with this run; absent: not known */
    spent_today?: number;
  };
  /** The turn loop does something else. */
  "turn_state_changed": {
    /** state of the connection to the model's vendor */
    status: "online" | "needs_login_idle" | "needs_login_in_progress" | "offline";
    /** what the turn loop does now */
    state: "starting" | "needs_login" | "idle" | "thinking" | "compacting" | "rate_limited" | "retrying" | "over_budget" | "paused" | "stopping";
    /** when the turn loop began to do that */
    since: Time;
    /** number of the open turn, also between its attempts */
    turn?: number;
    /** model that is in use */
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
    /** US dollars that the last turn cost */
    cost?: number;
    /** when the CLI last wrote a line */
    last_output_at?: Time;
    /** when the vendor's limit resets */
    rate_limited_until?: Time;
    /** when the turn that could not be run is tried again */
    retry_at?: Time;
    /** why turns have to wait */
    reason?: string;
    /** bytes of the file /state/notes.md */
    notes_bytes?: number;
  };
}
