"""Whether the employer sponsors a visa, as one sentence of the description says it.

Sentences with the word "sponsor" (or its equals) are read one by one, and the first that decides
counts; but what is refused for "this role" counts before what the firm offers to others, and what
is refused to some only ("no *new* H-1B", "not for *contractors*") gives way to what is offered
beside it ("transfers are welcome"). Within a sentence the clause that names the visa is read first,
then the whole: it offers, unless it negates. "Must be authorized to work without sponsorship"
refuses, as does "only people who may work here already"; "will you now or in future require
sponsorship?" asks the applicant and decides nothing, while "do you sponsor visas?" is decided by
the answer that follows it. Visas of travellers, and help that "depends", decide nothing either. All
patterns are for text in small letters.
"""

import re
from itertools import islice, pairwise

from models.posting import Evidence, Visa
from processing.evidence import Passage

BY = "visa@7"

_PERMIT = (
    r"h-?1b|h1(?=[ -](?:transfer|visa|sponsor|holder|candidate))|[loe]-?[123] (?:visas?"
    r"|transfers?)|eb-?[123]|o-1[ab]?|tn (?:visas?|status|petitions?)|cap-exempt|aewv"
    r"|nominee program\w*|hsm visas?|[a-z]\d visas?|tss visas?|pay limit scheme"
    r"|vistos? de (?:trabalho|residência)|processos? de visto|patroc[ií]n\w+ (?:de )?vistos?"
    r"|autoriza(?:ção|ções) de (?:trabalho|residência)|(?:work|employment|residence"
    r"|skills employment) (?:visa|permit|pass)(?:es|s)?|employment pass|visa-?sponsor\w*"
    r"|visums?\w*|visa-?unterstützung|blue card|blaue karte|certificates? of sponsorship|lmia"
    r"|(?:arbeits|aufenthalts)(?:erlaubnis\w*|vis\w+|bewilligung\w*|titel\w*|genehmigung\w*)"
    r"|bewilligung(?:en)? beantrag\w*|permis de (?:travail|séjour)|titres? de (?:séjour|travail)"
    r"|autorisations? de travail|passeport talent|visados?|permisos? de (?:trabajo|residencia)"
    r"|autorizaci(?:ón|ones) de (?:trabajo|residencia)|patrocinio|(?:werk|verblijfs"
    r"|tewerkstellings)vergunning\w*|gecombineerde vergunning\w*|vergunning(?:en)? voor (?:mensen"
    r"|kandidaten|werknemers) van buiten\w*|kennismigrant\w*|erkend referent\w*"
    r"|red-white-red card|rot-weiß-rot\W?karte\w*|(?:highly )?skilled migrants?(?: scheme| visa)?"
    r"|permits? (?:on your behalf|for you)|(?:a|the|few|residence|sponsoring|no) permits?|(?:482"
    r"|186|494) visas?|on a (?:482|186|494)|designated employer|critical skills (?:list|permits?)"
    r"|skilled worker (?:visas?|route)"
    r"|single permits?|foreign[- ]worker quota|pozwoleni\w+ na pracę|wsparci\w+ wizow\w+"
    r"|permess[oi] di (?:lavoro|soggiorno)"
)
"""What one needs, or gets, so that one may work in a country."""
_TOPIC = re.compile(
    r"\b(?:sponsor(?:s|ship|ed|ing)?|sponsern|sponsert|gesponser\w+|sponsort|sponsoren"
    r"|sponsori[sz]\w+|parrain\w+|(?:support|file|process|pay)\w* (?:for )?(?:your|a) green cards?"
    r"|visas|(?:work|your|any|no|new) visas?|a visa (?:can|will|is)|(?:requir\w+|need\w*"
    r"|without"
    r"|care of|with|about|after) (?:an? |the |your )?visas?|relocation (?:\w+ )?(?:and|&|\+"
    rf"|/) (?:\w+ )?visas?|visa\W{{1,3}}(?:yes|no|ja|nein|oui|non|sí|nee)|(?:ohne|mit|kein"
    r"|ein) visum|residence permits?|(?:help|assist|support) with (?:visas|permits)"
    r"|vergunning(?:en)? (?:vragen|regelen) (?:wij|we)|visas? (?:support|assistance|help"
    r"|transfers?|costs?|fees?|applications?|process\w*|paperwork)|visas? or (?:work )?permits?"
    r"|\(visas?|visas? and (?:relocation|work)|(?:de|du|le|les|votre|ton|nos) visas?|(?:su|tu"
    r"|de) visa|incl(?:ud(?:es?|ed|ing)|\.) (?:your |a |the )?visas?|immigration (?:applications?"
    r"|sponsorship|support|assistance|help|team|costs?|paperwork|lawyers?|attorneys?)"
    rf"|{_PERMIT})\b",
)
_TOPIC_WORDS = (
    *("spons", "visa", "visum", "permit", "h1b", "h-1b", "immigration", "lmia", "red-white"),
    *("arbeitse", "arbeitsvis", "arbeitsbew", "arbeitsgen", "arbeitstitel", "aufenthalts"),
    *("bewilligung", "blue card", "blaue karte", "rot-weiß", "employment pass", "work pass"),
    *("permis", "séjour", "titre", "autorisation", "autorizaci", "passeport", "patrocin"),
    *("vergunning", "kennismigrant", "erkend ref", "residence pass", "skilled migrant", "quota"),
    *("o-1", "o1 ", "eb-", "eb1", "eb2", "eb3", "cap-exempt", "aewv", "nominee program"),
    *("pay limit", " visto", "h1 ", "parrain", "live and work", "only consider", "only hire"),
    *("only introduce", "wizow", "pozwolen", "permess", "green card"),
)
"""One of them stands in whatever `_TOPIC` matches."""
_OF_A_VISA = re.compile(
    r"\b(?:visas?|immigration|work authori[sz]ation|employment[- ]based|authori[sz]ed to work"
    r"|right to work|(?:do|does|can|will|to)(?:n['’]t| not)? sponsor(?=\W*(?:$|[(.,;:–—]))"
    r"|sponsored (?:\w+ ){1,3}from|legally|relocat\w+"
    r"|skilled worker|green cards?|citizens?(?:hip)?|(?:applicants?|candidates?|people"
    r"|anyone) from (?:outside|overseas|abroad)|(?:international|overseas|foreign) (?:applicants?"
    r"|candidates?)|vistos?|sponsor(?:ship)? licen[cs]e|(?:licen[cs]ed|approved"
    r"|registered) sponsors?"
    r"|recogni[sz]ed sponsor|this (?:role|position|job|post)|ce poste|diese (?:stelle|position)"
    rf"|este puesto|deze functie|esta vaga|move|sponsorship\W{{1,3}}(?:(?:is|are)(?:n['’]t)?|no"
    rf"|yes|not|available"
    r"|for|will|can|cannot|may|might|could|of any|ja|nein|oui|non|sí|nee|provided|offered"
    r"|possible|available)|no sponsorship|(?:qualify|eligible) for sponsorship|sponsoring"
    r"|vergunning(?:en)?|eligible to work|(?:unable"
    r"|not able) to sponsor|(?:can(?:no|['’])t|not|don['’]t) sponsor|(?:help"
    r"|assist|support) with (?:visas|permits)|(?:employees|staff|hires|candidates|contractors"
    r"|applicants) (?:are|is|can be|will be) sponsored|sponsored (?:employees|by us)|take over"
    r"|transferr\w+|(?:need(?:ing)?|requir\w+) (?:for )?(?:any )?sponsorship|sponsorship (?:to"
    r"|in order to) work|(?:offer|provide|consider) (?:any )?sponsorship|(?:employer|employment"
    r"|company) sponsorship|sponsor (?:(?:any|casual|new|temporary|exceptional|foreign"
    r"|international|the right|strong|all|our|contract) )?(?:candidates?|individuals|applicants?"
    r"|you|overseas"
    rf"|staff|employees|workers|people|person|contractors|hires)|{_PERMIT})\b",
)
_REFUSED = re.compile(
    r"\b(?:not|no|none|cannot|unable|never|without|nor|neither|\w+n['’]t|ineligible|unavailable"
    r"|lacks?|decline|on your own|your own|yourself|kein\w*|nicht|ohne|aucune?|sans|sin|não|ningún"
    r"|ninguna|geen|niet|zonder|zelf|pas d[e'’]|nein|non(?!-)|nee|nie|few permits|used up"
    r"|too (?:slow"
    r"|small|costly|expensive|complex|long)|sorry)\b"
    r"|\b(?:ne|n['’]) ?\w+(?: \w+)? (?:pas|aucune?)\b|\bla \w+ no \w+|\bno \w+amos\b"
    r"|\bnot on the table\b",
)
_ONLY_THOSE = re.compile(
    r"\bonly (?:be able to )?(?:consider|accept|introduce|hire|employ|recruit|take"
    r"|interview)?\s?(?:people|candidates|applicants|those"
    r"|persons)\b[^.;]{0,60}\b(?:already (?:have|live)|existing right to work|residence permit"
    r"|work permit|valid (?:visa|permit)|passport)"
    r"|\bonly (?:be able to )?(?:consider|accept|hire|employ|take"
    r"|interview)\b[^.;]{0,80}\b(?:nationals or|holders of|already (?:hold|possess))\b"
    r"|\bcan already live and work\b"
    r"|\bopen only to (?:those|people|candidates|applicants)\b[^.;]{0,40}\bright to work\b"
    r"|\bmore than [^.;]{0,40}\bcan take on\b"
    r"|\b(?:individuals|candidates|applicants|persons|people|those"
    r"|anyone)\b.{0,120}?\bsponsor\w*.{0,60}?\b(?:not (?:be )?(?:eligible|considered)|ineligible"
    r"|cannot be considered)\b"
    r"|\b(?:need|must|have)\b[^.;]{0,40}\bwork permit of (?:your|their) own\b",
)
"""Who may apply are those who need no help."""
_TO_SOME = re.compile(
    r"\b(?:new|initial|first[- ]time|further|additional|cap[- ]subject|contractors?|freelancers?"
    r"|interns?|neue[nrs]?|nouveaux?|nouvelles?|nuev[ao]s?|nieuwe|freiberufler\w*|indépendants?"
    r"|autónomos|zzp\w*)\b|\bh-?1b\b(?![^.;,]{0,60}\bor\b)",
)
_INSTEAD = re.compile(
    r"\b(?:transfer\w*|take over|employees? (?:are|is|can be|will be|get)|existing|überneh\w+"
    r"|übertrag\w+|umschreib\w+|festangestellte\w*|transf[éeè]r\w+|reprise|reprendre|reprenons"
    r"|salariés|traspas\w+|transferim\w*|empleados|overnemen|nemen\b[^.;]{0,40}\bover|overdrag\w+"
    r"|werknemers)\b",
)
"""What is offered although something is refused to some."""
_IF_NOT = re.compile(
    r"(?P<condition>\b(?:if|wenn|si|als|where) (?:you|they|du|sie|vous|tu"
    r"|je)\b[^,;.]{0,40}?)(?:n['’]t|\b(?:not|nicht|kein\w*|pas|geen|niet|no))\b",
)
"""A negation of the condition is none of the help: "if you aren't, we apply for one"."""
_NO_MATTER = re.compile(
    r"\b(?:no|kein|geen|aucun|sin|ningún) (?:problem\w*|probleem|problème|problema|matter|worr\w+"
    r"|cost|charge|fee|fees|extra cost|coste)\b|\bat no (?:extra |additional )?cost\b"
    r"|\bnot only\b|\bnicht nur\b|\bpas seulement\b|\bno sólo\b|\bno solo\b|\bniet alleen\b"
    r"|\bkostenlos\b|\b(?:don['’]t|do not) (?:worry|hesitate)\b"
    r"|\bno (?:need|reason|cause) to (?:worry|have|hold)\b"
    r"|\byou (?:don['’]t|do not|needn['’]t|need not) (?:\w+ )?(?:need|have|hold)\b"
    r"|\b(?:whether or|oder|or|ou|of) (?:not|nicht|pas|non|niet)\b"
    r"|\bnot yet\b|\bnoch (?:nicht|keine?n?)\b"
    r"|\bnog (?:geen|niet)\b",
)
"""Negations that refuse nothing: "no problem", "at no cost", "you need not have a permit yet"."""
_NOT_FOR_SOME = re.compile(
    r"\bno (?P<what>(?:[\w-]+ ){1,3}?)(?:(?:is|are) )?(?:needed|required|necessary)"
    r"(?= (?:if|when|where|for(?! (?:this|the (?:role|job|position)|it)\b))\b)",
)
"""Who needs none is no one to whom it is refused: "no visa is needed if you are an EU citizen"."""
_DEPENDS = re.compile(
    r"\b(?:may|might) not (?:meet|qualify|be eligible)\b|\bnot (?:able to )?(?:\w+ ){0,3}(?:every"
    r"|all|guarantee)\b|\bno guarantee\b"
    r"|\bwhether or not\b|\bsponsorship\W{1,3}n/?a\b"
    r"|\b(?:case[- ]by[- ]case|(?:per|each) case|im einzelfall|einzelfall\w*|je nach"
    r"|au cas par cas|caso por caso|per geval|depend\w*(?! (?:up)?on (?:your "
    r"|the )?(?:\w+ )?(?:experience|seniority|level|skills|qualifications|performance))|hangt af"
    r"|discuss\w*|besprechen|klären wir"
    r"|on (?:its|their) merits|(?:may|might|could) (?:be )?(?:\w+ )?consider\w*)\b"
    r"|\bhängt\b[^.]*\bab\b|\b(?:confirm\w*|prometer|promise|beloven|versprechen|say) (?:si|if"
    r"|whether|ob|of|kunnen|können)\b",
)
_OF_TRAVEL = re.compile(
    r"\b(?:clients?|customers?|travell?ers|guests"
    r"|passengers)\b[^.]{0,30}\bvisas?(?: applications?)?\b"
    r"|\bvisas? (?:applications?|cases?|petitions?) for (?:our |the )?(?:clients?|customers?)\b"
    r"|\b(?:business|travel|tourist|transit|visitor|holiday|student|working holiday) visas?\b"
    r"|\bvisas? (?:network|card|applications? with|debit|inc|checkout|direct|& documents)\b"
    r"|\b(?:hot|confined space|safe|building|planning|parking) work permits?\b"
    r"|\bsafe work permits\b|\b(?:by|on|with) (?:the )?visa,|\bmastercard\b"
    r"|\bsponsor\w*\b(?! (?:is|are|can|cannot|will"
    r"|for this)\b)[^.;:]{0,40}\b(?:(?<!immigration )(?<!people )(?<!legal )(?<!mobility )team"
    r"|club|hockey|soccer|football|race|run|event|conference|charit\w+|festival|league|meetups?"
    r"|research|project|nights?)\b"
    r"|\b(?:executive|project|programme?|clinical|study|trial|business|event) sponsor(?:s"
    r"|ship)?\b|\bpatrocin\w+ (?:la|el) (?:carrera|equipo|club|torneo)\b|\bvisa-free\b"
    r"|\bsponsor\w* (?:your |the |any )?relocations?\b"
    r"|\bsponsor\w*\b[^.,;]{0,30}\b(?:exams?|certifications?|memberships?|degrees?|courses?"
    r"|tuition|licensure|benefits?|insurance|plans?|apprentic\w+|401\W?k)\b",
)
"""Visas of travellers, permits to weld, and sponsors of football."""
_OF_CLEARANCE = re.compile(
    r"\b(?:clearances?|vetting|ts/sci)\b|(?<!, )\b(?:sc|dv|nv[12])\b|\(secret\)"
)
_NOT_OF_CLEARANCE = re.compile(
    rf"\b(?:visas?|visa-\w+|immigration|authori[sz](?:ed|ation)|right to work|eligible to work"
    rf"|citizen\w*|green cards?|overseas|abroad|{_PERMIT})\b",
)
"""What a sentence on a clearance must say besides, lest that be what is sponsored."""
_OF_THE_WORK = re.compile(
    r"\b(?:experience|experienced(?= (?:in|with|at)\b)|knowledge|familiar\w*|understanding"
    r"|background|expertise|kenntnisse|erfahrung\w*|expérience|connaissances?|experiencia"
    r"|conocimientos?|ervaring|kennis)\b (?:\w+ ){0,3}?(?:with|of|in|handling|mit|zu|über|im|en"
    r"|de|des|du|avec|con|met|van)\b(?:(?! we\b| wir\b| nous\b| wij\b)[^.,;]){0,40}\b(?:visas?"
    r"|permits?|immigration|h-?1b|sponsor\w*|visum|permis|visados?)\b"
    r"|\b(?:visas?|permits?|petitions|visados?|permisos?|immigration)\b[^.;]{0,60}?\b(?:for|of"
    r"|from|de|für|voor)\b[^.;,]{0,25}?\b(?:clients|customers|contractors|guests|students"
    r"|travell?ers|foreign nationals|refugees|clientes|usuarios|kunden|mandanten|klanten|sites)\b"
    r"|\b(?:you(?:['’]ll| will)?|candidates?(?: will)?) (?:(?:also|help|to) )?(?:handles?"
    r"|process(?:es)?|manages?|prepares?|issues?|coordinates?|support|secures?|review|file"
    r"|organi[sz]e|obtain)\b[^.]{0,60}\b(?:visas?|permits?|immigration|petitions|h-?1b)\b"
    r"|\b(?:assist|help|support|advis)\w* (?:\w+ ){0,3}(?:students|clients|customers|refugees"
    r"|tenants|travell?ers|guests)\b[^.;]{0,30}\b(?:visa|permit|immigration)"
    r"|\bvisa (?:processing|application|compliance) (?:teams?|software|centres?|services?"
    r"|officers?)\b"
    r"|\bwho (?:\w+ )?need (?:help|support|assistance) with (?:their )?visas?\b"
    r"|^\W*(?:handle|process|manage|prepare|issue|coordinate|secure|obtain|review|track"
    r"|assist)\b[^.]{0,60}\b(?:visas?|permits?|immigration|petitions|h-?1b)\b",
)
"""Visas and permits as what the job is about: duties, and experience with them."""
_DUTY = re.compile(
    r"\W*(?:you(?:['’]ll| will)?|du|sie|vous|je) (?!(?:(?:also|then) )?(?:get|receive|need|must"
    r"|have|are|be|can|may|benefit|enjoy|require|qualify|erh[aä]lt\w*|bekomm\w+|brauch\w+"
    r"|benötig\w+|hab\w+|recevez|avez|bénéfici\w+|krijg\w*|ontvang\w*|heb\w*)\b)\w",
)
"""A sentence on what one does."""
_OF_US = re.compile(
    r"\b(?:we|us|wir|uns|nous|wij|ons|company|employer|firma|sponsored)\b",
)
_ASKED = re.compile(
    r"\?$|\?[\s)(\"'”]*(?:\(?\w*\)?)?$|^\W*(?:\(?\w\) ?)?(?:(?:will|do|are|would) you|whether"
    r"|please (?:state|tell|say|indicate))\b|\basks?(?: you)? (?:whether|if)\b|\b(?:yes ?/ ?no"
    r"|ja ?/ ?nein)\b",
)
_ASKS_APPLICANT = re.compile(
    r"\b(?:you|sie|du|vous|tu|je) (?:now |\w+ )*?(?:need|require|hold|have|benötig\w+|brauch\w*)",
)
_HELPS = re.compile(
    r"^\W*(?:we(?:['’]ll|['’]ve| (?:can|will|have))? (?:got you|help|sponsor|take care|handle"
    r"|cover|support|sort)|wir (?:kümmern|helfen|unterstützen|übernehmen|begleiten)"
    r"|nous (?:nous occupons|vous (?:aidons|accompagnons)|prenons)|(?:nos|te|lo) \w+amos"
    r"|wij (?:regelen|helpen))\b",
)
_YES = re.compile(
    r"^\W*(?:yes|ja|jawohl|oui|sí|we do|of course|absolutely|certainly|natürlich"
    r"|klar)\b(?!\W{0,3}(?:no|or)\b)"
    r"|\banswer is yes\b",
)
_NO = re.compile(
    r"^\W*(?:no|nein|nee|non|sorry|unfortunately|leider|helaas|not|(?:i['’]m "
    r"|we['’]re )?afraid (?:not|we))\b(?!\W{0,3}yes\b)"
    r"|\banswer is no\b",
)
_PROVIDES = (
    r"offer\w*|look\w* after|see to|deal\w* with|provid\w+|help\w*|support\w*|arrang\w+|appl(?:y"
    r"|ies) for|fil(?:e|es|ing)|pa(?:y|ys) for|cover\w*|assist\w*|handl\w+|sort\w* out|tak(?:e"
    r"|es) (?:care|over|on|you through)|obtain\w*|issue\w*|reimburs\w+|process\w*|manag\w+"
    r"|organi[sz]\w+|secure|guid\w+|prepar\w+|transfer\w*|nominat\w+|use|sign|with"
)
_OFFERED = re.compile(
    r"\b(?:we|company|employer|can|will|do|may|does|able to|happy to|happily|gladly|offer\w*"
    rf"|provid\w+|includ\w+)\b[^.]{{0,60}}\bsponsor"
    rf"|\b(?:hold|has|have|holds|holding)\b[^.]{{0,40}}\bsponsor(?:ship)?(?:['’]s)? licen[cs]e\b"
    rf"|\b(?:licen[cs]ed|recogni[sz]ed|registered|approved|accredited)\b[^.]{{0,20}}\bsponsors?\b"
    rf"|\bsponsor(?:s|ship|ing)?\b[^.]{{0,40}}\b(?:available|offered|provided|possible|considered"
    r"|included|supported|covered|yes|visas?|green cards?|welcome)\b"
    r"|\b(?:have|has|['’]ve) (?:\w+ )?sponsored\b|\bbrought over\b|\bendorse\b|\b(?:will|can"
    r"|['’]ll) (?:also )?(?:cover|do"
    r"|handle|sort|arrange) (?:it|this|that|yours|them|so|(?:it )?(?:with|for) you)\b"
    r"|\b(?:help|assist|support) with (?:visas|permits)|vergunning(?:en)? (?:vragen"
    r"|regelen) (?:wij|we)|relocation (?:\w+ )?(?:and|&|\+|/) (?:\w+ )?visas?\b"
    rf"|\b(?:package|benefits|offer|we)\b[^.]{{0,40}}\binclud\w* (?:\w+ ){{0,2}}visas?\b"
    r"|\b(?:support|file|process|pay)\w* (?:for )?(?:your|a) green cards?\b"
    r"|\brelocation\b.{0,40}\b(?:incl\.|including|with|plus) (?:\w+ ){0,2}visas?\b"
    rf"|\beligible for\b[^.]{{0,20}}\bsponsor"
    rf"|\bopen to\b[^.]{{0,40}}\bsponsor"
    rf"|\b(?:{_PROVIDES})\b[^.]{{0,60}}\b(?:visas?|permits?|immigration|h-?1b|{_PERMIT})\b"
    rf"|\binclud\w+ (?:\w+ ){{0,2}}?visas? (?:support|assistance|help|costs?|fees|applications?)\b"
    rf"|\b(?:visa|blue card) (?:support|assistance)\b|\bpermits?\b[^.]{{0,80}}(?:\bdo it for you"
    r"|\bmake the application|\b(?:guide|help|support|assist) (?:you|the|candidates?"
    r"|applicants?))\b|\b(?:post|role|position|job|vacancy) (?:qualifies"
    r"|is eligible) for\b[^.]{{0,40}}\b(?:permit|visa|sponsor)|\bsupport your application\b"
    r"|\b(?:employees|staff|hires|candidates) (?:are|can be|will be|get) sponsored\b"
    rf"|\brequir\w+ (?:\w+ ){{0,4}}sponsorship\b[^.]{{0,40}}\bwelcome\b|\b(?:ja|oui|sí)\b"
    rf"|\b(?:h-?1b|work permit)\b[^.]{{0,70}}\b(?:transfers?|apply for)\b|\bparrain(?:ons|age)\b"
    rf"|\b(?:h-?1b|vis(?:as?|um)|visa-sponsor\w+|permits?)\b[^.]{{0,70}}\b(?:welcome|encouraged|ok"
    r"|möglich|mogelijk|posible|accepted|considered|possible|paid|provided|processed|arranged"
    r"|handled|sorted|covered|included|sponsored|offered|transferred|tak\w+ care|geregeld"
    r"|apply for one|reimbursed|on us|on the house)\b"
    rf"|^[\s•*-]*(?:[\w-]+ ){{0,4}}(?:visas?|visum|green card|blue card"
    rf"|relocation)\b[^.]{{0,30}}\b(?:sponsor(?:ship|ed|ing)|support|assistance)\b"
    r"|\b(?:unterstütz\w+|helfen|bieten|übernehmen|übernimmt|kümmer\w+|begleit\w+|behilflich"
    r"|beantragen wir|wir beantragen|erledig\w+|organisier\w+|besorg\w+|sponsern|ermöglich\w+"
    r"|prise en charge|apoyo|trámites|tramita\w*|gestiona\w*|ayuda\w*|ofrec\w+|patrocina\w*"
    r"|encarga\w*|apoya\w*|apoia\w*|ajuda\w*|oferece\w*|facilita\w*|accompagn\w+|aid(?:e|ons)"
    r"|pren(?:d|ons) en charge|sponsoris\w+|occup(?:e|ons)|verzorgen|regelen|begeleiden|vragen"
    r"|zapewni\w+|oferuj\w+|pomaga\w+|pomożemy|offriamo|aiutiamo|helpen|betalen|bieden|sponsoren"
    r"|regelt|erkend referent)\b",
)
_CLAUSE = re.compile(
    r"[;,–—]\s|:\s(?=(?:we|wir|nous|wij)\b)|\b(?:but|aber|mais|pero|maar|although|though)\b"
)
_THIS_ROLE = re.compile(r"\b(?:this|for it|diese\w*|ce poste|cette|este|esta|deze)\b(?! time\b)")

