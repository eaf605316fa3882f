// What an error of the alert language proposes, "expected … (did you mean A or B?)", and the query
// with a proposal put in. `position` counts characters (code points) of the query as it was sent.

const PROPOSALS = / ?\(did you mean (.+)\?\)$/;

export const choicesOf = (fault) => outsideQuotes(fault.expected.match(PROPOSALS)?.[1] ?? "");

export const withoutChoices = (fault) => ({ ...fault, expected: fault.expected.replace(PROPOSALS, "") });

// Split at each " or " that is no part of a quoted value.
const outsideQuotes = (text) => text.split(/ or (?=(?:[^"]*"[^"]*")*[^"]*$)/).filter(Boolean);

// The query with `choice` in the place of what was found; null where that is not there any more.
export function applied(query, fault, choice) {
  if (fault.position == null) return null;
  const characters = [...query];
  const before = characters.slice(0, fault.position).join("");
  const rest = characters.slice(fault.position).join("");
  const found = foundIn(rest, fault.got);
  if (found === null) return null;
  const isWithinTest = TEST.test(choice) && !TEST.test(found);
  return (isWithinTest ? before.replace(BEGUN, "") : before) + valueOf(choice) + rest.slice(found.length);
}

// A whole test, as pay>=70k; and the part of one that stands before a place within it.
const TEST = /^\w+\s*[:<>=≤≥]/;
const BEGUN = /\w+\s*[:<>=≤≥]+\s*(?:"[^"]*"|[^\s()"]*)\s*$/;

// What a fault is about, as it stands in the query. An error can name the whole test (`got`) and
// point into it.
function foundIn(rest, got) {
  if (rest.startsWith(got)) return got;
  const word = rest.match(/^(?:"[^"]*"?|[^\s()"]+)/)?.[0] ?? "";
  return word && (word.startsWith('"') || (TEST.test(got) && got.endsWith(word))) ? word : null;
}

// A choice as it is typed: without a remark behind it; in quotes, if it is one value of many words.
function valueOf(choice) {
  const named = choice.match(/^"[^"]*"(?= \()/)?.[0];
  return named ?? (/\s/.test(choice) && !/["*]/.test(choice) ? `"${choice}"` : choice);
}

// The list that a query names and nobody has: its field and name.
export function missingList(fault) {
  const field = fault.expected.match(/^the name of a (company|skill) list/)?.[1];
  return field && fault.got.startsWith("@") ? { field, name: fault.got.slice(1) } : null;
}
