"""The agency's people: who signs letters, and what a mistake in the list is told as."""

from pathlib import Path

import pytest

from smm.files import agency, people
from smm.files.checked import Mistakes
from tests.files.test_agency import written

ANNA = "people: {Anna@agency.example: {name: Anna Berg, role: {en: Account manager, sv: Kundansvarig}}}"


def test_a_person_is_found_by_any_spelling_of_the_address(tmp_path: Path) -> None:
    found = agency.read(written(tmp_path, f"name: A\n{ANNA}")).people
    person = people.find(found, "anna@AGENCY.example")
    assert person
    assert (person.name, person.phone) == ({"": "Anna Berg"}, None)
    assert person.role
    assert [people.spoken(person.role, language) for language in ("sv", "ru")] == ["Kundansvarig", "Account manager"]
    assert people.spoken(person.name, "ru") == "Anna Berg"
    assert people.find(found, None) is people.find(found, "olga@agency.example") is None


def test_people_of_no_client_are_a_note(tmp_path: Path) -> None:
    folder = written(tmp_path, f"name: A\n{ANNA}")
    assert agency.notes(["anna@agency.example"], folder) == []
    assert [str(note) for note in agency.notes([], folder)] == [
        "_agency.yml:2: people.Anna@agency.example: is not the manager of any client, so this person signs no letters"
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("people: {anna: {name: A}}", "people.anna"),
        ("people: [anna@agency.example]", "people: must be addresses and who has them, such as anna@agency.example:"),
        ("people: {a@b.example: Anna}", "people.a@b.example: must be a name and what belongs to it, such as {name:"),
        ("people: {a@b.example: {role: X}}", "people.a@b.example.name: is missing"),
        ("people: {a@b.example: {name: ' '}}", "people.a@b.example.name: must be visible characters in one line"),
        ('people: {a@b.example: {name: "A\\nBcc: x"}}', "people.a@b.example.name: must be visible characters"),
        ('people: {a@b.example: {name: "A\\u202e"}}', "people.a@b.example.name: must be visible characters"),
        ("people: {a@b.example: {name: 7}}", "people.a@b.example.name: must be a text, or one for each language"),
        (
            "people: {a@b.example: {name: {xx: A}}}",
            "people.a@b.example.name: must be one of en, ru, sv, found 'xx'",
        ),
        ("people: {a@b.example: {name: A, phone: 46701234567}}", "people.a@b.example.phone: must be a phone number in"),
        (
            "people: {a@b.example: {name: A}, A@b.example: {name: B}}",
            "people: has a@b.example and A@b.example, which are the same mailbox",
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Mistakes) as refused:
        agency.read(written(tmp_path, f"name: A\n{text}"))
    assert [str(mistake)[: len(told) + 15] for mistake in refused.value.mistakes] == [f"_agency.yml:2: {told}"]
