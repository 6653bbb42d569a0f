import pytest

from stillwatch.marks import language
from stillwatch.marks.mark import mark_exchanges

SENTENCES = {
    "en": "How can I find out what this is about, please?",
    "es": "¿Cómo puedo saber qué es esto y por qué los demás lo quieren?",
    "fr": "Comment est-ce que je peux trouver les règles pour cette question?",
    "de": "Wie kann ich die Regeln für das Spiel finden, und was ist nicht erlaubt?",
    "pt": "Como eu posso fazer isso para você sem uma conta, não é mais fácil?",
    "it": "Come posso fare questo per il mio progetto, che cosa non è più valido?",
    "nl": "Hoe kan ik het beste van deze regels maken voor mijn project en wat niet?",
    "pl": "Jak mogę to zrobić, co nie jest dla mnie jasne, proszę, czy to się da?",
    "sv": "Hur kan jag göra det här för att inte få ett fel med min dator?",
    "tr": "Bu proje için nasıl bir yol var, ne kadar zaman çok olarak görülür?",
    "id": "Bagaimana saya bisa membuat ini untuk proyek yang tidak dengan biaya?",
    "zh": "请帮我写一段关于春天的文字",
    "ja": "これは何ですか、教えてください",
    "ko": "이것은 무엇입니까 알려 주세요",
    "ar": "ما هو هذا الشيء من فضلك",
    "ru": "Что это такое и как это работает",
    "he": "מה זה הדבר הזה בבקשה",
    "hi": "यह क्या है कृपया बताइए",
    "th": "นี่คืออะไรกรุณาบอก",
    "el": "Τι είναι αυτό παρακαλώ",
}


@pytest.fixture
def languages_of(exchanges, model):
    def read(*texts: str | bytes) -> list[str | None]:
        batch = exchanges([{"prompt_text": text} for text in texts])
        return mark_exchanges(batch, key=bytes(16), model=model)["language"].to_pylist()

    return read


def test_each_language_is_told(languages_of):
    assert dict(zip(SENTENCES, languages_of(*SENTENCES.values()), strict=True)) == {name: name for name in SENTENCES}
    assert set(SENTENCES) == set(language.LANGUAGES)


@pytest.mark.parametrize(
    "text", [None, "", "hi", "12 34", "x = foo(y); z += bar[x] * 2", b"\xd0", b"\xe4" * 9 + b"a" * 40]
)
def test_null_when_nothing_tells(text, languages_of):
    assert languages_of(text) == [None]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please translate this for me: 你好世界", "en"),
        ("解释这段代码 print(x)，它有什么作用？", "zh"),
        ("この漢字の読み方を教えて", "ja"),
    ],
)
def test_mixtures(text, name, languages_of):
    assert languages_of(text) == [name]


def test_only_the_beginning_is_looked_at(languages_of):
    assert languages_of("what is the use of " * 300 + "это " * 5000) == ["en"]


def test_every_stop_word_is_in_the_lexicon():
    words = {word for line in language.STOP_WORDS.values() for word in line.split()}
    assert (language.lexicon().hashes != 0).sum() == len(words)
