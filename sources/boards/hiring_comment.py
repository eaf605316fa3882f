"""One comment of a "Who is hiring?" thread -> the jobs that it advertises.

By custom an advert begins with a line "Company | Role | Location | REMOTE | Full-time | …", whose
order nobody keeps to, so each part is told by what it says: a role by the word for a person who
works, a place by the gazetteer, mode, contract and pay by their words. What is left of such a line
first is the company. A comment without such a line is talk, not an advert; nor is one of somebody
who seeks work.

Several roles in one comment are several jobs. Pay and visa stay in the text, where processing reads
and quotes them.
"""

import html
import re
from dataclasses import dataclass

from models.posting import EmploymentType, Mode
from processing.evidence import Passage
from processing.facts.places import places as located
from sources import facts

ROLES_MAX = 15

_HEADER_MAX = 600
_BODY_MAX = 20_000
_PART_MAX = 200
_TAG = re.compile(r"<[^<>]*>")
_PARAGRAPH = re.compile(r"<p[^<>]*>|<br[^<>]*>|\n", re.IGNORECASE)
_LINK = re.compile(r"href=[\"']([^\"'<>\s]{1,2000})[\"']", re.IGNORECASE)
_PIPE = re.compile(r"\s*[|｜│]\s*")
_DASH = re.compile(r"\s+[-–—•·]+\s+")
_BRACKETED = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_ROLE = re.compile(
    r"\b(?:engineers?|developers?|devs?|designers?|managers?|scientists?|analysts?|architects?"
    r"|leads?|heads? of|directors?|vp|c[efopt]o|founders?|founding|swes?|sres?|devops|sdets?"
    r"|programmers?|researchers?|consultants?|writers?|marketers?|recruiters?|specialists?"
    r"|associates?|accountants?|technicians?|editors?|teachers?|nurses?|administrators?|admins?"
    r"|interns|(?<=\w )intern|internship (?:in|as)|advocates?|strategists?|coordinators?"
    r"|representatives?|account executives?|operators?|hackers?|staff)\b",
    re.IGNORECASE,
)
_VARIOUS = re.compile(
    r"\b(?:multiple|various|several|many|all|open|different)\b.{0,20}"
    r"\b(?:roles?|positions?|openings?|jobs)\b|^(?:roles|positions|openings|jobs)$",
    re.IGNORECASE,
)
_REMOTE = re.compile(r"(?<!no )(?<!not )(?<!non-)\b(?:remote(?:ly)?|wfh|work from home)\b", re.I)
_NOT_REMOTE = re.compile(r"\b(?:no|not|non)[ -]remote\b", re.IGNORECASE)
_HYBRID = re.compile(r"\bhybrid\b", re.IGNORECASE)
_ONSITE = re.compile(r"\b(?:on-?\s?site|in[ -]?office|in[ -]person)\b", re.IGNORECASE)
_CONTRACT = re.compile(
    r"\b(?:full|part)[ -]?time\b|\bcontract(?:or|ors|ing)?\b|\bfreelance\b|\binternships?\b"
    r"|^interns?$|\bpermanent\b|\bfte\b",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"[$€£¥₹]\s?\d|\b\d{2,3}\s?k\b|\b\d{2,3}[,.]\d{3}\b|\bequity\b|\bsalary\b", re.IGNORECASE
)
_VISA = re.compile(r"\bvisas?\b|\bsponsor", re.IGNORECASE)
_WEB = re.compile(
    r"https?://\S+|\bwww\.\S+|^\S+\.(?:com|io|ai|co|dev|org|net|app|so)(?:/\S*)?$", re.I
)
_DOMAIN = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[a-z]{2,5}", re.IGNORECASE)
"""An address that is a name as well: "Acme.io"."""
_ANNOUNCED = re.compile(r"\W*(?:(?:we(?:['’]re| are)|now) )?hiring\s*[:!–—-]+\s*", re.IGNORECASE)
_SEEKS_WORK = re.compile(
    r"\W*(?:seeking|looking for|want) (?:work|a job|employment)\b", re.IGNORECASE
)
_HOW = re.compile(
    r"\b(?:fully|100%|only|first|or|and|ok|seeking freelancers?)\b|[\W_]+", re.IGNORECASE
)
"""What may stand between modes and contracts without saying anything else."""
_BETWEEN_ROLES = re.compile(
    r"(?:\s*[,;]\s+(?:and\s+)?|\s+(?:/|\+|&|and|or)\s+)(?![^()\[\]]*[)\]])", re.IGNORECASE
)
"""Not inside brackets."""
_CHOICE = re.compile(r"\bor\b|/", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*•–—·►]|\d{1,2}[.)])\s*(?=\S)")
_AFTER_ROLE = re.compile(r"\s+[-–—|]+\s+|:\s|\s*[(\[]|https?://|\s@\s")
_ROLE_WORDS_MAX = 9


