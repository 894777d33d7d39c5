import { Action, addSlice, byText, call, Empty, Name, Rows, type Methods, type PanelModule } from "@hive/web";
import { signal } from "@preact/signals";
import type { JSX } from "preact";

type Greeted = Methods["hello.list"]["result"]["names"][number];

const greeted = new Rows<string, Greeted>((row) => row.name, byText((row) => row.name));
const whom = signal("");

async function greet(): Promise<void> {
  await call("hello.greet", { name: whom.value });
  whom.value = "";
}

function Body(): JSX.Element {
  return (
    <>
      <label class="inline-field">
        name <input class="input" value={whom.value} onInput={(event) => (whom.value = event.currentTarget.value)} />
      </label>
      <Action label="Greet" run={greet} />
      {greeted.size === 0 && <Empty fact="Nobody was greeted.">Whom you or agents greet is listed here.</Empty>}
      <ul class="rows">
        {greeted.list.map(({ name }) => <li class="row" key={name}>hello, <Name of={name} /></li>)}
      </ul>
    </>
  );
}

export const panels: PanelModule["panels"] = [{ id: "hello", group: "swarm", order: 90, title: "Hello", name: "Hello", Body }];
export const start: PanelModule["start"] = () =>
  addSlice({
    load: (state) => greeted.replace(state.hello ?? []),
    on: { "hello.greeted": (row) => greeted.upsert(row) },
  });
