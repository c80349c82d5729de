"""A schedule, worded and read again, is the schedule; and reading never guesses or fails."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from b12guide.cohort.decision_values import DecisionValue, ValueWords, canonical
from b12guide.errors import DosageError
from b12guide.graph.model import Decision
from b12guide.interop.regimen_from_english import regimen_from_english
from b12guide.interop.regimens_of_value import regimens_of_value
from b12guide.pipeline import load
from b12guide.regimen.model import Regimen
from b12guide.say.names import Audience
from b12guide.say.schedules import Names, names_of, regimen_to_english
from tests.strategies import dosing


@given(dosing.regimens, dosing.names())
def test_reading_undoes_wording(regimen: Regimen, names: Names) -> None:
    english = regimen_to_english(regimen, names)

    assert regimen_from_english(english, names) == regimen
    assert regimen_from_english(english.replace(" ", "\n  "), names) == regimen


@given(st.lists(dosing.decimal_regimens, min_size=1, max_size=3), st.booleans())
def test_reading_undoes_the_words_of_columns(
    regimens: list[Regimen], certain: bool
) -> None:
    said = frozenset(map(canonical, regimens))
    value = DecisionValue(decision=Decision.MAINTENANCE, said=said, certain=certain)
    read = regimens_of_value(ValueWords().text(value) or "", COLUMN_NAMES)

    assert frozenset(read.regimens) == said
    assert len(read.regimens) == len(said)
    assert [part.is_choice for part in read.parts] == [certain or len(said) == 1]


@given(dosing.regimens, dosing.names())
def test_an_instruction_in_english_is_a_value_with_one_schedule(
    regimen: Regimen, names: Names
) -> None:
    english = regimen_to_english(regimen, names)

    assert regimens_of_value(english, names).only == regimen


COLUMN_NAMES = Names(
    drugs=dict.fromkeys(dosing.DRUGS, ""),
    routes=dict.fromkeys(dosing.ROUTES, ""),
    events=dict.fromkeys(dosing.EVENTS, ""),
)
NAMES = names_of(load("mecobalamin_im").graph, Audience.PROFESSIONAL)
SOUP = (
    "1|2|3|0.5|1/0|to|-|times|per|every|q|x|for|until|after|then|(6 doses)|µg|mg|daily|week|"
    'months|IM|life|hydroxocobalamin|"|once|tid|or|(first choice)|alternate|days|5-2|\u0130M'
)
words = st.sampled_from(SOUP.split("|"))


@given(st.lists(words, max_size=12).map(" ".join) | st.text(max_size=60))
@example("1/0 mg daily")
@example("5 to 2 mg daily")
@example("1 mg 0 times per day")
@example("1 mg every 0 days")
@example("1.5 mg for 1.5 doses")
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    try:
        regimen = regimen_from_english(text, NAMES)
    except DosageError as error:
        reasons = error.diagnostics
    else:
        reasons = ()
        again = regimen_to_english(regimen, NAMES)
        assert regimen_from_english(again, NAMES) == regimen

    assert all(reason.place is not None for reason in reasons)


@pytest.mark.parametrize("part", ["x", "hourly daily", "and so on", "10"])
def test_nothing_is_skipped_in_silence(part: str) -> None:
    with pytest.raises(DosageError, match="DOS10"):
        regimen_from_english(f"1000 µg IM daily {part}", NAMES)
