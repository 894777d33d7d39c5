import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { wordsOf } from "../api.ts";
import { isBlank } from "../state/outgoing.ts";
import { onKeys } from "../ui/keys.ts";
import { Completion, useChoice, type Option } from "../ui/listbox.tsx";
import { draft, enter, isCommand, slashes, unreachable } from "./commands.ts";

/** What was sent, newest last, for the arrow up. */
const sent: string[] = [];
const mostRemembered = 50;

export const promptId = "prompt";

export function Prompt(): JSX.Element {
  const id = useId();
  const [said, setSaid] = useState<{ text: string; bad: boolean }>();
  const [busy, setBusy] = useState(false);
  const [shut, setShut] = useState(false);
  const [back, setBack] = useState(0);
  const why = unreachable();
  const isSlash = isCommand(draft.value);
  const found = isSlash && !shut ? slashes.filter(({ word }) => word.startsWith(draft.value) && word !== draft.value) : [];
  const options: Option[] = found.map((slash) => {
    const refused = slash.refused();
    return {
      id: slash.word,
      disabled: refused !== undefined,
      show: (
        <>
          <b>
            {slash.word}
            {slash.takes && ` [${slash.takes}]`}
          </b>
          <span class="meta">{refused ?? slash.does}</span>
        </>
      ),
    };
  });
  const take = (index: number): void => {
    const slash = found[index];
    if (!slash) return;
    draft.value = slash.takes ? `${slash.word} ` : slash.word;
    setShut(true);
  };
  const choice = useChoice(options, take);
  const submit = async (): Promise<void> => {
    const line = draft.value;
    if (busy || isBlank(line)) return;
    setBusy(true);
    try {
      const answer = await enter(line);
      if (draft.value === line) draft.value = "";
      sent.push(line);
      if (sent.length > mostRemembered) sent.shift();
      setBack(0);
      setSaid(answer === undefined ? undefined : { text: answer, bad: false });
    } catch (error) {
      setSaid({ text: wordsOf(error), bad: true });
    } finally {
      setBusy(false);
    }
  };
  const recall = (by: number): boolean => {
    const next = back + by;
    if (next < 0 || next > sent.length || (back === 0 && draft.value !== "")) return false;
    setBack(next);
    setSaid(undefined);
    draft.value = next === 0 ? "" : (sent.at(-next) ?? "");
    return true;
  };
  return (
    <form
      class="compose prompt"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {options.length > 0 && <Completion id={id} label="Commands" options={options} choice={choice} take={take} />}
      <span class="to" aria-hidden="true">
        ❯
      </span>
      <label class="compose-field">
        <span class="vh">Message or command</span>
        <textarea
          class="input"
          id={promptId}
          rows={1}
          dir="auto"
          aria-haspopup="listbox"
          aria-controls={options.length > 0 ? id : undefined}
          aria-activedescendant={options.length > 0 ? `${id}-${choice.index}` : undefined}
          aria-autocomplete="list"
          aria-describedby={`${id}-said`}
          placeholder={why === undefined ? "a message, or / for commands" : `nothing can be sent: ${why}`}
          value={draft.value}
          onInput={(event) => {
            setShut(false);
            setBack(0);
            // What the last command said holds until something else is typed.
            setSaid(undefined);
            draft.value = event.currentTarget.value;
          }}
          onKeyDown={onKeys((event) => {
            if (event.key === "Escape" && options.length > 0) {
              event.preventDefault();
              setShut(true);
            } else if (choice.key(event)) {
              return;
            } else if (event.key === "Enter" && !event.shiftKey) {
              event.preventDefault();
              event.currentTarget.form?.requestSubmit();
            } else if ((event.key === "ArrowUp" && recall(1)) || (event.key === "ArrowDown" && back > 0 && recall(-1))) {
              event.preventDefault();
            }
          })}
        />
      </label>
      <button
        class="btn btn-primary"
        aria-disabled={busy || (why !== undefined && !isSlash) || undefined}
        aria-busy={busy || undefined}
        title={why === undefined || isSlash ? "Send" : `Nothing can be sent: ${why}`}
      >
        send
      </button>
      <p class={`compose-note ${said?.bad ? "field-error" : "meta"}`} id={`${id}-said`} role="status" dir="auto">
        {said?.text ?? (why !== undefined && draft.value !== "" && !isSlash ? `Nothing can be sent now: ${why}. What you typed stays.` : "")}
      </p>
    </form>
  );
}
