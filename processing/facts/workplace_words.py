"""The words of six languages for home, workplaces, and how much of the time: pieces of patterns.

English, German, French, Spanish, Dutch, Italian, some Polish; all in small letters, each a group
that matches one expression and captures nothing.
"""

WHERE_LIKED = (
    r"(?:(?:from )?(?:anywhere|where ?ever|where) (?:you (?:like|want|prefer|choose|please|live"
    r"|wish"
    r"|are|feel)|suits|works best)|(?:from )?wherever(?= on\b)|from wherever|from any(?:where|"
    r" place)"
    r"(?! else)|(?:from )?anywhere(?= in\b| within\b| across\b| on\b)|in any (?:\w+ )?(?:country"
    r"|state)"
    r"|von (?:überall|wo (?:aus )?(?:du|sie)(?: \w+)?)|wo (?:du|sie) (?:willst|wollen|möchte\w*)"
    r"|(?:d['’]|de )?(?:n['’]importe )?où (?:vous|tu) (?:voulez|veux|souhait\w+|êtes)"
    r"|d['’]où (?:vous|tu) \w+|(?:de )?n['’]importe où|desde (?:donde|dónde"
    r"|cualquier)(?: (?:quieras|prefieras|lugar|sitio))?"
    r"|da (?:dove|qualsiasi)(?: (?:vuoi|preferisci|luogo|posto))?|ovunque|(?:van )?waar (?:je|u)"
    r" (?:maar )?wil\w*)"
)
_FROM_HOME = (
    r"(?:remote(?:ly|-arbeit)?|(?:from|at) (?:your (?:own )?)?home|from your (?:own )?(?:house"
    r"|sofa)|from"
    r" where you live|home[- ]?office\w*|home[- ]based|work-from-home|work from home(?= (?:role"
    r"|position|job|opportunity)\b)|home[- ]work(?:ing)?|telework\w*"
    r"|telecommut\w*|wfh|(?:von )?zu ?hause|mobil(?:e[smnr]?)? (?:(?:zu )?arbeit\w*|work\w*)"
    r"|mobilarbeit"
    r"|telearbeit\w*|ortsunabhängig\w*|télétravail\w*|à distance|(?:en )?distanciel|chez"
    r" (?:vous|toi|soi)|(?:à|depuis) (?:votre |ton )?domicile|teletrabaj\w+|remot[oa]"
    r"|(?:desde|en) (?:tu )?casa|a distancia|da casa|smart ?working|telelavoro|thuis(?:werk\w*)?"
    r"|(?:van(?:uit)? )huis|op afstand|zdaln\w+|z domu|home on (?:the others?|one|two|three))"
)
HOME = rf"(?:{_FROM_HOME}|{WHERE_LIKED})"
PRESENT = (
    r"(?:on[- ]?site|in[- ]office|in (?:the|our) office|(?:office|lab|site|clinic|hospital|school"
    r"|store|shop|plant|warehouse|studio|ward)[- ]based|in[- ]person"
    r"|wfo|from office|from the office|on (?:the )?premises|(?:on|at) (?:the )?campus|vor ort"
    r"|im büro|in präsenz|présentiel\w*|sur (?:le )?site|sur place|au bureau|presencial\w*"
    r"|en (?:la |nuestra )?oficina|in presenza|in sede|in ufficio|op (?:het )?kantoor"
    r"|op (?:de )?locatie|op de werkvloer|ter plaatse|stacjonarn\w+|w biurze|in the (?:field|lab))"
)
OFFICE = (
    rf"(?:{PRESENT}|offices?|(?<!help )(?<!service )(?<!front )desk|studio|hub|hq|headquarters"
    rf"|labs?"
    r"|campus|with us|büro\w*|präsenz\w*|bureaux?|siège|oficinas?|sede|uffici\w?|kantoor\w*|biur\w+"
    r"|nos ateliers|client sites?|beim kunden|the department|sit together)"
)
HANDS_ON = (
    r"(?:(?:shop )?floors?|wards?|kitchens?|units?|(?:job ?|building |construction )?sites?|mill"
    r"|plant|factory|workshops?|shops?|stores?|cent(?:re|er)s?|schools?|clinics?|hospitals?|surgery"
    r"|warehouses?|brewery|bakery|restaurants?|salon|depot|yard|nursery|classrooms?|garage|hotel"
    r"|practice|theatre|barn|vessel|farm|quarry|premises|counter|branch(?:es)?|campus(?:es)?)"
)
HANDS_ON_THERE = (
    rf"(?:(?:on|in|at) (?:the|our|a) (?:[\w-]+ )?{HANDS_ON}|on site"
    r"|in (?:der|unserer|unseren) (?:küche|werkstatt|klinik|praxis|filialen?|werkhalle)"
    r"|auf (?:der|unserer) (?:baustelle|station)|im (?:werk|lager|laden|betrieb)"
    r"|in (?:de|onze) (?:keuken|winkel|werkplaats|zaak|fabriek)|op (?:school|de bouwplaats)"
    r"|aan de werkplaats|(?:en|dans (?:notre|nos|le|la|l['’])) ?(?:ateliers?|cuisine|magasin"
    r"|boutique|salle|usine)|sur (?:le )?chantier|en (?:(?:la|el|nuestra|nuestro) )?(?:tienda"
    r"|cocina"
    r"|planta|taller|sala|obra|aula)|in (?:cucina|negozio|fabbrica|officina|magazzino))"
)
ROLE_NOUN = (
    r"(?:role|position|job|post|opportunity|vacancy|assignment|contract|stelle|poste|puesto|vaga"
    r"|functie|baan|posizione|ruolo)"
)
ROLE = (
    rf"(?:{ROLE_NOUN}|work|working|tätigkeit|arbeit|arbeitsplatz|einsatz|arbeitsort|travail|emploi"
    rf"|mission"
    r"|trabajo|posición|modalidad|jornada|asistencia|turnos|clases|vacante|werk|lavoro|attività"
    r"|praca)"
)
IS = (
    r"(?:is|are|will be|can be|must be|may be|would be|can also be|being|be|ist|sind|wird|erfolgt"
    r"|findet|est|sera|se fait|s['’]effectue|es|son|será|se realiza|è|sarà|si svolge|wordt|jest)"
)
ALL = (
    r"(?:fully|100 ?%|completely|entirely|permanently|full|all|totally|exclusively|purely|strictly"
    r"|solely|vollständig|komplett|ausschließlich|rein|voll|zu 100 ?%|volledig|helemaal|uitsluitend"
    r"|entièrement|totalement|complètement|exclusivement|intégralement|totalmente|completamente"
    r"|íntegramente|exclusivamente|100 ?por (?:ciento|cien)|cien por cien|interamente"
    r"|esclusivamente|w pełni|only)"
)
FIVE_DAYS = (
    r"(?:(?:all )?(?:5|five|6|six) days|full[- ]time(?= (?:in|from|at) (?:the|our)\b)"
    r"|5 ?days? ?/ ?(?:a )?week|an allen tagen|fünf tage|5 tage"
    r"|cinq jours|5 jours|cinco días|5 días|cinque giorni|5 giorni|vijf dagen|5 dagen)"
)
ALL_DAYS = (
    rf"(?:{FIVE_DAYS}|every (?:working |single )?day|each (?:working )?day|daily|täglich"
    r"|jeden tag|tous les jours|todos los días|(?:tutti i|ogni) giorn[oi]|elke dag|montags? bis"
    r" freitags?|du lundi au vendredi|de lunes a viernes|dal lunedì al venerdì|maandag t/m vrijdag)"
)
FEW = (
    r"(?:[1-4]|one|two|three|four|eine?[nm]?|zwei|drei|vier|une?|deux|trois|quatre|dos|tres|cuatro"
    r"|due|tre|quattro|een|één|twee|drie|dwa|trzy)"
)
LABEL = (
    r"(?:(?:job |work )?location|work ?place(?: type)?|place(?: of work)?|where|work(?:ing)?"
    r" (?:mode|location|type|setting|model|arrangements?|pattern|style)|site|modality|arbeitsort"
    r"|arbeitsmodell|einsatzort|standort|ort|lieu(?: de travail)?|mode de travail|ubicación"
    r"|modalidad(?: de trabajo)?|lugar(?: de trabajo)?|formato|sede(?: di lavoro)?"
    r"|modalità(?: di lavoro)?|luogo(?: di lavoro)?|werkplek|werklocatie|locatie|standplaats"
    r"|tryb pracy)"
)
WORK = (
    r"(?:work|works|hire|working|worked|based|done|performed|carried out|delivered|log in|sit|live"
    r"|living|reported|arbeite|arbeitest|arbeiten|gearbeitet|travaill\w+|effectu\w+|trabaj\w+"
    r"|realiza\w*|lavor\w+|werk|werkt|werken|gewerkt|pracuj\w+)"
)
NOT = (
    r"\b(?:not|no|non|nor|never|cannot|without|neither|unable|impossible|excluded|\w+n['’]t|nicht"
    r"|kein\w*|ohne|nie|ausgeschlossen|pas|aucun\w*|sans|jamais|sin|nunca|ningún|senza|geen|niet"
    r"|zonder|nooit|nie)\b(?! (?:only|just|nur|seulement|solo|alleen|necessarily|later)\b)"
)
ANOTHER_THING = (
    r"(?:teams?|colleagues?|manager|boss|people|staff|employees|users|customers"
    r"|clients) (?:who )?work\w*"
    r" (?:remotely|from home)|remote (?:sens|support|control|monitor|access|team|diagnos|site"
    r"|patient|device|interview"
    r"|area|communit|locat|island|village|server|customer|client|user|desktop|workforce|colleague"
    r"|learn|teach|consult|onboarding|assess|region|camp|field|hands|system|procedure)\w*"
    r"|remote and (?:rural|regional)\w*|rural and remote|(?:manag|lead|support|coordinat)\w*"
    r" remotely"
    r"|hybrid (?:cloud|infrastructure|vehicle|app|mobile|model\w*ing|architecture|environment"
    r"|search"
    r"|power|electric|event|drive|engine|car|method|solution|bond|war|threat|identity)\w*"
    r"|on-?site (?:interview|visit|gym|catering|caf|parking|search|seo|canteen|restaurant|nursery"
    r"|childcare|support|team|services?|maintenance|shower|crèche)\w*"
    r"|home[- ]?office(?:s|[- ](?:stipend|budget|allowance|set-?up|equipment|furniture|kit))\b"
    r"|homeoffice-?(?:ausstattung|zuschuss|budget)|office (?:manage|administ|suite|365|assist|equip"
    r"|supplies|furniture|clerk|hours|dog|work|cleric|job|party|is dog)\w*"
    r"|(?:ms|microsoft|back|front|head|post|box|law|dental|doctor['’]?s|patent|project"
    r"|programme?|management) office(?! days?)|(?:visual|android|game|recording|yoga|design) studio"
    r"|hub ?spot|git ?hub|(?:computer|wet|dry|data|color) lab\b|studio,? (?:pas|kein|flat)"
    r"|at home (?:with|in (?:a|the|python|sql|excel))|feel at home|home care|take[- ]home"
    r"|chez (?:vous|toi) (?:dans|avec)|vor ort beim|nach hause"
)
HOMES_OF_OTHERS = (
    r"(?:(?:patient|client|customer|resident|people|pupil|famil|student)\w*(?:['’]s?)?"
    r" (?:\w+ ){0,2}?(?:at home|in their (?:own )?homes?)|in (?:people|patients|clients|customers)"
    r"(?:['’]s?)? (?:own )?homes?|(?:bij|bei) (?:\w+ )?(?:mensen|cli[eë]nten|klanten|pati[eë]nte?n"
    r"|kunden|klienten|menschen|familien)\w* (?:thuis|zu ?hause)|(?:mensen|cli[eë]nten|klanten"
    r"|pati[eë]nte?n|kunden|klienten|menschen) (?:\w+ )?(?:thuis|zu ?hause)|(?:patients|clients"
    r"|usagers|personnes(?: âgées)?|bénéficiaires) (?:à|depuis leur) domicile"
    r"|(?:pacientes|clientes|personas|usuarios) (?:en (?:su )?casa|a domicilio)"
    r")"
)
"""Where patients and customers are at home."""
HOME_MARKS = (
    *(
        "remot",
        "home",
        "anywhere",
        "wherever",
        "where you",
        "where suits",
        "telework",
        "telecommut",
    ),
    *(
        "wfh",
        "hause",
        "mobil",
        "telearbeit",
        "ortsunabh",
        "télétrav",
        "distan",
        "chez ",
        "domicile",
    ),
    *("teletrabaj", "casa", "telelavoro", "smart", "thuis", " huis", "afstand", "zdaln", "domu"),
    *("où ", "überall", "wo du", "wo sie", "von wo", "waar ", "da dove", "desde", "ovunque"),
    *("any country", "any place"),
)
"""One of these stands in whatever says something of home."""
OFFICE_MARKS = (
    *("office", "onsite", "on-site", "on site", "person", "premises", "campus", " desk", "studio"),
    *(
        " hub",
        " hq",
        "headquart",
        " lab ",
        " labs",
        "lab-based",
        " lab.",
        " lab,",
        "with us",
        "büro",
    ),
    *("präsenz", "vor ort", "présentiel", "sur place", "sur site", "bureau", "siège", "presencia"),
    *("oficina", "presenza", "sede", "uffici", "kantoor", "locatie", "ter plaatse", "stacjonarn"),
    *("biur", "atelier", "beim kunden", "the department", "sit together", "wfo", "client site"),
    *("in the field", "sur le site", "-based"),
)
"""One of these stands in whatever says something of an office."""
_OTHER_MARKS = (
    *("hybrid", "híbrid", "ibrid", "hybryd", "distributed", "gebonden aan", "all five days"),
    *("presence", "aanwezig", "anwesenheit", "présence", "fifo", "fly-in", " daily", "bound to"),
    *("tied to", "all work", "all of the work", "all the work", "all duties", "all lessons"),
    *("all shifts", "all hours", "werkplaats", "based in the", "based on the", "based at the"),
    *("every shift", "alle aufgaben", "every day", "commut"),
)
MARKS = (*HOME_MARKS, *OFFICE_MARKS, *_OTHER_MARKS)
"""One of these stands in whatever says something of the place of work."""
HOURS_MARKS = (
    *("full-time", "full time", "part-time", "part time", "hours", "hrs", " shift", "vollzeit"),
    *(
        "teilzeit",
        "schicht",
        "lessen geef",
        "werken doe",
        "temps plein",
        "temps partiel",
        "jornada",
    ),
    *("turno", "voltijd", "deeltijd", "all work", "ploegen", "dinner services", " uur", "stunden"),
    *("heures", "horas"),
)
"""One of these stands in whatever tells the hours."""
