"""Sentences on the place of work in six languages, with what a reader concludes from each alone."""

import pytest

from models.posting import Given
from processing.evidence import Passage, reading_of
from processing.facts.mode import mode
from processing.facts.workplace import Weight, statements

REMOTE = """
We hire remotely across Europe, and you'll never have to commute.
Working arrangement: fully remote within Ireland
This is a remote opportunity open to applicants in Canada.
You'll be a remote employee.
All positions are 100% remote.
You'll be working from home full-time.
Wir sind ein Remote-only-Team.
Du kannst zu 100 % remote arbeiten.
Nous travaillons tous à distance.
Puedes trabajar 100 % desde casa.
Volledig remote werken mogelijk
We are open to remote candidates within the UK and you may work from home permanently.
Join us from anywhere: this role is open to remote workers in Spain.
The team is spread over Europe and everyone works from home.
Your desk is wherever you put it; we are an all-remote company.
This is an entirely remote appointment.
You can be based anywhere in the UK.
Remote (must live in Texas)
Position type: full-time, remote
You would be working remotely from your home in Ontario.
Der Arbeitsplatz ist bei dir zu Hause, deutschlandweit.
Du arbeitest remote, aus ganz Deutschland.
Remote-Arbeit zu 100 % möglich
Ce poste est ouvert en full remote.
Full remote possible
Télétravail intégral
Puesto en remoto desde cualquier lugar de España.
Trabajo 100% remoto
Je werkt vanuit huis.
Lavoro completamente da remoto
This vacancy is fully home-working.
This position is 100% remote.
We are hiring a fully remote bookkeeper: the job is fully remote.
Work from wherever you like.
Work from wherever suits you.
You can work from anywhere in Canada.
You'll work remotely, with two trips to Denver a year.
This is a work-from-home position.
The post is home-based.
Fully home-based after four weeks of training in Leeds.
You may live anywhere in Poland.
You can do this job from home every day.
The role can be performed entirely from home.
We're a fully distributed team.
We are fully distributed and have no office.
We have no office, and never had one.
Remote-first company, people in 14 time zones.
Location: remote
Workplace: Fully remote (UK)
Work location: Remote, anywhere in the EU
Remote, US
Remote – Germany
Home or office, you choose.
Whether you work at home or in the office is up to you.
This is a permanent remote contract.
Remote work: yes
Telework position, residents of Ohio only.
You work from home; the team meets once a quarter.
Candidates will work 100% from home in Portugal.
The job is remote with occasional visits to customers.
You pick: our Oslo office, your home, or both.
Die Stelle ist vollständig remote.
100 % Homeoffice
Homeoffice zu 100 %
Du arbeitest von wo du willst.
Arbeite von überall in Deutschland.
Du kannst komplett von zu Hause arbeiten.
Wir arbeiten vollständig remote.
Arbeitsort: remote
100 % télétravail
Poste en télétravail complet
Télétravail à 100 %
Vous travaillez d'où vous voulez.
Le poste est entièrement en télétravail.
Travaillez de n'importe où en France.
Le poste est à distance.
Trabaja desde donde quieras.
Trabajarás 100% en remoto.
El puesto es totalmente remoto.
Modalidad: remoto
Teletrabajo 100 %
Puedes trabajar desde casa todos los días.
Posizione completamente da remoto.
Lavori da dove vuoi.
Il ruolo è interamente da remoto.
Sede di lavoro: remoto
Je werkt volledig vanuit huis.
Werk waar je wilt.
De functie is volledig remote.
100% thuiswerken
Praca zdalna 100%
Remote OK
Teletrabajo completo.
Sie können zu 100 % mobil arbeiten.
You decide where you do your best work: at home, in the office or a mixture.
Work location: wherever you like within Portugal.
You choose whether you come to the Toronto hub or stay at home.
Where you work is your decision: home, our office in Kallio, or a bit of both.
A freelance project you do at home, on your own schedule.
This role can be on-site, hybrid or remote.
Remote eligible within Ohio after the first 90 days.
You are never expected at your desk: the office is entirely optional.
There is no obligation to come in.
Ob du zu Hause oder im Büro programmierst, entscheidest du.
Trabalho remoto a partir de qualquer ponto de Portugal.
Trabalhe de onde quiser.
Work where you're most productive, in office or at home, in Nova Scotia.
Arbeite von dort, wo du am besten arbeitest: Büro, daheim oder Coworking.
This is a paid, part-time remote internship.
Télétravail possible jusqu'à 3 jours par semaine, ou full remote selon votre situation.
We are an office-optional company.
Home-based with regular travel to sites across the Midlands.
As a remote company, we have team members in 14 countries.
Praca zdalna z dowolnego miejsca w Polsce.
Whilst this is a homeworking role, you will need to attend the Newcastle office once a month.
Base: Home, with travel throughout Scotland.
Location: Homebased, UK
This consultancy is home-based with two missions to Amman.
Remote-Option: bis zu 100 % innerhalb Deutschlands
This position can be based in any of our European offices, or remotely in the UK, Germany or Poland.
6 Month contract, Outside IR35, Remote with occasional travel to Birmingham
Remote sales position covering the Pacific Northwest territory.
All lessons are taught online, so you can teach from home.
Your first two weeks are on-site in Dublin, after that you work remotely.
#LI-Remote
Modalidade: Remoto
Predominantly remote with monthly visits to Cardiff.
We're mainly remote but have a small office in Tallinn.
We have a 'remote by default' culture.
Bei uns arbeitest du, wo du willst: zu Hause, im Büro oder unterwegs.
Wir sind ein Remote-First-Unternehmen ohne festes Büro.
Einsatzort: remote, gelegentlich vor Ort in Frankfurt
Fully flexible: home, office, or a bit of each.
Location is flexible: home, one of our hubs, or a mix.
This is a virtual role.
Lavorerai da remoto, con incontri mensili a Milano.
Remote-based with travel to our Salford studio for recordings.
Work setup: WFH permanent
We've closed our office, so you'll work from home like the rest of us.
Team day in the office once a month, otherwise remote.
Location: Home or Hull
"""
HYBRID = """
Attendance in our Frankfurt office is expected twice a week.
We're hybrid: Tuesdays and Thursdays in the office.
Minimum three days in-office.
You can work from home on Mondays and Fridays.
Up to 2 days of home working per week
You may work remotely up to 40% of your time.
4 days in the office, 1 day remote
Home office an zwei Tagen je Woche
Du arbeitest drei Tage im Büro und zwei Tage mobil.
Mix aus Homeoffice und Büro
Une à deux journées de télétravail par semaine
Télétravail 2j/semaine
Dos días a la semana en la oficina de Barcelona
Deels thuis, deels op kantoor
Thuiswerken kan maximaal twee dagen per week
You'll join us in the office at least three days per week.
We come together in our Manchester office every Tuesday and Thursday.
Working from home two days per week is the norm.
We expect you on site around half of the time.
Our teams spend 60% of their time in the office.
Office attendance: 2 days a week
The role combines home working with time in our London office.
Wir arbeiten hybrid.
2 Tage Homeoffice/Woche
Mobiles Arbeiten bis zu 50 %
Flexible Arbeitszeiten und bis zu zwei Tage Homeoffice in der Woche
Télétravail : 2 jours / semaine
Jusqu'à 2 jours de télétravail hebdomadaires
Trabajo híbrido (3 días oficina / 2 días casa)
Teletrabajo parcial, dos días por semana
Hybride werken: minimaal 2 dagen per week op kantoor
Je werkt 3 dagen op kantoor in Rotterdam en 2 dagen thuis.
Lavoro ibrido con due giorni di smart working
You will split your time between our lab and home.
In the office Mondays and Wednesdays, the rest is up to you.
3-2 hybrid schedule
Three office days, two home days.
Two days a week at our Utrecht desk, the rest from home.
Telework up to 60 %.
Up to 60% of the time you may work from home.
Expect two days in the office.
Three days on the campus; two can be done from where you live.
You'd be at your Sandyford desk on Mondays and Thursdays; otherwise your kitchen table is fine.
Mile End studio on Tuesdays and Wednesdays; anywhere in Quebec on the others
Some of the week is spent at County Hall and some at home.
We work in the office Tuesday to Thursday.
Primarily onsite with 1 day WFH.
The office sees you Monday through Wednesday, Friday is WFH.
Three of your ten sessions each week may be reported from home.
Hybrid (3 days in the office)
This role is hybrid.
We offer hybrid working.
Working pattern: hybrid
Mostly remote, with one day a week in Bristol.
50% home office
You'll split your week between home and our Madrid office.
Home working is possible on two days a week.
Half of the week at home, half in the lab.
A minimum of 40% of your time in the office is expected.
Four days on site, one day from home.
Friday is a home office day.
Bis zu drei Tage Homeoffice pro Woche
Homeoffice nach Absprache, üblich sind zwei Tage je Woche.
Telearbeit bis zu 60 %, den übrigen Teil im Kreishaus
Mobiles Arbeiten an bis zu zwei Tagen pro Woche
Zwei Tage im Büro, drei zu Hause
Hybrides Arbeiten
Freitags Homeoffice
Hybridmodell mit zwei Präsenztagen
Deux jours de télétravail, trois jours dans nos ateliers
2 jours de télétravail par semaine
Télétravail jusqu'à 3 jours par semaine
Télétravail partiel
Travail hybride
Trois jours au bureau, deux jours chez vous
Modelo híbrido: dos días en la oficina
Dos días de teletrabajo a la semana
Híbrido, tres días presenciales por semana
60 % presencial y 40 % teletrabajo
Formula ibrida, due giorni in ufficio
Smart working due giorni a settimana
Tre giorni in sede, due da casa
Twee dagen per week thuiswerken
Drie dagen op kantoor, twee thuis
Je werkt hybride.
Praca hybrydowa
Hybrid work, 2 days a week from the Warsaw office
Sie können bis zu zwei Tage pro Woche mobil arbeiten.
Work Location: Hybrid remote in Denver
Minimum of 8 days per month in the office
You come into the office three times weekly.
Three days together at the quay, two days from wherever you like.
Around 40% of your week at Wellington Place, the rest at home.
We are in the office most of the week, and work from home the odd day.
Two anchor days (Tuesday and Thursday) in our studio; the rest of the week is up to you.
Office on the Singel on Wednesdays, otherwise your call
Most people come in three or four days a week.
We trust you to decide when you come in and when you stay home; most do two office days a week.
How we work: Hybrid (Amsterdam, 2x per week in the office).
Work arrangement: Eligible for hybrid after six months.
A hybrid week of two terminal days
Nine days a fortnight in the Surry Hills studio.
There's flexibility to work a day or two from home each week.
We meet at Porta Nuova twice a week and work wherever we like on the other days.
We cannot offer remote working outside the UK, and you'd need to be here with us on Mondays.
Full time, 30 days of leave, mobile working up to two days a week, half-fare travelcard
CDI, temps plein, télétravail deux jours par semaine, RTT, intéressement
Politique de télétravail souple : jusqu'à trois jours par semaine.
€2.450 per maand, thuiswerken kan de helft van de week, 25 vrije dagen
Regime híbrido, com três dias presenciais por semana.
The duty day is in the office, and the rest can be done at home.
We offer 30 days of vacation, a travel pass and up to three days of mobile work per week.
Travel to clients Monday to Thursday, Friday in the home office.
12 days a month together, the rest wherever suits.
Home-based with weekly visits to our Pyrmont office.
Blended working arrangements apply in line with the council's policy.
Days in office: 3
Partial remote.
Twee dagen thuiswerken is geen probleem.
You'll be expected in Leeds one day a week; the rest of the time you're free to work from home.
It's a permanent role based on our Motunui site; you can do up to two days a week from home.
You'll be on the floor most of the time; paperwork Wednesdays may be worked from home.
The office is in Gastown. Most people are there one or two days a week.
mensa, 16 ore di smart working al mese e flessibilità in entrata
Interns follow their team's hybrid calendar: at 1234 Market Street Tuesday to Thursday.
Anchor days: Tue & Thu.
A weekly office day.
The department asks staff to be on campus at least 60% of the time during term.
WFH 2x/wk
"""
ONSITE = """
Position is located on-site at our Dublin campus.
Candidates must be able to commute to our office daily.
This is a site-based position.
You need to be in the shop for every shift.
Sorry, no remote.
Not a remote position
Remote work is not an option here.
Work from office (WFO), 6 days a week
The role demands full-time on-site presence.
Arbeitsort ist unser Werk in Linz; mobiles Arbeiten ist nicht möglich.
Kein mobiles Arbeiten möglich
Präsenzstelle in Bonn
Télétravail : non
Poste non éligible au télétravail
Travail en atelier, à temps plein
Trabajo de lunes a viernes en la oficina
No es un puesto remoto.
Geen thuiswerk
Je staat 38 uur per week in de winkel.
The successful candidate will work on site at our Basel facility.
You'll be working full time from our Leeds office.
This job cannot be done remotely.
Because you handle samples, working from home isn't an option.
We all work from our office in Porto, five days a week.
Remote candidates will not be considered.
No WFH.
The work takes place exclusively on our premises.
You are on the shop floor every day, 40 hours a week.
Must be local; this is not a work-from-home job.
Homeoffice können wir für diese Stelle leider nicht anbieten.
Die Stelle ist an den Standort gebunden; Arbeit vor Ort.
Arbeit im Büro, Homeoffice ist nicht vorgesehen.
Ce poste ne permet pas le télétravail.
Poste sur site, sans télétravail
El trabajo se realiza de forma presencial en nuestra tienda.
No se ofrece teletrabajo.
Werken op locatie, thuiswerken is geen optie.
Het werk gebeurt volledig in onze werkplaats.
Attività in presenza presso la nostra sede
Full-time, on-site, Monday through Friday.
Office-based, Mon-Fri 9-5
In-person attendance is required five days a week.
Schedule: 4 x 10 h, all on site
This is not a remote role.
Not remote.
No remote work.
Remote work: no
Remote: No
We don't offer remote work for this position.
Remote-first company, but this role is on-site.
We are a remote-first company; this position, however, is on-site in Turin.
Remote until trained, then office.
Remote for the first month, then in the office.
This post is based in the workshop.
We are an office-first company.
Everybody is in the office, five days a week.
The role is office-based, five days a week.
In office, Monday to Friday.
Tues-Sat, 2 pm - 11 pm, in office
All duties are carried out on campus.
All shifts are worked on our wards.
All of the work is done on site.
You must be able to work on site every day.
Physical presence is required.
Presence on site is required.
There's no way round being here in person.
Teleworking is not available.
This position is not eligible for telework.
Working from home is not possible in this job.
You cannot do this job from home.
On-site only
On-site in Houston
Work location: in person
Location: Austin (on-site)
The job is fully on site.
This is an in-office position.
100% on-site
The role requires presence in the lab and is on-site.
Lab-based role
Full-time, 38 hours, on the ward.
Unfortunately, home office is impossible with a forklift.
Fly-in fly-out from Perth
Vor Ort in München
Die Tätigkeit erfolgt vor Ort.
Homeoffice ist leider nicht möglich.
Kein Homeoffice
Anwesenheit ist erforderlich.
Ausschließlich vor Ort, kein Homeoffice
Présentiel
Poste en présentiel
Le télétravail n'est pas possible.
Pas de télétravail
Travail sur site, 5 jours par semaine
Présence sur site obligatoire
Trabajo presencial
Puesto 100% presencial
El teletrabajo no es posible.
Sin teletrabajo
Modalidad: presencial
Lavoro in presenza
Il lavoro da remoto non è previsto.
Lavoro in sede, tutti i giorni
Deze functie is gebonden aan de werkplaats.
Thuiswerken is niet mogelijk.
Thuiswerken zit er niet in.
Je werkt vijf dagen per week op kantoor.
Volledig op kantoor
Head office teams work in a hybrid way; branch roles are carried out in the branch.
Reine Präsenztätigkeit
This position is not hybrid and not remote.
Everyone works from the lab in the Strip District Monday through Friday.
All duties are performed in the customer facility.
Onsite with flexible Fridays.
Onsite: employees work primarily at a customer's facility.
The work is done at our site, since the hardware is here.
Bei uns arbeiten alle im Team vor Ort in Leipzig.
Présence à 100 % dans nos locaux.
Vous travaillerez dans nos bureaux de la Part-Dieu.
Vaga presencial, de segunda a sexta.
Homeoffice? Geht hier nicht, die Linien stehen in Stuttgart.
Remote work? Sadly not for this job.
Regime presencial, em Campinas.
Praca stacjonarna w biurze we Wrocławiu.
Although the team is distributed, this role is based at our Dublin office full time.
Please note: this position requires you to be in our Atlanta office every day.
Teaching takes place in person on our Kelburn campus.
#LI-Onsite
Präsenzarbeitsplatz in Stuttgart-Vaihingen
Se requiere presencialidad en nuestra planta de Zaragoza.
Most of our jobs are remote, this one isn't.
Physical presence at the plant is required.
This post requires 100% attendance at the Brighton site.
Everyone works from our one office in Cork.
No hybrid: all of us are in the office.
Contratto full time, in sede a Modena.
Local de trabalho: presencial em Braga
Five days a week in our Back Bay office, with remote August.
Home working does not apply to this post, other than during on-call.
Because of the classified networks the work takes place at our site.
48 hours over six days, full-time, on property.
The successful applicant will be based at our Dundee campus. Hybrid working will be considered.
On-site work in Makati, night shift
Night shift | Onsite | BGC Taguig
Vous travaillerez sur notre site de Grenoble.
Praca wyłącznie stacjonarna.
Work happens in our Basel lab, full stop.
Our team is co-located in Ghent.
Job type: In person; commute required.
Jornada presencial
"""
NOTHING = """
We help companies manage remote workforces.
Our product lets people work from anywhere.
You'll manage a team working from home and in the office.
Remote control of vehicles
The laboratory is next to the office.
Travel to our sites in Texas, two weeks a month
Office manager wanted
A bonus of $300 for your home office
Every second Friday is a company lunch in the office.
You'll set up workplaces for employees at home.
3 days of volunteering a year
Candidates are invited to our office for a trial day.
The plant runs 24 hours, seven days a week.
Our shops are open five days a week.
Remote towers are our business.
Wir haben 30 Filialen und ein Büro in Graz.
Your manager works remotely from Spain.
We have colleagues in remote offices.
You coordinate with offshore teams working remotely.
Remote access to customer systems.
Our customers range from home offices to large enterprises.
You install home automation systems at customers' homes.
You spend two days a week at university.
Berufsschule an zwei Tagen pro Woche
You train store staff on site.
We provide lunch in the office every day.
Free fruit in the office
Our head office is in Lyon, with 12 shops across France.
The office of the President is hiring.
Company events twice a year in our Lisbon office
Dress code in the office is casual.
Wir bieten dir einen Arbeitsplatz in einem modernen Büro.
You drive to customer sites all over Bavaria.
We have an office in Rome and another one in Milan, five days' walk apart.
Meals are free on every day you work in the kitchen.
You support remote teams across three sites.
Interviews are held remotely.
Remote interviews are possible.
The first two interview rounds are virtual.
Remote sensing engineers analyse satellite images.
You travel to remote sites in the Pilbara.
You'll look after patients in remote and rural communities.
Experience in remote support is a plus.
You will maintain remote monitoring systems.
We offer a home office stipend of $500.
$1,000 home office budget
You design hybrid cloud architectures.
Knowledge of hybrid vehicles is welcome.
You build distributed systems.
You may work from anywhere for four weeks a year.
Home office possible.
Homeoffice möglich
Flexible working options
Télétravail possible
Our office is dog friendly on Fridays.
Free parking on site
There is a gym and a canteen on site.
You answer questions of customers who work from home.
The onboarding takes place in the office for two weeks.
The first week of training is in person.
You manage the office and order supplies.
Excellent knowledge of Microsoft Office
You are the contact for our office in Lyon.
We have offices in Berlin, Paris and Rome.
This role is based in our Paris office.
You will support our fully remote engineering team from the Leeds office.
You will sell our fully remote work platform to big companies in London.
We build remote work software for banks.
We used to be fully remote, but now everybody is back in the London office.
You visit clients two days a month.
At least two years running shifts in a restaurant
Two days off in a row, studio provided
Deux jours de repos consécutifs, logement fourni (studio)
Deliver the parcels to people's homes.
You feel at home in Python.
Home care experience is welcome.
Experience with virtual machines
30 Tage Urlaub und ein modernes Büro
Wir haben Büros in Köln und Wien.
Nos bureaux sont à deux pas de la gare.
Nuestra oficina está en el centro.
Ons kantoor ligt naast het station.
We close the office between Christmas and New Year.
You'll join our support desk.
The salary is paid monthly, and the notice period is four weeks.
Are you looking for a permanent work-from-home role?
Our head office teams work in a hybrid way.
Some of our engineers work remotely.
Other roles are fully remote.
Ability to work from home on occasion
You visit clinics three days a week and write reports from your home office on the others.
Sie besuchen täglich fünf Betriebe und planen Ihre Touren im Homeoffice.
Je komt bij mensen thuis en werkt in een zelfstandig team.
You work with patients at home every day.
We offer hybrid and remote options depending on the role.
You will manage a hybrid team across two sites.
Es gibt keine Präsenzpflicht.
Ihre Kollegen in Dresden arbeiten ganz im Büro.
You will help our hiring managers fill on-site, hybrid and remote roles.
Interviews: a remote screening, then a day on-site in Prague.
A remote work budget of 500 euros
You may also work from anywhere for 30 days a year.
Four weeks a year you can work from anywhere in the EU.
You work from home between customer visits.
Our shop gives a 30 % discount, two doors from our office.
Vous administrez le cloud hybride de nos clients.
Coche de empresa híbrido
Leaseauto (hybride of elektrisch)
Dienstwagen (gern Hybrid)
A hybrid or electric lease car
A ski day at which attendance is optional
Work from home when you have a plumber coming.
Are you tired of working from home? Come and see us.
Our customers run hybrid workplaces and our software books their desks.
We build tools for remote work.
You'll start each day from home and drive to customers within a 60-mile radius.
You'll have a co-working budget wherever you live.
Guests work remotely from our cabanas; you don't.
You will combine cruises with lab and computer work.
We're open to hybrid working arrangements.
Work from home setup provided.
We build scheduling software for hybrid workplaces used by 2 million people.
Lead our Remote Work practice, advising clients on distributed teams.
Hours: 35, Monday to Friday. Place: City Hall, with some scope for home working.
"""


