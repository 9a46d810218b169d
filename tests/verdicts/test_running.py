# ruff: noqa: E501, a table's row is one line
"""The verdicts of a running month, as a table: tests/verdicts/lines.py says how it is read."""

from typing import Any

from tests.verdicts.lines import expected

MONTH = """
target                                   | fact                   | foreseen                                        | -> verdict   | -> forecast | -> forecast_low | -> forecast_high | -> certain_since | -> reason
followers_gained at_least 100            | 60 at 1/2              | 15: 120 in 60..200                              | on_track     | 120         | 115             | 125              |                  |
followers_gained at_least 100            | 60 at 1/2              | 15: 100 in 60..200                              | on_track     | 100         | 95              | 105              |                  |
followers_gained at_least 100            | 40 at 1/2              | 15: 80 in 40..200                               | at_risk      | 80          | 75              | 85               |                  |
followers_gained at_least 100            | 40 at 1/2              | 14: 80 in 40..200; 15: 105 in 40..200           | on_track     | 105         | 100             | 110              |                  |
followers_gained at_least 100            | 40 at 1/2              | 15: 105 in 40..200; 16: 80; 17: 110             | at_risk      | 80          | 75              | 85               |                  |
followers_gained at_least 100            | 10 at 1/2              | 14: 60 in 10..100; 15: 40 in 10..99             | certain_miss | 40          | 35              | 45               | 2025-10-15       |
followers_gained at_least 100            | 10 at 1/2              | 9: 50 in 2..99; 10: 60 in 5..110; 12: 60 in 5..90; 15: 40 in 10..80 | certain_miss | 40 | 35      | 45               | 2025-10-12       |
followers_gained at_least 100            | 10 at 1/2              | 12: 60 in 5..90; 15: 80 in 10..100              | at_risk      | 80          | 75              | 85               |                  |
followers_gained at_least 100            | 10 at 1/2              | 12: 60 in 5..90; 15: 80                         | at_risk      | 80          | 75              | 85               |                  |
followers_gained at_least 100            | 100 at 1/2             | 15: 200 in 100..300                             | on_track     | 200         | 195             | 205              |                  |
followers_gained at_least 100            | 100 at 1/2             |                                                 | on_track     |             |                 |                  |                  |
followers_gained at_least 100            | 60 at 1/2              |                                                 | not_proven   |             |                 |                  |                  | no_forecast
followers_gained at_least 100            | 60 at 1/2              | 15: unknown in 0..                              | not_proven   |             |                 |                  |                  | no_forecast
followers_gained at_least 100            | 60 at 1/2              | 15: unknown in 60..90                           | certain_miss |             |                 |                  | 2025-10-15       |
followers_gained at_least 100 tolerance 0.1 | 40 at 1/2           | 15: 90 in 40..200                               | on_track     | 90          | 85              | 95               |                  |
followers_gained at_least 100 tolerance 0.1 | 40 at 1/2           | 15: 60 in 40..90                                | at_risk      | 60          | 55              | 65               |                  |
followers_gained at_least 100 tolerance 0.1 | 40 at 1/2           | 15: 60 in 40..89                                | certain_miss | 60          | 55              | 65               | 2025-10-15       |
followers_gained at_most 100             | 40 at 1/2              | 15: 80 in 40..200                               | on_track     | 80          | 75              | 85               |                  |
followers_gained at_most 100             | 60 at 1/2              | 15: 120 in 60..200                              | at_risk      | 120         | 115             | 125              |                  |
followers_gained at_most 100             | 101 at 1/2             | 14: 190 in 99..300; 15: 202 in 101..300         | certain_miss | 202         | 197             | 207              | 2025-10-15       |
followers_gained at_most 100             | 101 at 1/2             |                                                 | certain_miss |             |                 |                  |                  |
followers_gained at_most 100             | 101 at 1/2 flagged     | 15: 202 in 101..300                             | not_proven   | 202         | 197             | 207              |                  | flagged
natural_growth at_most 20                | 21 at 1/2              | 15: 42 in 10..90                                | at_risk      | 42          | 37              | 47               |                  |
posts between 12 20                      | 8 at 1/2               | 15: 16 in 8..40                                 | on_track     | 16          | 11              | 21               |                  |
posts between 12 20                      | 13 at 1/2              | 15: 26 in 13..40                                | at_risk      | 26          | 21              | 31               |                  |
posts between 12 20                      | 1 at 1/2               | 15: 2 in 1..11                                  | certain_miss | 2           | -3              | 7                | 2025-10-15       |
posts between 12 20                      | 21 at 1/2              | 15: 42 in 21..60                                | certain_miss | 42          | 37              | 47               | 2025-10-15       |
engagement_per_post at_least 10          | 9 at 1/2               | 15: 9 in 2..30                                  | at_risk      | 9           | 4               | 14               |                  |
engagement_per_post at_most 10           | 11 at 1/2              | 15: 9 in 2..30                                  | on_track     | 9           | 4               | 14               |                  |
cost_per_lead at_most 300                | 9000/0 at 1/2          | 15: 250 in 100..900                             | on_track     | 250         | 245             | 255              |                  | zero_denominator
cost_per_lead at_most 300                | 9000/0 at 1/2          | 15: 400 in 100..900                             | at_risk      | 400         | 395             | 405              |                  | zero_denominator
cost_per_lead at_most 300                | 9000/0 at 1/2          | 15: 400 in 301..900                             | certain_miss | 400         | 395             | 405              | 2025-10-15       | zero_denominator
cost_per_lead at_most 300                | 9000/0 at 1/2          |                                                 | at_risk      |             |                 |                  |                  | zero_denominator
cost_per_lead at_most 300                | 9000/0 at 1/2 flagged  |                                                 | not_proven   |             |                 |                  |                  | flagged
cost_per_lead at_most 300                | 0/0 at 1/2             |                                                 | not_measured |             |                 |                  |                  | zero_denominator
cost_per_lead at_least 300               | 9000/0 at 1/2          |                                                 | not_measured |             |                 |                  |                  | zero_denominator
reach at_least 1000                      | 900 at 1/2             |                                                 | not_proven   |             |                 |                  |                  | no_forecast
reach at_least 1000                      | 1000 at 1/2            |                                                 | on_track     |             |                 |                  |                  |
reach at_most 1000                       | 1001 at 1/2            |                                                 | certain_miss |             |                 |                  |                  |
revenue at_most 1000                     | 1001 at 1/2            |                                                 | not_proven   |             |                 |                  |                  | no_forecast
followers_gained at_least 100            | source_missing at 0/31 | 15: 110 in 60..200                              | not_measured | 110         | 105             | 115              |                  | source_missing
followers_gained at_least 100            |                        |                                                 | not_measured |             |                 |                  |                  | source_missing
purchases at_least 100 from 12           | 5 at 1/2               | 15: 10 in 5..20                                 | not_due      | 10          | 5               | 15               |                  |
"""

