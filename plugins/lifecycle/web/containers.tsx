import {
  Action,
  Banner,
  call,
  Chip,
  Confirm,
  containers,
  DiscButton,
  Empty,
  jumpTo,
  Name,
  now,
  openDialog,
  plural,
  post,
  Spelt,
  toast,
  type Command,
  type Container,
  type Panel,
  type Vital,
  type Wait,
} from "@hive/web";
import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useState } from "preact/hooks";
import { Config } from "./config.tsx";
import { Logs } from "./logs.tsx";
import { chips, edge, isDown, mainLook, transientLook, why, type Look } from "./look.ts";
import { failures, transients, type Transient } from "./transients.ts";

function at(name: string): string {
  return encodeURIComponent(name);
}

const act = {
  start: (name: string) => post(`/start/${at(name)}`),
  stop: (name: string) => post(`/kill/${at(name)}`),
  restart: (name: string) => post(`/restart/${at(name)}`),
  rebuild: (name: string) => call("lifecycle.rebuild", { name }),
  destroy: (name: string, purge: boolean) => post(`/destroy/${at(name)}`, { purge }),
};

function askDestroy(row: Container): void {
  openDialog(() => (
    <Confirm title={{ leet: "DESTR0Y", plain: "Destroy", of: row.name }} act={row.name} run={() => act.destroy(row.name, false)}>
      <p class="prose">
        Stops {row.name} and deletes its container. Its state, configuration and login are kept, and so is its mail. An agent that
        is spawned under its name goes on with them until you purge them.
      </p>
    </Confirm>
  ));
}

function askPurge(row: Container): void {
  openDialog(() => (
    <Confirm
      title={{ leet: "PURG3", plain: "Purge", of: row.name }}
      act={`${row.name}, for good`}
      typed={row.name}
      run={() => act.destroy(row.name, true)}
    >
      <p class="prose">
        Stops {row.name}, deletes its container and everything that is left of it. <strong class="ink-bad">There is no undo.</strong>
      </p>
      <table class="table">
        <caption class="vh">What will be deleted</caption>
        <thead>
          <tr>
            <th scope="col">goes</th>
            <th scope="col">what</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td>
              <code>state/</code>
            </td>
            <td>its notes, files and history of turns</td>
          </tr>
          <tr>
            <td>login</td>
            <td>its Claude login and sessions</td>
          </tr>
          <tr>
            <td>
              <code>proposed/</code>, <code>applied/</code>
            </td>
            <td>its configuration with all commits</td>
          </tr>
          <tr>
            <td>logs</td>
            <td>what its processes wrote</td>
          </tr>
        </tbody>
      </table>
      <p class="meta">Kept: the messages that it sent.</p>
    </Confirm>
  ));
}

function Facts({ row }: { row: Container }): JSX.Element {
  const reasons = row.sandbox?.reasons.join("; ");
  return (
    <span class="facts">
      <span class="fact" title={row.model ? `Model: ${row.model}` : undefined}>
        {row.model && (
          <>
            <span class="vh">model </span>
            <Name of={row.model} />
          </>
        )}
      </span>
      <span class="fact">
        {row.deployed_sha && (
          <>
            <span class="vh">deployed </span>
            <code title={`Deployed commit ${row.deployed_sha}`}>{row.deployed_sha.slice(0, 7)}</code>
          </>
        )}
      </span>
      <span class="fact">
        {row.sandbox && (
          <span class={row.sandbox.level === "full" ? undefined : "ink-warn"} title={reasons ? `Sandbox: ${reasons}` : "What confines it"}>
            <span class="vh">sandbox </span>▣ {row.sandbox.level}
          </span>
        )}
      </span>
    </span>
  );
}

function Looks({ looks }: { looks: Look[] }): JSX.Element {
  return (
    <span class="chips">
      {looks.map((look) => (
        <Chip key={look.glyph} glyph={look.glyph} tone={look.tone} pulse={look.pulse ?? false} title={look.title}>
          {look.text}
        </Chip>
      ))}
    </span>
  );
}

