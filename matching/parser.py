"""The parser of the alert language: recursive descent, one method a rule.

    any     = all { "OR" all }
    all     = item { [ "AND" ] item }
    item    = ( "NOT" | "-" ) item | "(" any ")" | test
    test    = field operator values | field ":" "(" any ")" | values
    values  = [ "!" ] value { "," value } [ "!" ]

A group after `field:` gives every value in it that field. A comma means "or". `unknown:pass` and
`unknown:drop` are no test but a wish of the whole query; they stand outside of every group.
`@name` is a list where a company or a skill can stand.
"""

from matching import leaves, values
from matching.bounds import (
    COUNTRIES_MAX,
    DEPTH_MAX,
    READ_MAX,
    TESTS_MAX,
    refuse_deep,
    refuse_long,
    refuse_many,
)
from matching.faults import Fault, invalid
from matching.leaves import Value
from matching.lexer import Scanner
from matching.lists import Lists
from matching.normal import all_of, any_of, normal
from matching.vocabulary import ORDERED_FIELDS, SINGLE_FIELDS, field_name, one_of
from models.criteria import Criteria, Not, UnknownPolicy

_POLICIES = {policy.value: policy.value for policy in UnknownPolicy}


class Parser:
    """Reads one query. Once `query()` has returned, `unknown` is its policy and `positions` tells
    where each test of the tree was last written."""

    def __init__(self, text: str, lists: Lists) -> None:
        refuse_long(text)
        self._scanner = Scanner(text)
        self._lists = lists
        self.unknown: UnknownPolicy | None = None
        self.positions: dict[Criteria, int] = {}
        self._read = 0

    def query(self) -> Criteria:
        """The tree in normal form. Raises InvalidQuery with the position of the first fault."""
        criteria = self._any("text", 0)
        if not self._scanner.at_end:
            raise self._scanner.fault("the end, or a ( before this )")
        tree = normal(criteria)
        refuse_deep(tree)
        return tree

    def _any(self, field: str, depth: int) -> Criteria:
        items = [self._all(field, depth)]
        while self._scanner.take_keyword("OR"):
            items.append(self._all(field, depth))
        criteria = any_of(items)
        refuse_many(criteria, position=self._scanner.position)
        return criteria

    def _all(self, field: str, depth: int) -> Criteria:
        scanner = self._scanner
        items: list[Criteria] = []
        scanner.skip_space()
        while not self._at_end_of_list():
            if depth or not self._took_directive():
                items.append(self._joined(field, depth, first=not items))
            scanner.skip_space()
        if not items:
            raise scanner.fault("a word, a test or a group")
        return all_of(items)

    def _joined(self, field: str, depth: int, *, first: bool) -> Criteria:
        """The next item of an `and`, with the AND before it if there is one."""
        if not first and self._scanner.take_keyword("AND"):
            self._scanner.skip_space()
        return self._item(field, depth)

    def _at_end_of_list(self) -> bool:
        scanner = self._scanner
        return scanner.at_end or scanner.peek() == ")" or scanner.at_keyword("OR")

    def _item(self, field: str, depth: int) -> Criteria:
        scanner = self._scanner
        if depth > DEPTH_MAX:
            raise scanner.fault(f"at most {DEPTH_MAX} nested groups and negations")
        if scanner.take_keyword("NOT") or scanner.take_minus():
            scanner.skip_space()
            return Not(item=self._item(field, depth + 1))
        if scanner.peek() == "(":
            return self._group(field, depth)
        if self._at_end_of_list() or scanner.at_keyword("AND"):
            raise scanner.fault("a word, a test or a group")
        return self._test(field, depth)

    def _group(self, field: str, depth: int) -> Criteria:
        scanner = self._scanner
        opening = scanner.position
        scanner.take("(")
        criteria = self._any(field, depth + 1)
        if not scanner.take(")"):
            scanner.position = opening
            raise scanner.fault("a ) for this (", "(")
        if not scanner.at_space() and scanner.peek() not in "()":
            raise scanner.fault("a space after a group (a ! belongs to a value)")
        return criteria

    def _test(self, field: str, depth: int) -> Criteria:
        scanner = self._scanner
        start, written = scanner.position, scanner.peek_field()
        if written is None:
            return self._values(field, ":", start, implicit=True)
        name, operator = written
        if field != "text":
            raise scanner.fault(f"a value of {field}, without another field")
        named = self._field(name)
        if named == "unknown":
            raise scanner.fault(
                "unknown:pass or unknown:drop on its own, outside of groups, AND and NOT"
            )
        if operator != ":" and named not in ORDERED_FIELDS:
            scanner.position += len(name)
            raise scanner.fault(f": after {named}", operator)
        scanner.position += len(name) + len(operator)
        if operator == ":" and scanner.peek() == "(":
            return self._group(named, depth)
        return self._values(named, operator, start)

    def _field(self, name: str) -> str:
        try:
            return field_name(name)
        except Fault as fault:
            raise invalid(fault, position=self._scanner.position) from None

    def _took_directive(self) -> bool:
        """Go past `unknown:POLICY` if it stands here."""
        scanner = self._scanner
        written = scanner.peek_field()
        if written is None or written[0].casefold() != "unknown":
            return False
        if written[1] != ":" or self.unknown is not None:
            raise scanner.fault("unknown:pass or unknown:drop, once")
        scanner.position += len("unknown:")
        value = self._value("unknown")
        try:
            self.unknown = UnknownPolicy(one_of(value.text, "pass or drop", _POLICIES))
        except Fault as fault:
            raise invalid(fault, position=value.position) from None
        return True

    def _values(self, field: str, operator: str, start: int, *, implicit: bool = False) -> Criteria:
        """The list of values of a test that began at `start`, and its marks: `!` before negates
        the list, `!` behind makes it hard."""
        scanner = self._scanner
        negated = not implicit and operator == ":" and scanner.take("!")
        found = [self._value(field)]
        while scanner.peek() == ",":
            if field in SINGLE_FIELDS or operator != ":":
                raise scanner.fault(f"one value of {field}, without a comma", ",")
            scanner.take(",")
            if field == "text" and implicit and scanner.at_space():
                break  # a comma of plain prose: "python, sql"
            found.append(self._value(field))
        hard, found[-1] = self._hard(found[-1])
        if not scanner.at_space() and scanner.peek() not in "()":
            raise scanner.fault("a space, or a ! that ends the test")
        tests = list(map(normal, leaves.tests(field, operator, found, self._lists, hard=hard)))
        self._count(len(tests))
        self.positions |= dict.fromkeys(tests, start)
        criteria = any_of(tests)
        older = field in ("posted", "first_seen") and operator.startswith(">")
        return Not(item=criteria) if negated or older else criteria

    def _count(self, tests: int) -> None:
        """Refuse what would be read for long: a region is a word of text and a hundred tests."""
        self._read += tests
        if self._read > READ_MAX:
            most = f"at most {TESTS_MAX} tests and {COUNTRIES_MAX} countries"
            raise self._scanner.fault(most, "more")

    def _hard(self, last: Value) -> tuple[bool, Value]:
        """Whether a `!` ends the list, and its last value without it."""
        if self._scanner.take("!"):
            return True, last
        if last.quoted or not last.text.endswith("!") or last.text == "!":
            return False, last
        return True, Value(last.text[:-1], last.position, last.quoted, last.km)

    def _value(self, field: str) -> Value:
        scanner = self._scanner
        position, quoted = scanner.position, scanner.at_quote()
        text = scanner.quoted() if quoted else scanner.bare(before_distance=field == "near")
        if not text and not quoted:
            raise scanner.fault(f"a value of {field} right here, in quotes if it has spaces")
        km = self._distance() if field == "near" else None
        return Value(text, position, quoted, km)

    def _distance(self) -> float | None:
        """`<40km` behind a place; a `!` behind it is left."""
        scanner = self._scanner
        if not (scanner.take("<=") or scanner.take("<")):
            return None
        position, written = scanner.position, scanner.bare()
        text = written.removesuffix("!")
        scanner.position -= len(written) - len(text)
        try:
            return values.kilometres(text)
        except Fault as fault:
            raise invalid(fault, position=position) from None
