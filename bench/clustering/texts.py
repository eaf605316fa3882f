"""Texts of adverts for the real postings, which have none: what their employer writes in each of
them, what belongs to the occupation, and what only this vacancy says.

Seeded by names, so that two postings of one employer share his paragraphs, two of one occupation
its usual lines, and the same vacancy has the same text in every run.
"""

import random

_ABOUT = (
    "{company} builds {thing} that {many} people rely on every day.",
    "Founded in {year}, we are a team of {many} in {few} countries.",
    "Our mission is to make {thing} simple, fair and open to everyone.",
    "We are backed by investors who share our long view of {thing}.",
    "At {company} you will find colleagues who care about their craft and about each other.",
    "Last year we opened {few} new offices and doubled the number of our customers.",
    "We believe that small teams with clear goals do the best work on {thing}.",
    "Our values are {value}, {value} and {value}.",
)
_OFFER = (
    "We offer {many} days of paid leave and a budget of {amount} a year for learning.",
    "You choose your own equipment and work where you work best.",
    "Private health insurance, also for your family, from the first day.",
    "A pension plan to which we add {few} percent.",
    "Paid parental leave of {few} weeks for every parent.",
    "{company} is an equal opportunity employer and welcomes people of every background.",
    "If you need an adjustment at any stage of the process, tell us and we will arrange it.",
    "Regular days together with the whole company, and free lunch in the office.",
    "Please send no documents by post; we cannot return them.",
)
_WORK = (
    "You will {verb} {object} together with {people}.",
    "You will own {object} from the first idea to daily use and {verb} it further.",
    "Each week you {verb} {object} and report to {people}.",
    "You {verb} how {object} is measured and make it better by {few} percent a quarter.",
    "You keep {object} safe, documented and easy to change for {people}.",
    "In the first {few} months you will learn {object} from {people}.",
    "You advise {people} on {object} and {verb} what they need.",
)
_NEED = (
    "You have worked with {object} for {few} years or more.",
    "You can {verb} {object} without much guidance and explain it to {people}.",
    "Experience with {object} is welcome, but you can learn it here.",
    "You write clearly and listen to {people} before you {verb} anything.",
    "A degree is fine; that you know how to {verb} {object} counts more.",
)
_WORDS = {
    "thing": "payments|logistics|software|medicine|energy|housing|travel|games|music|security"
    "|retail|insurance|education|robotics|farming|science",
    "value": "curiosity|courage|care|honesty|patience|speed|quality|trust|humour|thrift",
    "verb": "build|improve|plan|review|test|sell|explain|repair|design|maintain|coordinate"
    "|analyse|negotiate|prepare|inspect|present|automate|support",
    "object": "the billing system|our warehouse in the north|the search service|new contracts"
    "|the monthly accounts|customer requests|the data platform|safety checks|release notes"
    "|our largest accounts|the mobile app|spare parts|training plans|supplier prices"
    "|the onboarding flow|quality reports|field trials|the fraud models|shift plans|test benches"
    "|media campaigns|the ledger|clinical studies|the network core|shop windows|tax filings",
    "people": "the design team|our partners abroad|the night shift|engineers of other teams"
    "|the finance department|customers on site|two senior colleagues|the legal team"
    "|our doctors|the sales floor|product managers|regional managers|the plant crew",
    "many": "30|40|80|120|250|400|900|2,000",
    "few": "2|3|4|5|6|9|12",
    "amount": "$500|€800|£1,000|€1,500",
    "year": "1998|2004|2009|2012|2015|2018|2020",
}
_CHOICES = {name: words.split("|") for name, words in _WORDS.items()}


def advert(company: str, title: str, team: str, *, shared: float = 0.4) -> list[str]:
    """The sentences of an advert, the employer's first and last, of which there is the share
    `shared`. `team` makes the vacancy: another one of the same title has other sentences between,
    but for a few that belong to the title."""
    total = 36
    common = round(total * shared)
    about = _sentences(f"about {company}", _ABOUT, common // 2, company)
    offer = _sentences(f"offer {company}", _OFFER, common - common // 2, company)
    of_title = _sentences(f"title {company} {title}", _NEED, 4, company)
    own = _sentences(f"team {company} {title} {team}", _WORK + _NEED, total - common - 4, company)
    return [*about, *own, *of_title, *offer]


def _sentences(seed: str, patterns: tuple[str, ...], count: int, company: str) -> list[str]:
    chance = random.Random(seed)
    return [_filled(chance, chance.choice(patterns), company) for _ in range(count)]


def _filled(chance: random.Random, pattern: str, company: str) -> str:
    text = pattern.replace("{company}", company)
    for name, words in _CHOICES.items():
        while (mark := "{" + name + "}") in text:
            text = text.replace(mark, chance.choice(words), 1)
    return text


def html(sentences: list[str]) -> str:
    """As a board shows it: three sentences a paragraph."""
    paragraphs = [sentences[at : at + 3] for at in range(0, len(sentences), 3)]
    return "".join(f"<p>{' '.join(paragraph)}</p>" for paragraph in paragraphs)
