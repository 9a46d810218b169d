"""What a correction says of one target: what was told, what holds now, and the cause."""

from dataclasses import dataclass

from smm.letters.content import Change, Judged
from smm.letters.lines import Teller


@dataclass(frozen=True)
class Corrected:
    title: str
    network: str
    told: str
    now: str
    cause: str  # a sentence
    doubt: str  # that the audit found something unusual in what it is made of now


def corrected(change: Change, teller: Teller) -> Corrected:
    known = [target for target in (change.now, change.told) if target]
    return Corrected(
        title=teller.title(known[0]),
        network=teller.words.network(known[0].network),
        told=_stands(change.told, teller),
        now=_stands(change.now, teller),
        cause=teller.words.say(f"causes.{change.cause}"),
        doubt=teller.doubt(change.now) if change.now else "",
    )


def _stands(target: Judged | None, teller: Teller) -> str:
    """``missed, 11,873 (plan 14,250)``"""
    say = teller.words.say
    if target is None:
        return say("correction.gone")
    stands = teller.state(target)  # which tells the verdict of what nobody can judge
    if not stands:
        stands = say("correction.verdict", verdict=say(f"verdicts.{target.verdict}"), fact=teller.fact(target))
    asked = teller.asked(target)
    return f"{stands} ({say('correction.asked', asked=asked)})" if asked else stands