function Actions({ row, pending }: { row: Container; pending: string | undefined }): JSX.Element {
  const [more, setMore] = useState(false);
  const { name } = row;
  const id = `${name}-actions`;
  const runs = row.state === "running" || row.state === "starting";
  const blocked = { disabled: pending !== undefined, why: pending };
  const lead = row.needs_login && runs ? "login" : isDown(row) ? "start" : "first";
  return (
    <div class="actions folds" id={id}>
      {lead === "login" && (
        <a class="btn btn-primary lead" href={`/agent/${at(name)}/`} target="_blank" rel="noopener" title={`Log ${name} in, opens its agent page in a new tab`}>
          <Spelt leet="L0G 1N ↗" plain={`Log ${name} in, opens its agent page in a new tab`} />
        </a>
      )}
      {runs ? (
        <Action class={lead === "first" ? "lead" : ""} leet="ST0P" label={`Stop ${name}`} {...blocked} run={() => act.stop(name)} />
      ) : (
        <Action class={`lead${lead === "start" ? " btn-primary" : ""}`} leet="ST4RT" label={`Start ${name}`} {...blocked} run={() => act.start(name)} />
      )}
      {runs && <Action leet="R3ST4RT" label={`Restart ${name}`} {...blocked} run={() => act.restart(name)} />}
      <Action leet="R3BU1LD" label={`Rebuild ${name}`} {...blocked} run={() => act.rebuild(name)} />
      {row.role !== "manager" && (
        <>
          <Action class="btn-danger" leet="DESTR0Y" label={`Destroy ${name}, keep its state`} {...blocked} run={() => askDestroy(row)} />
          <Action class="btn-danger" leet="PURG3" label={`Purge ${name} and its state`} {...blocked} run={() => askPurge(row)} />
        </>
      )}
      <button type="button" class="btn btn-quiet more" data-always aria-expanded={more} aria-controls={id} onClick={() => setMore(!more)}>
        {more ? "less" : "more"}
        <span class="vh"> actions for {name}</span>
      </button>
    </div>
  );
}

type Detail = "logs" | "config";

/** Ticks while the action is in flight, and only then. */
function Pending({ transient, row }: { transient: Transient; row?: Container }): JSX.Element {
  const look = transientLook(transient, now.value);
  return <Looks looks={row ? chips(row, look) : [look]} />;
}

const Row = memo(function Row(props: { row: Container; transient: Transient | undefined; failure: string | undefined }): JSX.Element {
  const { row, transient, failure } = props;
  const [open, setOpen] = useState<readonly Detail[]>([]);
  const toggle = (what: Detail): void => setOpen(open.includes(what) ? open.filter((one) => one !== what) : [...open, what]);
  const tone = edge(row, failure !== undefined);
  const sentence = why(row, failure);
  return (
    <li class={`row agent${tone ? ` is-${tone}` : ""}`} id={`c-${row.name}`}>
      <div class="agent-id">
        <a class="name" href={`/agent/${at(row.name)}/`} target="_blank" rel="noopener" title="Open the agent page in a new tab">
          {row.name}
          <span class="ext" aria-hidden="true">
            ↗
          </span>
        </a>
        {transient ? <Pending transient={transient} row={row} /> : <Looks looks={chips(row)} />}
        <Facts row={row} />
      </div>
      {sentence !== undefined && (
        <p class="why" dir="auto">
          {sentence}
        </p>
      )}
      <div class="agent-act">
        <Actions row={row} pending={transient && `already ${transient.action}`} />
        <div class="discs" role="group" aria-label={`Details of ${row.name}`}>
          {(["logs", "config"] as const).map((what) => (
            <DiscButton key={what} id={`${row.name}-${what}`} open={open.includes(what)} toggle={() => toggle(what)}>
              {what}
              <span class="vh"> of {row.name}</span>
            </DiscButton>
          ))}
        </div>
      </div>
      {open.includes("logs") && (
        <div class="disc-panel" id={`${row.name}-logs`}>
          <Logs name={row.name} role={row.role} />
        </div>
      )}
      {open.includes("config") && (
        <div class="disc-panel" id={`${row.name}-config`}>
          <Config name={row.name} revision={row.deployed_sha} />
        </div>
      )}
    </li>
  );
});

/** One that is not there yet. */
function Placeholder({ transient }: { transient: Transient }): JSX.Element {
  return (
    <li class="row agent" id={`c-${transient.name}`}>
      <div class="agent-id">
        <span class="name">{transient.name}</span>
        <Pending transient={transient} />
      </div>
    </li>
  );
}

