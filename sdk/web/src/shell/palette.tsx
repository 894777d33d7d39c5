import type { JSX } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wordsOf } from "../api.ts";
import { closeDialog, Modal, openDialog } from "../ui/dialog.tsx";
import { onKeys } from "../ui/keys.ts";
import { useChoice } from "../ui/listbox.tsx";
import { toast } from "../ui/toast.tsx";
import type { Command, Key } from "./registry.ts";

const mostShown = 60;

export function openPalette(commands: () => readonly Command[], offline: () => boolean): void {
  openDialog(() => <Palette commands={commands()} offline={offline()} />);
}

function matches(command: Command, words: readonly string[]): boolean {
  const text = `${command.group} ${command.title} ${command.meta ?? ""}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The title with what was typed marked in it. */
function Marked({ title, words }: { title: string; words: readonly string[] }): JSX.Element {
  const word = words.find((one) => title.toLowerCase().includes(one));
  if (!word) return <span>{title}</span>;
  const at = title.toLowerCase().indexOf(word);
  return (
    <span>
      {title.slice(0, at)}
      <mark>{title.slice(at, at + word.length)}</mark>
      {title.slice(at + word.length)}
    </span>
  );
}

function Palette({ commands, offline }: { commands: readonly Command[]; offline: boolean }): JSX.Element {
  const id = useId();
  const [typed, setTyped] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Command[]>();
  const found = commands.filter((command) => matches(command, words)).slice(0, mostShown);
  for (const command of found) groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  const flat = [...groups.values()].flat();
  const why = (command: Command): string | undefined =>
    command.disabled ?? (offline && !command.always ? "the host is not reached" : undefined);
  const take = (index: number): void => {
    const command = flat[index];
    if (!command || why(command)) return;
    closeDialog();
    void Promise.resolve()
      .then(command.run)
      .catch((error: unknown) => toast({ tone: "bad", glyph: "✗", text: wordsOf(error) }));
  };
  const choice = useChoice(
    flat.map((command) => ({ id: command.id, show: command.title, disabled: why(command) !== undefined })),
    take,
  );
  useLayoutEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  });
  return (
    <Modal label="Command palette" class="palette">
      <label class="palette-field">
        <span aria-hidden="true">›</span>
        <span class="vh">Command</span>
        <input
          class="palette-input"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={flat.length > 0 ? `${id}-${choice.index}` : undefined}
          aria-autocomplete="list"
          autocomplete="off"
          spellcheck={false}
          value={typed}
          onInput={(event) => {
            setTyped(event.currentTarget.value);
            choice.reset();
          }}
          onKeyDown={onKeys(choice.key)}
        />
      </label>
      <div class="palette-list" id={`${id}-list`} role="listbox" aria-label="Actions" ref={list} tabIndex={-1}>
        {[...groups].map(([group, members], g) => (
          <div role="group" aria-labelledby={`${id}-g${g}`} key={group}>
            <div class="palette-group" id={`${id}-g${g}`} role="presentation">
              {group}
            </div>
            {members.map((command) => {
              const i = flat.indexOf(command);
              return (
                <div
                  key={command.id}
                  role="option"
                  id={`${id}-${i}`}
                  class="palette-item"
                  aria-selected={i === choice.index}
                  aria-disabled={why(command) !== undefined || undefined}
                  onMouseMove={() => choice.set(i)}
                  onClick={() => take(i)}
                >
                  <Marked title={command.title} words={words} />
                  {(why(command) ?? command.meta) && <span class="meta">{why(command) ?? command.meta}</span>}
                  {command.keys && <kbd>{command.keys}</kbd>}
                </div>
              );
            })}
          </div>
        ))}
        {flat.length === 0 && (
          <div role="option" aria-disabled="true" aria-selected="false" class="palette-item">
            Nothing is called that.
          </div>
        )}
      </div>
      <div class="palette-foot meta">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>Enter</kbd> run
        </span>
        <span>
          <kbd>Esc</kbd> close
        </span>
      </div>
    </Modal>
  );
}

export function openKeys(keys: readonly Key[]): void {
  openDialog(() => <Keys keys={keys} />);
}

function Keys({ keys }: { keys: readonly Key[] }): JSX.Element {
  const id = useId();
  return (
    <Modal labelledBy={id}>
      <form method="dialog">
        <h2 class="dialog-title" id={id}>
          Keys
        </h2>
        <table class="table">
          <caption class="vh">Keyboard shortcuts</caption>
          <thead>
            <tr>
              <th scope="col">key</th>
              <th scope="col">does</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key.keys}>
                <td>
                  {key.keys.split(" ").map((one) => (
                    <kbd key={one}>{one}</kbd>
                  ))}
                </td>
                <td>{key.does}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div class="dialog-actions">
          <button class="btn" value="close" data-always>
            close
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** Runs what a key is for, unless something is being typed. `g i`: two keys within two seconds. */
export function listenForKeys(keys: () => readonly Key[]): void {
  let first = "";
  let at = 0;
  document.addEventListener("keydown", onKeys((event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    const name = `${event.ctrlKey || event.metaKey ? "Ctrl " : ""}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
    const isTyping = target.matches("input, textarea, select") || document.querySelector("dialog[open]") !== null;
    if (event.altKey || (isTyping && !name.startsWith("Ctrl "))) return;
    const both = event.timeStamp - at < 2_000 ? `${first} ${name}` : "";
    const key = keys().find((one) => both !== "" && one.keys === both) ?? keys().find((one) => one.keys === name);
    first = key ? "" : name;
    at = event.timeStamp;
    if (!key || (isTyping && key.keys !== "Ctrl k")) return;
    event.preventDefault();
    key.run();
  }));
}
