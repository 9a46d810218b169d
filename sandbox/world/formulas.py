"""The catalogue's formulas, written out by hand from its definitions and not read from include/kpis/."""

from collections.abc import Callable
from fractions import Fraction

Term = Callable[[str], Fraction]
Formula = Callable[[Term], Fraction]


def _engagement(m: Term) -> Fraction:
    return m("post_likes") + m("post_comments") + m("post_reposts")


def _received(m: Term) -> Fraction:
    return m("likes") + m("comments") + m("reposts")


def _net(m: Term) -> Fraction:
    return m("followers") - m("followers_opening")


def _paid(m: Term) -> Fraction:
    return m("spend") + m("fee")


FORMULAS: dict[str, Formula] = {
    "followers": lambda m: m("followers"),
    "followers_gained": lambda m: m("followers_gained"),
    "views": lambda m: m("views"),
    "engagements": lambda m: m("engagements"),
    "page_visits": lambda m: m("page_visits"),
    "button_clicks": lambda m: m("button_clicks"),
    "website_clicks": lambda m: m("website_clicks"),
    "saves": lambda m: m("saves"),
    "saves_per_post": lambda m: m("post_saves") / m("posts"),
    "reach_28": lambda m: m("reach_28"),
    "followers_net": _net,
    "growth_rate": lambda m: _net(m) / m("followers_opening"),
    "natural_growth": lambda m: m("followers_gained") - m("joins_paid"),
    "churn_rate": lambda m: m("followers_lost") / m("followers_average"),
    "reach": lambda m: m("reach"),
    "visitors": lambda m: m("visitors"),
    "audience_share": lambda m: m("audience_reach") / m("audience_known"),
    "er_day": lambda m: _received(m) / m("follower_days"),
    "er_account": lambda m: _received(m) / m("reach"),
    "posts": lambda m: m("posts"),
    "stories": lambda m: m("stories"),
    "posts_done": lambda m: m("posts") / m("posts_planned"),
    "engagement_per_post": lambda m: _engagement(m) / m("posts"),
    "likes_per_post": lambda m: m("post_likes") / m("posts"),
    "comments_per_post": lambda m: m("post_comments") / m("posts"),
    "reposts_per_post": lambda m: m("post_reposts") / m("posts"),
    "er_post": lambda m: _engagement(m) / m("post_followers"),
    "love_rate": lambda m: m("post_likes") / m("post_followers"),
    "talk_rate": lambda m: m("post_comments") / m("post_followers"),
    "own_comments_share": lambda m: m("post_comments_own") / m("post_comments"),
    "comment_response_rate": lambda m: m("comments_answered") / m("comments_settled"),
    "comment_response_minutes": lambda m: m("comment_response_minutes"),
    "amplification_rate": lambda m: m("post_reposts") / m("post_followers"),
    "er_views": lambda m: _engagement(m) / m("post_views"),
    "er_reach": lambda m: _engagement(m) / m("post_reach"),
    "reach_per_post": lambda m: m("post_reach") / m("posts"),
    "reach_rate": lambda m: m("post_reach_followers") / m("post_followers"),
    "repost_share": lambda m: m("posts_reposted") / m("posts"),
    "post_clicks": lambda m: m("post_clicks"),
    "joins_from_posts": lambda m: m("joins_from_posts"),
    "sessions": lambda m: m("sessions"),
    "social_share": lambda m: m("all.sessions") / m("site.sessions"),
    "users": lambda m: m("users"),
    "new_users": lambda m: m("new_users"),
    "returning_share": lambda m: m("returning_users") / (m("new_visitors") + m("returning_users")),
    "engaged_share": lambda m: m("engaged_sessions") / m("sessions"),
    "seconds_per_session": lambda m: m("engagement_seconds") / m("sessions"),
    "pages_per_session": lambda m: m("page_views") / m("sessions"),
    "key_events": lambda m: m("key_events"),
    "key_events_per_session": lambda m: m("key_events") / m("sessions"),
    "conversion_rate": lambda m: m("key_event_sessions") / m("sessions"),
    "purchases": lambda m: m("purchases"),
    "revenue": lambda m: m("revenue"),
    "average_order": lambda m: m("revenue") / m("purchases"),
    "returning_buyers_share": lambda m: (m("buyers") - m("first_buyers")) / m("buyers"),
    "leads": lambda m: m("leads"),
    "calls": lambda m: m("calls"),
    "messages": lambda m: m("messages"),
    "response_rate": lambda m: m("messages_answered") / m("messages_settled"),
    "response_minutes": lambda m: m("response_minutes"),
    "forms": lambda m: m("forms"),
    "sales_per_lead": lambda m: m("purchases") / m("leads"),
    "impressions": lambda m: m("impressions"),
    "clicks": lambda m: m("clicks"),
    "ctr": lambda m: m("clicks") / m("impressions"),
    "spend": lambda m: m("spend"),
    "budget_use": lambda m: _paid(m) / m("budget"),
    "cost_per_mille": lambda m: m("spend") * 1000 / m("impressions"),
    "cost_per_click": lambda m: m("spend") / m("clicks"),
    "cost_per_join": lambda m: m("spend") / m("joins_paid"),
    "cost_per_follower": lambda m: m("spend") / m("followers_gained"),
    "cost_per_lead": lambda m: m("spend") / m("leads"),
    "cost_per_sale": lambda m: m("spend") / m("purchases"),
    "roas": lambda m: m("revenue") / m("spend"),
    "cost_share": lambda m: m("spend") / m("revenue"),
    "romi": lambda m: (m("margin") - _paid(m)) / _paid(m),
}