@dataclass(frozen=True, slots=True)
class Advert:
    """What a comment says by its header. `roles` are one or more; `apply_url` is a link of it that
    leads to a job."""

    company: str
    roles: tuple[str, ...]
    locations: tuple[str, ...] = ()
    mode: Mode | None = None
    employment_type: EmploymentType | None = None
    apply_url: str | None = None


def advert(comment: str) -> Advert | None:
    """The advert that a comment's HTML is; None where it is none. Never raises."""
    split = (_plain(part) for part in _PARAGRAPH.split(comment[:_BODY_MAX]))
    header, *paragraphs = [paragraph for paragraph in split if paragraph] or [""]
    if _SEEKS_WORK.match(header):
        return None
    parts = _company_first(_parts(_ANNOUNCED.sub("", header[:_HEADER_MAX], count=1)))
    company = _company(parts)
    if company is None:
        return None
    rest = parts[1:]
    roles = _roles(rest) or _listed(paragraphs) or [_various(rest)]
    beside = [part for part in rest if not _ROLE.search(_BRACKETED.sub("", part))]
    return Advert(
        company=company,
        roles=tuple(dict.fromkeys(roles))[:ROLES_MAX],
        locations=facts.places(*(part for part in rest if _is_place(part))),
        mode=_mode(beside) or _mode(rest),
        employment_type=_employment(beside),
        apply_url=_apply_url(comment[:_BODY_MAX]),
    )


