import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { get, wordsOf } from "../api.ts";
import { clean, clip } from "../text/clean.ts";
import { longestMarkdown, markdown } from "../text/markdown.ts";
import { bytes, clock } from "../text/numbers.ts";
import { isPath, splitPaths, type End } from "../text/paths.ts";
import { wordsIn, type Said as Message } from "../text/said.ts";
import type { StateFile } from "../types.ts";

/** Characters of a body that are shown before it is asked for all of it. */
const shownAtFirst = 4_000;

/** A name from outside: it keeps its own direction and changes nobody else's. */
export function Name({ of, class: classes }: { of: string; class?: string }): JSX.Element {
  return <bdi class={classes}>{clean(of)}</bdi>;
}

interface Clipped {
  text: string;
  more: JSX.Element | undefined;
  end: End;
}

/** A text cut to what fits, and the button that shows the rest. */
export function useClip(whole: string, most = shownAtFirst): Clipped {
  const [all, setAll] = useState(false);
  const { head, left } = useMemo(() => clip(whole, most), [whole, most]);
  const text = all ? whole : head;
  if (left === 0) return { text, more: undefined, end: "end" };
  const more = (
    <button type="button" class="btn btn-quiet" data-always aria-expanded={all} onClick={() => setAll(!all)}>
      {all ? "show less" : `show all, ${bytes(whole.length)}`}
    </button>
  );
  return { text, more, end: all ? "end" : "cut" };
}

/** What a message says and the file that it names. */
export function SaidBy({ message }: { message: Message }): JSX.Element {
  return <Said text={wordsIn(message)} {...(message.file ? { file: message.file } : {})} />;
}

/** What an agent wrote, with the files that it names as previews below it; `file` stands by itself at the end. */
export const Said = memo(function Said({ text, file }: { text: string; file?: string }): JSX.Element {
  const clipped = useClip(text);
  const pieces = useMemo(() => {
    const own = splitPaths(clean(clipped.text), clipped.end);
    return file === undefined ? own : [...own, { text: "\n", isPath: false }, { text: clean(file), isPath: isPath(file) }];
  }, [clipped.text, clipped.end, file]);
  const [open, setOpen] = useState<string>();
  const id = useId();
  return (
    <>
      <span class="said-text" dir="auto">
        {pieces.map((piece, i) =>
          piece.isPath ? (
            <button
              key={i}
              type="button"
              class="path"
              dir="ltr"
              aria-expanded={open === piece.text}
              aria-controls={open === piece.text ? id : undefined}
              onClick={() => setOpen(open === piece.text ? undefined : piece.text)}
            >
              {piece.text}
            </button>
          ) : (
            piece.text
          ),
        )}
      </span>
      {clipped.more}
      {open !== undefined && <Preview id={id} path={open} close={() => setOpen(undefined)} />}
    </>
  );
});

function Preview({ id, path, close }: { id: string; path: string; close: () => void }): JSX.Element {
  const [file, setFile] = useState<StateFile>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let gone = false;
    setFile(undefined);
    setError(undefined);
    get<StateFile>(`/api/state-file?path=${encodeURIComponent(path)}`).then(
      (read) => gone || setFile(read),
      (problem: unknown) => gone || setError(wordsOf(problem)),
    );
    return () => {
      gone = true;
    };
  }, [path]);
  return (
    <div class="preview" id={id}>
      <div class="preview-head">
        <code>{path}</code>
        {file && (
          <span class="meta">
            {bytes(file.bytes)}
            {file.modified && `, ${clock(file.modified)}`}
          </span>
        )}
        <button type="button" class="btn btn-quiet" data-always onClick={close}>
          close<span class="vh"> the preview</span>
        </button>
      </div>
      <div class="preview-body" tabIndex={0} role="group" aria-label={`Preview of ${path}`}>
        {error !== undefined ? <p class="ink-bad">{error}</p> : file ? <Body text={file.text} /> : <p class="meta">Loading.</p>}
      </div>
    </div>
  );
}

/** Text as it stands, in lines. */
export function Body({ text }: { text: string }): JSX.Element {
  const clipped = useClip(text);
  return (
    <>
      <pre dir="auto">{clean(clipped.text)}</pre>
      {clipped.more}
    </>
  );
}

/** Markdown of a model. */
export const Markdown = memo(function Markdown({ text }: { text: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const plain = text.length > longestMarkdown;
  useLayoutEffect(() => {
    if (!plain) box.current?.replaceChildren(markdown(text));
  }, [text, plain]);
  return plain ? <Body text={text} /> : <div class="md" ref={box} />;
});
