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

from matching import leaves, quantities, slips
from matching.bounds import (
    COUNTRIES_MAX,
    DEPTH_MAX,
    READ_MAX,
    TESTS_MAX,
    refuse_deep,
    refuse_long,
    refuse_many,
)
from matching.faults import Fault, located
from matching.leaves import Value
from matching.lexer import Head, Scanner
from matching.lists import Lists
from matching.normal import all_of, any_of, normal
from matching.vocabulary import (
    KNOWN_FIELDS,
    ORDERED_FIELDS,
    SINGLE_FIELDS,
    field_name,
    is_field,
    one_of,
)
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
        start, head = scanner.position, self._head()
        if head is None:
            with located(start):
                slips.refuse_item(scanner.text, start)
            return self._values(field, ":", start, implicit=True)
        if field != "text":
            raise scanner.fault(f"a value of {field}, without another field")
        with located(start):
            named = field_name(head.name)
        if named == "unknown":
            raise scanner.fault(
                "unknown:pass or unknown:drop on its own, outside of groups, AND and NOT"
            )
        if head.operator != ":" and named not in ORDERED_FIELDS:
            scanner.position += len(head.name)
            raise scanner.fault(f": after {named}", head.operator)
        scanner.position += head.length
        if head.operator == ":" and scanner.peek() == "(":
            return self._group(named, depth)
        return self._values(named, head.operator, start)

    def _head(self) -> Head | None:
        """The beginning of a test, if one stands here. Behind any other word a = is text."""
        head = self._scanner.peek_head()
        return None if head and head.equates and not is_field(head.name) else head

    def _took_directive(self) -> bool:
        """Go past `unknown:POLICY` if it stands here."""
        scanner = self._scanner
        head = scanner.peek_head()
        if head is None or head.name.casefold() != "unknown":
            return False
        if head.operator != ":" or self.unknown is not None:
            raise scanner.fault("unknown:pass or unknown:drop, once")
        scanner.position += head.length
        value = self._value("unknown")
        with located(value.position):
            self.unknown = UnknownPolicy(one_of(value.text, "pass or drop", _POLICIES))
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
        self._end_test(field, start, hard=hard)
        tests = list(map(normal, leaves.tests(field, operator, found, self._lists, hard=hard)))
        self._count(len(tests))
        self.positions |= dict.fromkeys(tests, start)
        criteria = any_of(tests)
        older = field in ("posted", "first_seen") and operator.startswith(">")
        return Not(item=criteria) if negated or older else criteria

    def _end_test(self, field: str, start: int, *, hard: bool) -> None:
        """Refuse what cannot stand at the end of the test that began at `start`, or behind it."""
        scanner = self._scanner
        if not scanner.at_space() and scanner.peek() not in "()":
            raise scanner.fault("a space, or a ! that ends the test")
        test, behind = scanner.text[start : scanner.position], scanner.text[scanner.position :]
        if hard and field in KNOWN_FIELDS:
            plain = test.removesuffix("!")
            with located(start):
                raise Fault("no ! behind what every posting states", test, filter(None, [plain]))
        with located(scanner.position + len(behind) - len(behind.lstrip())):
            slips.refuse_loose_end(field, test, behind)

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
        text = scanner.quoted() if quoted else scanner.bare(field)
        if not text and not quoted:
            raise scanner.fault(f"a value of {field} right here; one with spaces in quotes")
        km = self._distance() if field == "near" else None
        return Value(text, position, quoted, km)

    def _distance(self) -> float | None:
        """`<40km` behind a place; a `!` behind it is left."""
        scanner = self._scanner
        if not any(map(scanner.take, ("<=", "<", "≤"))):
            return None
        position, written = scanner.position, scanner.bare()
        text = written.removesuffix("!")
        scanner.position -= len(written) - len(text)
        with located(position):
            return quantities.kilometres(text)
