// Small pieces for building what is shown; text is always text, never markup.

export const find = (selector, root = document) => root.querySelector(selector);

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== ""));
  return element;
}

export const view = (id) => find(`#${id}`).content.cloneNode(true);

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

export function ago(text) {
  const seconds = (new Date(text) - Date.now()) / 1000;
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return relative.format(Math.round(seconds / size), unit);
  }
  return "just now";
}

// `after` gives what stands behind a fault, by the fault and its place.
export function say(place, problem, after = () => []) {
  place.hidden = !problem;
  place.replaceChildren(...(problem ? lines(problem, after) : []));
}

function lines(problem, after) {
  if (!problem.errors?.length) return [problem.message];
  return problem.errors.map((fault, place) => make("span", {}, ...line(fault), make("br"), ...after(fault, place)));
}

// What is one of many names says itself which one it is.
const MANY = /^items\/\d+$/;

function line(fault) {
  const where = (fault.pointer || fault.parameter || "").replace(/^\//, "");
  const at = fault.position == null ? "" : ` at character ${fault.position + 1}`;
  return [
    MANY.test(where) ? `expected ${fault.expected}` : `${where}${at}: expected ${fault.expected}`,
    ...(fault.got ? [", got ", make("code", {}, String(fault.got))] : []),
  ];
}
