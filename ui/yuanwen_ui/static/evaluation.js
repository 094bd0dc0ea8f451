// Sends a question set, follows its evaluation, and shows the figures; all text goes in as text.

const find = (id) => document.getElementById(id);

function rows(table, cells) {
  table.replaceChildren(
    ...cells.map((row) => {
      const line = document.createElement("tr");
      for (const text of row) line.insertCell().textContent = text;
      return line;
    }),
  );
}

function show(run) {
  find("error").textContent = run.error || "";
  find("progress").hidden = run.state !== "running";
  find("progress").max = run.total || 1;
  find("progress").value = run.done || 0;
  find("done").hidden = run.state !== "done";
  for (const id of ["start", "rated"]) find(id).disabled = run.state === "running";
  if (run.state === "done") {
    rows(find("causes"), run.causes);
    rows(find("figures"), run.figures);
  }
  if (run.state === "running") setTimeout(follow, 500);
}

async function follow() {
  const reply = await fetch("./evaluation/state").catch(() => null);
  if (reply && reply.ok) show(await reply.json());
  else setTimeout(follow, 2000);
}

async function start(name, body) {
  const reply = await fetch(`./evaluation/run?name=${encodeURIComponent(name)}`, { method: "POST", body }).catch(() => null);
  if (!reply) return show({ error: "no reply from the server" });
  if (reply.status === 413) return show({ error: "the file is larger than 256 KB; use yuanwen eval" });
  show(await reply.json());
}

function speak(language) {
  document.documentElement.lang = language;
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const [file] = find("file").files;
  if (file) start(file.name, file);
});
find("rated").addEventListener("click", () => start("rated", ""));
for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => speak(button.dataset.lang));
}
speak(navigator.language.startsWith("zh") ? "zh" : "en");
follow();
