"""The last day to apply, as the text has it: "Apply by 15 January 2027", "Bewerbungsschluss:
31.12.2026", "jusqu'au 8 janvier 2027 inclus".

Only a date in a sentence that speaks of applying or closing counts, and not one on which
interviews or the work begin. A date without its year is the next such day after the posting's; one
whose numbers can be read in two ways (03/04/2027) is read by the country of the posting, and where
that is not known it is left out.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from models.posting import Evidence
from processing.evidence import Passage

BY = "closing@3"

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro januari gennaio",
            "february feb februar février fevrier febrero fevereiro februari febbraio",
            "march mar märz maerz mars marzo março maart",
            "april apr avril abril aprile",
            "may mai mayo maio mei maggio",
            "june jun juni juin junio junho giugno",
            "july jul juli juillet julio julho luglio",
            "august aug août aout agosto augustus",
            "september sep sept septembre septiembre setembro settembre",
            "october oct oktober okt octobre octubre outubro ottobre",
            "november nov novembre noviembre novembro",
            "december dec dezember dez décembre decembre diciembre dezembro dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = re.compile(
    rf"(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.)?(?:\s+|-)(?:of\s+|de\s+)?(?P<m1>{_MONTH})\b\.?,?"
    r"(?:[\s-]+(?:de\s+|del\s+)?(?P<y1>20\d\d))?"
    rf"|\b(?P<m2>{_MONTH})\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<y2>20\d\d))?"
    r"|\b(?:end of|ende|fin(?:ales)?|eind(?:e)?|fine|final)(?: (?:de|du|of|van|del|di|des|the|mois"
    rf"|mes|monats|month)){{0,3}} (?P<last>{_MONTH})\b"
    r"(?:\s+(?:de\s+|del\s+)?(?P<y6>20\d\d))?"
    r"|\b(?P<y3>20\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d)\b"
    r"|\b(?P<d4>\d{1,2})\.\s?(?P<m4>\d{1,2})\.\s?(?P<y4>20\d\d|\d\d)?"
    r"|\b(?P<a>\d{1,2})[/-](?P<b>\d{1,2})[/-](?P<y5>20\d\d)\b"
)
_CLOSES = re.compile(
    r"\b(?:clos(?:es?|ing)|deadline|apply(?:ing)? (?:\w+ ){0,6}?(?:by|before|until|no later)"
    r"|appl(?:y|ications?)\b.{0,60}\b(?:by|before|until|till|no later than)|submit\w*\b.{0,60}\bby"
    r"|appl(?:y|ications?)\b.{0,40}\bthrough"
    r"|get in touch\b.{0,40}\bby|expressions? of interest\b.{0,40}\b(?:by|until)"
    r"|(?:cvs?|r[eé]sum[eé]s?) (?:in|to us) by"
    r"|\b(?:cvs?|r[eé]sum[eé]s?|letters?|portfolio|tell us|write|e-?mail|send|envo\w+|écri\w+"
    r"|escr\w+"
    r"|schreib\w*|schick\w*|sende\w*|stuur\w*|mail\w*|demo ?reel)\b.{0,60}\b(?:by|before|until"
    r"|avant"
    r"|antes|vor|bis|voor|tot|hasta|jusqu['’]au)\b|latest by|comes down|takes? down|"
    r"(?:posting|advert\w*|vacancy|applications?) end date|in the running\b.{0,20}\bby"
    r"|last (?:day|date) (?:to|for|of)|open (?:until|till|through)|expires?|end of advert"
    r"|due (?:by|date)|spätestens|bewirb\b.{0,40}\bbis"
    r"|(?:unterlagen|dossier|bewerbung|motivationsschreiben)\b.{0,60}\bbis"
    r"|bewerb\w*schluss|bewerb\w*frist|bewerb\w+\b.{0,80}\bbis\b|einsendeschluss"
    r"|date limite|jusqu['’]au|au plus tard|avant le|clôture|candidat\w+\b.{0,60}\bjusqu"
    r"|candidature\b.{0,80}\bpour le|postule[rz]\b.{0,40}\bavant"
    r"|fecha l[íi]mite|hasta el|antes del|plazo|cierre"
    r"|inscripciones|candidaturas?\b.{0,40}\b(?:hasta|antes)"
    r"|sluitingsdatum|solliciteren\b.{0,40}\btot|solliciteer\b.{0,40}\b(?:voor|tot)|uiterlijk"
    r"|tot en met|vóór|reageren\b.{0,40}\btot"
    r"|data[- ]limite|até (?:o dia )?|inscrições|entro il|scadenza|ansøgningsfrist|søknadsfrist"
    r"|sista ansökningsdag|senast)"
)
_CLOSING_WORDS = (
    *("clos", "deadline", "apply", "applic", "submit", "last d", "open until", "expire", "due "),
    *("advert", "bewerb", "schluss", "limite", "jusqu", "plus tard", "avant le", "límite", "hasta"),
    *("antes del", "plazo", "cierre", "sluiting", "uiterlijk", "tot ", "vóór", "até", "inscri"),
    *("get in touch", "interest", "end date", "cvs ", "resume", "résumé", "in the running"),
    *("cv ", "cvs", "letter", "portfolio", "tell us", "write", "mail", "send ", "envo", "écri"),
    *("escr", "schreib", "schick", "stuur", "latest by", "comes down", "take down"),
    *("spätestens", "bewirb", "unterlagen", "dossier", "motivationsschreiben", "clôture"),
    *("candida", "postule", "inscrip", "sollicit", "reageren", "open t"),
    *("entro", "scadenza", "frist", "senast", "ansökning"),
)
"""One of them stands in whatever `_CLOSES` matches."""
_OPENS = re.compile(
    r"\b(?:open(?:s|ing|ed)?(?! until| till| through)|post(?:ed|ing) date|start(?:s"
    r"|ing)?(?: date)?|interviews?"
    r"|gespräche?|gesprekken|entretiens?|entrevistas?|begin\w*|from|ab|dès le|à partir|desde|born"
    r"|founded|welcome (?:after|from))\W+(?:\w+\W+){0,4}$"
)
_TERM = re.compile(
    r"\b(?:contrat\w*|contract|cdd|befristet\w*|vertrag\w*|tijdelijk\w*|temporal|seasonal)\b"
)
"""Has an end of its own."""
_HAS_DATE = re.compile(r"\d|\b(?:end|fin|fine|finales|eind|final)")
_BEFORE = re.compile(
    r"\b(?:before|avant le|antes del?|vóór|voor|vor dem)(?: (?:the|el|día|le|den|de|\w*day|\w+tag"
    r"|\w+di),?)*\s*$"
)
_UNTIL_AN_HOUR = re.compile(
    r"\W*(?:inclus|inkl|incl|midnight|minuit|medianoche|middernacht|mitternacht|noon|midi|at \d"
    r"|à \d"
    r"|um \d|om \d|a las \d|\d{1,2}[:.h]\d\d|\d{1,2} ?[ap]\.?m)"
)
"""Behind the day: it counts, if not to its end."""
_STAYS_OPEN = re.compile(
    r"\byou(?:['’]ll| will)? (?:apply|deliver)\b|\bdeadline[- ]driven\b|"
    r"\b(?:open|apply) until (?:it is |the position is )?filled\b|\bfull consideration\b"
    r"|\b(?:priority|first) (?:deadline|review|consideration)\b"
)
"""A day after which one may still apply, or one of the work itself."""
_APPLYING = re.compile(r"appl[yi]|bewerb|candidat|postul|solicit|inscri|sollicit")
_MONTH_FIRST = frozenset({"US", "PH"})


def closing(
    passage: Passage, countries: frozenset[str], posted: date
) -> tuple[date, Evidence] | None:
    """The last day to apply and where it stands; None where the text states none.

    `posted` completes a date without a year; `countries` are those of the posting's places.
    """
    for start, end in passage.saying(_CLOSING_WORDS):
        said = passage.lowered[start:end]
        cue = _CLOSES.search(said) if _HAS_DATE.search(said) else None
        if cue is None or (_TERM.search(said) and not _APPLYING.search(said)):
            continue
        if _STAYS_OPEN.search(said):
            continue
        for match in _DATE.finditer(said, cue.start()):
            if _OPENS.search(said[cue.start() : match.start()]):
                continue
            day = next((d for d in _days(match, countries, posted) if _fits(d, posted)), None)
            if day is not None:
                day -= timedelta(days=_is_excluded(said, match))
                return day, passage.evidence(start + match.start(), start + match.end(), BY)
    return None


def _days(match: re.Match[str], countries: frozenset[str], posted: date) -> Iterator[date]:
    """The days that a written date can mean, none where it is ambiguous or no date at all."""
    if match["last"]:
        yield from _last_days(_MONTHS[match["last"]], match["y6"], posted)
        return
    if match["a"]:
        day, month = int(match["a"]), int(match["b"])
        if countries and countries <= _MONTH_FIRST:
            day, month = month, day
        elif not countries and day <= 12 and month <= 12 and day != month:
            return
        if month > 12:
            day, month = month, day  # 12/31/2026 has one meaning, wherever it is written
        written: str | None = match["y5"]
    else:
        at = next(n for n in "1234" if match[f"d{n}"])
        day, name, written = int(match[f"d{at}"]), match[f"m{at}"], match[f"y{at}"]
        month = _MONTHS[name] if name in _MONTHS else int(name)
    for year in _years(written, posted):
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _is_excluded(said: str, match: re.Match[str]) -> bool:
    """Whether the day is the first on which it is too late: "before 8 February"."""
    before, after = said[: match.start()], said[match.end() :]
    return _BEFORE.search(before) is not None and _UNTIL_AN_HOUR.match(after) is None


def _last_days(month: int, written: str | None, posted: date) -> Iterator[date]:
    """What "the end of January" can mean."""
    for year in _years(written, posted):
        yield date(year, month, monthrange(year, month)[1])


def _years(written: str | None, posted: date) -> list[int]:
    return [posted.year, posted.year + 1] if written is None else [int(written) % 100 + 2000]


def _fits(day: date, posted: date) -> bool:
    """Whether one may apply until that day: not before the posting, not more than a year after."""
    return 0 <= (day - posted).days <= 400
