"""E-mail addresses with internationalised domains."""

import pytest

from iria.core.mail import domain_to_ascii, to_ascii, to_unicode, variants


@pytest.mark.parametrize(
    ("entered", "ascii_form"),
    [
        ("Ola@Readers.Example", "Ola@readers.example"),
        ("ola@BÜCHER.example", "ola@xn--bcher-kva.example"),
        ("ola@straße.example", "ola@xn--strae-oqa.example"),
        ("ola@STRAẞE.example", "ola@xn--strae-oqa.example"),
        ("ola@strasse.example", "ola@strasse.example"),
        ("ola@βόλος.example", "ola@xn--nxasmm1c.example"),
        ("ola@пример。рф", "ola@xn--e1afmkfd.xn--p1ai"),
        ("no address", "no address"),
    ],
)
def test_a_domain_is_converted_to_ascii(entered: str, ascii_form: str) -> None:
    assert to_ascii(entered) == ascii_form
    assert to_ascii(ascii_form) == ascii_form


@pytest.mark.parametrize(
    "address", ["ola@straße.example", "ola@bücher.example", "ola@readers.example"]
)
def test_an_ascii_domain_is_shown_in_unicode(address: str) -> None:
    assert to_unicode(to_ascii(address)) == address


@pytest.mark.parametrize(
    "address", ["ola@xn--a.example", "ola@xn--bcher-kva\ud800.example", "ola@xn---.example"]
)
def test_an_invalid_ascii_domain_is_unchanged(address: str) -> None:
    assert to_unicode(address) == address


@pytest.mark.parametrize(
    "domain", ["straße!.example", f"{'ß' * 64}.example", f"{'ü' * 64}.example"]
)
def test_an_invalid_domain_is_rejected(domain: str) -> None:
    with pytest.raises(UnicodeError):
        domain_to_ascii(domain)


def test_variants_contain_both_spellings() -> None:
    assert variants("Ola@Bücher.example") == ["ola@bücher.example", "ola@xn--bcher-kva.example"]
    assert variants("Ola@xn--bcher-kva.example") == variants("ola@bücher.example")
