"""The language guess, on sentences of postings."""

import pytest

from reference.languages import guess


@pytest.mark.parametrize(
    "text, code",
    [
        ("We are looking for a software engineer to join our team in London", "en"),
        ("Wir suchen für unser Team in Berlin eine Entwicklerin mit Erfahrung", "de"),
        ("Praktikum im Bereich Marketing und Business Strategy für unser Team", "de"),
        ("Nous recherchons pour notre équipe un développeur avec de l'expérience", "fr"),
        ("Estamos buscando un desarrollador para nuestro equipo en Madrid con experiencia", "es"),
        ("Buscamos pessoas para trabalhar com a nossa equipe em São Paulo e você", "pt"),
        ("Siamo alla ricerca di uno sviluppatore per il nostro team di Milano", "it"),
        ("Wij zoeken een ontwikkelaar voor ons team in Amsterdam met ervaring", "nl"),
        ("Szukamy programisty do naszego zespołu, który zna się na języku i jest", "pl"),
        ("Vi söker en utvecklare till vårt team som har erfarenhet och kan", "sv"),
        ("Vi søger en udvikler til vores team, som har erfaring og ikke er bange for", "da"),
        ("智能驾驶软件/系统架构工程师", "zh"),
        ("ソフトウェアエンジニアを募集しています", "ja"),
        ("Software Engineer", None),
        ("Primary Care Physician - Sign-On Bonus Available", None),
        ("Staff Physician (IM/FM) - Relocation Assistance Available", None),
        ("", None),
        ("\x00\ufeff 123 !!!", None),
    ],
)
def test_guess(text, code):
    assert guess(text) == code


ENGLISH, GERMAN = "we are looking for you ", "wir suchen dich und deine Ideen "


@pytest.mark.parametrize("before", ["", "12. – "])
def test_the_first_words_decide(before: str) -> None:
    """250 of them, however many follow within the characters that are read."""
    assert guess(before + ENGLISH * 50 + GERMAN * 40) == "en"
    assert guess(before + ENGLISH * 25 + GERMAN * 40) is None