# all of it is known by then, and still it may move
OVER = """
target                                   | fact                   | foreseen                                        | -> verdict   | -> forecast | -> forecast_low | -> certain_since
cost_per_lead at_most 300                | 9000/0                 |                                                 | at_risk      |             |                 |
reach at_least 1000                      | 900                    |                                                 | at_risk      | 900         | 900             |
followers_gained at_least 100            | 100                    |                                                 | on_track     | 100         | 100             |
followers_gained at_least 100            | 80                     | 30: 82 in 70..90; 31: 81 in 81..81              | certain_miss | 80          | 80              | 2025-10-30
followers_gained at_least 100            | 101                    | 30: 82 in 70..90; 31: 81 in 81..81              | on_track     | 101         | 101             |
followers_gained at_most 100             | 99                     | 31: 105 in 101..110                             | on_track     | 99          | 99               |
"""


def judged_at(judged: Any, moment: str, table: str) -> None:
    head, *rows = table.strip().splitlines()
    moments = [f"{row}| {moment}" for row in rows]
    table = "\n".join([f"{head}| at (UTC)", *moments])
    assert judged(table) == expected(table)


def test_within_the_month(judged: Any) -> None:
    judged_at(judged, "2025-10-16 12:00", MONTH)


def test_on_the_days_between_its_end_and_its_judgement(judged: Any) -> None:
    judged_at(judged, "2025-11-02 12:00", OVER)


def test_a_miss_says_since_when_it_was_certain(judged: Any) -> None:
    judged_at(
        judged,
        "2025-11-04 12:00",
        """
        target                        | fact | foreseen                              | -> verdict | -> forecast | -> certain_since
        followers_gained at_least 100 | 80   | 30: 82 in 70..90; 31: 81 in 81..81    | missed     |             | 2025-10-30
        followers_gained at_least 100 | 80   | 30: 82 in 70..90; 31: 101 in 101..101 | missed     |             |
        """,
    )
