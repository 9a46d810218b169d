"""How a month's letter begins: the count of its targets, which the subject has too, and the main one."""

from collections import Counter
from collections.abc import Iterable

from smm.letters.content import Judged
from smm.letters.lines import UNKNOWN, Teller

NAMED = 3  # KPIs in one sentence; the table has them all
DUE = ("met", "missed", *UNKNOWN)


def count(targets: Iterable[Judged], teller: Teller) -> str:
    """``2 of 6 targets missed``, ``all 5 targets met``, ``4 of 5 targets met, 1 not known``."""
    speech = teller.words
    counts = Counter(target.verdict for target in targets)
    total = sum(counts[verdict] for verdict in DUE)
    if not total:
        return speech.say("none_due")
    of = speech.count("of_targets", total)
    if counts["missed"]:
        return speech.count("missed_of", counts["missed"], of=of)
    if counts["met"] == total:
        return speech.count("all_met", total)
    unknown = speech.count("unknown_of", total - counts["met"])
    return speech.count("met_of", counts["met"], of=of, unknown=unknown)


def lead(targets: Iterable[Judged], teller: Teller) -> tuple[str, str]:
    """The main KPI's sentence, and the others. With no main KPI that is due, the worst one leads."""
    say = teller.words.say
    due = [target for target in targets if target.verdict in DUE]
    if not due:
        return say("lead.none_due"), ""
    missed = [target for target in due if target.verdict == "missed"]
    main = next((target for target in due if target.is_main), (missed or due)[0])
    if missed:
        return _missed(main, missed, teller)
    others = {
        "also_met" if main.verdict == "met" else "others_met": [t for t in due if t.verdict == "met" and t is not main],
        "others_unknown": [t for t in due if t.verdict in UNKNOWN and t is not main],
    }
    also = (say(key, others=some(named, teller)) for key, named in others.items() if named)
    return _fine(main, teller), " ".join(also)


def label(target: Judged, teller: Teller) -> str:
    return f"{teller.title(target)}, {teller.words.network(target.network)}"


def some(targets: list[Judged], teller: Teller) -> str:
    """The first few by title, and how many more; the network only where a title stands twice."""
    times = Counter(map(teller.title, targets))
    names = [
        f"{teller.title(t)} ({teller.words.network(t.network)})" if times[teller.title(t)] > 1 else teller.title(t)
        for t in targets
    ]
    rest = len(names) - NAMED
    return teller.words.enumerate([*names[:NAMED], teller.words.count("more", rest)] if rest > 0 else names)


def _missed(main: Judged, missed: list[Judged], teller: Teller) -> tuple[str, str]:
    say = teller.words.say
    of = label(main, teller)
    if main.verdict == "met":
        return say("lead.met", label=of, value=teller.fact(main), others=some(missed, teller)), ""
    if main.verdict in UNKNOWN:
        return say("lead.unknown", label=of, state=teller.state(main), others=some(missed, teller)), ""
    told = say(
        "lead.for_nothing" if main.value is None else "lead.below" if main.is_below else "lead.above",
        label=of,
        value=teller.fact(main),
        target=teller.bound(main, main.target),
        gap=teller.difference(main),
    )
    others = [target for target in missed if target is not main]
    return _beside(told, main, teller), say("also_missed", others=some(others, teller)) if others else ""


def _fine(main: Judged, teller: Teller) -> str:
    """Of a month in which nothing was missed."""
    say = teller.words.say
    if main.verdict in UNKNOWN:
        return say("lead.state", label=label(main, teller), state=teller.state(main))
    is_band = main.low is not None and main.high is not None
    bound = teller.bounds(main) if is_band else teller.bound(main, main.high if main.low is None else main.low)
    key = "lead.met_most" if main.low is None else "lead.met_least"
    return _beside(say(key, label=label(main, teller), value=teller.fact(main), target=bound), main, teller)


def _beside(told: str, main: Judged, teller: Teller) -> str:
    """The sentence, with how far the number moved since the month before."""
    change = teller.since_month_before(main)
    return f"{told} {change[:1].upper()}{change[1:]}." if change else told
