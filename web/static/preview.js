// What an alert would have caught: how it was read, how many a day, some of them, what a clause costs.

import { make } from "/static/dom.js";

export function previewOf(answer) {
  const samples = answer.sample.slice(0, 3).map((posting) =>
    make("li", {}, make("a", { href: `/jobs/${posting.id}` }, posting.title), ` — ${posting.company}`));
  const costs = costsOf(answer.near_misses);
  return [
    make("p", { class: "hint read-as" }, "Read as: ", make("code", {}, answer.query)),
    make("p", { class: "hint" }, make("strong", {}, `${answer.count_30d.toLocaleString()} posting${answer.count_30d === 1 ? "" : "s"}`), " in the last 30 days"),
    chartOf(answer.per_day),
    samples.length ? make("ul", {}, ...samples) : "",
    costs.length ? make("p", { class: "hint" }, "Would match more without: ", ...costs) : "",
    ...answer.warnings.map((warning) => make("p", { class: "warning" }, warning.detail)),
  ].filter(Boolean);
}

// What a person gives up by each clause, the dearest first; clauses that cost nothing are left out.
function costsOf(misses) {
  return misses.filter((miss) => miss.count > 0).sort((a, b) => b.count - a.count)
    .flatMap((miss) => [make("span", { class: "cost" }, make("code", {}, miss.clause), ` +${miss.count.toLocaleString()}`), " "]);
}

function chartOf(perDay) {
  const peak = Math.max(1, ...perDay);
  const bars = perDay.map((count, day) => {
    const height = count ? Math.max(2, (count / peak) * 44) : 1;
    return `<rect x="${day * 10}" y="${46 - height}" width="8" height="${height}" rx="1"/>`;
  });
  return new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 46" preserveAspectRatio="none" role="img" aria-label="Postings a day over the last 30 days: ${perDay.join(", ")}">${bars.join("")}</svg>`,
    "image/svg+xml").documentElement;
}
