import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { wordsOf } from "../api.ts";
import { session } from "../session.ts";
import { insecure } from "./sign_in_words.ts";

const refused = signal("");

async function signIn(form: HTMLFormElement): Promise<void> {
  const password = new FormData(form).get("password");
  try {
    await session.signIn(typeof password === "string" ? password : "");
    location.reload();
  } catch (error) {
    refused.value = wordsOf(error);
  }
}

function Password(): JSX.Element {
  return (
    <form
      data-always
      onSubmit={(event) => {
        event.preventDefault();
        void signIn(event.currentTarget);
      }}
    >
      <label>
        Password <input class="input" type="password" name="password" autocomplete="current-password" required />
      </label>{" "}
      <button class="btn btn-primary" data-always>
        sign in
      </button>
    </form>
  );
}

/** In place of a page whose browser has no session: how to get one. */
export function SignIn(): JSX.Element {
  const hasPassword = document.documentElement.dataset["password"] === "wanted" && location.protocol === "https:";
  return (
    <main class="gate" id="main">
      <h1>hive-c0re</h1>
      {refused.value !== "" && <p role="alert">{refused.value}</p>}
      {isSecureContext ? (
        <p>
          You are not signed in. On the machine of this hive, run <code>hive-c0re open</code> and follow the address that it
          prints; it works once, for two minutes.
        </p>
      ) : (
        <p role="alert">{insecure}</p>
      )}
      {hasPassword && <Password />}
    </main>
  );
}
