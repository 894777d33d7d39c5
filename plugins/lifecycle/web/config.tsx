import { Body, get, wordsOf, type Methods } from "@hive/web";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

type Files = Methods["lifecycle.config"]["result"];

/** The configuration that was applied; it is changed by a proposal, not here. */
export function Config({ name, revision }: { name: string; revision: string | undefined }): JSX.Element {
  const [files, setFiles] = useState<Files>();
  const [error, setError] = useState<string>();
  useEffect(() => {
    let gone = false;
    get<Files>(`/api/agent-config/${encodeURIComponent(name)}`).then(
      (read) => {
        if (gone) return;
        setFiles(read);
        setError(undefined);
      },
      (problem: unknown) => gone || setError(wordsOf(problem)),
    );
    return () => {
      gone = true;
    };
    // Another revision is another configuration.
  }, [name, revision]);
  if (error !== undefined)
    return (
      <p class="ink-bad" role="alert" dir="auto">
        {error}
      </p>
    );
  if (!files) return <p class="meta">Loading.</p>;
  return (
    <>
      <p class="meta">
        applied <code>{files.revision.slice(0, 12)}</code>, read-only
      </p>
      {files.files.map((file, i) => (
        <details key={file.path} class="fold config-file" open={i === 0}>
          <summary>
            <bdi>{file.path}</bdi>
          </summary>
          <div class="config-text" tabIndex={0} role="group" aria-label={`${file.path} of ${name}`}>
            <Body text={file.text} />
          </div>
        </details>
      ))}
    </>
  );
}
