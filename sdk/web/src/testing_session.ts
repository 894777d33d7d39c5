// For unit tests of what asks the host: a session whose token is at hand.
import "./testing.ts";
import { session } from "./session.ts";

session.token = () => Promise.resolve("a token");