def _plain(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _parts(header: str) -> list[str]:
    """The header between its separators. Dashes stand in sentences too, so they count only
    where two parts behind them are known to be of an advert."""
    parts = [part for part in _PIPE.split(header) if part]
    if len(parts) > 1:
        return parts if any(_is_known(part) for part in parts[1:]) else []
    parts = [part for part in _DASH.split(header) if part]
    known = sum(_is_known(part) for part in parts[1:])
    return parts if known > 1 and len(header) < 250 else []


def _is_known(part: str) -> bool:
    told_by = (_ROLE, _VARIOUS, _REMOTE, _HYBRID, _ONSITE, _CONTRACT, _PAY)
    return any(pattern.search(part) for pattern in told_by) or _is_place(part)


def _company_first(parts: list[str]) -> list[str]:
    """Some begin with the role: the company is then the one part that says nothing else. Others
    begin with mode, contract or place: then it is the first such part."""
    if not parts:
        return parts
    others = [part for part in parts[1:] if not _is_known(part)]
    if _says_how(parts[0]) or _says_where(parts[0]):
        named = [part for part in others if _DOMAIN.fullmatch(part) or not _WEB.search(part)]
        return _led_by(named[0], parts) if named else parts
    named = [part for part in others if not _WEB.search(part)]
    if not _ROLE.search(parts[0]) or _roles(parts[1:]) or len(named) != 1:
        return parts
    return _led_by(named[0], parts)


def _led_by(first: str, parts: list[str]) -> list[str]:
    return [first, *(part for part in parts if part != first)]


def _says_how(part: str) -> bool:
    """Nothing but modes and contracts."""
    said = _BRACKETED.sub("", part)
    for pattern in (_NOT_REMOTE, _REMOTE, _HYBRID, _ONSITE, _CONTRACT, _HOW):
        said = pattern.sub("", said)
    return not said


def _says_where(part: str) -> bool:
    """Nothing but places: "Berlin, Germany", and not "Berlin Brands"."""
    said = Passage("location", part)
    left = part
    for evidence in located(said)[1]:
        left = left[: evidence.start] + " " * (evidence.end - evidence.start) + left[evidence.end :]
    return left != part and not any(letter.isalnum() for letter in left)


def _company(parts: list[str]) -> str | None:
    """The first part, without what stands in brackets behind it and without its address."""
    if not parts:
        return None
    name = _BRACKETED.sub("", parts[0])
    bare = name if _DOMAIN.fullmatch(name) else _WEB.sub("", name).strip(" -–—:,*")
    return bare if 0 < len(bare) <= 100 and not bare.endswith(("?", ".")) else None


def _roles(parts: list[str]) -> list[str]:
    found = []
    for part in parts:
        bare = _BRACKETED.sub("", part)
        is_role = _ROLE.search(bare) and not _VARIOUS.search(bare) and not _WEB.search(bare)
        if is_role and len(part) <= _PART_MAX:
            found += _told_apart(part)
    return [role for role in (facts.one_line(role.strip(" -–—:,")) for role in found) if role]


def _told_apart(part: str) -> list[str]:
    """ "Backend Engineer, Data Scientist" are two roles; "Engineer, Backend" and "Frontend and
    Backend Engineers" are one: each must have the word for a person of its own."""
    pieces = _BETWEEN_ROLES.split(part)
    return pieces if all(_ROLE.search(piece) for piece in pieces) else [part]


def _listed(paragraphs: list[str]) -> list[str]:
    """The roles of a list in the text: short lines behind a bullet."""
    found = []
    for line in paragraphs:
        bullet = _BULLET.match(line)
        if bullet is None:
            continue
        role = _AFTER_ROLE.split(line[bullet.end() :], maxsplit=1)[0].strip(" -–—:,.")
        if _ROLE.search(role) and len(role.split()) <= _ROLE_WORDS_MAX and len(role) <= 80:
            found.append(role)
    return found


def _various(parts: list[str]) -> str:
    said = (part for part in parts if _VARIOUS.search(part) and len(part) <= _PART_MAX)
    return next(said, "Various roles")


def _is_place(part: str) -> bool:
    """ "Berlin or Remote (EU)": the gazetteer knows a place of it, and nothing else is said."""
    others = (_ROLE, _VARIOUS, _PAY, _VISA, _WEB)
    if len(part) > _PART_MAX or any(pattern.search(part) for pattern in others):
        return False
    bare = _NOT_REMOTE.sub("", _CONTRACT.sub("", part))
    return bool(located(Passage("location", bare))[0])


def _mode(parts: list[str]) -> Mode | None:
    """The mode that is said; None where there is a choice: "Berlin or Remote"."""
    said = " | ".join(parts)
    modes = {
        Mode.REMOTE: _REMOTE.search(said),
        Mode.HYBRID: _HYBRID.search(said),
        Mode.ONSITE: _ONSITE.search(said) or _NOT_REMOTE.search(said),
    }
    found = [mode for mode, match in modes.items() if match]
    if found == [Mode.REMOTE] and any(_is_choice(part) for part in parts):
        return None
    return found[0] if len(found) == 1 else None


def _is_choice(part: str) -> bool:
    return _REMOTE.search(part) is not None and bool(_CHOICE.search(_BRACKETED.sub("", part)))


def _employment(parts: list[str]) -> EmploymentType | None:
    said = " | ".join(parts)
    kinds = {facts.employment_type(match[0]) for match in _CONTRACT.finditer(said)} - {None}
    return kinds.pop() if len(kinds) == 1 else None


def _apply_url(comment: str) -> str | None:
    links = [html.unescape(link) for link in _LINK.findall(comment)]
    jobs = (
        link for link in links if re.search(r"job|career|apply|position|hiring|/o/", link, re.I)
    )
    return facts.address(next(jobs, None))