function Containers(): JSX.Element {
  const rows = containers.list;
  const coming = transients.list.filter((one) => !containers.get(one.name));
  const lost = [...failures.value].filter(([name]) => !containers.get(name));
  if (rows.length === 0 && coming.length === 0 && lost.length === 0)
    return (
      <Empty fact="No containers.">
        The manager is made when the host starts; <code>hive-c0re doctor</code> says why if it does not appear within a minute.
      </Empty>
    );
  return (
    <>
      {lost.map(([name, reason]) => (
        <Banner key={name} tone="bad" glyph="✗">
          <strong>{name} could not be made.</strong> <span dir="auto">{reason}</span>
        </Banner>
      ))}
      <ul class="rows">
        {rows.map((row) => (
          <Row key={row.name} row={row} transient={transients.get(row.name)} failure={failures.value.get(row.name)} />
        ))}
        {coming.map((one) => (
          <Placeholder key={one.name} transient={one} />
        ))}
      </ul>
    </>
  );
}

const behind = computed(() => containers.list.filter((row) => row.needs_update));

async function updateAll(): Promise<void> {
  const { containers: begun } = await call("lifecycle.update_all", {});
  toast({ tone: "ok", glyph: "✓", text: `${plural(begun.length, "container is", "containers are")} being rebuilt.` });
}

function Tools(): JSX.Element | null {
  if (behind.value.length === 0) return null;
  return <Action leet="UPD4T3 ALL" label={`Rebuild every container that is not current (${behind.value.length})`} run={updateAll} />;
}

/** What can be done to a container, as the palette says it. */
function commandsOf(row: Container): Command[] {
  const { name } = row;
  const transient = transients.get(name);
  const one = (verb: string, run: () => unknown): Command => ({
    id: `${verb}-${name}`,
    group: "swarm",
    title: `${verb} ${name}`,
    meta: mainLook(row).text,
    disabled: transient && `already ${transient.action}`,
    run,
  });
  const runs = row.state === "running" || row.state === "starting";
  return [
    {
      id: `open-${name}`,
      group: "go to",
      title: `Page of ${name}`,
      meta: mainLook(row).text,
      always: true,
      run: () => window.open(`/agent/${at(name)}/`, "_blank", "noopener"),
    },
    runs ? one("Stop", () => act.stop(name)) : one("Start", () => act.start(name)),
    ...(runs ? [one("Restart", () => act.restart(name))] : []),
    one("Rebuild", () => act.rebuild(name)),
    ...(row.role === "manager" ? [] : [one("Destroy", () => askDestroy(row)), one("Purge", () => askPurge(row))]),
  ];
}

function vitalsOf(rows: readonly Container[]): Vital[] {
  const first = (of: readonly Container[]): string => (of[0] ? `c-${of[0].name}` : "containers");
  const running = rows.filter((row) => row.state === "running");
  const thinking = running.filter((row) => row.status === "thinking");
  const down = rows.filter(isDown);
  return [
    { id: "running", glyph: "●", tone: "ok", count: String(running.length), word: "running", target: "containers" },
    { id: "thinking", glyph: "✻", tone: thinking.length > 0 ? "busy" : "dim", count: String(thinking.length), word: "thinking", target: first(thinking) },
    ...(down.length > 0 ? [{ id: "down", glyph: "✗", tone: "bad" as const, count: String(down.length), word: "down", target: first(down) }] : []),
  ];
}

function waitsOf(rows: readonly Container[]): Wait[] {
  const logins = rows.filter((row) => row.needs_login && row.state === "running");
  return [
    {
      id: "logins",
      tone: "need",
      count: logins.length,
      word: logins.length === 1 ? "login" : "logins",
      target: logins[0] ? `c-${logins[0].name}` : "containers",
      items: logins.map((row) => ({ id: row.name, text: `${row.name} needs a login` })),
    },
  ];
}

export const containersPanel: Panel = {
  id: "containers",
  group: "swarm",
  order: 10,
  title: "C0NTA1N3RS",
  name: "Containers",
  Tools,
  Body: Containers,
  count: computed(() => ({ text: String(containers.size) })),
  vitals: computed(() => vitalsOf(containers.list)),
  waits: computed(() => waitsOf(containers.list)),
  commands: computed(() => [
    ...containers.list.flatMap(commandsOf),
    ...(behind.value.length > 0
      ? [{ id: "update-all", group: "swarm", title: "Rebuild all that are not current", meta: plural(behind.value.length, "container"), run: updateAll }]
      : []),
  ]),
  keys: [{ keys: "g c", does: "go to the containers", run: () => jumpTo("containers") }],
};
