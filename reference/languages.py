"""A light guess at the language of a text, by its most frequent small words.

Each language brings about thirty function words; the language whose words make up the largest
share wins, if the share is large enough and clearly ahead. Scripts of their own are told by their
characters. Good for sentences; a title of three words is mostly left unknown.
"""

import re
import unicodedata
from collections import Counter

_SMALL_WORDS = {
    "en": "the and of to in for with you our we is are will be your on as this that have from or"
    " an at by work team who their it not into about what",
    "de": "der die und das ist mit für von den dem ein eine im zu sie wir auf als bei deine ihre"
    " du dich dir uns oder nicht auch werden sowie einen deiner unser ich",
    "fr": "le la les des et est pour dans vous nous une du au aux avec sur votre notre qui que"
    " sont en par ce cette ses être à ou plus nos vos sein",
    "es": "el la los las de y en que para con una por del se es como tu nuestro nuestra al más su"
    " sus tus nos somos este esta o trabajo equipo ser",
    "pt": "o a os as de e em que para com uma por do da se é como seu nossa nosso ao mais dos das"
    " na no nos você são um ou às equipe trabalho ser não",
    "it": "il la i le di e che per con una un del della in è sono al nostro nostra gli alla delle"
    " dei da si come anche lavoro più ai nella siamo sei",
    "nl": "de het een en van in is voor met je op wij zijn te bij ons aan als dat ook onze jij"
    " naar wat om niet of werk jouw door heb binnen",
    "pl": "i w z na do się że jest oraz dla nie o od jak po lub za przez są nas naszej twoje"
    " pracy ci co to jako możliwość zespołu czy będziesz",
    "sv": "och att det som en på är av för med till den har vi du inte om ett i vår hos oss kan"
    " dig din ditt våra eller du kommer arbete",
    "da": "og at det som en på er af for med til den har vi du ikke om et i vores hos os kan dig"
    " din dit eller blive arbejde dine også samt",
    "no": "og at det som en på er av for med til den har vi du ikke om et i vår hos oss kan deg"
    " din ditt eller bli arbeid våre også samt",
    "fi": "ja on että se ei ole olla sekä tai myös kuin mutta me sinä meidän sinulla voit työ"
    " kanssa jossa mukaan",
    "cs": "a v se na je že s z do pro ve jsou nebo práce které jako nás tým bude máte budete naše"
    " od po si co jsme",
    "ro": "și în de la cu pentru o un este care din pe sau ale vei ai ce noi mai sunt nostru"
    " echipa fi dezvoltare",
    "hu": "a az és hogy nem is egy van vagy mint meg de csak ha már itt munka nálunk csapat"
    " számára valamint lesz",
    "tr": "ve bir bu için ile da de olarak olan çok daha en gibi bizim siz iş ekip takım"
    " çalışma veya olmak",
}
_SCRIPTS = (
    ("HIRAGANA", "ja"),
    ("KATAKANA", "ja"),
    ("HANGUL", "ko"),
    ("CJK", "zh"),
    ("ARABIC", "ar"),
    ("HEBREW", "he"),
    ("THAI", "th"),
    ("GREEK", "el"),
    ("DEVANAGARI", "hi"),
)
_BETWEEN_WORDS = re.compile(r"[\W\d_]+")
_FOREIGN = re.compile(r"[\u0370-\U0010ffff]")
_MIN_FOREIGN = 0.05
"""Of all characters; dashes and quotes are beyond the Latin letters too, but they are few."""
_CHARACTERS_READ, _WORDS_READ = 2_500, 250
_MIN_WORDS = 6
_MIN_DISTINCT = 2
"""One small word proves nothing: "care" is Romanian, "IM" is German, as abbreviations go."""
_MIN_SHARE = 0.12
_MIN_LEAD = 1.15


def _languages_of_words() -> dict[str, tuple[str, ...]]:
    """Each small word with the languages it belongs to."""
    table: dict[str, tuple[str, ...]] = {}
    for language, words in _SMALL_WORDS.items():
        for word in set(words.split()):
            table[word] = (*table.get(word, ()), language)
    return table


_LANGUAGES = _languages_of_words()


def guess(text: str) -> str | None:
    """The ISO 639-1 code of the language, or None where the text is short or undecided."""
    script = _by_script(text[:2_000])
    if script is not None:
        return script
    pieces = _BETWEEN_WORDS.split(text[:_CHARACTERS_READ].casefold(), _WORDS_READ + 1)
    words = list(filter(None, pieces[: _WORDS_READ + 1]))[:_WORDS_READ]
    if len(words) < _MIN_WORDS:
        return None
    small = Counter(filter(_LANGUAGES.__contains__, words))
    score = dict.fromkeys(_SMALL_WORDS, 0.0)
    for word, times in small.items():
        languages = _LANGUAGES[word]
        for language in languages:
            score[language] += times / len(languages) ** 0.5
    best, second = sorted(score, key=score.__getitem__, reverse=True)[:2]
    if sum(best in _LANGUAGES[word] for word in small) < _MIN_DISTINCT:
        return None
    if score[best] / len(words) < _MIN_SHARE or score[best] < _MIN_LEAD * score[second]:
        return None
    return best


def _by_script(text: str) -> str | None:
    """The language of a script that one language mostly owns, if most letters are of it."""
    if text.isascii():
        return None
    if len(_FOREIGN.findall(text)) < _MIN_FOREIGN * len(text):
        return None
    letters = [c for c in text if c.isalpha()]
    foreign = [c for c in letters if ord(c) > 0x36F]
    if not letters or len(foreign) < 0.4 * len(letters):
        return None
    names = [unicodedata.name(c, "").split(" ")[0] for c in foreign]
    if any(name in ("HIRAGANA", "KATAKANA") for name in names):
        return "ja"
    if sum(name == "CYRILLIC" for name in names) > len(names) / 2:
        return "uk" if any(c in "іїєґІЇЄҐ" for c in foreign) else "ru"
    for script, language in _SCRIPTS:
        if sum(name.startswith(script) for name in names) > len(names) / 2:
            return language
    return None
