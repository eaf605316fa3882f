"""Whether a name that is also an ordinary word, or a letter, means the skill where it stands.

Three ways: a word before or behind speaks of skills ("written in Go", "Swift developer"); another
skill stands beside it in a list ("Python, Go"); or it is a proper noun in a line that names another
technology for certain ("tests with Cypress and JUnit").
"""

import re

LETTERS = 2
"""A name as short as `C` or `Go` stands for more than one of a word's length does."""
_AROUND = 40
"""Characters that are read on each side of a name."""
_LEFT = re.compile(
    r"(?:\b(?:in|with|using|of|avec|mit|sous|unter|con|met|com|like|include|includes"
    r"|including|e\.g\.?|such as|know|knows|plus|knowledge of|experience|expertise|proficient"
    r"|fluent|languages?|language:|skills?:?|tools?:?|maîtrise|kenntnisse"
    r"|stack:?|written|senior|junior|our|modern|enough|some|solid|strong|good|excellent|advanced|deep|basic|or|and|und|et|y|e|en|ou|oder)\s*[:(]?|[,/(|•·]|[;.:!?]\s)"
    r"\s*$",
    re.IGNORECASE,
)
_RIGHT = re.compile(
    r"\s*(?:[,/()|;•·]|(?:and|or|&|und|et|y|oder|ou|en)\s+(?=\S)|"
    r"(?:developer|engineer|programmer|programming|language|backend|back-end|service|code|codebase"
    r"|experience|script|framework|application|cluster|certified|expert|skill|job|pipeline|test"
    r"|speaker|language)s?\b|[.!?]?\s*$|[.!?](?=\s))",
    re.IGNORECASE,
)
_STRONG_LEFT = re.compile(
    r"\b(?:experience (?:with|in|of|using)|written in|knowledge of|proficient (?:in|with)"
    r"|expertise in|proficiency (?:in|with)|fluent in|coding in|programming in"
    r"|(?:languages?|tools?|tooling|frameworks?) (?:like|such as)|code in|background in"
    r"|familiar(?:ity)? with|we use|using|tests? (?:in|with)|documented in|built (?:with|in|on)"
    r"|(?:services?|backends?|apis?|apps?|applications?|clis?|tools?|scripts?|codebase|software|firmware"
    r"|controllers?|logiciels?(?: de \w+)?|anwendungen|aplicaciones|entwicklung|développe\w*"
    r"|desarrollo|entwickeln|programmieren) (?:in|en)"
    r"|deployed (?:with|on)|migrat\w+ (?:to|from)|tests? \(|(?:releas|ship|deploy)\w*"
    r"(?: \w+)? (?:through|with|via)|(?:records?|charting|chart|documentation|tickets|logg\w+"
    r"|articles|animation|modelling|modeling|sourcing|sequences|campaigns|programmes|chats|emails"
    r"|bugs|tasks|issues|animat\w+|sculpt\w+|libraries|prototypes"
    r"|contacts|bookings|dashboards|notes) (?:in|with|via|through|on)"
    r"|erfahrung (?:mit|in)|kenntnisse in|umgang mit|arbeiten mit|expérience (?:avec|sur|en)"
    r"|maîtrise d[eu]|experiencia (?:con|en)|manejo de|conocimientos de|ervaring met|kennis van)"
    r"\s*$",
    re.IGNORECASE,
)
_STRONG_RIGHT = re.compile(
    r"\s*(?:developer|engineer|programmer|programming|programming language|backend|codebase"
    r"|speaker|integration|calls? and|administrator|admin|certification|certified)s?\b",
    re.IGNORECASE,
)
_PROPER_LEFT = re.compile(r"[a-zà-ÿ,(:/&+0-9]\s*[(/]?$|\w,\s$")
_PROPER_RIGHT = re.compile(r"(?![^\S\n]+[A-Z0-9]\w)(?![-'’&])")
_SEASON = "Spring"
_SEASON_LEFT = re.compile(
    r"\b(?:this|next|last|by|until|early|late|of|every|in the)\s$", re.IGNORECASE
)
_LETTER_LEFT = re.compile(
    r"(?:\b(?:of|in|with|for|and|or|und|et|y|like|solid|strong|some|working|good|plus|fluent|to"
    r"|excellent|advanced"
    r"|reading|writing|know|knows|write|use|using|coding|our|enough|a|modern|avec|mit|con|oder|ou)"
    r"|[,/(;:])\s*$",
    re.IGNORECASE,
)
_LETTER_RIGHT = re.compile(r"\s*(?:$|[.,;/)(])|\s+[a-zà-ÿ]")
_NO_LANGUAGE = re.compile(
    r"\b(?:vitamin|class|klasse|plan|type|typ|level|grade|series|option)\s$", re.IGNORECASE
)
_BETWEEN_SKILLS = re.compile(
    r"\s*(?:[,/|&•·+;]|,?\s*(?:and|or|und|oder|et|ou|y|en|of)\s|\()?\s*(?:and|or)?\s*$"
)
_BEGINS = re.compile(r"(?:\n\W*|[.!?:]\s|[•*·–-]\s*)$")
_VERB_RIGHT = re.compile(
    r"\s+(?:to|at|in (?:a|an|the|your|this)|on|under|as|before|by|calmly|quickly|fast|well|when"
    r"|\w+ly)\b"
)


def speaks_of_skills(text: str, start: int, end: int, neighbours: set[int]) -> bool:
    """Whether the ambiguous name at [start, end) stands where one lists skills; `neighbours` are
    the borders of the names that are certain."""
    before = text[max(0, start - _AROUND) : start].rpartition("\n")[2]
    after = text[end : end + _AROUND].partition("\n")[0]
    if before.endswith(("-", "&", "'", "’")) or after.startswith(("-", "&", "'", "’")):
        return False
    if end - start <= LETTERS and _NO_LANGUAGE.search(before):
        return False
    if _STRONG_LEFT.search(before) or _STRONG_RIGHT.match(after):
        return True
    if before.strip() and not _LEFT.search(before):
        return False
    return _RIGHT.match(after) is not None and _beside(text, start, end, neighbours)


def _beside(text: str, start: int, end: int, neighbours: set[int]) -> bool:
    """Whether only a separator lies between [start, end) and another skill."""
    for gap in range(1, 8):
        left, right = start - gap, end + gap
        if left in neighbours and _BETWEEN_SKILLS.match(text[left:start]):
            return True
        if right in neighbours and _BETWEEN_SKILLS.match(text[end:right]):
            return True
    return False


def is_proper_noun(text: str, start: int, end: int) -> bool:
    """Whether what stands at [start, end) in its capital letter has it as a name, not as the first
    word of a sentence or a part of a longer name."""
    before = text[max(0, start - 20) : start].rpartition("\n")[2]
    after = text[end : end + 12].partition("\n")[0]
    if end - start <= LETTERS:
        if after.startswith(("-", "&", "'", "’")) or _NO_LANGUAGE.search(before):
            return False
        return _LETTER_RIGHT.match(after) is not None and _LETTER_LEFT.search(before) is not None
    if _PROPER_LEFT.search(before) is None:
        return False
    if text[start:end] == _SEASON and _SEASON_LEFT.search(before):
        return False
    return _PROPER_RIGHT.match(after) is not None


def is_verb(text: str, start: int, end: int) -> bool:
    """Whether the name begins its sentence as a verb does: "React to incidents", "Excel at it"."""
    begins = _BEGINS.search(text, max(0, start - 4), start) is not None
    return (begins or not start) and _VERB_RIGHT.match(text, end) is not None
