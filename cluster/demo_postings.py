"""Realistic postings, generated: for the demo, the benchmarks and the tests of load.

Every company is invented. The same seed gives the same postings.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class _Role:
    title: str
    skills: tuple[str, ...]
    annual_k: tuple[int, int]
    """Pay in thousands of USD a year, for a middle level."""
    work: str


_ROLES = (
    _Role(
        "Data Engineer",
        ("Python", "SQL", "Airflow", "Spark", "dbt", "Kafka"),
        (95, 140),
        "build and run the pipelines that carry our events from the edge to the warehouse",
    ),
    _Role(
        "Backend Engineer",
        ("Python", "PostgreSQL", "Redis", "Docker", "Go"),
        (90, 145),
        "design the services that our customers call millions of times a day",
    ),
    _Role(
        "Frontend Engineer",
        ("TypeScript", "React", "CSS", "GraphQL"),
        (85, 135),
        "make pages that load fast and work for everybody",
    ),
    _Role(
        "Machine Learning Engineer",
        ("Python", "PyTorch", "Kubernetes", "SQL"),
        (110, 170),
        "take models from a notebook to something people rely on",
    ),
    _Role(
        "Site Reliability Engineer",
        ("Linux", "Kubernetes", "Terraform", "Go", "AWS"),
        (100, 155),
        "keep the systems calm, and the people who run them too",
    ),
    _Role(
        "Product Designer",
        ("Figma",),
        (75, 125),
        "turn unclear problems into simple things that people understand at once",
    ),
    _Role(
        "Product Manager",
        ("SQL",),
        (95, 150),
        "find out what matters, and see it through with engineering and design",
    ),
    _Role(
        "Registered Nurse",
        (),
        (60, 95),
        "care for patients on a busy ward, with a team that looks after each other",
    ),
    _Role(
        "Electrician",
        (),
        (45, 75),
        "install and maintain electrical systems in homes and small businesses",
    ),
    _Role(
        "Accountant",
        ("Excel",),
        (50, 85),
        "close the books each month and explain to everybody what they say",
    ),
    _Role(
        "Customer Support Specialist",
        ("Zendesk",),
        (38, 60),
        "help customers by chat, mail and phone, and tell us what to mend",
    ),
    _Role("Warehouse Operative", (), (28, 42), "pick, pack and load, on early and late shifts"),
    _Role(
        "Account Executive",
        ("Salesforce",),
        (70, 130),
        "win new customers and stay with them until they are happy",
    ),
    _Role(
        "Security Engineer",
        ("Python", "Linux", "AWS"),
        (110, 165),
        "find the weak places before others do, and help teams close them",
    ),
    _Role(
        "Android Developer",
        ("Kotlin", "Java"),
        (85, 135),
        "build the app that three million people open each morning",
    ),
)
_LEVELS = (("Junior", 0.7), ("", 1.0), ("", 1.0), ("Senior", 1.3), ("Staff", 1.6), ("Lead", 1.5))
_COMPANIES = (
    "Amberline Systems",
    "Birch & Vale",
    "Cobalt Harbour",
    "Dunmore Health",
    "Eastgate Logistics",
    "Fernwood Analytics",
    "Greywater Energy",
    "Hollin Foods",
    "Inkwell Press",
    "Juniper Robotics",
    "Kestrel Mobility",
    "Larkspur Bank",
    "Meridian Textiles",
    "Northfold Studios",
    "Oakhurst Care",
    "Pebble Payments",
    "Quarry Cloud",
    "Redmoor Retail",
    "Saltmarsh Insurance",
    "Tallis Audio",
    "Underhill Games",
    "Violet Transit",
    "Westering Travel",
    "Yarrow Education",
    "Zephyr Wind",
)
_PLACES = (
    ("Leeds, United Kingdom", "GBP", 0.65),
    ("London, United Kingdom", "GBP", 0.8),
    ("Berlin, Germany", "EUR", 0.75),
    ("Munich, Germany", "EUR", 0.82),
    ("Lisbon, Portugal", "EUR", 0.5),
    ("Porto, Portugal", "EUR", 0.48),
    ("Paris, France", "EUR", 0.75),
    ("Amsterdam, Netherlands", "EUR", 0.8),
    ("Dublin, Ireland", "EUR", 0.85),
    ("Madrid, Spain", "EUR", 0.6),
    ("New York, NY", "USD", 1.2),
    ("San Francisco, CA", "USD", 1.35),
    ("Austin, TX", "USD", 1.0),
    ("Seattle, WA", "USD", 1.2),
    ("Toronto, Canada", "CAD", 1.1),
    ("Warsaw, Poland", "PLN", 2.6),
    ("Stockholm, Sweden", "SEK", 7.5),
    ("Bengaluru, India", "INR", 30.0),
)
_REMOTE = (("GB", "UK"), ("DE", "Germany"), ("US", "US"), ("PT", "Portugal"), ("FR", "France"))
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$"}
_BENEFITS = (
    "Twenty-eight days of leave, and we mean it.",
    "A budget for books, courses and conferences.",
    "Flexible hours around four core ones.",
    "A pension that we match up to six percent.",
    "Private health care for you and your family.",
    "Free lunch on Tuesdays and Thursdays.",
)
_DUTIES = (
    "Own your work from the first sketch to the day it is used.",
    "Review what others make, kindly and thoroughly.",
    "Write down what you learn, so that others need not learn it again.",
    "Be on call one week in eight, paid, with a calm rota.",
    "Meet the people who use what we make at least once a month.",
)
_VISA = (
    "",
    "",
    "",
    "We are unable to sponsor visas for this role.",
    "Visa sponsorship is offered.",
)


def _pay(random: Random, annual_k: tuple[int, int], factor: float, currency: str) -> str:
    low, high = (round(k * factor) for k in annual_k)
    symbol = _SYMBOLS.get(currency)
    form = random.randrange(4)
    if symbol is None:
        return f"{low},000 – {high},000 {currency} per year"
    if form == 0:
        return f"{symbol}{low}k – {symbol}{high}k"
    if form == 1:
        return f"{symbol}{low},000 - {symbol}{high},000 per year"
    if form == 2:
        return f"from {symbol}{low},000 a year"
    return f"{currency} {low},000 to {high},000 annually"


def postings(seed: int = 1) -> Iterator[dict[str, Any]]:
    """Bodies for `POST /api/v1/jobs`, without end."""
    random = Random(seed)  # noqa: S311 - variety, not secrecy
    number = 0
    while True:
        number += 1
        yield _posting(random, f"demo-{seed}-{number}")


def _posting(random: Random, external_id: str) -> dict[str, Any]:
    role = random.choice(_ROLES)
    level, worth = random.choice(_LEVELS)
    company = random.choice(_COMPANIES)
    place, currency, local = random.choice(_PLACES)
    code, country = random.choice(_REMOTE)
    mode = random.choice(("onsite", "hybrid", "hybrid", "remote"))
    skills = random.sample(role.skills, k=min(len(role.skills), random.randint(2, 4)))
    stated = random.random() < 0.7
    pay = _pay(random, role.annual_k, worth * local, currency) if stated else ""
    where = f"This role is remote within {country}." if mode == "remote" else f"We work in {place}"
    where += "" if mode == "remote" else ", two days a week." if mode == "hybrid" else "."
    items = "".join(f"<li>{duty}</li>" for duty in random.sample(_DUTIES, k=3))
    body = [
        f"<p>{company} is looking for a {level.lower()} {role.title.lower()} to {role.work}. "
        f"{where}</p>",
        f"<h3>What you will do</h3><ul>{items}</ul>",
    ]
    if skills:
        body.append(
            f"<h3>What you bring</h3><p>Good knowledge of {', '.join(skills)}, and the "
            "patience to explain it. A degree is welcome and not required.</p>"
        )
    benefits = " ".join(random.sample(_BENEFITS, k=2))
    body.append(f"<h3>What we offer</h3><p>{benefits} {pay and f'Pay: {pay}.'}</p>")
    visa = random.choice(_VISA)
    if visa:
        body.append(f"<p>{visa}</p>")
    posting: dict[str, Any] = {
        "title": f"{level} {role.title}".strip(),
        "company": company,
        "description": "".join(body),
        "locations": [f"Remote ({country})"] if mode == "remote" else [place],
        "mode": mode,
        "employment_type": random.choice(("full_time", "full_time", "full_time", "contract")),
        "external_id": external_id,
        "url": f"https://jobs.example.com/{external_id}",
    }
    if mode == "remote":
        posting["remote_countries"] = [code]
    return posting
