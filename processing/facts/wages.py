"""Which amounts in a text are wages, by the words around them.

Equity, bonuses, funding, revenue and benefits are no wages; of two such words the nearer one counts
("plus equity; the salary is $90k"). On-target earnings are wages with commission.
"""

import re

_WAGES = re.compile(
    r"\b(?:salary|salaries|compensation|pay|paid|wages?|base|basic|rates?|remuneration|earn|ctc|package"
    r"|gross|hourly|\w*gehalt\w*|\w*lohn|vergütung\w*|verdienst|brutto|jahressalar|salär|salaire"
    r"|rémunération|brut|salario|sueldo|retribución|bruto|salário|remuneração|stipendio|salaris"
    r"|\w*loon|wynagrodzenie|lön|løn)\b"
)
_NOT_WAGES_BEFORE = re.compile(
    r"\b(?:equity|stock|rsus?|options?|\w*bonus(?:es)?|commissions?|stipends?|reimburs\w+"
    r"|allowances?|\w*budget|rais(?:ed|ing)|funding|funded|series [a-f]|valu(?:ed|ation)|revenue"
    r"|arr|worth|sales|turnover|umsatz|chiffre d['’]affaires|omzet|facturación|backed|\w*round"
    r"|referr(?:al|ed)|sign(?:ing|[- ]on)|relocation|saved?|savings|process(?:ed|es)|invest\w*|401"
    r"|match\w*|fee|deposit|insurance|discount|perks?|vouchers?|gutschein|portfolio|assets"
    r"|deals?(?: size)?|contracts? (?:of|worth)|quota|target|grants?|customers|transactions?"
    r"|minimum order|premiums?|mutuelle|prime|plus de|primes?|differential|stipendium|spend\w*"
    r"|expenses?|cap(?:ped)?|meals?|lunch|gym|wellness|tuition|pension|retention|payments? of"
    r"|detention|per diem|overtime rate|zuschuss|beitrag|card|subsidy|coverage|fund(?:s|ed)?"
    r"|refer|endowment|fines?|penalt\w+|prize|award|ticket\w*|hotline|travel|laptop|equipment"
    r"|phone|internet|annual leave|donat\w+|spending|costs?)\b[^.;\n]{0,30}$"
)
_BENEFIT = (
    r"(?:budget|stipend|allowance|quota|bonus(?!\s+eligible)|sign(?:ing|[- ]on)|referral|voucher"
    r"|discount|credit|contribution|match|premium|reimburs\w+|subsidy|differential|prize|grant"
    r"|completion|retention|relocation|tuition|deposit|fee|fund\b|perk|gift|card|deal|order"
    r"|donation|gutschein|zuschuss|prime)"
)
_NOT_WAGES_AFTER = re.compile(
    r"^\+?\s*(?:m|mm|mn|bn|b|million|billion|trillion|mio|mrd|crores?|cr|millones|milliards?|tn)\b"
    r"|^[\s(]*(?:(?:usd|eur|gbp|cad|aud|chf|in|of|annual|target|yearly|monthly|quarterly|a|an|each"
    r"|per|year|month|quarter|worth)\s+){0,4}"
    rf"(?:(?:(?!(?:and|plus|with|or|und|et|y|en|inkl|incl)\b)[\w-]+\s+){{0,3}}{_BENEFIT}\w*"
    r"|equity|stock|rsus?|in (?:funding|revenue|assets|sales|equity|stock|arr|savings)|valuation"
    r"|arr|revenue)\b"
    r"|^[\s(]*(?:(?:a|per|each|every)\s+(?:year|month)\s+)?(?:for|towards?|to) (?:\w+ ){0,3}"
    r"(?:conferences?|training|learning|equipment|books|courses|development|spend|set up|certif\w+"
    r"|education|home|wellness|gym|internet|phone|travel|meals|lunch|every|each|friend|formación"
    r"|your (?:home|desk|set))\b"
    r"|^[\s(]*(?:per|a|an|each|for (?:each|every)|for your?|pro|por|par|la) (?:night|mile|km|friend"
    r"|referral|festivo|person|employee|trip|meal|day for meals|kilomet\w+|share|nacht|repas)\b"
    r"|^\s*%|^\s*sign|^\s*\((?:once|one[- ]time)|^\s*/\s*(?:share|mile|km)|^\s*al año para\b"
    r"|^\s*(?:al año|per year|a year|im jahr|par an|per jaar)\s+(?:for|para|für|pour|voor)\b"
    r"(?! (?:every(?:one|body)|all|this|the (?:role|right|post|position)|full|a full|an? \d))"
)
_ON_TARGET = r"(?:ote|otc|on[- ]target|total target|target (?:cash|total|earnings|compensation))"
_ON_TARGET_BEFORE = re.compile(rf"\b{_ON_TARGET}\b(?![^.;\n]*\b(?:base|basic)\b)[^.;\n]{{0,40}}$")
_BASE_AFTER = re.compile(r"\s*(?:base|basic)\b(?!\W*(?:(?:of|is|salary|pay)\W+)*\d)")
"""The base pay beside on-target earnings, but not that of the amount to come: "base £40k"."""
_ON_TARGET_AFTER = re.compile(
    rf"^[\s(]*(?:(?:usd|eur|gbp|cad|aud|chf|annual|in|a|per|year)\s+){{0,3}}{_ON_TARGET}\b"
    r"(?!\W*(?:of |is )?\W*\d)"
)
_ON_TARGET_WORDS = ("ote", "otc", "target")
_OTHERS_EARN = re.compile(
    r"\b(?:customers|clients|users|families|households|sellers|merchants)"
    r"(?: (?:who|that|can|may|could|to|already|now)){0,2} earn(?:ed|s|ing)?\b[^.;\n]{0,30}$"
)
_RIGHT_BEHIND, _NEAR = 20, 50
"""Characters in which a word that speaks against wages stands, and what may follow it."""


_OWN_BUDGET = re.compile(r"^\W*(?:hiring |salary |max\w* )?budget\s*[:–-]")
"""A line that begins so says what an agency may pay, not what is there for courses."""


def is_named(before: str, after: str) -> bool:
    """Whether a word for pay stands before the amount or right behind it."""
    return _WAGES.search(before + after[:_RIGHT_BEHIND]) is not None


def is_on_target(before: str, after: str) -> bool:
    if not any(word in before or word in after for word in _ON_TARGET_WORDS):
        return False
    if _ON_TARGET_AFTER.match(after):
        return True
    return _ON_TARGET_BEFORE.search(before) is not None and _BASE_AFTER.match(after) is None


def is_no_wage(before: str, after: str) -> bool:
    """Whether the amount belongs to something else than pay, by the nearest word that tells."""
    if _NOT_WAGES_AFTER.match(after):
        return True
    near = before[-_NEAR:]
    if _OTHERS_EARN.search(near):
        return True
    other = _NOT_WAGES_BEFORE.search(near)
    if other is None or _OWN_BUDGET.match(before):
        return False
    return _WAGES.search(near, other.start() + 1) is None
