// The page: signed out, a welcome; signed in, alerts beside the matches that arrive; one posting.

import { call, listen, Problem, session, signIn } from "/static/api.js";
import { ago, find, make, say, view } from "/static/dom.js";

const main = find("#main");
let listening = null;

function show(id) {
  listening?.abort();
  listening = null;
  find("#live").hidden = true;
  main.replaceChildren(view(id));
}

async function start() {
  const posting = location.pathname.match(/^\/jobs\/([^/]+)$/);
  find("#account").hidden = !session.read();
  if (session.read()) {
    try {
      const me = await call("GET", "/users/me");
      find("#who").textContent = me.name ? `${me.name} · ${me.email}` : me.email;
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      session.forget();
      find("#account").hidden = true;
    }
  }
  if (posting) return showPosting(posting[1]);
  return session.read() ? showHome() : showWelcome();
}

find("#sign-out").addEventListener("click", async () => {
  await call("POST", "/auth/logout").catch(() => {});
  session.forget();
  location.assign("/");
});

function showWelcome() {
  show("welcome-view");
  const form = find("#sign-form");
  const error = find(".error", form);
  let up = false;
  for (const tab of form.querySelectorAll(".tabs button")) {
    tab.addEventListener("click", () => {
      up = tab.dataset.mode === "up";
      for (const other of form.querySelectorAll(".tabs button")) other.setAttribute("aria-pressed", other === tab);
      for (const part of form.querySelectorAll("[data-up]")) part.hidden = !up;
      find(".primary", form).textContent = tab.textContent;
      form.password.autocomplete = up ? "new-password" : "current-password";
      say(error, null);
    });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { email, password, name } = Object.fromEntries(new FormData(form));
    const button = find(".primary", form);
    button.disabled = true;
    try {
      if (up) await call("POST", "/auth/register", { body: { email, password, name: name || email.split("@")[0], role: "seeker" } });
      await signIn(email, password);
      await start();
    } catch (problem) {
      say(error, problem);
    } finally {
      button.disabled = false;
    }
  });
}

async function showHome() {
  show("home-view");
  setUpAlertForm();
  setUpMatches();
  await Promise.all([loadAlerts(), loadMatches()]);
}

// --- alerts -----------------------------------------------------------------------------------

function setUpAlertForm() {
  const form = find("#alert-form");
  const error = find(".error", form);
  let timer = null;
  let asked = 0;

  async function preview() {
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
      form.query.setAttribute("aria-invalid", "true");
      say(error, problem);
    }
  }

  form.query.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(preview, 700); });
  for (const chip of form.querySelectorAll("[data-example]")) {
    chip.addEventListener("click", () => { form.query.value = chip.dataset.example; form.query.focus(); preview(); });
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const query = form.query.value.trim();
    const channels = form.email.checked ? ["inapp", "email"] : ["inapp"];
    try {
      await call("POST", "/alerts", { body: { name: form.name.value.trim() || query.slice(0, 60) || "My alert", query, cadence: "instant", channels } });
      asked += 1;
      form.reset();
      find(".preview").replaceChildren();
      say(error, null);
      await loadAlerts();
    } catch (problem) {
      say(error, problem);
    }
  });
}

function previewOf(answer) {
  const peak = Math.max(1, ...answer.per_day);
  const bars = answer.per_day.map((count, day) => {
    const height = count ? Math.max(2, (count / peak) * 44) : 1;
    return `<rect x="${day * 10}" y="${46 - height}" width="8" height="${height}" rx="1"/>`;
  });
  const chart = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 46" preserveAspectRatio="none" role="img" aria-label="Postings a day over the last 30 days: ${answer.per_day.join(", ")}">${bars.join("")}</svg>`,
    "image/svg+xml").documentElement;
  const samples = answer.sample.slice(0, 3).map((posting) =>
    make("li", {}, make("a", { href: `/jobs/${posting.id}` }, posting.title), ` — ${posting.company}`));
  // What a person gives up by each clause, the dearest first; clauses that cost nothing are left out.
  const costs = answer.near_misses.filter((miss) => miss.count > 0).sort((a, b) => b.count - a.count)
    .flatMap((miss) => [make("span", { class: "cost" }, make("code", {}, miss.clause), ` +${miss.count.toLocaleString()}`), " "]);
  return [
    make("p", { class: "hint" }, make("strong", {}, `${answer.count_30d.toLocaleString()} posting${answer.count_30d === 1 ? "" : "s"}`), " in the last 30 days"),
    chart,
    samples.length ? make("ul", {}, ...samples) : "",
    costs.length ? make("p", { class: "hint" }, "Would match more without: ", ...costs) : "",
    ...answer.warnings.map((warning) => make("p", { class: "warning" }, warning.detail ?? String(warning))),
  ].filter(Boolean);
}

