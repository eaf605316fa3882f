// The page: signed out, a welcome; signed in, alerts beside the matches that arrive, or one's lists;
// one posting; what waits for an administrator.

import { loadAlerts, setUpAlertForm } from "/static/alerts.js";
import { call, listen, Problem, session, signIn } from "/static/api.js";
import { ago, find, make, say, view } from "/static/dom.js";
import { setUpLists } from "/static/lists.js";
import { setUpReviews } from "/static/reviews.js";

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
      find("#to-reviews").hidden = me.role !== "admin";
    } catch (problem) {
      if (problem.status !== 401) throw problem;
      session.forget();
      find("#account").hidden = true;
    }
  }
  if (posting) return showPosting(posting[1]);
  if (!session.read()) return showWelcome();
  if (location.pathname === "/reviews") return showReviews();
  return location.pathname === "/lists" ? showLists() : showHome();
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

async function showLists() {
  show("lists-view");
  document.title = "Lists – Jobray";
  await setUpLists();
}

async function showReviews() {
  show("reviews-view");
  document.title = "Reviews – Jobray";
  try {
    await setUpReviews();
  } catch (problem) {
    if (problem.status !== 403) throw problem;
    find("#reviews").replaceChildren(make("li", { class: "empty" }, "This is for administrators."));
  }
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
    ["Working day in", posting.utc_offsets && zones(posting.utc_offsets), "utc_offsets"],
    ["Pay", money(posting.pay ?? posting.salary), "pay"],
    ["Pay in USD", annual(posting.pay_annual), null],
    ["On target", money(posting.on_target), "on_target"],
    ["Equity", posting.equity ? "offered" : null, "equity"],
    ["Years of experience", posting.experience_years, "experience_years"],
    ["Apply by", posting.closes_at?.slice(0, 10) ?? posting.closes_on, "closes_on"],
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

function zones(offsets) {
  const [least, greatest] = offsets.map((hours) => `UTC${hours < 0 ? "\u2212" : "+"}${Math.abs(hours)}`);
  return least === greatest ? least : `${least} to ${greatest}`;
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