_MAX_SENTENCES = 40
"""More than any posting says of visas; the rest of a hostile text is not weighed."""

Found = tuple[Visa, Evidence] | None


def visa(passage: Passage) -> Found:
    """The statement on visas in the description, and its sentence; None where there is none."""
    first: Found = None
    is_to_some = False
    for start, end in islice(passage.saying(_TOPIC_WORDS), _MAX_SENTENCES):
        said = passage.lowered[start:end]
        decided = _decide(said)
        if decided is None or (decided is Visa.OFFERED and _is_of_the_work(said)):
            continue
        found = decided, passage.evidence(start, end, BY)
        if decided is Visa.REFUSED and _THIS_ROLE.search(said):
            return found
        if first is None:
            first, is_to_some = found, _TO_SOME.search(said) is not None
        elif is_to_some and decided is Visa.OFFERED:
            return found
    return first or _answered(passage)


def _is_of_the_work(sentence: str) -> bool:
    """Whether visas are what the job is about, and "you" the one who deals with them."""
    if _OF_THE_WORK.search(sentence):
        return True
    return _DUTY.match(sentence) is not None and _OF_US.search(sentence) is None


def _decide(sentence: str) -> Visa | None:
    if _ONLY_THOSE.search(sentence):
        return Visa.REFUSED
    if not (_TOPIC.search(sentence) and _OF_A_VISA.search(sentence)):
        return None
    if _ASKED.search(sentence) or _DEPENDS.search(sentence):
        return None
    if _OF_CLEARANCE.search(sentence) and not _NOT_OF_CLEARANCE.search(sentence):
        return None
    said = _NO_MATTER.sub(" ", _OF_TRAVEL.sub(" ", sentence))
    said = _NOT_FOR_SOME.sub(r"\g<what>", _IF_NOT.sub(r"\g<condition> ", said))
    clauses = _CLAUSE.split(said)
    if any(_refuses(clause) and _THIS_ROLE.search(clause) for clause in clauses):
        return Visa.REFUSED
    for clause in (*clauses, said):
        if not _TOPIC.search(clause):
            continue
        if _REFUSED.search(clause):
            return Visa.OFFERED if _is_outweighed(clause, clauses) else Visa.REFUSED
        if _OF_A_VISA.search(clause) and _OFFERED.search(clause):
            return Visa.REFUSED if _is_taken_back(clause, clauses) else Visa.OFFERED
    return None


def _is_taken_back(offer: str, clauses: list[str]) -> bool:
    """Whether a later clause refuses all: "we hold a licence, but sponsorship isn't possible"."""
    later = clauses[clauses.index(offer) + 1 :] if offer in clauses else ()
    return any(
        (_refuses(clause) or _NO.match(clause)) and not _TO_SOME.search(clause) for clause in later
    )


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
        asked, said = passage.lowered[start:end], passage.lowered[answer:stop]
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
