"""One mailbox, whichever way its domain is spelt."""

import pytest

from iria.core.mail import domain_to_ascii, to_ascii, to_unicode, variants


@pytest.mark.parametrize(
    ("typed", "known"),
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
def test_a_domain_is_written_as_mail_servers_know_it(typed: str, known: str) -> None:
    assert to_ascii(typed) == known
    assert to_ascii(known) == known


@pytest.mark.parametrize(
    "address", ["ola@straße.example", "ola@bücher.example", "ola@readers.example"]
)
def test_people_read_the_letters_it_stands_for(address: str) -> None:
    assert to_unicode(to_ascii(address)) == address


@pytest.mark.parametrize(
    "address", ["ola@xn--a.example", "ola@xn--bcher-kva\ud800.example", "ola@xn---.example"]
)
def test_what_stands_for_nothing_is_left_as_it_is(address: str) -> None:
    assert to_unicode(address) == address


@pytest.mark.parametrize(
    "domain", ["straße!.example", f"{'ß' * 64}.example", f"{'ü' * 64}.example"]
)
def test_what_is_no_domain_is_rejected(domain: str) -> None:
    with pytest.raises(UnicodeError):
        domain_to_ascii(domain)


def test_both_spellings_are_known_to_somebody_who_compares() -> None:
    assert variants("Ola@Bücher.example") == ["ola@bücher.example", "ola@xn--bcher-kva.example"]
    assert variants("Ola@xn--bcher-kva.example") == variants("ola@bücher.example")