def _cases() -> list[tuple[str, str | None]]:
    tables = (("remote", REMOTE), ("hybrid", HYBRID), ("onsite", ONSITE), (None, NOTHING))
    return [(line, found) for found, lines in tables for line in lines.strip().splitlines()]


def test_the_table_is_large_enough_to_mean_something():
    cases = _cases()
    assert len({line for line, _ in cases}) == len(cases) >= 300


@pytest.mark.parametrize(("text", "expected"), _cases())
def test_what_a_sentence_says(text, expected):
    given = Given(title="Clerk", company="Acme")
    found = mode(given, reading_of(given, text))
    assert (found and found[0]) == expected
    if found is not None:
        evidence = found[1]
        assert text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We're a remote-first company. This position is on-site.", "onsite"),
        ("We are an office-first company. Still, this role is fully remote.", "remote"),
        ("Hybrid work. No remote work from abroad.", "hybrid"),
        ("No fully remote contracts. Three days a week in the office.", "hybrid"),
        ("We have no office. You look after stores, two days a week in the office of a client.",
         "hybrid"),
        ("We are a remote-first company, but this role is based in our Leeds office.", "onsite"),
        ("Our company is fully remote. This position is based in our Munich office though.",
         "onsite"),
        ("We are a remote-first company. This role isn't based in our Leeds office.", "remote"),
        ("We are a remote-first company. This role is based in our Leeds office or at home.",
         "remote"),
        ("We are a remote-first company. This role is based in our Leeds office, with two days a "
         "week at home.", "hybrid"),
        ("The role is fully remote. Your manager is based in our Leeds office.", "remote"),
        ("We used to be fully remote; now it is three days a week in the office.", "hybrid"),
        ("You will join our fully remote engineering team.", "remote"),
    ],
)  # fmt: skip
def test_what_is_said_of_the_job_goes_before_what_is_said_of_the_firm(text, expected):
    given = Given(title="Clerk", company="Acme")
    found = mode(given, reading_of(given, text))
    assert found is not None
    assert found[0] == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Berlin (no remote)", "onsite"),
        ("London - not remote", "onsite"),
        ("Remote not possible, Lyon", "onsite"),
        ("Lyon (télétravail)", "remote"),
        ("Homeoffice", "remote"),
        ("Köln, vor Ort", "onsite"),
        ("Remote sensing lab, Leicester", None),
        ("En remoto", "remote"),
        ("Utrecht (hybride)", "hybrid"),
    ],
)
def test_location_lines(line, expected):
    given = Given(title="Clerk", company="Acme", locations=(line,))
    found = mode(given, reading_of(given, ""))
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Remote Sensing Engineer", None),
        ("Technician, Remote Sites", None),
        ("Remote Patient Monitoring Nurse", None),
        ("Engineer (not remote)", "onsite"),
        ("Bookkeeper - Work from home", "remote"),
        ("Buchhalter (m/w/d) – 100% Remote", "remote"),
        ("Remote Bookkeeper", "remote"),
        ("Diesel Fitter - FIFO ex Perth", "onsite"),
        ("Head of Remote", None),
    ],
)
def test_titles(title, expected):
    given = Given(title=title, company="Acme")
    found = mode(given, reading_of(given, ""))
    assert (found and found[0]) == expected


