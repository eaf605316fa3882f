"""Whether the employer sponsors a visa, as one sentence of the description says it.

Sentences with the word "sponsor" (or its equals) are read one by one, and the first that decides
counts; but what is refused for "this role" counts before what the firm offers to others, and what
is refused to some only ("no *new* H-1B", "not for *contractors*") gives way to what is offered
beside it ("transfers are welcome"). Within a sentence the clause that names the visa is read first,
then the whole: it offers, unless it negates. "Must be authorized to work without sponsorship"
refuses, as does "only people who may work here already"; "will you now or in future require
sponsorship?" asks the applicant and decides nothing, while "do you sponsor visas?" is decided by
the answer that follows it. Visas of travellers, and help that "depends", decide nothing either.
"""

import re
from itertools import islice, pairwise

from models.posting import Evidence, Visa
from processing.evidence import Passage

BY = "visa@5"

_PERMIT = (
    r"h-?1b|(?:work|employment|residence|skills employment) (?:visa|permit|pass)(?:es|s)?"
    r"|employment pass|visa-?sponsor\w*|visums?\w*|visa-?unterstützung|blue card|blaue karte"
    r"|certificates? of sponsorship|lmia"
    r"|(?:arbeits|aufenthalts)(?:erlaubnis\w*|vis\w+|bewilligung\w*|titel\w*|genehmigung\w*)"
    r"|bewilligung(?:en)? beantrag\w*|permis de (?:travail|séjour)|titres? de (?:séjour|travail)"
    r"|autorisations? de travail|passeport talent|visados?|permisos? de (?:trabajo|residencia)"
    r"|autorizaci(?:ón|ones) de (?:trabajo|residencia)|patrocinio|"
    r"(?:werk|verblijfs|tewerkstellings)vergunning\w*|gecombineerde vergunning\w*"
    r"|vergunning(?:en)? voor (?:mensen|kandidaten|werknemers) van buiten\w*|kennismigrant\w*"
    r"|erkend referent\w*|red-white-red card|rot-weiß-rot\W?karte\w*|(?:highly )?skilled migrants?"
    r"(?: scheme| visa)?|permits? (?:on your behalf|for you)|(?:a|the|few|residence|sponsoring"
    r"|no) permits?|(?:482|186|494) visas?|critical skills (?:list|permit)"
    r"|skilled worker (?:visas?|route)|single permits?|foreign[- ]worker quota"
)
"""What one needs, or gets, so that one may work in a country."""
_TOPIC = re.compile(
    r"\b(?:sponsor(?:s|ship|ed|ing)?|sponsern|sponsert|gesponser\w+|sponsort|sponsoren|sponsoris\w+"
    r"|parrain\w+|visas|(?:work|your|any|no|new) visas?|(?:requir\w+|need\w*|without"
    r"|care of) (?:an? |the )?visas?|visa\W{1,3}"
    r"(?:yes|no|ja|nein|oui|non|sí|nee)|(?:ohne|mit|kein|ein) visum|residence permits?"
    r"|visas? (?:support|assistance|help|transfers?|costs?|fees|applications?|process\w*|paperwork)"
    r"|visas? or (?:work )?permits?|\(visas?|visas? and (?:relocation|work)|(?:de|du|le|les|votre"
    r"|ton|nos) visas?|(?:su|tu|de) visa"
    r"|immigration (?:support|assistance|help|team|costs?|paperwork|lawyers?|attorneys?)"
    rf"|{_PERMIT})\b",
    re.IGNORECASE,
)
_TOPIC_WORDS = (
    *("spons", "visa", "visum", "permit", "h1b", "h-1b", "immigration", "lmia", "red-white"),
    *("arbeitse", "arbeitsvis", "arbeitsbew", "arbeitsgen", "arbeitstitel", "aufenthalts"),
    *("bewilligung", "blue card", "blaue karte", "rot-weiß", "employment pass", "work pass"),
    *("permis", "séjour", "titre", "autorisation", "autorizaci", "passeport", "patrocin"),
    *("vergunning", "kennismigrant", "erkend ref", "residence pass", "skilled migrant", "quota"),
    *("parrain", "live and work", "only consider", "only hire", "only introduce"),
)
"""One of them stands in whatever `_TOPIC` matches."""
_OF_A_VISA = re.compile(
    r"\b(?:visas?|immigration|work authori[sz]ation|employment[- ]based|authori[sz]ed to work"
    r"|right to work|legally|relocat\w+|skilled worker|green cards?|citizens?(?:hip)?"
    r"|(?:applicants?|candidates?|people|anyone) from (?:outside|overseas|abroad)"
    r"|sponsor(?:ship)? licen[cs]e|licen[cs]ed sponsors?|recogni[sz]ed sponsor"
    r"|this (?:role|position|job|post)|move"
    r"|sponsorship\W{1,3}(?:is|are|no|yes|not|available|for|will|can|cannot|may|might|could|of any"
    r"|ja|nein|oui|non|sí|nee|provided|offered|possible|available)|no sponsorship|sponsoring"
    r"|eligible to work"
    r"|(?:employees|staff|hires|candidates|contractors|applicants) (?:are|is|can be"
    r"|will be) sponsored"
    r"|sponsored (?:employees|by us)|take over|transferr\w+"
    r"|(?:need(?:ing)?|requir\w+) (?:for )?(?:any )?sponsorship|sponsorship (?:to|in order to) work"
    r"|(?:offer|provide|consider) (?:any )?sponsorship|(?:employer|employment|company) sponsorship"
    r"|sponsor (?:(?:any|casual|new|temporary|exceptional|foreign|international|the right|strong"
    r"|all|our|contract) )?(?:candidates?|applicants?|you|overseas|staff|employees|workers|people"
    rf"|person|contractors|hires)|{_PERMIT})\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not|no|none|cannot|unable|never|without|nor|neither|\w+n['’]t|ineligible|unavailable"
    r"|decline|on your own|your own|yourself|kein\w*|nicht|ohne|aucune?|sans|sin|ningún|ninguna"
    r"|geen|niet"
    r"|zonder|zelf|pas d[e'’]|nein|non(?!-)|nee|few permits|used up|too (?:slow|costly|expensive"
    r"|complex|long)"
    r"|sorry)\b"
    r"|\b(?:ne|n['’]) ?\w+(?: \w+)? (?:pas|aucune?)\b|\bla \w+ no \w+|\bno \w+amos\b"
    r"|\bnot on the table\b",
    re.IGNORECASE,
)
_ONLY_THOSE = re.compile(
    r"\bonly (?:be able to )?(?:consider|accept|introduce|hire|employ|recruit|take|interview)?\s?"
    r"(?:people|candidates|applicants|those|persons)\b[^.;]{0,60}\b(?:already (?:have|live)"
    r"|existing right to work|residence permit|work permit|valid (?:visa|permit)|passport)"
    r"|\bcan already live and work\b"
    r"|\bmore than [^.;]{0,40}\bcan take on\b"
    r"|\b(?:individuals|candidates|applicants|persons|people|those|anyone)\b.{0,120}?\bsponsor\w*"
    r".{0,60}?\b(?:not (?:be )?(?:eligible|considered)|ineligible|cannot be considered)\b"
    r"|\b(?:need|must|have)\b[^.;]{0,40}\bwork permit of (?:your|their) own\b",
    re.IGNORECASE,
)
"""Who may apply are those who need no help."""
_TO_SOME = re.compile(
    r"\b(?:new|initial|first[- ]time|further|additional|cap[- ]subject|contractors?|freelancers?"
    r"|interns?|neue[nrs]?|nouveaux?|nouvelles?|nuev[ao]s?|nieuwe|freiberufler\w*|indépendants?"
    r"|autónomos|zzp\w*)\b|\bh-?1b\b(?![^.;,]{0,60}\bor\b)",
    re.IGNORECASE,
)
_INSTEAD = re.compile(
    r"\b(?:transfer\w*|take over|employees? (?:are|is|can be|will be|get)|existing|überneh\w+"
    r"|übertrag\w+|umschreib\w+|festangestellte\w*|transf[éeè]r\w+|reprise|reprendre|reprenons"
    r"|salariés|traspas\w+|transferim\w*|empleados|overnemen|nemen\b[^.;]{0,40}\bover"
    r"|overdrag\w+|werknemers)\b",
    re.IGNORECASE,
)
"""What is offered although something is refused to some."""
_IF_NOT = re.compile(
    r"(?P<condition>\b(?:if|wenn|si|als|where) (?:you|they|du|sie|vous|tu|je)\b[^,;.]{0,40}?)"
    r"(?:n['’]t|\b(?:not|nicht|kein\w*|pas|geen|niet|no))\b",
    re.IGNORECASE,
)
"""A negation of the condition is none of the help: "if you aren't, we apply for one"."""
_NO_MATTER = re.compile(
    r"\b(?:no|kein|geen|aucun|sin|ningún) (?:problem\w*|probleem|problème|problema|matter|worr\w+"
    r"|cost|charge|fee|fees|extra cost|coste)\b|\bat no (?:extra |additional )?cost\b|\bnot only\b"
    r"|\bnicht nur\b|\bpas seulement\b|\bno sólo\b|\bno solo\b|\bniet alleen\b|\bkostenlos\b"
    r"|\b(?:don['’]t|do not) (?:worry|hesitate)\b|\bno need to (?:worry|have|hold)\b"
    r"|\byou (?:don['’]t|do not|needn['’]t|need not) (?:\w+ )?(?:need|have|hold)\b"
    r"|\b(?:whether or|oder|or|ou|of) (?:not|nicht|pas|non|niet)\b"
    r"|\bnot yet\b|\bnoch (?:nicht|keine?n?)\b"
    r"|\bnog (?:geen|niet)\b",
    re.IGNORECASE,
)
"""Negations that refuse nothing: "no problem", "at no cost", "you need not have a permit yet"."""
_DEPENDS = re.compile(
    r"\bnot (?:able to )?(?:\w+ ){0,3}(?:every|all|guarantee)\b|\bno guarantee\b"
    r"|\bwhether or not\b|\bsponsorship\W{1,3}n/?a\b"
    r"|\b(?:case[- ]by[- ]case|(?:per|each) case|im einzelfall|einzelfall\w*|je nach"
    r"|au cas par cas|caso por caso|per geval|depend\w*|hangt af|discuss\w*|besprechen|klären wir"
    r"|on (?:its|their) merits|(?:may|might|could) (?:be )?(?:\w+ )?consider\w*)\b"
    r"|\bhängt\b[^.]*\bab\b|\b(?:confirm\w*|prometer|promise|beloven|versprechen|say) (?:si|if"
    r"|whether"
    r"|ob|of|kunnen|können)\b",
    re.IGNORECASE,
)
_OF_TRAVEL = re.compile(
    r"\b(?:clients?|customers?|travell?ers|guests"
    r"|passengers)\b[^.]{0,30}\bvisas?(?: applications?)?\b"
    r"|\bvisas? (?:applications?|cases?|petitions?) for (?:our |the )?(?:clients?|customers?)\b|"
    r"\b(?:business|travel|tourist|transit|visitor|holiday|student|working holiday) visas?\b"
    r"|\bvisas? (?:network|card|applications? with|debit|inc|checkout|direct|& documents)\b"
    r"|\b(?:hot|confined space|safe|building|planning|parking) work permits?\b"
    r"|\bsafe work permits\b|\b(?:by|on|with) (?:the )?visa,|\bmastercard\b"
    r"|\bsponsor\w*\b[^.]{0,40}\b(?:team|club|hockey|soccer|football|race|run|event|conference"
    r"|charit\w+|festival|league|meetups?|research|project|nights?)\b"
    r"|\b(?:executive|project|programme?|clinical|study|trial|business|event) sponsor(?:s|ship)?\b"
    r"|\bpatrocin\w+ (?:la|el) (?:carrera|equipo|club|torneo)\b|\bvisa-free\b"
    r"|\bsponsor\w*\b[^.,;]{0,30}\b(?:exams?|certifications?|memberships?|degrees?|courses?|tuition"
    r"|licensure|benefits?|insurance|plans?|apprentic\w+|401\W?k)\b",
    re.IGNORECASE,
)
"""Visas of travellers, permits to weld, and sponsors of football."""
_OF_THE_WORK = re.compile(
    r"\b(?:experience|experienced|knowledge|familiar\w*|understanding|background|expertise|kenntnisse"
    r"|erfahrung\w*|expérience|connaissances?|experiencia|conocimientos?|ervaring|kennis)\b"
    r" (?:\w+ ){0,3}?(?:with|of|in|handling|mit|zu|über|im|en|de|des|du|avec|con|met|van)\b"
    r"(?:(?! we\b| wir\b| nous\b| wij\b)[^.,;]){0,40}"
    r"\b(?:visas?|permits?|immigration|h-?1b|sponsor\w*|visum|permis|visados?)\b"
    r"|\b(?:visas?|permits?|petitions|visados?|permisos?|immigration)\b[^.;]{0,60}?\b(?:for|of|from|de"
    r"|für|voor)\b[^.;,]{0,25}?\b(?:clients|customers|contractors|guests|students|travell?ers"
    r"|foreign nationals|refugees|clientes|usuarios|kunden|mandanten|klanten|sites)\b"
    r"|\b(?:you(?:['’]ll| will)?|candidates?(?: will)?) (?:(?:also|help|to) )?"
    r"(?:handles?|process(?:es)?"
    r"|manages?|prepares?|issues?|coordinates?|support|secures?|review|file|organi[sz]e|obtain)\b"
    r"[^.]{0,60}\b(?:visas?|permits?|immigration|petitions|h-?1b)\b"
    r"|\bwho (?:\w+ )?need (?:help|support|assistance) with (?:their )?visas?\b"
    r"|^\W*(?:handle|process|manage|prepare|issue|coordinate|secure|obtain|review|track"
    r"|assist)\b[^.]{0,60}\b(?:visas?|permits?|immigration|petitions|h-?1b)\b",
    re.IGNORECASE,
)
"""Visas and permits as what the job is about: duties, and experience with them."""
_ASKED = re.compile(
    r"\?$|\?[\s)(\"'”]*(?:\(?\w*\)?)?$|^\W*(?:\(?\w\) ?)?(?:(?:will|do|are|would) you|whether"
    r"|please"
    r" (?:state|tell|say|indicate))\b|\basks?(?: you)? (?:whether|if)\b|\b(?:yes ?/ ?no"
    r"|ja ?/ ?nein)\b",
    re.IGNORECASE,
)
_ASKS_APPLICANT = re.compile(
    r"\b(?:you|sie|du|vous|tu|je) (?:now |\w+ )*?(?:need|require|hold|have|benötig\w+|brauch\w*)",
    re.IGNORECASE,
)
_HELPS = re.compile(
    r"^\W*(?:we(?:['’]ll|['’]ve| (?:can|will|have))? (?:got you|help|sponsor|take care|handle|cover"
    r"|support|sort)|wir (?:kümmern|helfen|unterstützen|übernehmen|begleiten)|nous (?:nous occupons"
    r"|vous (?:aidons|accompagnons)|prenons)|(?:nos|te|lo) \w+amos|wij (?:regelen|helpen))\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:yes|ja|jawohl|oui|sí|we do|of course|absolutely|certainly|natürlich"
    r"|klar)\b(?!\W{0,3}(?:no|or)\b)"
    r"|\banswer is yes\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"^\W*(?:no|nein|nee|non|sorry|unfortunately|leider|helaas|not)\b(?!\W{0,3}yes\b)"
    r"|\banswer is no\b",
    re.IGNORECASE,
)
_PROVIDES = (
    r"offer\w*|provid\w+|help\w*|support\w*|arrang\w+|appl(?:y|ies) for|fil(?:e|es|ing)|pa(?:y"
    r"|ys) for"
    r"|cover\w*|assist\w*|handl\w+|sort\w* out|tak(?:e|es) (?:care|over|on|you through)"
    r"|obtain\w*|issue\w*"
    r"|reimburs\w+|process\w*|manag\w+|organi[sz]\w+|secure|guid\w+|prepar\w+|transfer\w*"
    r"|nominat\w+"
    r"|use|sign|with"
)
_OFFERED = re.compile(
    r"\b(?:we|company|employer|can|will|do|may|does|able to|happy to|happily|gladly|offer\w*"
    r"|provid\w+|includ\w+)\b[^.]{0,60}\bsponsor"
    r"|\b(?:hold|has|have|holds|holding)\b[^.]{0,40}\bsponsor(?:ship)?(?:['’]s)? licen[cs]e\b"
    r"|\b(?:licen[cs]ed|recogni[sz]ed|registered|approved|accredited)\b[^.]{0,20}\bsponsors?\b"
    r"|\bsponsor(?:s|ship|ing)?\b[^.]{0,40}\b(?:available|offered|provided|possible|considered"
    r"|included|supported|covered|yes|visas?|green cards?|welcome)\b"
    r"|\beligible for\b[^.]{0,20}\bsponsor|\bopen to\b[^.]{0,40}\bsponsor"
    rf"|\b(?:{_PROVIDES})\b[^.]{{0,60}}\b(?:visas?|permits?|immigration|h-?1b|{_PERMIT})\b"
    r"|\binclud\w+ (?:\w+ ){0,2}?visas? (?:support|assistance|help|costs?|fees|applications?)\b"
    r"|\b(?:visa|blue card) (?:support|assistance)\b|\bpermits?\b[^.]{0,80}\bdo it for you\b"
    r"|\b(?:employees|staff|hires|candidates) (?:are|can be|will be|get) sponsored\b"
    r"|\brequir\w+ (?:\w+ ){0,4}sponsorship\b[^.]{0,40}\bwelcome\b|\b(?:ja|oui|sí)\b"
    r"|\b(?:h-?1b|work permit)\b[^.]{0,70}\b(?:transfers?|apply for)\b|\bparrain(?:ons|age)\b"
    r"|\b(?:h-?1b|vis(?:as?|um)|visa-sponsor\w+|permits?)\b[^.]{0,40}\b(?:welcome|ok|möglich"
    r"|mogelijk"
    r"|posible|accepted|considered|possible|paid"
    r"|provided|processed|arranged|handled|sorted|covered|included|sponsored|offered"
    r"|transferred|tak\w+ care|geregeld|apply for one|reimbursed"
    r"|on us|on the house)\b"
    r"|^[\s•*-]*(?:[\w-]+ ){0,4}(?:visas?|visum|green card|blue card|relocation)\b[^.]{0,30}"
    r"\b(?:sponsor(?:ship|ed|ing)|support|assistance)\b"
    r"|\b(?:unterstütz\w+|helfen|bieten|übernehmen|übernimmt|kümmer\w+|begleit\w+|behilflich"
    r"|beantragen wir"
    r"|wir beantragen"
    r"|erledig\w+|organisier\w+|besorg\w+|sponsern|ermöglich\w+"
    r"|prise en charge|apoyo|trámites|tramita\w*|gestiona\w*|ayuda\w*|ofrec\w+|patrocina\w*"
    r"|encarga\w*|apoya\w*|facilita\w*"
    r"|accompagn\w+|aid(?:e|ons)|pren(?:d|ons) en charge|sponsoris\w+|occup(?:e|ons)"
    r"|verzorgen|regelen|begeleiden|vragen|helpen|betalen|bieden|sponsoren|regelt"
    r"|erkend referent)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[;,–—]\s|\b(?:but|aber|mais|pero|maar|although|though)\b")