async function loadAlerts() {
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

// --- matches ----------------------------------------------------------------------------------

let waiting = [];
let shown = new Set();
let cursor = null;

function setUpMatches() {
  waiting = [];
  shown = new Set();
  find("#fresh").addEventListener("click", () => { release(); window.scrollTo({ top: 0, behavior: "smooth" }); });
  find("#more").addEventListener("click", () => loadMatches(cursor));
  find("#read-all").addEventListener("click", async () => {
    await call("POST", "/notifications/read-all");
    for (const item of document.querySelectorAll("#matches .unread")) item.classList.remove("unread");
    find("#read-all").hidden = true;
  });
  listening = new AbortController();
  const live = find("#live");
  live.hidden = false;
  live.className = "live";
  live.textContent = "Connecting";
  listen(arrived, (on) => {
    live.className = `live ${on ? "on" : "off"}`;
    live.textContent = on ? "Live" : "Reconnecting";
  }, listening.signal);
}

// New matches go straight in while the list's top is in view; otherwise they wait above it, so that
// nothing jumps under the reader's finger.
function arrived(item) {
  if (shown.has(item.id)) return;
  shown.add(item.id);
  waiting.unshift(item);
  if (window.scrollY < 200) release();
  else {
    find("#fresh").hidden = false;
    find("#fresh").textContent = `${waiting.length} new`;
  }
}

function release() {
  find("#matches .empty")?.remove();
  find("#matches").prepend(...waiting.map((item) => matchOf(item, true)));
  waiting = [];
  find("#fresh").hidden = true;
}

async function loadMatches(after) {
  const page = await call("GET", `/notifications?limit=20${after ? `&cursor=${encodeURIComponent(after)}` : ""}`);
  const fresh = page.items.filter((item) => !shown.has(item.id));
  fresh.forEach((item) => shown.add(item.id));
  find("#matches").append(...fresh.map((item) => matchOf(item, false)));
  if (!shown.size) find("#matches").append(make("li", { class: "empty" }, "Nothing yet. Matches appear here by themselves."));
  cursor = page.next_cursor;
  find("#more").hidden = !cursor;
}

function matchOf(item, isNew) {
  const posting = item.posting ?? {};
  const facts = [posting.company, (posting.places ?? []).slice(0, 3).join(", "), posting.mode, posting.pay].filter(Boolean).join(" · ");
  if (!item.read_at) find("#read-all").hidden = false;
  return make("li", { class: `item${item.read_at ? "" : " unread"}${isNew ? " new" : ""}` },
    make("div", { class: "row" },
      make("h3", { class: "grow" }, make("a", { href: `/jobs/${posting.id}`, onclick: () => call("POST", `/notifications/${item.id}/read`).catch(() => {}) }, posting.title ?? "Posting")),
      item.alert ? make("span", { class: "tag" }, item.alert.name) : ""),
    make("p", { class: "meta" }, facts, " · ", make("time", { datetime: item.created_at, title: new Date(item.created_at).toLocaleString() }, ago(item.created_at))),
    item.why ? make("p", { class: "why" }, ...reason(item.why)) : "");
}

// The one-line reason, with the words of the posting that decided it marked.
function reason(why) {
  const words = [...new Set((why.clauses ?? []).map((clause) => clause.text).filter(Boolean))];
  if (!words.length) return [why.line];
  const pattern = new RegExp(`(${words.sort((a, b) => b.length - a.length).map((w) => w.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
  return why.line.split(pattern).map((part, index) => (index % 2 ? make("mark", {}, part) : part));
}

// --- one posting ------------------------------------------------------------------------------

async function showPosting(id) {
  show("posting-view");
  const article = find(".posting");
  try {
    const posting = await call("GET", `/jobs/${id}`);
    document.title = `${posting.title} — ${posting.company}`;
    article.replaceChildren(...postingOf(posting));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    article.replaceChildren(make("h1", {}, problem.status === 404 ? "This posting is not here" : "It cannot be shown"),
      make("p", {}, problem.message), make("p", {}, make("a", { href: "/" }, "Back")));
  }
}

function postingOf(posting) {
  const facts = [
    ["Places", posting.places?.map((p) => [p.name, p.country].join(", ")).join("; ") || posting.locations?.join("; "), "places"],
    ["Mode", posting.mode, "mode"],
    ["Remote from", posting.remote_countries?.join(", "), "remote_countries"],
    ["Pay", money(posting.pay ?? posting.salary), "pay"],
    ["Pay in USD", annual(posting.pay_annual), null],
    ["Level", posting.level, "level"],
    ["Employment", posting.employment_type?.replace("_", " "), "employment_type"],
    ["Skills", posting.skills?.join(", "), "skills"],
    ["Category", posting.category, "category"],
    ["Visa", posting.visa, "visa"],
    ["Clearance", posting.clearance?.replace("_", " "), "clearance"],
  ].filter(([, value]) => value);
  const list = make("dl", { class: "facts" });
  for (const [name, value, fact] of facts) {
    const words = [...new Set((posting.evidence?.[fact] ?? []).map((e) => e.text))].slice(0, 3);
    list.append(make("dt", {}, name), make("dd", {}, String(value), " ", ...words.flatMap((w) => [make("q", { title: "the words this comes from" }, w), " "])));
  }
  const body = make("div", {});
  body.append(...new DOMParser().parseFromString(posting.description || "", "text/html").body.childNodes);
  const link = posting.apply_url || posting.url;
  return [
    make("p", {}, make("a", { href: "/" }, "← Matches")),
    make("h1", {}, posting.title),
    make("p", { class: "lead" }, posting.company),
    posting.status === "closed" ? make("p", { class: "error" }, "This posting is closed.") : "",
    list,
    link ? make("p", {}, make("a", { href: link, rel: "noopener noreferrer nofollow", target: "_blank" }, "See it at the source ↗")) : "",
    body,
  ].filter(Boolean);
}

function money(pay) {
  if (!pay) return null;
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency: pay.currency, maximumFractionDigits: 0 });
  return `${[pay.min, pay.max].filter((v) => v != null).map((v) => format.format(v)).join(" – ")} a ${pay.period}`;
}

function annual(pay) {
  if (!pay || (pay.usd_min == null && pay.usd_max == null)) return null;
  return money({ min: pay.usd_min, max: pay.usd_max, currency: "USD", period: "year" });
}

start().catch((problem) => {
  main.replaceChildren(make("p", { class: "notice", role: "alert" }, "The server cannot be reached. ",
    make("button", { type: "button", onclick: () => location.reload() }, "Try again")));
  console.error(problem);
});