def test_statements_point_at_their_clause():
    passage = Passage("description", "Interviews are remote; the job is fully on site.")
    (said,) = statements(passage.text.lower(), 0)
    assert (said.weight, passage.text[said.start : said.end]) == (
        Weight.NAMED,
        "the job is fully on site",
    )


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("Remote / Seattle", "Three days in the studio, two at home. Fully remote applications "
         "cannot be considered.", "hybrid"),
        ("Remote", "This role is not remote; it is fully on site.", "onsite"),
        ("Remote", "We have no head office. No remote work from abroad.", "remote"),
        ("Remote", "We are hybrid: two days a week in the office.", "remote"),
        ("Paris; Télétravail partiel", "", "hybrid"),
        ("Work at Home, United States", "", "remote"),
    ],
)  # fmt: skip
def test_a_text_may_deny_what_its_line_names(line, text, expected):
    given = Given(title="Clerk", company="Acme", locations=(line,))
    found = mode(given, reading_of(given, text))
    assert (found and found[0]) == expected


def test_an_answer_is_read_with_its_question():
    text = "Pay: good. Homeoffice? Geht hier nicht."
    given = Given(title="Clerk", company="Acme")
    found = mode(given, reading_of(given, text))
    assert found is not None
    assert found[1].text == "Homeoffice? Geht hier nicht"