_THIS_ROLE = re.compile(
    r"\b(?:this|for it|diese\w*|ce poste|cette|este|esta|deze)\b(?! time\b)", re.IGNORECASE
)

_MAX_SENTENCES = 40
"""More than any posting says of visas; the rest of a hostile text is not weighed."""

Found = tuple[Visa, Evidence] | None


def visa(passage: Passage) -> Found:
    """The statement on visas in the description, and its sentence; None where there is none."""
    first: Found = None
    is_to_some = False
    for start, end in islice(passage.saying(_TOPIC_WORDS), _MAX_SENTENCES):
        said = passage.text[start:end]
        decided = _decide(said)
        if decided is None or (decided is Visa.OFFERED and _OF_THE_WORK.search(said)):
            continue
        found = decided, passage.evidence(start, end, BY)
        if decided is Visa.REFUSED and _THIS_ROLE.search(said):
            return found
        if first is None:
            first, is_to_some = found, _TO_SOME.search(said) is not None
        elif is_to_some and decided is Visa.OFFERED:
            return found
    return first or _answered(passage)


def _decide(sentence: str) -> Visa | None:
    if _ONLY_THOSE.search(sentence):
        return Visa.REFUSED
    if not (_TOPIC.search(sentence) and _OF_A_VISA.search(sentence)):
        return None
    if _ASKED.search(sentence) or _DEPENDS.search(sentence):
        return None
    said = _IF_NOT.sub(r"\g<condition> ", _NO_MATTER.sub(" ", _OF_TRAVEL.sub(" ", sentence)))
    clauses = _CLAUSE.split(said)
    if any(_refuses(clause) and _THIS_ROLE.search(clause) for clause in clauses):
        return Visa.REFUSED
    for clause in (*clauses, said):
        if not _TOPIC.search(clause):
            continue
        if _REFUSED.search(clause):
            return Visa.OFFERED if _is_outweighed(clause, clauses) else Visa.REFUSED
        if _OF_A_VISA.search(clause) and _OFFERED.search(clause):
            return Visa.OFFERED
    return None


def _refuses(clause: str) -> bool:
    return _TOPIC.search(clause) is not None and _REFUSED.search(clause) is not None


def _is_outweighed(refusal: str, clauses: list[str]) -> bool:
    """Whether what is refused to some only is offered in another clause of the sentence."""
    others = (clause for clause in clauses if clause != refusal)
    return _TO_SOME.search(refusal) is not None and any(
        _INSTEAD.search(clause) and not _REFUSED.search(clause) for clause in others
    )


def _answered(passage: Passage) -> Found:
    """By the answer to a question about visas that the advert asks itself."""
    if not passage.mentions(_TOPIC_WORDS) or "?" not in passage.text:
        return None
    for (start, end), (answer, stop) in pairwise(passage.sentences):
        asked, said = passage.text[start:end], passage.text[answer:stop]
        if not asked.endswith("?") or not _TOPIC.search(asked):
            continue
        if _HELPS.search(said):
            return Visa.OFFERED, passage.evidence(start, stop, BY)
        if _ASKS_APPLICANT.search(asked):
            continue
        for pattern, found in ((_YES, Visa.OFFERED), (_NO, Visa.REFUSED)):
            if pattern.search(said):
                return found, passage.evidence(start, stop, BY)
    return None
