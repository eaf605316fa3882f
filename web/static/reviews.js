// For administrators: the postings that a machine has doubts about, each to be let through or refused.

import { call } from "/static/api.js";
import { ago, find, make, say } from "/static/dom.js";

let cursor = null;

export async function setUpReviews() {
  cursor = null;
  find("#more-reviews").addEventListener("click", more);
  await more();
}

async function more() {
  const list = find("#reviews");
  const { items, next_cursor } = await call("GET", `/admin/reviews?limit=20${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`);
  list.append(...items.map(itemOf));
  cursor = next_cursor;
  find("#more-reviews").hidden = !cursor;
  sayIfEmpty(list);
}

function sayIfEmpty(list) {
  if (!list.children.length) list.append(make("li", { class: "empty" }, "Nothing waits."));
}

function itemOf(review) {
  const { posting } = review;
  const error = make("p", { class: "error", role: "alert", hidden: true });
  const reason = make("input", { name: "reason", maxlength: "500", required: true, autocomplete: "off" });
  const row = make("li", { class: "item" });

  async function decide(verb, body) {
    try {
      await call("POST", `/admin/reviews/${review.id}/${verb}`, { body: { version: review.version, ...body } });
      row.remove();
      sayIfEmpty(find("#reviews"));
    } catch (problem) {
      say(error, problem);
    }
  }

  row.append(
    make("h3", {}, make("a", { href: `/jobs/${review.id}` }, posting.title)),
    make("p", { class: "meta" }, [
      posting.company, posting.places.join("; "), posting.pay, `from ${review.owner.name ?? review.owner.id}`,
      `${review.status === "published" ? "on the board, doubted" : "held back"} ${ago(review.since)}`,
    ].filter(Boolean).join(" · ")),
    make("ul", { class: "reasons" }, ...review.reasons.map((each) => make("li", {}, each.detail))),
    make("details", {}, make("summary", {}, "What it says"), make("p", { class: "excerpt" }, review.excerpt || "No description.")),
    make("form", { novalidate: true, onsubmit: (event) => { event.preventDefault(); decide("reject", { reason: reason.value }); } },
      make("label", {}, "Reason for a refusal, which its owner reads", reason),
      error,
      make("div", { class: "acts" },
        make("button", { type: "button", class: "primary", onclick: () => decide("approve") }, "Let it through"),
        make("button", { class: "quiet danger" }, "Refuse it"))));
  return row;
}
