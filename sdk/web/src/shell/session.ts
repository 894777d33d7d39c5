import { post } from "../api.ts";
import { session } from "../session.ts";
import type { Command } from "./registry.ts";

/** Ends the session in every tab; the page that follows says how to get another. */
export const signOut: Command = {
  id: "sign-out",
  group: "page",
  title: "Sign out of this browser",
  run: async () => {
    await post("/sign-out");
    await session.end();
    location.assign("/");
  },
};
