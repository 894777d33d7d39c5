// What the broker shows on the dashboard: the operator's inbox, what was given up, and all messages with a field
// to write.
import type { PanelModule } from "@hive/web";
import { followContainers } from "@hive/web";
import { followLimits } from "./compose.ts";
import { deadPanel } from "./dead.tsx";
import { followDead } from "./dead_letters.ts";
import { flowPanel } from "./flow.tsx";
import { inboxPanel } from "./inbox.tsx";
import { followMail } from "./mail.ts";

export const panels: PanelModule["panels"] = [inboxPanel, deadPanel, flowPanel];
export const start: PanelModule["start"] = () => {
  followMail();
  followContainers();
  followDead();
  followLimits();
};
