"""Where a text names skills: whole words, the right case, the longest name, titles' forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.skill_mentions import in_text, in_title
from reference.skills import ALL, NAMES


def names(text: str) -> list[str]:
    return [name for name, _, _ in in_text(text)]


def of_title(title: str) -> set[str]:
    return {name for name, _, _ in in_title(title)}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("JavaScript, Java, SQL.", ["JavaScript", "Java", "SQL"]),
        ("C/C++ developer with C# and .NET, Node.js", ["C++", "C", "C#", ".NET", "Node.js"]),
        ("ASP.NET Core", ["ASP.NET"]),
        ("Python/Go/C", ["Python", "Go", "C"]),
        ("Senior Go Engineer", ["Go"]),
        ("We write services in Go, Rust and C++.", ["Go", "Rust", "C++"]),
        ("languages such as Go or Rust", ["Go", "Rust"]),
        ("Experience with R and Python", ["R", "Python"]),
        ("Go to market lead", []),
        ("Go-to-market strategy", []),
        ("You will go in and out", []),
        ("Let's Go, team!", []),
        ("R&D lead", []),
        ("C-level, plan C, or plan R", []),
        ("You react quickly and excel at work", []),
        ("React and Excel skills", ["React", "Excel"]),
        ("Java is not JavaScripty", ["Java"]),
        ("mypython pythonic", []),
        ("Active TS/SCI, Python, JS8 and py", ["Python"]),
        ("TS, JS", []),
        ("Good Word and Outlook skills", ["Microsoft Word", "Outlook"]),
        ("Spread the Word in the office", []),
        ("Good Notion or Linear skills", ["Notion", "Linear"]),
        ("You weld to AWS D1.1 and hold an ECS gold card", []),
        ("Write automated UI and API tests", ["Test Automation"]),
        ("Look at the UI tests", []),
        ("Master wiskunde of informatica", ["Mathematics"]),
        ("Unit- und Integrationstests", ["Unit Testing", "Integration Testing"]),
        ("Two years in SAP MM/SD", ["SAP MM", "SAP SD"]),
        ("Software Engineer II (Golang), Promo Cart", ["Go"]),
        ("Sr. Staff Software Development Engineer (Backend Dev - C/C++)", ["C++", "C"]),
        ("Fullstack Engineer- Typescript, AWS, React", None),
    ],
)
def test_skills_in_text(text, expected):
    if expected is None:
        expected = ["Full-Stack Development", "TypeScript", "AWS", "React"]
    assert names(text) == expected


@given(st.text(max_size=300) | st.lists(st.sampled_from(NAMES), max_size=8).map(" ".join))
def test_spans_point_at_a_name_of_the_skill(text):
    last = (0, 0)
    for name, start, end in in_text(text):
        assert last[1] <= start < end <= len(text) or (start, end) == last
        said = text[start:end].lower()
        assert any(one.text.lower() == said and one.skill == name for one in ALL)
        last = (start, end)


def test_lower_case_that_changes_the_length_keeps_the_offsets():
    assert in_text("İİİ Python") == [("Python", 4, 10)]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Phlebotomist (Walnut Creek)", ["Phlebotomy"]),
        ("Backend Dev", ["Back-End Development"]),
        ("Tax Director", ["Taxation"]),
        ("Pilates Instructors, Chicago", ["Pilates"]),
        ("Pastry Chef", ["Baking"]),
        ("Physician Recruiter", ["Recruiting"]),
        ("General Manager", []),
        ("Account Executive", []),
        ("Software Engineer", []),
    ],
)
def test_an_occupation_names_its_field_in_a_title(title, expected):
    assert of_title(title) == set(expected)


def test_an_occupation_in_a_text_is_a_colleague():
    assert names("You work next to a surgeon, a dentist and a backend dev.") == []


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Welders (all shifts)", {"Welding"}),
        ("WELDERS, NIGHTS", {"Welding"}),
        ("Elektrikerin (m/w/d)", {"Electrical Installation"}),
        ("Apprenti(e) Contrôleur(euse) de Gestion H/F", {"Cost Control"}),
        ("Chef·fe de projet digital", {"Project Management"}),
        ("Développeur·euse Back-end Python", {"Back-End Development", "Python"}),
        ("Jefe/a de almacén", {"Warehouse Operations"}),
        ("Buchhalter:in (60 %)", {"Accounting"}),
        ("Erzieher*in für unsere Kita", {"Early Childhood Education"}),
        ("Embedded_Engineer_ECT", {"Embedded Systems"}),
        ("Sourcer", {"Recruiting"}),
        ("Reactors Operator", set()),
    ],
)
def test_a_title_names_an_occupation_in_any_form(title, expected):
    assert of_title(title) == expected


def test_the_span_of_a_form_is_all_of_it():
    title = "Apprenti(e) Contrôleur(euse) de Gestion"
    [(_, start, end)] = in_title(title)
    assert title[start:end] == "Contrôleur(euse) de Gestion"
    assert in_title("Two Nurses")[0][1:] == (4, 10)


def test_a_text_does_not_bend_names():
    assert names("our sanders, bakers and the Elektrikerin") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("campaigns in Google Ads", {"Google Ads", "Paid Search"}),
        ("C/C++ on bare metal", {"C", "C++"}),
        ("track experiments with MLflow", {"MLflow", "MLOps"}),
        ("accounts under IFRS", {"IFRS", "Financial Reporting"}),
    ],
)
def test_one_name_may_imply_another_skill(text, expected):
    assert set(names(text)) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Math Teacher", {"Mathematics", "Teaching"}),
        ("QA Automation Engineer", {"Test Automation", "Quality Assurance"}),
        ("UX/UI Designer", {"UX Design", "UI Design"}),
        ("Partner Account Manager", {"Partner Management", "Account Management"}),
        ("Family Nurse Practitioner", {"Family Medicine", "Nursing"}),
    ],
)
def test_an_occupation_may_belong_to_two_fields(title, expected):
    assert of_title(title) == expected


@pytest.mark.parametrize(
    "title",
    [
        "Maintenance Mechanic",
        "Genetic Counselor",
        "Engineering Manager - Database Change Management",
        "Java Developer (Immediate Joiners)",
    ],
)
def test_a_phrase_that_is_no_skill_hides_the_skill_in_it(title):
    hidden = {"Automotive Repair", "Mental Health Counseling", "Change Management", "Carpentry"}
    assert not of_title(title) & hidden


TITLES = [
    ("Registered Nurse (ICU)", "Nursing"),
    ("RN - Emergency Department", "Nursing"),
    ("Infirmière diplômée d'État", "Nursing"),
    ("Verpleegkundige thuiszorg", "Nursing"),
    ("Enfermero/a de planta", "Nursing"),
    ("Gesundheits- und Krankenpfleger (m/w/d)", "Nursing"),
    ("Personal Support Worker", "Patient Care"),
    ("Aide-soignante de nuit", "Patient Care"),
    ("Pflegehelfer in Teilzeit", "Nursing"),
    ("Physiotherapeutin", "Physical Therapy"),
    ("Kinésithérapeute H/F", "Physical Therapy"),
    ("Pharmacy Technician", "Pharmacology"),
    ("Zahnmedizinische Fachangestellte", "Dentistry"),
    ("MRI Technologist", "Radiology"),
    ("Licensed Clinical Social Worker", "Mental Health Counseling"),
    ("Trabajadora social", "Social Work"),
    ("Warehouse Operative - Nights", "Warehouse Operations"),
    ("Material Handler II", "Warehouse Operations"),
    ("Préparateur de commandes", "Warehouse Operations"),
    ("Mozo/a de almacén", "Warehouse Operations"),
    ("Staplerfahrer (m/w/d)", "Forklift Operation"),
    ("Heftruckchauffeur", "Forklift Operation"),
    ("HGV Class 1 Driver", "Commercial Driving"),
    ("Berufskraftfahrer CE", "Commercial Driving"),
    ("Repartidor/a", "Commercial Driving"),
    ("SDR/BDR, DACH", "Sales Development"),
    ("Inside Sales Representative", "Sales"),
    ("Vertriebsmitarbeiter im Außendienst", "Sales"),
    ("Attachée commerciale", "Sales"),
    ("Ejecutivo de ventas", "Sales"),
    ("Verkäuferin in Teilzeit", "Retail Sales"),
    ("Vendeuse polyvalente", "Retail Sales"),
    ("Dependiente/a de tienda", "Retail Sales"),
    ("Winkelmedewerker", "Retail Sales"),
    ("Night Porter / Hotel Receptionist", "Administrative Support"),
    ("Téléconseiller H/F", "Customer Service"),
    ("Klantenservicemedewerker", "Customer Service"),
    ("Sous Chef", "Cooking"),
    ("Jungkoch (m/w/d)", "Cooking"),
    ("Ayudante de cocina", "Cooking"),
    ("Serveur en salle", "Food Service"),
    ("Restaurant Server", "Food Service"),
    ("Boulanger H/F", "Baking"),
    ("Room Attendant", "Housekeeping"),
    ("Agent d'entretien", "Cleaning"),
    ("Schoonmaker kantoren", "Cleaning"),
    ("Electricista industrial", "Electrical Installation"),
    ("Loodgieter", "Plumbing"),
    ("Anlagenmechaniker SHK", "HVAC"),
    ("Soudeur TIG", "Welding"),
    ("Zerspanungsmechaniker", "CNC Machining"),
    ("Usineur", "CNC Machining"),
    ("Chef de chantier", "Construction Management"),
    ("Jefe de obra", "Construction Management"),
    ("Kfz-Mechatroniker", "Automotive Repair"),
    ("Collision Repair Technician", "Automotive Repair"),
    ("Aide-comptable", "Accounting"),
    ("Bilanzbuchhalter", "Accounting"),
    ("AP Clerk", "Accounts Payable"),
    ("Gestionnaire de paie", "Payroll"),
    ("Steuerfachangestellte", "Taxation"),
    ("Commissaire aux comptes", "Auditing"),
    ("Claims Handler", "Claims Management"),
    ("KYC Analyst", "Anti-Money Laundering"),
    ("Patent Attorney", "Intellectual Property"),
    ("Juriste droit social", "Employment Law"),
    ("Chargée de recrutement", "Recruiting"),
    ("Técnico/a de RRHH", "Human Resources"),
    ("Personalreferent", "Human Resources"),
    ("Sekretärin", "Administrative Support"),
    ("Auxiliar administrativo", "Administrative Support"),
    ("Professeur des écoles", "Teaching"),
    ("Onderwijsassistent", "Teaching"),
    ("Nursery Practitioner", "Early Childhood Education"),
    ("Fundraising Manager", "Fundraising"),
    ("Policy Officer, Climate", "Policy Analysis"),
    ("Police Constable", "Law Enforcement"),
    ("Desarrollador Full Stack", "Full-Stack Development"),
    ("Webentwickler", "Front-End Development"),
    ("Site Reliability Engineer II", "Site Reliability Engineering"),
    ("Fachinformatiker Systemintegration", "System Administration"),
    ("1st Line Support", "Technical Support"),
    ("Data-analist", "Data Analysis"),
    ("Ingénieure data", "Data Engineering"),
    ("Científica de datos", "Data Science"),
    ("RTL Design Engineer", "ASIC Design"),
    ("Analog Design Engineer", "Electrical Engineering"),
    ("Konstrukteur Maschinenbau", "Mechanical Engineering"),
    ("Ingénieur méthodes", "Manufacturing Engineering"),
    ("Técnico de calidad", "Quality Control"),
    ("Responsable qualité", "Quality Management"),
    ("Ingeniero de procesos", "Process Engineering"),
    ("Tragwerksplaner", "Structural Engineering"),
    ("Lab Analyst", "Laboratory Techniques"),
    ("Chemielaborant", "Chemistry"),
    ("Clinical Trial Manager", "Clinical Research"),
    ("Diseñador gráfico", "Graphic Design"),
    ("UX-Designer", "UX Design"),
    ("Social-Media-Manager", "Social Media Marketing"),
    ("Mediaplaner", "Media Planning"),
    ("Chargé de communication", "Public Relations"),
    ("Event Coordinator", "Event Management"),
    ("Friseur (m/w/d)", "Hairdressing"),
    ("Dachdecker", "Roofing"),
    ("Ouvrier viticole", "Agriculture"),
    ("Beveiliger", "Security Guarding"),
    ("Übersetzerin Englisch", "Translation"),
]


@pytest.mark.parametrize(("title", "skill"), TITLES)
def test_the_worlds_titles_name_their_fields(title, skill):
    assert skill in of_title(title)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Head of Product Marketing", {"Product Marketing"}),
        ("VP of Sales Enablement", {"Sales Enablement"}),
        ("Head of Product", {"Product Management"}),
        ("CSG Product Senior Manager", {"Product Management"}),
        ("Data Sr. Analyst, Germany", {"Data Analysis"}),
        ("Consultor/a SAP FI", {"SAP", "SAP FICO"}),
        ("Inside Sales, Power Electronics", {"Sales", "Power Electronics"}),
        ("Governance, Risk, and Compliance Manager", {"GRC"}),
        ("Intern, HR", {"Human Resources"}),
        ("Assembler 1 - Electronics", {"Electronics Assembly"}),
    ],
)
def test_a_title_names_its_field_around_its_office(title, expected):
    assert of_title(title) == expected


def test_the_span_of_a_ranked_office_covers_its_rank():
    [(_, start, end)] = in_title("CSG Product Senior Manager")
    assert "CSG Product Senior Manager"[start:end] == "Product Senior Manager"


def test_an_acronym_has_a_plural_and_a_word_has_none():
    text = "FMEAs, not the Ruststs nor Gos"
    [(skill, start, end)] = in_text(text)
    assert (skill, text[start:end]) == ("FMEA", "FMEAs")
