// A person's own lists of companies and skills, which alerts name: make, change, delete.

import { call } from "/static/api.js";
import { find, make, say } from "/static/dom.js";

const SHOWN_MAX = 12; // names of a list that are read at a glance
const NOUNS = { company: ["company", "companies"], skill: ["skill", "skills"] };

export async function setUpLists() {
  const form = find("#list-form");
  const error = find(".error", form);
  const asked = new URLSearchParams(location.search);
  form.name.value = asked.get("name") ?? "";
  if (NOUNS[asked.get("field")]) form.field.value = asked.get("field");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const field = form.field.value;
    const name = form.name.value.trim().replace(/^@/, "").toLowerCase();
    try {
      await call("POST", "/lists", { body: { name, field, items: namesIn(form.items.value, field) } });
      form.reset();
      say(error, null);
      find("#made").replaceChildren("Made. Write ", make("code", {}, `${field}:@${name}`), " in an alert to use it.");
      await load();
    } catch (problem) {
      say(error, problem);
    }
  });
  await load();
  (form.name.value ? form.items : form.name).focus({ preventScroll: true });
}

async function load() {
  const { items, built_in } = await call("GET", "/lists?limit=100");
  const rows = items.map((list) => { const row = make("li", { class: "item" }); fill(row, list); return row; });
  find("#lists").replaceChildren(...(rows.length ? rows : [make("li", { class: "empty" }, "None yet.")]));
  find("#built-in").replaceChildren(...built_in.map((list) =>
    make("li", { class: "item" }, titleOf(list), make("p", { class: "meta" }, `${counted(list)}, kept by us`))));
}

// One name a line; skills have no commas in them, so they may stand in one line as well.
const namesIn = (text, field) => text.split(field === "skill" ? /[\n,]/ : "\n").map((name) => name.trim()).filter(Boolean);

const titleOf = (list) => make("h3", { class: "grow list-name" }, make("code", {}, `${list.field}:@${list.name}`));
const counted = (list) => `${list.count.toLocaleString()} ${NOUNS[list.field][list.count === 1 ? 0 : 1]}`;

function fill(row, list) {
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const more = list.items.length - SHOWN_MAX;
  const names = list.items.slice(0, SHOWN_MAX).join(", ") + (more > 0 ? ` and ${more.toLocaleString()} more` : "");
  row.replaceChildren(
    make("div", { class: "row" }, titleOf(list), make("div", { class: "acts" },
      make("button", { type: "button", class: "quiet", onclick: () => edit(row, list) }, "Change"),
      make("button", { type: "button", class: "quiet danger", ...twice(() => remove(list, error)) }, "Delete"))),
    make("p", { class: "meta" }, counted(list)),
    make("p", { class: "names" }, names),
    error);
}

// A second press does it: a list is long to type again, and there is no way back.
function twice(act) {
  const relax = (event) => { delete event.target.dataset.sure; event.target.textContent = "Delete"; };
  return {
    onblur: relax,
    onclick: async (event) => {
      if (event.target.dataset.sure) { relax(event); return act(); }
      event.target.dataset.sure = "asked";
      event.target.textContent = "Delete it?";
    },
  };
}

async function remove(list, error) {
  try {
    await call("DELETE", `/lists/${list.name}`);
    await load();
  } catch (problem) {
    say(error, problem);
  }
}

function edit(row, list) {
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const text = make("textarea", { name: "items", rows: Math.min(12, list.items.length + 2), spellcheck: "false" });
  text.value = list.items.join("\n");
  let version = list.version;
  async function save(event) {
    event.preventDefault();
    try {
      const headers = { "If-Match": `"${version}"` };
      fill(row, await call("PUT", `/lists/${list.name}`, { body: { items: namesIn(text.value, list.field) }, headers }));
    } catch (problem) {
      if (problem.status !== 412) return say(error, problem);
      // Somebody was faster, in another tab: what is typed here stays, and saves at the next press.
      version = (await call("GET", `/lists/${list.name}`)).version;
      say(error, { message: "It was changed elsewhere in between. Save again to put yours in its place." });
    }
  }
  row.replaceChildren(make("form", { novalidate: true, onsubmit: save },
    make("div", { class: "row" }, titleOf(list)),
    make("label", {}, "Names, one a line", text),
    error,
    make("div", { class: "row" }, make("button", { class: "primary" }, "Save"),
      make("button", { type: "button", class: "quiet", onclick: () => fill(row, list) }, "Cancel"))));
  text.focus();
}
