"""The words of six languages for home, workplaces, and how much of the time: pieces of patterns.

English, German, French, Spanish, Dutch, Italian, some Polish; all in small letters, each a group
that matches one expression and captures nothing.
"""

WHERE_LIKED = (
    r"(?:where(?:ver)? you(?:['’]re| are) (?:most|best|happiest|at your)"
    r"|where you (?:do your best work|work best)|wo (?:du|sie) am besten|(?:from )?(?:anywhere"
    r"|wherever|where ever|where) (?:(?:you|we) (?:like|want|prefer|choose|please|live|wish|are"
    r"|feel)|suits|works best)|(?:from )?wherever(?= on\b)|from wherever|from any(?:where"
    r"| place)(?! else)|(?:from )?anywhere(?= in\b| within\b| across\b| on\b)|(?:de"
    r"|a partir de) (?:onde (?:quiser(?:es)?|você quiser)|qualquer (?:lugar|ponto|parte))"
    r"|in any (?:\w+ )?(?:country|state)|von (?:überall|wo (?:aus )?(?:du|sie)(?: \w+)?)|wo (?:du"
    r"|sie) (?:willst|wollen|möchte\w*)|(?:d['’]|de )?(?:n['’]importe )?où (?:vous|tu) (?:voulez"
    r"|veux|souhait\w+|êtes)|d['’]où (?:vous|tu) \w+|(?:de )?n['’]importe où|desde (?:donde|dónde"
    r"|cualquier)(?: (?:quieras|prefieras|lugar|sitio))?|da (?:dove|qualsiasi)(?: (?:vuoi"
    r"|preferisci|luogo|posto))?|ovunque|(?:van )?waar (?:je|u) (?:maar )?wil\w*)"
)
_FROM_HOME = (
    r"(?:remote(?:ly|-arbeit|-based)?|(?:from|at|stay) (?:your (?:own )?)?home"
    r"|(?:from|on) (?:your|the|a) (?:own )?(?:house|sofa|couch)|from where you live"
    r"|home[- ]?office\w*|home[- ]?based|work-from-home|work from home(?= (?:role|position|job"
    r"|opportunity)\b)|home[- ]?work(?:ing)?"
    r"|virtual(?= (?:role|position|job))|telework\w*|telecommut\w*|wfh|(?:von )?zu ?hause|daheim"
    r"|mobil(?:e[smnr]?)? (?:(?:zu )?arbeit\w*|work\w*)|mobilarbeit|telearbeit\w*"
    r"|ortsunabhängig\w*|télétravail\w*|à distance|(?:en )?distanciel|chez (?:vous|toi|soi)|(?:à"
    r"|depuis) (?:votre |ton )?domicile|teletrabaj\w+|teletrabalho|remot[oa]|(?:desde|en"
    r"|em) (?:tu |sua )?casa|trabalhar de casa|a distancia|da casa|smart ?working|telelavoro"
    r"|thuis(?:werk\w*)?|(?:van(?:uit)? )huis|op afstand|zdaln\w+|z domu|home on (?:the others?"
    r"|one|two|three))"
)
HOME = rf"(?:{_FROM_HOME}|{WHERE_LIKED})"
PRESENT = (
    r"(?:on[- ]?site|in[- ]office|in (?:the|our) office|(?:office|lab|site|clinic|hospital|school"
    r"|store|shop|plant|warehouse|studio|ward)[- ]based|on (?:the )?property|in[- ]person|wfo"
    r"|from office"
    r"|from the office|on (?:the )?premises|(?:on|at) (?:the )?campus|vor ort|im büro|in präsenz"
    r"|présentiel\w*|sur (?:le |notre )?site|sur place|au bureau|presencial\w*|en (?:la "
    r"|nuestra )?oficina|in presenza|in sede|in ufficio|op (?:het )?kantoor|op (?:de )?locatie"
    r"|op de werkvloer|ter plaatse|stacjonarn\w+|w biurze|in the (?:field|lab)|(?:at|from) (?:the"
    r"|our) (?:lab|studio|workshop|plant|headquarters|hq|campus|site)|dans (?:nos|les) (?:locaux"
    r"|bureaux)|in unser(?:em büro|en büros)|op ons kantoor|nei nostri uffici"
    r"|in unseren (?:räumen|räumlichkeiten)|en nuestras (?:instalaciones|oficinas)"
    r"|no (?:nosso )?escritório|in onze vestiging)"
)
NAMED_OFFICE = (
    r"(?:in|at|from|out of) (?:the|our|one of our) (?:[\w’'-]+ ){1,3}?(?:offices?|headquarters"
    r"|hq|hub|studio|labs?|campus|site)"
)
""" "At our Tanjong Pagar office"."""
OFFICE = (
    rf"(?:{PRESENT}|offices?|(?<!help )(?<!service )(?<!front )desk|studios?|hubs?|hq|headquarters"
    r"|labs?|campus|with us|büro\w*|präsenz\w*|bureaux?|siège|oficinas?|sede|uffici\w?|kantoor\w*"
    r"|biur\w+|nos ateliers|client sites?|beim kunden|the department|sit together|anchor days?"
    r"|com(?:e|es"
    r"|ing) in|(?:are|be) (?:there|in)(?= (?:one|two|three|four|[1-4])\b)|escritórios?"
    r"|no local)"
)
HANDS_ON = (
    r"(?:(?:shop )?floors?|wards?|kitchens?|units?|(?:job ?|building |construction )?sites?|mill"
    r"|plant|factory|workshops?|shops?|stores?|cent(?:re|er)s?|schools?|clinics?|hospitals?"
    r"|surgery|warehouses?|facilit(?:y|ies)|laborator(?:y|ies)|cleanroom|shipyard|terminal"
    r"|brewery|bakery|restaurants?|salon|depot|yard|nursery|classrooms?|garage|hotel|practice"
    r"|theatre|barn|vessel|farm|quarry|premises|counter|branch(?:es)?|campus(?:es)?)"
)
HANDS_ON_THERE = (
    rf"(?:(?:on|in|at) (?:the|our|a) (?:[\w-]+ )?{HANDS_ON}|on site|in (?:der|unserer"
    r"|unseren) (?:küche|werkstatt|klinik|praxis|filialen?|werkhalle)|auf (?:der"
    r"|unserer) (?:baustelle|station)|im (?:werk|lager|laden|betrieb)|in (?:de|onze) (?:keuken"
    r"|winkel|werkplaats|zaak|fabriek)|op (?:school|de bouwplaats)|aan de werkplaats|(?:en"
    r"|dans (?:notre|nos|le|la|l['’])) ?(?:ateliers?|cuisine|magasin|boutique|salle|usine)"
    r"|sur (?:le )?chantier|en (?:(?:la|el|nuestra|nuestro) )?(?:tienda|cocina|planta|taller|sala"
    r"|obra|aula)|in (?:cucina|negozio|fabbrica|officina|magazzino))"
)
ROLE_NOUN = (
    r"(?:role|position|job|post|internship|engagement|placement|opportunity|vacancy|assignment"
    r"|contract|stelle|poste|puesto|vaga|cargo|functie|baan|posizione|ruolo)"
)
ROLE = (
    rf"(?:{ROLE_NOUN}|work|working|tätigkeit|arbeit|arbeitsplatz|einsatz|arbeitsort|travail|emploi"
    r"|mission|consultancy|trabajo|trabalho|posición|modalidad|jornada|asistencia|turnos|clases"
    r"|vacante"
    r"|werk"
    r"|lavoro|attività|praca)"
)
IS = (
    r"(?:is|are|will be|can be|must be|may be|would be|can also be|being|be|ist|sind|wird|erfolgt"
    r"|findet|est|sera|se fait|s['’]effectue|es|son|será|se realiza|è|sarà|si svolge|wordt|jest)"
)
ALL = (
    r"(?:fully|100 ?%|completely|entirely|permanently|full|all|totally|exclusively|purely"
    r"|strictly|solely|vollständig|komplett|ausschließlich|rein|voll|zu 100 ?%|volledig|helemaal"
    r"|uitsluitend|entièrement|totalement|complètement|exclusivement|intégralement|totalmente"
    r"|completamente|íntegramente|exclusivamente|100 ?por (?:ciento|cien)|cien por cien"
    r"|interamente|esclusivamente|w pełni|wyłącznie|only)"
)
FIVE_DAYS = (
    r"(?:(?:all )?(?:5|five|6|six) days|full[- ]time(?= (?:in|from|at) (?:the|our)\b)"
    r"|5 ?days? ?/ ?(?:a )?week|an allen tagen|fünf tage|5 tage|cinq jours|5 jours|cinco días"
    r"|5 días|cinque giorni|5 giorni|vijf dagen|5 dagen)"
)
ALL_DAYS = (
    rf"(?:{FIVE_DAYS}|every (?:working |single )?day|each (?:working )?day|daily|täglich|jeden tag"
    r"|tous les jours|todos los días|(?:tutti i|ogni) giorn[oi]|elke dag|(?:mon"
    r"|diens)tags? bis (?:freitag|samstag|sonntag)s?|de segunda(?:-feira)? a sexta"
    r"|du \w+di au \w+(?:di|che)|de (?:lunes|martes) a (?:viernes|sábado|domingo)"
    r"|dal lunedì al venerdì|(?:maan|dins)dag (?:t/m|tot en met) (?:vrijdag|zaterdag|zondag))"
)
FEW = (
    r"(?:[1-4]|one|two|three|four|eine?[nm]?|zwei|drei|vier|une?|deux|trois|quatre|dos|tres"
    r"|cuatro|due|tre|quattro|dois|duas|três|quatro|een|één|twee|drie|dwa|trzy)"
)
LABEL = (
    r"(?:(?:job |work )?location|job type|local(?: de trabalho)?|base|remote type"
    r"|work ?place(?: type)?"
    r"|place(?: of work)?|where"
    r"|work(?:ing)? (?:mode|location|type|set-?up|setting|model|arrangements?|pattern|style)|site"
    r"|modality|arbeitsort|arbeitsmodell|einsatzort|standort|ort|lieu(?: de travail)?"
    r"|mode de travail|ubicación|modalidade?(?: de traba(?:jo|lho))?|lugar(?: de trabajo)?|formato"
    r"|sede(?: di lavoro)?|modalità(?: di lavoro)?|luogo(?: di lavoro)?|werkplek|werklocatie"
    r"|locatie|standplaats|tryb pracy)"
)
WORK = (
    r"(?:work|works|hire|teach|working|worked|based|done|performed|carried out|delivered|log in|sit"
    r"|live|living|reported|arbeite|arbeitest|arbeiten|gearbeitet|travaill\w+|effectu\w+"
    r"|trabaj\w+|trabalh\w+|realiza\w*|lavor\w+|werk|werkt|werken|gewerkt|pracuj\w+)"
)
NOT = (
    r"\b(?:not|no|non|nor|never|cannot|without|neither|unable|impossible|excluded|\w+n['’]t|nicht"
    r"|kein\w*|ohne|nie|ausgeschlossen|pas|aucun\w*|sans|jamais|sin|nunca|ningún|senza|não|nem"
    r"|geen|niet|zonder|nooit|nie)\b(?! (?:only|just|nur|seulement|solo|alleen|necessarily"
    r"|later)\b)"
)
NOT_UP_TO = rf"{NOT}(?:(?!\b(?:can|may|will|you)\b)[^.:;,\n]){{0,40}}$"
""" "Not" before a place, in the same breath: to search what stands before it."""
ANOTHER_THING = (
    r"(?:teams?|colleagues?|manager|boss|people|staff|employees|users|customers|guests|tenants"
    r"|members|travell?ers|residents|students|freelancers"
    r"|clients) (?:who )?work\w* (?:remotely|from home)|remote (?:sens|support|control|monitor"
    r"|access|team|diagnos|site|patient|device|interview|area|communit|locat|island|village"
    r"|server|customer|client|user|desktop|workforce|colleague|learn|teach|consult|onboarding"
    r"|assess|region|camp|field|hands|system|procedure|budget|stipend|allowance|set-?up)\w*"
    r"|remote(?: and [\w-]+)? work(?:ing)? (?:budget|stipend|allowance|set-?up|equipment|practice"
    r"|trends|tools|platform|software|product|solution|app\b|apps\b|technolog|start-?up"
    r"|kit)\w*|(?<!join our fully )(?<!join a fully )(?<!in our fully )(?<!in a fully )"
    r"(?<!of our fully )(?<!of a fully )"
    r"remote (?:(?:engineering|development|software|product|design|data|sales|marketing|finance"
    r"|operations|people|work|global|international|distributed) ){1,2}teams?\b"
    r"(?! (?:lead|manage|member|assist|coordinat))"
    r"|\bused to (?:be|work) (?:\w+ ){0,2}?(?:remote(?:ly|[- ]first)?|from home|hybrid|on-?site"
    r"|in the office)\b"
    r"|work[- ]from[- ]home (?:set-?up|stipend|allowance|budget|equipment|kit)"
    r"|(?:tools?|software|products?|solutions?|platforms?|apps?|future|world) (?:for"
    r"|of) (?:[\w-]+ )?(?:remote|hybrid)(?: and [\w-]+)? (?:work|teams?)\w*"
    r"|remote and (?:rural|regional)\w*|rural and remote|(?:manag|lead|support"
    r"|coordinat)\w* remotely|hybrid (?:cloud|infrastructure|vehicle|app|mobile|model\w*ing"
    r"|architecture|environment|search|power|electric|event|drive|engine|car|method|solution|bond"
    r"|war|threat|identity)\w*|on-?site (?:interview|visit|gym|catering|caf|parking|search|seo"
    r"|canteen|restaurant|nursery|childcare|support|team|services?|maintenance|shower|crèche)\w*"
    r"|home[- ]?office(?:s|[- ](?:stipend|budget|allowance|set-?up|equipment|furniture|kit))\b"
    r"|homeoffice-?(?:ausstattung|zuschuss|budget)|office (?:manage|administ|suite|365|assist"
    r"|equip|supplies|furniture|clerk|hours|dog|work|cleric|job|party|is dog)\w*|(?:ms|microsoft"
    r"|back|front|head|post|box|law|dental|doctor['’]?s|patent|project|programme?"
    r"|management) office(?! days?)|(?:visual|android|game|recording|yoga|design) studio"
    r"|hub ?spot|git ?hub|(?:computer|wet|dry|data|color) lab\b|studio,? (?:pas|kein|flat)"
    r"|at home (?:with|in (?:a|the|python|sql|excel))|feel at home|home care|take[- ]home"
    r"|chez (?:vous|toi) (?:dans|avec)|vor ort beim|nach hause"
)
HOMES_OF_OTHERS = (
    r"(?:(?:patient|client|customer|resident|people|pupil|famil"
    r"|student)\w*(?:['’]s?)? (?:\w+ ){0,2}?(?:at home|in their (?:own )?homes?)|in (?:people"
    r"|patients|clients|customers)(?:['’]s?)? (?:own )?homes?|(?:bij|bei) (?:\w+ )?(?:mensen"
    r"|cli[eë]nten|klanten|pati[eë]nte?n|kunden|klienten|menschen|familien)\w* (?:thuis"
    r"|zu ?hause)|(?:mensen|cli[eë]nten|klanten|pati[eë]nte?n|kunden|klienten"
    r"|menschen) (?:\w+ )?(?:thuis|zu ?hause)|(?:patients|clients|usagers|personnes(?: âgées)?"
    r"|bénéficiaires) (?:à|depuis leur) domicile|(?:pacientes|clientes|personas"
    r"|usuarios) (?:en (?:su )?casa|a domicilio))"
)
"""Where patients and customers are at home."""
HOME_MARKS = (
    *("remot", "home", "anywhere", "wherever", "where you", "where suits", "telework"),
    *("your house", "sofa", "couch", "virtual"),
    *("telecommut", "wfh", "hause", "mobil", "telearbeit", "ortsunabh", "télétrav", "distan"),
    *("chez ", "domicile", "teletrabaj", "teletrabal", "casa", "telelavoro", "smart", "thuis"),
    *(" huis", "afstand", "zdaln", "domu", "où ", "überall", "wo du", "wo sie", "von wo", "waar "),
    *("da dove", "desde", "ovunque", "any country", "any place", "de onde", "de qualquer"),
)
"""One of these stands in whatever says something of home."""
OFFICE_MARKS = (
    *("office", "onsite", "on-site", "on site", "person", "premises", "campus", " desk", "studio"),
    *(" hub", " hq", "headquart", " lab ", " labs", "lab-based", " lab.", " lab,", "with us"),
    *("büro", "präsenz", "vor ort", "présentiel", "sur place", "sur site", "sur le site"),
    *("bureau", "siège", "nos locaux", "les locaux", "presencia", "oficina", "instalaciones"),
    *("escritório", "no local", "presenza", "sede", "uffici", "kantoor", "locatie", "vestiging"),
    *("ter plaatse", "stacjonarn", "biur", "atelier", "beim kunden", "unseren räum"),
    *("the department", "sit together", "wfo", "client site", "in the field", "-based", "come in"),
    *("comes in", "coming in", "our lab", "our site", "our plant", "our workshop", "the lab"),
    *("property", "are there", "be there", "anchor day", "notre site"),
    *("the plant", "the workshop"),
)
"""One of these stands in whatever says something of an office."""
MARKS = (
    *HOME_MARKS,
    *OFFICE_MARKS,
    *("hybrid", "híbrid", "ibrid", "hybryd", "distributed", "gebonden aan", "all five days"),
    *("blended work", "on property", "on the property", "are there", "be there", "anchor day"),
    *("notre site", "co-located", "colocated"),
    *("presence", "aanwezig", "anwesenheit", "présence", "fifo", "fly-in", " daily", "bound to"),
    *("tied to", "all work", "all of the work", "all the work", "all duties", "all lessons"),
    *("all shifts", "all hours", "werkplaats", "based in the", "based on the", "based at the"),
    *("every shift", "alle aufgaben", "every day", "commut"),
)
"""One of these stands in whatever says something of the place of work."""
HOURS_MARKS = (
    *("full-time", "full time", "part-time", "part time", "hours", "hrs", " shift", "vollzeit"),
    *("teilzeit", "schicht", "lessen geef", "werken doe", "temps plein", "temps partiel"),
    *("jornada", "turno", "voltijd", "deeltijd", "all work", "ploegen", "dinner services", " uur"),
    *("stunden", "heures", "horas"),
)
"""One of these stands in whatever tells the hours."""
