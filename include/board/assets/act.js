// Forms that run a DAG: confirmed in a dialog, then sent to Airflow's own API with the cookie of the logged-in user.
"use strict";

// What a form gives its DAG, what is wrong with it ("" = nothing), and how the dialog describes it. A form that has no
// dialog is sent at once.
const DAGS = {
  backfill_client: {
    conf: (given) => ({
      first_month: given.get("first_month") || null,
      last_month: given.get("last_month") || null,
      sources: given.getAll("sources").length ? given.getAll("sources") : null,
      from_archive: given.has("from_archive"),
    }),
    wrong: ({ first_month, last_month }) =>
      first_month && last_month && first_month > last_month
        ? "The first month is after the last one: swap them."
        : "",
    told: (conf) =>
      `${conf.sources ? conf.sources.join(", ") : "All sources"}, from ${conf.first_month || "two years ago"} to ` +
      `${conf.last_month || "yesterday"}, ${conf.from_archive ? "from the archive" : "asked from the services again"}.`,
  },
  report_targets: {
    conf: (given) => ({ month: given.get("month"), rehearse_to: given.get("rehearse_to"), send: false }),
    wrong: () => "",
    told: (conf) => `The letters about ${conf.month} are sent at once, and only to ${conf.rehearse_to}.`,
  },
  judge: {
    conf: (given) => ({ month: given.get("month"), send: false }),
    wrong: () => "",
  },
};

// Airflow's answer to a mistake: one text, whose first line says it, or a list of what is wrong where.
async function mistakes(answer) {
  const { detail } = await answer.json().catch(() => ({}));
  if (Array.isArray(detail)) return detail.map((one) => `${one.loc.at(-1)}: ${one.msg}`).join("; ");
  return typeof detail === "string" ? detail.split("\n", 1)[0] : answer.statusText;
}

async function refused(answer) {
  if (answer.status === 401) return "You are no longer logged in to Airflow: log in again.";
  if (answer.status === 403) return "Your Airflow user may not run it: ask an administrator.";
  if (answer.status === 404) return "Airflow does not know this DAG, or has not read it yet.";
  if (answer.status === 400 || answer.status === 422) return `Airflow refused it: ${await mistakes(answer)}`;
  return `Airflow answered ${answer.status}: ${await mistakes(answer)}`;
}

function started(run) {
  const link = document.createElement("a");
  const path = `dags/${encodeURIComponent(run.dag_id)}/runs/${encodeURIComponent(run.dag_run_id)}`;
  link.href = `${document.body.dataset.airflow}/${path}`;
  link.dataset.out = "";
  link.textContent = run.dag_run_id;
  link.addEventListener("click", leave);
  return ["✓ Started: ", link];
}

async function send(form, conf) {
  const said = form.querySelector(".answer");
  const button = form.querySelector("button:not([type])");
  button.disabled = true;
  said.className = "answer";
  said.textContent = "Asking Airflow …";
  try {
    const answer = await fetch(`${document.body.dataset.airflow}/api/v2/dags/${form.dataset.dag}/dagRuns`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ logical_date: null, conf }),
    });
    said.classList.add(answer.ok ? "done" : "failed");
    said.replaceChildren(...(answer.ok ? started(await answer.json()) : [`✕ ${await refused(answer)}`]));
  } catch {
    said.classList.add("failed");
    said.textContent = "✕ Airflow does not answer. Check its runs before you try again.";
  }
  button.disabled = false;
}

for (const form of document.querySelectorAll("form[data-dag]")) {
  const dag = DAGS[form.dataset.form || form.dataset.dag];
  const dialog = form.querySelector("dialog");
  const asked = () => ({ clients: [form.dataset.client], ...dag.conf(new FormData(form)) });
  form.querySelector("button:not([type])").disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wrong = dag.wrong(asked());
    const said = form.querySelector(".answer");
    said.className = "answer failed";
    said.textContent = wrong && `✕ ${wrong}`;
    if (wrong) return;
    if (!dialog) return void send(form, asked());
    dialog.querySelector(".told").textContent = dag.told(asked());
    dialog.showModal();
  });
  if (!dialog) continue;
  dialog.querySelector("[data-no]").addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-yes]").addEventListener("click", () => {
    dialog.close();
    send(form, asked());
  });
}
