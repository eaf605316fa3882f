// For test_suggestions.py: of each query and its faults on the standard input, what suggestions.js
// makes of them. Argument: the address of suggestions.js.

const { applied, choicesOf, missingList, withoutChoices } = await import(process.argv[2]);

let input = "";
for await (const part of process.stdin) input += part;
const seen = JSON.parse(input).map(({ query, fault }) => ({
  choices: choicesOf(fault),
  queries: choicesOf(fault).map((choice) => applied(query, fault, choice)),
  expected: withoutChoices(fault).expected,
  missing: missingList(fault),
}));
console.log(JSON.stringify(seen));
