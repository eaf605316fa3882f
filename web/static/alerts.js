// Alerts: the form with its preview, what an error proposes, and the list of them.

import { call } from "/static/api.js";
import { find, make, say } from "/static/dom.js";
import { previewOf } from "/static/preview.js";
import { applied, choicesOf, missingList, withoutChoices } from "/static/suggestions.js";

const DRAFT = "jobray.draft"; // what was typed outlives a look at a posting or at the lists

export function setUpAlertForm() {
  const form = find("#alert-form");
  const error = find(".error", form);
  let timer = null;
  let asked = 0;

  async function preview() {
    clearTimeout(timer);
    const query = form.query.value.trim();
    const number = ++asked;
    form.query.setAttribute("aria-invalid", "false");
    if (!query) { say(error, null); find(".preview").replaceChildren(); return; }
    try {
      const answer = await call("POST", "/alerts/preview", { body: { query } });
      if (number !== asked) return;
      say(error, null);
      find(".preview").replaceChildren(...previewOf(answer));
    } catch (problem) {
      if (number !== asked) return;
      find(".preview").replaceChildren();
      refused(problem, query);
    }
  }

  function refused(problem, query) {
    form.query.setAttribute("aria-invalid", "true");
    say(error, proposing(problem), (fault, place) => proposalsOf(problem.errors[place], query, put));
  }

  function put(query) {
    form.query.value = query;
    sessionStorage.setItem(DRAFT, query);
    form.query.focus();
    preview();
  }

  form.query.addEventListener("input", () => {
    sessionStorage.setItem(DRAFT, form.query.value);
    clearTimeout(timer);
    timer = setTimeout(preview, 700);
  });
  for (const chip of form.querySelectorAll("[data-example]")) {
    chip.addEventListener("click", () => put(chip.dataset.example));
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    asked += 1;
    const query = form.query.value.trim();
    const channels = form.email.checked ? ["inapp", "email"] : ["inapp"];
    try {
      await call("POST", "/alerts", { body: { name: form.name.value.trim() || query.slice(0, 60) || "My alert", query, cadence: "instant", channels } });
      sessionStorage.removeItem(DRAFT);
      form.reset();
      form.query.setAttribute("aria-invalid", "false");
      find(".preview").replaceChildren();
      say(error, null);
      await loadAlerts();
    } catch (problem) {
      refused(problem, query);
    }
  });
  form.query.value = sessionStorage.getItem(DRAFT) ?? "";
  preview();
}

// The problem, its proposals taken out of the text: they are buttons below it.
const proposing = (problem) => ({ message: problem.message, errors: (problem.errors ?? []).map(withoutChoices) });

function proposalsOf(fault, query, put) {
  const buttons = choicesOf(fault).map((choice) => {
    const changed = applied(query, fault, choice);
    return changed === null
      ? make("code", {}, choice)
      : make("button", { type: "button", class: "chip", onclick: () => put(changed) }, choice.replaceAll('"', ""));
  });
  const list = missingList(fault);
  return [
    buttons.length ? make("span", { class: "proposals" }, "Did you mean ", ...buttons) : "",
    list ? make("a", { class: "proposals", href: `/lists?${new URLSearchParams(list)}` }, `Make the list @${list.name}`) : "",
  ];
}

export async function loadAlerts() {
  const { items } = await call("GET", "/alerts?limit=100");
  const rows = items.map((alert) => make("li", { class: "item" },
    make("div", { class: "row" },
      make("h3", { class: "grow" }, alert.name),
      make("button", { type: "button", class: "quiet", onclick: () => change("POST", `/alerts/${alert.id}/${alert.paused ? "resume" : "pause"}`) }, alert.paused ? "Resume" : "Pause"),
      make("button", { type: "button", class: "quiet danger", onclick: () => change("DELETE", `/alerts/${alert.id}`) }, "Delete")),
    make("p", { class: "query" }, alert.query),
    make("p", { class: "meta" }, alert.paused ? "Paused" : `Tells you at once, ${alert.channels.includes("email") ? "here and by mail" : "here"}`)));
  // On a phone a person with alerts comes for the matches, one without for the form.
  find(".columns").classList.toggle("has-alerts", rows.length > 0);
  find("#alerts").replaceChildren(...(rows.length ? rows : [make("li", { class: "empty" }, "No alerts yet. Your first one is three words away.")]));
}

async function change(method, path) {
  try { await call(method, path); } catch (problem) { say(find("#alert-form .error"), problem); }
  await loadAlerts();
}
