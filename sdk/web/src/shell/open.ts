// The page of a one-time address: it signs this browser in and shows by what the operator knows the host.
import { wordsOf } from "../api.ts";
import { session, Stranger } from "../session.ts";
import { alone } from "./alone.ts";
import { insecure } from "./sign_in_words.ts";

function say(role: string, words: string, ...more: Node[]): void {
  const line = document.createElement("p");
  line.setAttribute("role", role);
  line.append(words);
  document.getElementById("said")?.replaceChildren(line, ...more);
}

function way(words: string): Node {
  return Object.assign(document.createElement("a"), { href: "/", className: "btn btn-primary", textContent: words });
}

async function open(): Promise<void> {
  await alone();
  const [id = "", code] = [location.pathname.split("/")[2], location.hash.slice(1)];
  // It works once; neither the address bar nor the history needs it any more.
  history.replaceState(null, "", location.pathname);
  if (!isSecureContext) throw new Error(insecure);
  const phrase = await session.open(decodeURIComponent(id), code);
  const shown = Object.assign(document.createElement("strong"), { textContent: phrase });
  say("status", "This page is your host's if your terminal says the same:", shown, way("go on"));
}

open().catch((error: unknown) => {
  say("alert", wordsOf(error), ...(error instanceof Stranger ? [] : [way("to the swarm")]));
});
