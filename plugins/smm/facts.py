"""The kinds of facts that sources fill, with the relations of each and their columns.

A kind owns its tables, its audit, how it is published and what is counted from it: include/sql/facts/<kind>/. In
staging each relation has these columns after ``client`` and ``load_id``. A day that a report knows and that has no row
is zero; NULL is what was asked for and not given.
"""

_OF_VISITS = (
    *("sessions", "engaged_sessions", "page_views", "new_users", "engagement_seconds", "key_events"),
    # of sessions with a key event a source gives the rate, or their count
    *("key_event_rate", "purchases", "revenue", "key_event_sessions"),
)

# of counts that are of a whole day, week or month
OF_PERIODS = ("network", "report", "measure", "grain", "period", "value", "through_day")

KINDS: dict[str, dict[str, tuple[str, ...]]] = {
    # a number that a service, or the client, counts itself: of a network, a measure and a day, week or month. What is
    # counted at a moment, such as followers, says when: `counted_at`
    "counts": {
        "counts": (*OF_PERIODS, "counted_at", "note"),
    },
    # visits of a site by day and origin, the whole site by day alone, and events such as a form that is sent
    "traffic": {
        "traffic": ("day", "session_source", "session_medium", "session_campaign", *_OF_VISITS),
        "traffic_totals": ("day", *_OF_VISITS),
        "traffic_events": ("day", "event", "is_total", "session_source", "session_medium", "events"),
    },
    # posts of a network's page, with their counters at the moment `fetched_at`
    "posts": {
        "posts": (
            *("network", "post_id", "published_at", "is_repost", "is_ad", "is_own"),
            *("likes", "comments", "reposts", "views", "fetched_at"),
        ),
        "post_reach": ("network", "post_id", "reach", "reach_followers", "link_clicks", "joins", "saves"),
        "own_comments": ("network", "post_id", "own_comments"),
    },
    # what people began and a page has to answer, of each `kind`: conversations (messages), comments below its posts
    # (comments); neither who they are nor what was written
    "threads": {"threads": ("network", "kind", "peer", "started_at", "answered_at", "fetched_at")},
    # who the people reached in a week or month were: groups of blocks, each of which tells the same people anew
    "audience": {"audience": ("network", "grain", "period", "block", "value", "reach")},
    # what is to be reached: a KPI's number for a month, a quarter or the days of a campaign; no measure counts it
    "plans": {"plans": ("network", "kpi", "first_day", "last_day", "plan")},
}

COLUMNS = {relation: columns for relations in KINDS.values() for relation, columns in relations.items()}


def relations(kinds: tuple[str, ...]) -> list[str]:
    """The relations of these kinds."""
    return [relation for kind in kinds for relation in KINDS[kind]]
